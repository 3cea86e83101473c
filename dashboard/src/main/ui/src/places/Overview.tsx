import { LIVE, useAsk } from '../api/queries'
import type { Attention, Overview as OverviewAnswer, Work } from '../api/types'
import { Bone, Bones, Chip, curl, Empty, Figure, Figures, Head, Panel, Problem, useWidth, When } from '../kit/basics'
import { Icon } from '../kit/icons'
import { isRunning } from '../kit/states'
import { Progress } from '../kit/work'
import { documentsIn, documentsKept } from '../lib/cleaning'
import { bytes, compact, count, percent, shortName, words } from '../lib/format'
import { stopsOf, type Stop } from '../lib/pipeline'
import { layRiver } from '../lib/river'
import { A } from '../lib/router'

export function Overview() {
  const ask = useAsk<OverviewAnswer>('/api/v1/overview', { every: LIVE })
  const o = ask.data
  const down = o?.parts.filter((p) => p.state !== 'up') ?? []
  return (
    <div className="place">
      <Head title="Overview" sub="From sources to answers: what flows, what left and why, what runs, and what waits for somebody." side={<span className={`stale ${ask.error ? 'off' : ''}`}>{ask.error ? 'stale' : 'live'}</span>} />
      {ask.error && !o ? <Problem error={ask.error} retry={() => void ask.refetch()} /> : null}
      {down.length ? <Problem mild error={{ title: `${down.map((p) => p.service).join(', ')} ${down.length === 1 ? 'does' : 'do'} not answer`, detail: 'What is shown below is what the other parts know. The page asks again every two seconds.' }} /> : null}
      {o && o.attention.length ? <AttentionPanel items={o.attention} /> : null}
      <Panel title={o?.river?.corpus ? <>The way of <A href={`/corpora/${o.river.corpus.id}`}>{o.river.corpus.name}</A></> : 'The way from sources to answers'} side={o?.river?.cleaningRun ? <span className="small muted">recipe {o.river.cleaningRun.recipe?.name ?? ''}{o.river.cleaningRun.recipe?.version ? ` v${o.river.cleaningRun.recipe.version}` : ''} · <A href={`/cleaning/${o.river.cleaningRun.id}`}>cleaning run</A></span> : null}>
        {!o ? <Bone h={300} /> : o.river?.corpus ? <River stops={stopsOf(o.river)} /> : <FirstSteps />}
      </Panel>
      <div className="cols wide-side">
        <Panel title="Running now" flush>
          {!o ? <div className="panel-pad"><Bones rows={3} /></div> : <Running work={o.running} />}
        </Panel>
        <Panel title="So far">{!o ? <Bones rows={4} /> : <Totals o={o} />}</Panel>
      </div>
    </div>
  )
}

function AttentionPanel({ items }: { items: Attention[] }) {
  return (
    <Panel title="Needs a person" tone="warn" flush>
      <ul className="attention">
        {items.map((a, i) => (
          <li key={`${a.kind}-${i}`}>
            <span className={`chip ${a.severity === 'bad' || a.severity === 'error' ? 'bad' : 'warn'}`}><Icon name={a.severity === 'bad' || a.severity === 'error' ? 'cross' : 'bang'} width={2.4} />{words(a.kind)}</span>
            <div className="what">
              {a.href ? <A href={a.href} className="strong">{a.title}</A> : <span className="strong">{a.title}</span>}
              {a.detail ? <div className="small muted wrap">{a.detail}</div> : null}
            </div>
            <When at={a.at} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Running({ work }: { work: Work[] }) {
  if (work.length === 0) return <div className="empty"><p>Nothing runs. What ran lies under <A href="/jobs">Jobs</A> and <A href="/training">Training</A>.</p></div>
  return (
    <ul className="running">
      {work.map((w) => (
        <li key={`${w.kind}-${w.id}`}>
          <div className="row spread">
            <span className="clip">{w.href ? <A href={w.href} className="strong">{shortName(w.title)}</A> : <span className="strong">{shortName(w.title)}</span>} <span className="small faint">{words(w.kind)}</span></span>
            <Chip state={w.status.state} />
          </div>
          <Progress status={w.status} label={w.title} />
          {!isRunning(w.status.state) && w.status.reason ? <div className="small muted">{w.status.reason}</div> : null}
        </li>
      ))}
    </ul>
  )
}

function Totals({ o }: { o: OverviewAnswer }) {
  const t = o.totals ?? {}
  const r = o.river ?? {}
  const into = documentsIn(r.cleaningRun)
  const kept = documentsKept(r.cleaningRun)
  return (
    <Figures>
      <Figure name="Documents" value={compact(t.documents)} unit={t.bytes ? bytes(t.bytes) : ''} href="/corpora" />
      <Figure name="Kept" value={percent(kept, into ?? null)} href={r.cleaningRun ? `/cleaning/${r.cleaningRun.id}` : '/cleaning'} />
      <Figure name="Training runs" value={count(t.trainingRuns)} href="/training" />
      <Figure name="Checkpoints" value={count(t.checkpoints)} href="/checkpoints" />
      <Figure name="Deployments" value={count(t.deployments)} href="/playground" />
      <Figure name="Parts up" value={`${o.parts.filter((p) => p.state === 'up').length}/${o.parts.length}`} href="/system" />
    </Figures>
  )
}

function FirstSteps() {
  return (
    <Empty title="No corpus yet" curl={curl('POST', '/api/v1/corpora', { name: 'first', description: 'What this text is and where it is from' })}>
      Make a corpus, give it a source inside a configured folder or an S3 bucket, and start an ingestion. <code>./tnl demo</code> does the whole way on a real sample.
    </Empty>
  )
}

/** The river: across on a wide page, downwards on a narrow one. */
export function River({ stops }: { stops: Stop[] }) {
  const [ref, width] = useWidth<HTMLDivElement>()
  return <div className={`river ${width >= 700 ? 'wide' : ''}`} ref={ref}>{width === 0 ? <Bone h={300} /> : width < 700 ? <Brook stops={stops} width={width} /> : <WideRiver stops={stops} width={width} />}</div>
}

function WideRiver({ stops, width }: { stops: Stop[]; width: number }) {
  const size = { width, top: 8, thickness: 108, fall: 182 }
  const laid = layRiver(stops, size)
  const of = new Map(stops.map((s) => [s.key, s]))
  const step = width / stops.length
  const across = { gridTemplateColumns: `repeat(${stops.length}, minmax(0, 1fr))` }
  return (
    <div>
      <ol className="heads" style={across}>
        {stops.map((s) => (
          <li key={s.key} className="stop">
            <A href={s.href}>
              <span className="k" style={{ display: 'block' }}>{s.label}</span>
              <span className={`v clip ${s.reached ? '' : 'faint'}`} style={{ display: 'block' }}>{s.value}</span>
              <span className="u clip" style={{ display: 'block' }}>{s.unit}</span>
            </A>
          </li>
        ))}
      </ol>
      <svg width={width} height={size.fall + 8} viewBox={`0 0 ${width} ${size.fall + 8}`} aria-hidden="true">
        <defs>
          <linearGradient id="flowing" x1="0" y1="0" x2={width} y2="0" gradientUnits="userSpaceOnUse">
            <stop offset="0" stopColor="var(--water-pale)" /><stop offset="0.45" stopColor="var(--water)" /><stop offset="1" stopColor="var(--water-deep)" />
          </linearGradient>
          <linearGradient id="leaving" x1="0" y1={size.top} x2="0" y2={size.fall} gradientUnits="userSpaceOnUse">
            <stop offset="0.25" stopColor="var(--leave)" stopOpacity="0.95" /><stop offset="1" stopColor="var(--leave)" stopOpacity="0.25" />
          </linearGradient>
        </defs>
        {laid.bands.map((b) => {
          const goal = of.get(b.to || b.from)
          return <path key={`${b.from}>${b.to}`} d={b.path} className={`band ${goal?.reached ? '' : 'dim'}`} />
        })}
        {laid.branches.map((b) => <path key={b.stop} d={b.path} className="gone" />)}
        {laid.stops.map((s) => <line key={s.key} x1={s.x} x2={s.x} y1={s.y0} y2={s.y1} className="stop-line" />)}
      </svg>
      <ul className="fall-row" aria-label="What left, and why">
        {laid.branches.map((b) => {
          const top = b.drops.slice(0, 2)
          const rest = b.drops.slice(2).reduce((n, d) => n + d.documents, 0)
          return (
            <li key={b.stop} className="fall" style={{ left: b.x, width: step + 4 }}>
              <b>−{count(b.documents)}</b>
              {top.map((d) => <A key={d.reason} href={d.href ?? '/cleaning'} title={`${count(d.documents)} ${d.reason}`}>{b.drops.length > 1 ? `${compact(d.documents)} ` : ''}{d.reason}</A>)}
              {rest > 0 ? <span className="faint">{compact(rest)} others</span> : null}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function Brook({ stops, width }: { stops: Stop[]; width: number }) {
  const most = Math.max(1, ...stops.map((s) => s.documents))
  const room = Math.min(150, (width - 116) * 0.45)
  return (
    <ol className="brook">
      {stops.map((s) => (
        <li key={s.key}>
          <div className="say">
            <A href={s.href}><span className="k" style={{ display: 'block' }}>{s.label}</span></A>
            <span className={`v ${s.reached ? '' : 'faint'}`}>{s.value}</span>
            <div className="small faint">{s.unit.startsWith('−') ? '' : s.unit}</div>
          </div>
          <div className="lane">
            <div className={`water ${s.after ? 'after' : ''} ${s.reached ? '' : 'dim'}`} style={{ width: Math.max(3, (s.documents / most) * room) }} />
            {s.drops.length ? (
              <div className="leaves">
                {s.drops.slice(0, 4).map((d) => <A key={d.reason} href={d.href ?? '/cleaning'}><b>−{count(d.documents)}</b> {d.reason}</A>)}
              </div>
            ) : null}
          </div>
        </li>
      ))}
    </ol>
  )
}
