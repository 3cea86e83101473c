import { call } from '../api/client'
import { LIVE, useAsk, useRefresh } from '../api/queries'
import type { JobExecution, JobStep } from '../api/types'
import { Bones, Chip, Facts, Head, NoPlace, Panel, useTick, When } from '../kit/basics'
import { Action } from '../kit/session'
import { History } from '../kit/history'
import { isRunning, normalState, toneOf } from '../kit/states'
import { DataTable } from '../kit/table'
import { PartitionStrip, Progress, StatusLine } from '../kit/work'
import { A } from '../lib/router'
import { between, capital, compact, count, duration, words } from '../lib/format'
import { jobService, jobTitle, stepCounts, stepState, timeline } from '../lib/jobs'

export default function Job({ id = '' }: { id?: string }) {
  const ask = useAsk<JobExecution>(`/api/v1/jobs/${id}`, { every: LIVE })
  const job = ask.data
  if (ask.error && !job) return <NoPlace title="Job" crumbs={[{ label: 'Jobs', href: '/jobs' }]} error={ask.error} retry={() => void ask.refetch()} />
  if (!job) return <div className="place"><Head title={id} crumbs={[{ label: 'Jobs', href: '/jobs' }]} /><Panel><Bones rows={8} /></Panel></div>
  const steps = job.steps ?? []
  const wide = steps.filter((s) => s.partitions?.length)
  return (
    <div className="place">
      <Head
        title={capital(jobTitle(job))} crumbs={[{ label: 'Jobs', href: '/jobs' }]}
        sub={<>{jobService(job)} · {job.id}{workOf(job)?.place ? <> · <A href={workOf(job)!.place!}>what it works on</A></> : null} · started <When at={job.status?.startedAt} /></>}
        side={<Acts job={job} />}
      />
      {job.errors?.length ? <Errors job={job} /> : null}
      <Panel title={<StatusLine status={job.status} />}>
        <Progress status={job.status} label={jobTitle(job)} />
      </Panel>
      {wide.length ? (
        <Panel title="Partitions">
          <div className="strips">{wide.map((s) => <Wide key={s.name} step={s} />)}</div>
        </Panel>
      ) : null}
      <Panel title="Steps" flush>
        <DataTable
          label="Steps" stack rows={steps} rowKey={(s) => s.name}
          columns={[
            { key: 'name', title: 'Step', cell: (s) => <span className="strong">{capital(words(s.name))}</span> },
            { key: 'state', title: 'State', cell: (s) => <Chip state={s.status?.state} {...(s.status?.reason ? { title: s.status.reason } : {})} /> },
            { key: 'read', title: 'Read', num: true, cell: (s) => count(stepCounts(s).read) },
            { key: 'written', title: 'Written', num: true, cell: (s) => count(stepCounts(s).written) },
            { key: 'skipped', title: 'Skipped', num: true, wide: true, cell: (s) => (stepCounts(s).skipped ? <b className="warn-text">{count(stepCounts(s).skipped)}</b> : count(stepCounts(s).skipped)) },
            { key: 'rate', title: 'Rate', num: true, wide: true, cell: (s) => <Rate step={s} /> },
            { key: 'took', title: 'Took', num: true, cell: (s) => <span className="nowrap">{duration(between(s.status?.startedAt, s.status?.endedAt))}</span> },
          ]}
          empty={<div className="empty">No step has begun yet.</div>}
        />
        <Timeline steps={steps} live={isRunning(job.status?.state)} />
      </Panel>
      <History of={[`/api/v1/jobs/${job.id}`, ...(workOf(job) ? [workOf(job)!.path] : [])]} />
      {job.parameters && Object.keys(job.parameters).length ? <Panel title="Parameters"><Facts of={Object.entries(job.parameters).map(([k, v]) => [k, <span key={k} className="mono small">{typeof v === 'object' ? JSON.stringify(v) : String(v)}</span>] as const)} /></Panel> : null}
    </div>
  )
}

/** The resource whose work the job does; jobs name it in their parameters. */
function workOf(job: JobExecution): { path: string; place?: string } | undefined {
  const id = job.parameters?.['work']
  if (typeof id !== 'string') return undefined
  switch (job.name) {
    case 'cleaning': return { path: `/api/v1/cleaning-runs/${id}`, place: `/cleaning/${id}` }
    case 'tokenizer': return { path: `/api/v1/tokenizers/${id}` }
    case 'token-set': return { path: `/api/v1/token-sets/${id}` }
    default: return undefined
  }
}

function Acts({ job }: { job: JobExecution }) {
  const refresh = useRefresh()
  const act = (verb: string) => async () => {
    await call(`/api/v1/jobs/${encodeURIComponent(job.id)}/${verb}`, { method: 'POST', launches: true })
    await refresh('/api/v1/jobs')
  }
  const state = normalState(job.status?.state)
  const can = (verb: string, otherwise: boolean) => (job.actions ? job.actions.includes(verb) : otherwise)
  if (can('stop', isRunning(state))) return <Action label="Stop" disabled={state === 'stopping'} does="No new partition begins; those that run are finished. What is written stays, and a restart goes on from there." run={act('stop')} />
  if (can('restart', state === 'failed' || state === 'stopped')) {
    return (
      <>
        <Action label="Restart" tone="primary" does="Goes on where it ended: steps and partitions that are done are not done again." run={act('restart')} />
        <Action label="Abandon" tone="danger" does="Marks this execution as given up. It can never be restarted; a new one has to be launched." run={act('abandon')} />
      </>
    )
  }
  return null
}

function Wide({ step }: { step: JobStep }) {
  const partitions = step.partitions ?? []
  const workers = new Set(partitions.filter((p) => toneOf(p.state) === 'run').map((p) => p.worker).filter(Boolean))
  return (
    <div>
      <div className="row spread wrapping"><h3>{capital(words(step.name))}</h3><span className="small faint">{workers.size ? `${[...workers].join(', ')} at work` : ''}</span></div>
      <PartitionStrip partitions={partitions} label={`Partitions of ${words(step.name)}`} />
    </div>
  )
}

function Rate({ step }: { step: JobStep }) {
  const p = step.status?.progress
  const took = between(step.status?.startedAt, step.status?.endedAt)
  const { read } = stepCounts(step)
  const rate = isRunning(stepState(step)) && p?.ratePerSecond ? p.ratePerSecond : read && took ? read / took : undefined
  return <span className="nowrap">{rate === undefined ? '–' : `${compact(Math.round(rate))}/s`}</span>
}

function Timeline({ steps, live }: { steps: readonly JobStep[]; live: boolean }) {
  useTick(live ? 1000 : 0)
  const { bars, seconds } = timeline(steps)
  if (bars.length < 2) return null
  return (
    <div className="panel-pad ruled">
      <h3>When each step ran <span className="faint">· {duration(seconds)}</span></h3>
      <div className="gantt" role="img" aria-label={bars.map((b) => `${words(b.name)} from ${duration(b.from * seconds)} to ${duration(b.to * seconds)}`).join(', ')}>
        {bars.map((b) => (
          <div key={b.key} className="lane-row">
            <span className="small clip muted">{words(b.name)}</span>
            <span className="lane"><i className={toneOf(b.state)} style={{ left: `${b.from * 100}%`, width: `max(3px, ${(b.to - b.from) * 100}%)` }} /></span>
          </div>
        ))}
      </div>
    </div>
  )
}

function Errors({ job }: { job: JobExecution }) {
  const errors = [...(job.errors ?? [])].sort((a, b) => (b.count ?? 1) - (a.count ?? 1))
  return (
    <Panel title="What went wrong, by cause" tone="bad" flush>
      <DataTable
        label="Errors" rows={errors} rowKey={(e) => e.fingerprint ?? e.cause ?? e.message ?? ''}
        columns={[
          { key: 'cause', title: 'Cause', cell: (e) => <><span className="strong wrap">{e.cause ?? e.message}</span>{e.cause && e.message && e.cause !== e.message ? <div className="sub wrap">{e.message}</div> : null}{e.sample && e.sample !== e.message ? <pre className="log gap-top" tabIndex={0} aria-label="The newest, in full">{e.sample}</pre> : null}</> },
          { key: 'count', title: 'Times', num: true, cell: (e) => count(e.count ?? 1) },
          { key: 'first', title: 'First', num: true, wide: true, cell: (e) => <When at={e.firstAt} /> },
          { key: 'last', title: 'Last', num: true, wide: true, cell: (e) => <When at={e.lastAt} /> },
        ]}
      />
    </Panel>
  )
}
