import { useEffect, useId, useReducer, useRef, useState, type CSSProperties, type ReactNode } from 'react'
import { ago } from '../lib/format'
import { A } from '../lib/router'
import type { ProblemBody } from '../api/types'
import { asProblem } from '../api/client'
import { Icon } from './icons'
import { glyphOf, toneOf, wordOf, type Tone } from './states'

export function Panel(props: { title?: ReactNode; side?: ReactNode; foot?: ReactNode; tone?: 'bad' | 'warn'; flush?: boolean; children: ReactNode; id?: string }) {
  const heading = useId()
  return (
    <section className={`panel ${props.tone ? `tone-${props.tone}` : ''}`} id={props.id} {...(props.title ? { 'aria-labelledby': heading } : {})}>
      {props.title || props.side ? (
        <header>
          {props.title ? <h2 id={heading}>{props.title}</h2> : <span />}
          {props.side ? <div className="row wrapping">{props.side}</div> : null}
        </header>
      ) : null}
      <div className={`body ${props.flush ? 'flush' : ''}`}>{props.children}</div>
      {props.foot ? <footer>{props.foot}</footer> : null}
    </section>
  )
}

/** A number that leads to what it counts. */
export function Figure(props: { name: string; value: ReactNode; unit?: string; note?: ReactNode; href?: string }) {
  const shown = <>{props.value}{props.unit ? <small> {props.unit}</small> : null}</>
  return (
    <div className="figure">
      <dt>{props.name}</dt>
      <dd>{props.href ? <A href={props.href}>{shown}</A> : shown}{props.note ? <div className="note">{props.note}</div> : null}</dd>
    </div>
  )
}

export function Figures({ children }: { children: ReactNode }) {
  return <dl className="figures">{children}</dl>
}

export function Head(props: { title: ReactNode; crumbs?: { label: string; href: string }[]; sub?: ReactNode; side?: ReactNode }) {
  return (
    <div className="head">
      <div className="grow">
        {props.crumbs?.length ? (
          <nav className="crumbs" aria-label="Where this lies">
            {props.crumbs.map((c) => <span key={c.href}><A href={c.href}>{c.label}</A> / </span>)}
          </nav>
        ) : null}
        <h1 className="wrap">{props.title}</h1>
        {props.sub ? <div className="sub">{props.sub}</div> : null}
      </div>
      {props.side ? <div className="row wrapping">{props.side}</div> : null}
    </div>
  )
}

export function Chip({ state, label, title }: { state: string | null | undefined; label?: string; title?: string }) {
  return <span className={`chip ${toneOf(state)}`} title={title}><Icon name={glyphOf(state)} width={2.4} />{label ?? wordOf(state)}</span>
}

export function Badge({ n, tone = 'idle', what }: { n: number | undefined; tone?: Tone; what: string }) {
  return n ? <span className={`badge ${tone}`}>{n > 999 ? '999+' : n}<span className="sr"> {what}</span></span> : null
}

/** Relative time that keeps itself true; the absolute one on hover. */
export function When({ at }: { at: string | null | undefined }) {
  useTick(at ? 10000 : 0)
  if (!at) return <span className="faint">–</span>
  return <time dateTime={at} title={new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })} className="nowrap">{ago(at)}</time>
}

export function useTick(millis: number): void {
  const [, tick] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    if (!millis) return
    const timer = setInterval(tick, millis)
    return () => clearInterval(timer)
  }, [millis])
}

export function Id({ value, href, chars }: { value: string | null | undefined; href?: string; chars?: number }) {
  if (!value) return <span className="faint">–</span>
  const short = value.length <= (chars ?? 14) ? value : `${value.slice(0, 6)}…${value.slice(-6)}`
  return href ? <A className="mono nowrap" href={href} title={value}>{short}</A> : <span className="mono nowrap" title={value}>{short}</span>
}

export function Bone({ w = '100%', h = 14 }: { w?: string | number; h?: number }) {
  const style: CSSProperties = { width: w, height: h }
  return <span className="bone" style={style} aria-hidden="true" />
}

export function Bones({ rows = 4 }: { rows?: number }) {
  return (
    <div className="col" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => <Bone key={i} w={`${92 - ((i * 17) % 40)}%`} h={16} />)}
    </div>
  )
}

/** Title, detail, field errors and request id of an RFC 9457 problem. */
export function Problem({ error, mild, retry }: { error: unknown; mild?: boolean; retry?: () => void }) {
  const problem: ProblemBody = error && typeof error === 'object' && 'title' in error && !(error instanceof Error) ? (error as ProblemBody) : asProblem(error)
  return (
    <div className={`problem ${mild ? 'mild' : ''}`} role="alert">
      <b>{problem.title ?? 'Something went wrong'}</b>
      {problem.detail ? <span className="wrap">{problem.detail}</span> : null}
      {problem.errors?.length ? (
        <ul>{problem.errors.map((e, i) => <li key={i}>{e.pointer ? <code>{e.pointer}</code> : null} {e.detail}</li>)}</ul>
      ) : null}
      {problem.status || problem.requestId || retry ? (
        <span className="ids">
          {problem.status ? <span>status {problem.status}</span> : null}
          {problem.requestId ? <span>request <code>{problem.requestId}</code></span> : null}
          {retry ? <button type="button" className="button tiny" onClick={retry}>Try again</button> : null}
        </span>
      ) : null}
    </div>
  )
}

/** A place that has nothing to show but what went wrong. */
export function NoPlace({ title, crumbs, ...problem }: { title: string; crumbs: { label: string; href: string }[]; error: unknown; retry: () => void }) {
  return (
    <div className="place">
      <Head title={title} crumbs={crumbs} />
      <Problem {...problem} />
    </div>
  )
}

export function Empty(props: { title: string; children?: ReactNode; curl?: string }) {
  return (
    <div className="empty">
      <h2>{props.title}</h2>
      {props.children ? <div>{props.children}</div> : null}
      {props.curl ? <Curl command={props.curl} /> : null}
    </div>
  )
}

export function Curl({ command }: { command: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(command)
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <div className="curl">
      <pre tabIndex={0} aria-label="Command">{command}</pre>
      <button type="button" className="button tiny" onClick={() => void copy()}>{copied ? 'Copied' : 'Copy'}</button>
    </div>
  )
}

/** A curl command against this very door. */
export function curl(method: string, path: string, body?: unknown): string {
  const launch = method === 'POST' ? ` \\\n  -H "Idempotency-Key: $(uuidgen)"` : ''
  const json = body === undefined ? '' : ` \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(body)}'`
  const verb = method === 'GET' ? '' : ` -X ${method}`
  return `curl${verb} ${location.origin}${path} \\\n  -H "Authorization: Bearer $TNL_KEY"${launch}${json}`
}

export function Segments<T extends string>(props: { label: string; value: T; options: readonly (readonly [T, string])[]; onChange: (value: T) => void }) {
  return (
    <div className="segments" role="group" aria-label={props.label}>
      {props.options.map(([value, label]) => (
        <button key={value} type="button" aria-pressed={value === props.value} onClick={() => props.onChange(value)}>{label}</button>
      ))}
    </div>
  )
}

export function Tabs(props: { label: string; value: string; tabs: readonly { key: string; label: string; n?: number | undefined; href: string }[] }) {
  return (
    <nav className="tabs" aria-label={props.label}>
      {props.tabs.map((t) => (
        <A key={t.key} href={t.href} aria-current={t.key === props.value ? 'true' : undefined}>
          {t.label}{t.n === undefined ? null : <span className="n">{t.n}</span>}
        </A>
      ))}
    </nav>
  )
}

export function Facts({ of }: { of: readonly (readonly [ReactNode, ReactNode])[] }) {
  return (
    <dl className="facts">
      {of.filter(([, v]) => v !== null && v !== undefined && v !== "").map(([k, v], i) => [<dt key={`k${i}`}>{k}</dt>, <dd key={`v${i}`}>{v}</dd>])}
    </dl>
  )
}

/** A modal over the page; closing it is the caller's state. */
export function Dialog(props: { open: boolean; onClose: () => void; label: string; drawer?: boolean; children: ReactNode }) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    if (!dialog) return
    if (props.open && !dialog.open) dialog.showModal()
    if (!props.open && dialog.open) dialog.close()
  }, [props.open])
  return (
    <dialog
      ref={ref}
      className={props.drawer ? 'drawer' : ''}
      aria-label={props.label}
      onClose={props.onClose}
      onClick={(e) => { if (e.target === ref.current) props.onClose() }}
    >
      {props.open ? <div className="inner">{props.children}</div> : null}
    </dialog>
  )
}

/** Follows the width of an element, so that a drawing fits it. */
export function useWidth<T extends HTMLElement>(): [React.RefObject<T | null>, number] {
  const ref = useRef<T>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, width]
}
