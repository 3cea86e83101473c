import type { ReactNode } from 'react'
import { A } from '../lib/router'
import { Bones, Problem } from './basics'

export interface Column<T> { key: string; title: ReactNode; cell: (row: T) => ReactNode; num?: boolean; wide?: boolean; width?: string }

/** A table that keeps its place while it refreshes: rows are keyed, widths do not follow the content of one page. */
export function DataTable<T>(props: {
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[] | undefined
  rowKey: (row: T) => string
  href?: (row: T) => string | undefined
  picked?: (row: T) => boolean
  error?: unknown
  empty?: ReactNode
  more?: (() => void) | undefined
  moreBusy?: boolean
  /** On a narrow page each row becomes a block of its own. */
  stack?: boolean
}) {
  if (props.error && !props.rows) return <div className="panel-pad"><Problem error={props.error} /></div>
  if (!props.rows) return <div className="panel-pad"><Bones rows={5} /></div>
  if (props.rows.length === 0) return <>{props.empty ?? <div className="empty">Nothing here yet.</div>}</>
  return (
    <>
      {props.error ? <div className="panel-pad"><Problem error={props.error} mild /></div> : null}
      <div className="table-scroll" tabIndex={0} role="region" aria-label={`${props.label}, table`}>
        <table className={`data ${props.stack ? 'stack' : ''}`}>
          <caption className="sr">{props.label}</caption>
          <thead>
            <tr>
              {props.columns.map((c) => (
                <th key={c.key} scope="col" className={names(c)} style={c.width ? { width: c.width } : undefined}>{c.title}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {props.rows.map((row) => {
              const to = props.href?.(row)
              return (
                <tr key={props.rowKey(row)} className={`${to ? 'linked' : ''} ${props.picked?.(row) ? 'picked' : ''}`}>
                  {props.columns.map((c, i) => (
                    <td key={c.key} className={names(c)} data-title={typeof c.title === 'string' ? c.title : undefined}>{i === 0 && to ? <A className="cover" href={to}>{c.cell(row)}</A> : c.cell(row)}</td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      {props.more ? (
        <div className="more"><button type="button" className="button tiny" disabled={props.moreBusy} onClick={props.more}>{props.moreBusy ? 'Loading…' : 'Show more'}</button></div>
      ) : null}
    </>
  )
}

function names(c: { num?: boolean; wide?: boolean }): string {
  return `${c.num ? 'num' : ''} ${c.wide ? 'wide' : ''}`.trim()
}

/** Counts as lengths; each bar opens what it counts. */
export function Bars(props: { label: string; of: readonly { key: string; name: ReactNode; value: number; note: ReactNode; href?: string; current?: boolean }[]; calm?: boolean }) {
  const most = Math.max(1, ...props.of.map((b) => b.value))
  return (
    <ul className={`bars ${props.calm ? 'calm' : ''}`} aria-label={props.label}>
      {props.of.map((b) => {
        const inside = (
          <>
            <span className="what clip">{b.name}</span>
            <span><span className="len" style={{ display: 'block', width: `${(b.value / most) * 100}%` }} /></span>
            <span className="n">{b.note}</span>
          </>
        )
        return <li key={b.key}>{b.href ? <A href={b.href} aria-current={b.current ? 'true' : undefined}>{inside}</A> : <div className="bar">{inside}</div>}</li>
      })}
    </ul>
  )
}
