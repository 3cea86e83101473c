import { CALM, useAsk } from '../api/queries'
import type { Deed } from '../api/types'
import { words } from '../lib/format'
import { Bones, Panel, Problem, When } from './basics'

/** Who launched, stopped or decided this, as the audit tells it. */
export function History({ of: resources }: { of: readonly string[] }) {
  const path = resources.length ? `/api/v1/history?${resources.map((r) => `resource=${encodeURIComponent(r)}`).join('&')}` : undefined
  const ask = useAsk<{ items: Deed[] }>(path, { every: CALM })
  return (
    <Panel title="Who did what">
      {ask.error ? <Problem error={ask.error} mild /> : !ask.data ? <Bones rows={2} /> : ask.data.items.length === 0 ? <p className="muted">Nothing is recorded.</p> : (
        <ol className="deeds">
          {ask.data.items.map((d, i) => (
            <li key={`${d.at}-${i}`}>
              <span className="wrap"><span className="strong">{d.actor}</span> <span className="faint small">{d.role}</span> · {verb(d.action)}</span>
              <When at={d.at} />
              {d.detail ? <div className="small muted wrap">{d.detail}</div> : null}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}

/** `training-run.cancel` is said of one thing only, so its kind need not be said again. */
function verb(action: string): string {
  return words(action.slice(action.indexOf('.') + 1))
}
