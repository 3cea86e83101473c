import { count, percent, significant } from '../lib/format'
import type { CutLine } from '../lib/cleaning'
import { useWidth } from './basics'

export interface Bin { from: number; to: number; documents: number }

/** Documents by score with the cuts drawn in: what lies right of its stratum's line leaves. */
export function Histogram({ bins, cuts, label, unit }: { bins: readonly Bin[]; cuts: readonly CutLine[]; label: string; unit: string }) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const head = cuts.length ? cuts.length * 15 + 6 : 0
  const height = 172 + head
  const floor = height - 24
  const most = Math.max(1, ...bins.map((b) => b.documents))
  const low = bins[0]?.from ?? 0
  const high = bins[bins.length - 1]?.to ?? 1
  const x = (v: number) => ((v - low) / (high - low || 1)) * width
  const all = bins.reduce((s, b) => s + b.documents, 0)
  const only = cuts.length === 1 ? cuts[0]?.at : undefined
  const gone = only === undefined ? 0 : bins.filter((b) => (b.from + b.to) / 2 > only).reduce((s, b) => s + b.documents, 0)
  const ticks = Array.from({ length: 6 }, (_, i) => low + ((high - low) * i) / 5)
  const said = cuts.map((c) => `${c.name ? `${c.name} ` : ''}cut at ${significant(c.at)}`).join(', ')
  return (
    <div ref={ref} className="histogram">
      {width > 0 ? (
        <svg width={width} height={height} role="img" aria-label={`${label}: ${count(all)} documents between ${significant(low, 3)} and ${significant(high, 3)} ${unit}${said ? `, ${said}` : ''}${only === undefined ? '' : `, about ${count(gone)} beyond it`}`}>
          {bins.map((b) => {
            const h = (b.documents / most) * (floor - head - 8)
            return <rect key={b.from} x={x(b.from) + 0.5} y={floor - h} width={Math.max(1, x(b.to) - x(b.from) - 1)} height={h} className={only !== undefined && (b.from + b.to) / 2 > only ? 'beyond' : 'within'} />
          })}
          <line x1={0} x2={width} y1={floor} y2={floor} className="floor" />
          {ticks.map((t, i) => <text key={t} x={x(t)} y={height - 6} textAnchor={i === 0 ? 'start' : i === 5 ? 'end' : 'middle'}>{significant(t, 3)}</text>)}
          {cuts.map((c, i) => {
            const right = x(c.at) > width * 0.6
            return (
              <g key={c.at}>
                <line x1={x(c.at)} x2={x(c.at)} y1={2 + i * 15} y2={floor} className="cut" />
                <text x={x(c.at) + (right ? -6 : 6)} y={12 + i * 15} textAnchor={right ? 'end' : 'start'} className="cut-word">{c.name ? `${c.name} ` : 'cut '}{significant(c.at)}{only === undefined ? '' : ` · ${percent(gone, all)} leaves`}</text>
              </g>
            )
          })}
        </svg>
      ) : <div style={{ height }} />}
    </div>
  )
}

/** A measured value against its limit, on a scale that holds both. */
export function Gauge({ value, limit, bad }: { value: number; limit?: number | undefined; bad: boolean }) {
  const top = Math.max(Math.abs(value), Math.abs(limit ?? 0)) * 1.25 || 1
  return (
    <svg className={`gauge ${bad ? 'bad' : ''}`} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect x="0" y="3.5" width="100" height="3" rx="1.5" className="rail-line" />
      <rect x="0" y="3.5" width={Math.max(0.8, (Math.abs(value) / top) * 100)} height="3" rx="1.5" className="value" />
      {limit === undefined ? null : <rect x={(Math.abs(limit) / top) * 100 - 0.5} y="0" width="1" height="10" className="limit" />}
    </svg>
  )
}

export function Spark({ values, label }: { values: readonly number[]; label: string }) {
  if (values.length < 2) return <svg className="spark" aria-hidden="true" />
  const low = Math.min(...values)
  const high = Math.max(...values)
  const points = values.map((v, i) => `${((i / (values.length - 1)) * 98 + 1).toFixed(1)},${(23 - ((v - low) / (high - low || 1)) * 22).toFixed(1)}`).join(' ')
  return <svg className="spark" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label={label}><polyline points={points} /></svg>
}

/** An estimate with its interval on the unit line. */
export function IntervalBar({ low, high, estimate, label }: { low: number; high: number; estimate: number; label: string }) {
  return (
    <svg className="interval" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect x="0" y="5.5" width="100" height="3" rx="1.5" className="rail-line" />
      <rect x={low * 100} y="4" width={Math.max(0.8, (high - low) * 100)} height="6" rx="2" className="span" />
      <rect x={estimate * 100 - 0.6} y="1" width="1.2" height="12" className="at" />
    </svg>
  )
}
