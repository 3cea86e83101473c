import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useRef, type ReactNode } from 'react'
import { call } from '../api/client'
import { LIVE, useAsk, useList, useRefresh } from '../api/queries'
import { useEvents } from '../api/stream'
import type { Attempt, Checkpoint, LogLine, Metric, MetricPoint, TrainingRun as Run } from '../api/types'
import { Bone, Bones, Chip, Facts, Figure, Figures, Head, Id, NoPlace, Panel, Problem, Segments, Tabs, When } from '../kit/basics'
import { Action } from '../kit/session'
import { History } from '../kit/history'
import { Who } from '../kit/who'
import { isFailed, isRunning, normalState } from '../kit/states'
import { DataTable } from '../kit/table'
import { Progress, StatusLine } from '../kit/work'
import { between, compact, count, duration, significant, words, shortName } from '../lib/format'
import { A, navigate, useParam, withParams } from '../lib/router'
import type { Mark } from '../lib/series'
import { flatten, stepsOf, tokensPerStep } from '../lib/spec'
import { linesOf, LOSS, metricPath, placer, SIDE_KEYS, useCurves, type Axis } from './curves'

const Chart = lazy(() => import('../kit/Chart'))

export default function TrainingRun({ id = '' }: { id?: string }) {
  const path = `/api/v1/training-runs/${id}`
  const ask = useAsk<Run>(path, { every: LIVE })
  const run = ask.data
  const live = isRunning(run?.status.state)
  const flow = useLiveMetrics(id, live)
  const checkpoints = useList<Checkpoint>(`/api/v1/checkpoints?run=${id}`, { limit: 100 })
  const [tab] = useParam('tab', 'checkpoints')
  if (ask.error && !run) return <NoPlace title="Training run" crumbs={[{ label: 'Training', href: '/training' }]} error={ask.error} retry={() => void ask.refetch()} />
  if (!run) return <div className="place"><Head title="Training run" /><Panel><Bones rows={8} /></Panel></div>
  const latest = run.latest
  const mine = checkpoints.data?.filter((c) => !c.runId || c.runId === id)
  return (
    <div className="place">
      <Head
        title={shortName(run.name ?? 'Training run')} crumbs={[{ label: 'Training', href: '/training' }]}
        sub={<>{run.purpose === 'evaluation' ? 'evaluation model' : 'model'}{run.launchedBy ? ' · launched by ' : ''}{run.launchedBy ? <Who id={run.launchedBy} /> : null} · <span className="mono">{id.slice(-12)}</span></>}
        side={<>{live ? <span className={`stale ${flow === 'live' ? '' : 'off'}`}>{flow === 'live' ? 'live' : flow === 'stale' ? 'stale, asking every 2 s' : 'connecting'}</span> : null}<Acts run={run} /></>}
      />
      {isFailed(run.status.state) || run.failure?.reason ? <Failure run={run} /> : null}
      <Panel title={<StatusLine status={isFailed(run.status.state) ? { ...run.status, reason: null } : run.status} />}>
        <div className="col loose">
          <Progress status={run.status} label="Steps" />
          <Figures>
            <Figure name="Step" value={count(latest?.step)} unit={stepsOf(run.spec) ? `of ${count(stepsOf(run.spec))}` : ''} />
            <Figure name="Loss" value={significant(latest?.loss)} unit="nats/token" note={run.first?.loss != null ? `from ${significant(run.first.loss)}` : undefined} />
            <Figure name="Held-out loss" value={significant(latest?.heldoutLoss)} unit="nats/token" />
            <Figure name="Speed" value={compact(latest?.tokensPerSecond == null ? null : Math.round(latest.tokensPerSecond))} unit="tokens/s" note={latest?.tokens ? `${compact(latest.tokens)} tokens seen` : undefined} />
            <Figure name="Gradient norm" value={significant(latest?.gradNorm, 3)} />
            <Figure name="Learning rate" value={significant(latest?.learningRate, 3)} />
          </Figures>
        </div>
      </Panel>
      <LossPanel run={run} checkpoints={mine ?? []} every={live ? (flow === 'live' ? 15000 : LIVE) : false} />
      <Tabs
        label="More of this run" value={tab}
        tabs={[
          { key: 'checkpoints', label: 'Checkpoints', n: mine?.length, href: withParams({ tab: '' }) },
          { key: 'attempts', label: 'Attempts', n: run.attempts?.length, href: withParams({ tab: 'attempts' }) },
          { key: 'history', label: 'Who did what', href: withParams({ tab: 'history' }) },
          { key: 'log', label: 'Log', href: withParams({ tab: 'log' }) },
          { key: 'spec', label: 'Specification', href: withParams({ tab: 'spec' }) },
        ]}
      />
      {tab === 'attempts' ? <Attempts run={run} /> : tab === 'history' ? <History of={[path]} /> : tab === 'log' ? <Panel title="Log"><Log id={id} live={live} /></Panel> : tab === 'spec' ? <Panel title="Specification"><Facts of={Object.entries(flatten(run.spec)).map(([k, v]) => [k, <span key={k} className="mono small">{v}</span>] as const)} /></Panel> : <CheckpointList rows={mine} run={run} error={checkpoints.error} />}
    </div>
  )
}

/** Points pushed by the server are put into the answers that the chart reads; the run itself is asked again. */
function useLiveMetrics(id: string, live: boolean) {
  const client = useQueryClient()
  const refresh = useRefresh()
  const asked = useRef(0)
  return useEvents(live ? `/api/v1/training-runs/${id}/events` : undefined, ['run', 'metrics', 'end'], (name, data) => {
    if (name === 'metrics') {
      for (const [key, point] of pointsIn(data)) {
        client.setQueryData<Metric>([metricPath(id, key)], (old) => {
          if (!old) return old
          const last = old.points[old.points.length - 1]
          const newer = !last || point.step > last.step || (point.attempt ?? 1) > (last.attempt ?? 1)
          return newer ? { ...old, points: [...old.points, point] } : old
        })
      }
    }
    if (name === 'run') client.setQueryData([`/api/v1/training-runs/${id}`], data)
    if (name === 'end' || (name === 'run' && Date.now() - asked.current > 5000)) {
      asked.current = Date.now()
      void refresh('/api/v1/checkpoints')
    }
    if (name === 'end') void refresh(`/api/v1/training-runs/${id}`)
  })
}

function pointsIn(data: unknown): [string, MetricPoint][] {
  const points = (data as { points?: (MetricPoint & { key: string })[] } | null)?.points ?? []
  return points.map(({ key, ...point }) => [key, point])
}

function Failure({ run }: { run: Run }) {
  const tail = run.failure?.logTail
  const lines = Array.isArray(tail) ? tail.join('\n') : tail
  return (
    <div className="problem" role="alert">
      <b>{isFailed(run.status.state) ? 'The run failed' : 'The last attempt failed'}</b>
      <span className="wrap">{run.failure?.reason ?? run.status.reason ?? 'No reason was recorded.'}</span>
      {lines ? <pre className="log gap-top" tabIndex={0} aria-label="Last lines of the log">{lines}</pre> : <Log id={run.id} live={false} tail={12} />}
    </div>
  )
}

function Acts({ run }: { run: Run }) {
  const refresh = useRefresh()
  const state = normalState(run.status.state)
  const act = (verb: string) => async () => {
    const answer = await call<{ id?: string } | undefined>(`/api/v1/training-runs/${run.id}/${verb}`, { method: 'POST', body: {}, launches: true })
    await refresh('/api/v1/training-runs')
    if (verb === 'clone' && answer?.id) navigate(`/training/${answer.id}`)
  }
  const clone = <Action label="Clone" does="Starts a new run with the same specification and seed, from step 0." run={act('clone')} />
  if (isRunning(state)) {
    return (
      <>
        <Action label="Suspend" does="Writes a checkpoint and takes the workers down. Resume goes on from it." run={act('suspend')} />
        <Action label="Cancel" tone="danger" does="Takes the workers down for good. Checkpoints already written stay." run={act('cancel')} />
      </>
    )
  }
  if (state === 'suspended' || state === 'failed') return <>{clone}<Action label="Resume" tone="primary" does="Starts a new attempt from the last good checkpoint." run={act('resume')} /></>
  return clone
}

function LossPanel({ run, checkpoints, every }: { run: Run; checkpoints: readonly Checkpoint[]; every: number | false }) {
  const [axis, setAxis] = useParam('x', 'step')
  const [scale, setScale] = useParam('y', 'linear')
  const [weight, setWeight] = useParam('smooth', '0.6')
  const [step, setStep] = useParam('step')
  const [also] = useParam('with')
  const others = useMemo(() => also.split(',').filter(Boolean).map((id) => ({ id })), [also])
  const curves = useCurves(useMemo(() => [{ id: run.id }, ...others], [run.id, others]), every)
  const own = curves[0]
  const speed = useAsk<Metric>(axis === 'time' ? metricPath(run.id, 'tokens-per-second') : undefined, { every })
  const place = placer(axis as Axis, run, speed.data)
  const { lines, restarts: seen } = linesOf(run.id, own?.loss, own?.heldout, { smoothing: Number(weight), place, colour: '--s1', name: 'loss' })
  others.forEach((o, i) => lines.push(...linesOf(o.id, curves[i + 1]?.loss, curves[i + 1]?.heldout, { smoothing: Number(weight), place, colour: ['--s3', '--s4', '--s5'][i % 3] ?? '--s3', name: o.id.slice(-6) }).lines))
  const on = place
  const resumed = (run.attempts ?? []).filter((a) => a.number > 1).map((a) => ({ step: a.startStep ?? 0, label: `attempt ${a.number}` }))
  const restarts = resumed.length ? resumed : seen.map((step, i) => ({ step, label: `attempt ${i + 2}` }))
  const marks: Mark[] = [
    ...checkpoints.filter((c) => c.step !== undefined).map((c): Mark => ({ x: on(c.step!), kind: 'checkpoint', label: '' })),
    ...restarts.map((r): Mark => ({ x: on(r.step), kind: 'restart', label: r.label })),
    ...(isFailed(run.status.state) && run.latest?.step !== undefined ? [{ x: on(run.latest.step), kind: 'failure', label: 'failed' } satisfies Mark] : []),
  ]
  const perStep = tokensPerStep(run.spec)
  const picked = step ? Number(step) : undefined
  const pick = (x: number) => setStep(String(axis === 'tokens' && perStep ? Math.round(x / perStep) : x), true)
  const xFormat = axis === 'time' ? duration : compact
  return (
    <div className={`cols ${picked === undefined ? '' : 'main-side'}`}>
      <Panel
        title="Loss"
        side={(
          <>
            <Segments label="Across" value={axis} onChange={(v) => setAxis(v)} options={[['step', 'step'], ...(perStep ? [['tokens', 'tokens'] as const] : []), ...(perStep ? [['time', 'time'] as const] : [])]} />
            <Segments label="Scale" value={scale} onChange={(v) => setScale(v)} options={[['linear', 'linear'], ['log', 'log']]} />
            <label className="check">smooth <input type="range" className="tiny-range" min={0} max={0.98} step={0.02} value={weight} onChange={(e) => setWeight(e.target.value)} aria-label="Smoothing" /></label>
          </>
        )}
        foot={<div className="legend"><span><i className="tri" />checkpoint</span><span><i className="dash" />restart</span><span className="faint">click or Enter on a point: its batch</span></div>}
      >
        {own?.error ? <Problem error={own.error} mild /> : null}
        {own?.loss?.points.length ? (
          <Suspense fallback={<Bone h={320} />}>
            <Chart label={`Loss of ${run.name ?? run.id} against ${axis}`} lines={lines} marks={marks} log={scale === 'log'} xLabel={axis} xFormat={xFormat} height={320} {...(picked === undefined ? {} : { picked: on(picked) })} {...(axis === 'time' ? {} : { onPick: pick })} />
          </Suspense>
        ) : <div className="chart-wait">{own?.loss ? <span className="muted">The first point comes with the first reported step.</span> : <Bone h={320} />}</div>}
      </Panel>
      {picked === undefined ? null : <StepPanel run={run} step={picked} onClose={() => setStep('')} />}
    </div>
  )
}

interface Batch { step: number; documents: { id: string; shard?: string; ordinal?: number; tokens?: number }[] }

function StepPanel({ run, step, onClose }: { run: Run; step: number; onClose: () => void }) {
  const ask = useAsk<Batch>(`/api/v1/training-runs/${run.id}/steps/${step}/documents`, { every: false, keep: false })
  const documents = ask.data?.documents
  return (
    <Panel title={<>Step {count(step)}</>} side={<button type="button" className="button tiny" onClick={onClose}>Close</button>}>
      <div className="col loose">
        <Facts of={[[words(LOSS), <ValueAt key="l" run={run.id} metric={LOSS} step={step} />] as const, ...SIDE_KEYS.map((k) => [words(k), <ValueAt key={k} run={run.id} metric={k} step={step} />] as const)]} />
        <div>
          <h3>Documents of this batch</h3>
          {ask.error ? <Problem error={ask.error} mild /> : !documents ? <Bones rows={6} /> : (
            <ul className="batch">
              {documents.map((d) => (
                <li key={d.id}>
                  <A className="mono small" href={`/documents/${d.id}`}>{d.id.slice(0, 12)}</A> <span className="small faint">{d.tokens ? `${count(d.tokens)} tokens` : ''}</span>
                  <Beginning id={d.id} />
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
    </Panel>
  )
}

function Beginning({ id }: { id: string }) {
  const text = useAsk<{ text?: string }>(`/api/v1/documents/${id}/text?from=0&to=200`, { every: false }).data?.text
  return <span className="two-lines small">{text ?? ''}</span>
}

function ValueAt({ run, metric, step }: { run: string; metric: string; step: number }): ReactNode {
  const ask = useAsk<Metric>(metricPath(run, metric), { every: false })
  const points = ask.data?.points ?? []
  let best: MetricPoint | undefined
  for (const p of points) if (!best || Math.abs(p.step - step) <= Math.abs(best.step - step)) best = p
  if (!best) return ask.isPending ? <Bone w={60} /> : '–'
  return <>{significant(best.value)}{best.step === step ? '' : <span className="faint"> at {count(best.step)}</span>}</>
}

function CheckpointList({ rows, run, error }: { rows: Checkpoint[] | undefined; run: Run; error: unknown }) {
  return (
    <Panel flush>
      <DataTable
        label="Checkpoints" rows={rows} rowKey={(c) => c.id} href={(c) => `/checkpoints/${c.id}`} error={error}
        columns={[
          { key: 'step', title: 'Step', cell: (c) => <>{count(c.step)}{c.id === run.bestCheckpointId ? <span className="tag gap-left">best</span> : null}{c.id === run.finalCheckpointId ? <span className="tag gap-left">final</span> : null}</> },
          { key: 'heldout', title: 'Held-out loss', num: true, cell: (c) => significant(c.heldoutLoss) },
          { key: 'digest', title: 'Manifest', wide: true, cell: (c) => <Id value={c.manifestDigest} /> },
          { key: 'made', title: 'Written', num: true, cell: (c) => <When at={c.createdAt} /> },
        ]}
        empty={<div className="empty">No checkpoint was committed yet.</div>}
      />
    </Panel>
  )
}

function Attempts({ run }: { run: Run }) {
  return (
    <Panel flush>
      <DataTable
        label="Attempts" stack rows={[...(run.attempts ?? [])].sort((a, b) => b.number - a.number)} rowKey={(a: Attempt) => String(a.number)}
        columns={[
          { key: 'n', title: 'Attempt', cell: (a) => a.number },
          { key: 'state', title: 'State', cell: (a) => <Chip state={a.outcome ?? (a.endedAt ? 'ended' : 'running')} /> },
          { key: 'from', title: 'From step', num: true, cell: (a) => count(a.startStep) },
          { key: 'ranks', title: 'Ranks at step', num: true, wide: true, cell: (a) => (a.ranks ?? []).map((r) => count(r.step)).join(', ') || '–' },
          { key: 'took', title: 'Took', num: true, cell: (a) => duration(between(a.openedAt, a.endedAt)) },
          { key: 'started', title: 'Started', num: true, wide: true, cell: (a) => <When at={a.openedAt} /> },
          { key: 'reason', title: 'How it ended', cell: (a) => <span className="wrap">{a.reason ?? '–'}</span> },
        ]}
        empty={<div className="empty">No attempt was made yet.</div>}
      />
    </Panel>
  )
}

function Log({ id, live, tail = 200 }: { id: string; live: boolean; tail?: number }) {
  const ask = useAsk<{ lines?: LogLine[] }>(`/api/v1/training-runs/${id}/logs?tail=${tail}`, { every: live ? LIVE : false })
  if (ask.error) return <Problem error={ask.error} mild />
  if (!ask.data) return <Bones rows={6} />
  const lines = (ask.data.lines ?? []).map((l) => `${l.attempt > 1 || l.rank > 0 ? `[${l.attempt}.${l.rank}] ` : ''}${l.text}`)
  return lines.length ? <pre className="log" tabIndex={0} aria-label="Log">{lines.join('\n')}</pre> : <p className="muted">The log is empty.</p>
}
