import type { LineageStep } from '../api/types'
import { Icon, type IconName } from '../kit/icons'
import { count, shortId, shortName, significant, words } from '../lib/format'
import { A } from '../lib/router'

const icons: Record<string, IconName> = {
  answer: 'playground', deployment: 'playground', checkpoint: 'checkpoints', 'training-run': 'training', 'token-set': 'corpora', tokenizer: 'corpora',
  snapshot: 'corpora', 'cleaning-run': 'cleaning', recipe: 'cleaning', shard: 'file', shards: 'file', document: 'file', documents: 'file', corpus: 'corpora', source: 'down', verdict: 'cleaning',
}

/** A chain of what came from what; a part that could not be asked says so and the chain goes on. */
export function Lineage({ steps, label }: { steps: readonly LineageStep[]; label: string }) {
  return (
    <ol className="lineage" aria-label={label}>
      {steps.map((s, i) => (
        <li key={`${s.kind}-${s.id ?? i}`} className={s.missing ? 'missing' : ''}>
          <span className="dot"><Icon name={s.missing ? 'bang' : icons[s.kind] ?? 'dot'} /></span>
          <div>
            <div className="kind">{words(s.kind)}</div>
            <div className="strong wrap">{s.href ? <A href={s.href}>{s.title ? shortName(s.title) : shortId(s.id)}</A> : s.title ? shortName(s.title) : shortId(s.id)}</div>
            {s.missing ? <div className="small muted">{s.missing}</div> : null}
            {s.facts ? <div className="small muted wrap">{Object.entries(s.facts).filter(([, v]) => v != null && v !== '').map(([k, v]) => `${words(k)} ${typeof v === 'number' ? (Number.isInteger(v) ? count(v) : significant(v)) : /^[0-9a-f-]{32,}$/.test(v!) ? shortId(v) : v}`).join(' · ')}</div> : null}
          </div>
        </li>
      ))}
    </ol>
  )
}
