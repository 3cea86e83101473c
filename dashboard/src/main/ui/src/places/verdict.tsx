import type { Verdict } from '../api/types'
import { Chip } from '../kit/basics'
import { Gauge } from '../kit/drawings'
import { significant, words } from '../lib/format'
import { A } from '../lib/router'

/** One sentence: kept, or dropped where, by which rule, with which value against which limit. */
export function verdictSentence(v: Verdict): string {
  if (v.kept) return v.split ? `kept, in the ${v.split === 'heldout' ? 'held-out' : v.split} split` : 'kept'
  const measured = typeof v.value === 'number' && Number.isFinite(v.value) ? ` (${significant(v.value)}${typeof v.limit === 'number' ? ` against a limit of ${significant(v.limit)}` : ''})` : ''
  return `dropped at ${words(v.stage)} by ${words(v.reason)}${measured}`
}

export function VerdictLine({ verdict }: { verdict: Verdict }) {
  return <span className="row wrapping"><Chip state={verdict.kept ? 'kept' : 'dropped'} /><span className="wrap">{verdictSentence(verdict)}</span></span>
}

/** Every measured value; the one that decided comes first. */
export function Measures({ verdict, limits }: { verdict: Verdict; limits: Record<string, number> }) {
  const scores = (verdict.scores ?? []).filter((s) => s.natsPerToken != null).map((s) => [`score of round ${s.round}`, s.natsPerToken] as const)
  const rows = [...Object.entries(verdict.values ?? {}), ...scores]
    .sort(([a], [b]) => Number(b === verdict.reason) - Number(a === verdict.reason) || a.localeCompare(b))
  if (rows.length === 0) return <p className="small muted">No measures are kept for this document.</p>
  return (
    <div className="measures" tabIndex={0} role="region" aria-label="Measured values">
      <table className="data">
        <thead><tr><th scope="col">Measure</th><th scope="col" className="num">Value</th><th scope="col" className="num">Limit</th><th scope="col" className="gauge-col"><span className="sr">Scale</span></th></tr></thead>
        <tbody>
          {rows.map(([name, value]) => {
            const decided = !verdict.kept && name === verdict.reason
            const limit = limits[name] ?? (decided && typeof verdict.limit === 'number' ? verdict.limit : undefined)
            return (
              <tr key={name} className={decided ? 'decided' : ''}>
                <td>{words(name)}{decided ? <span className="small bad-text"> · decided</span> : null}</td>
                <td className="num">{typeof value === 'number' ? significant(value) : String(value ?? '–')}</td>
                <td className="num faint">{limit === undefined ? '' : significant(limit)}</td>
                <td className="gauge-col">{typeof value === 'number' ? <Gauge value={value} limit={limit} bad={decided} /> : null}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

export function ClusterMates({ verdict, documentId }: { verdict: Verdict; documentId: string }) {
  const cluster = verdict.cluster
  if (!cluster || (cluster.size ?? 1) < 2) return <p className="small muted">No duplicate of it was found.</p>
  return (
    <p className="small">
      One of {cluster.size} {cluster.likeness === 'exact' ? 'identical' : 'near-identical'} documents. {cluster.survivor ? 'This one stays for all of them.' : 'Another one stays in its place.'}{' '}
      {cluster.id && cluster.id !== documentId ? <>The cluster is named after <A className="mono" href={`/documents/${cluster.id}`}>{cluster.id.slice(0, 12)}</A>.</> : null}
    </p>
  )
}
