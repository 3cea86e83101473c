import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { call } from '../api/client'
import { LIVE, useAsk, useList, useRefresh } from '../api/queries'
import type { CleaningRun as Run, Corpus, JobExecution, Recipe, Rule, Sample, Stage, WhatIf } from '../api/types'
import { Bones, Chip, Dialog, Facts, Figure, Figures, Head, Id, NoPlace, Panel, Problem } from '../kit/basics'
import { Histogram } from '../kit/drawings'
import { Action } from '../kit/session'
import { History } from '../kit/history'
import { Who } from '../kit/who'
import { isRunning, normalState, toneOf } from '../kit/states'
import { Bars, DataTable } from '../kit/table'
import { PartitionStrip, Progress, StatusLine } from '../kit/work'
import { bins, cutsOf, documentsIn, documentsKept, limitsOf, scaleOf, type Limit } from '../lib/cleaning'
import { capital, count, percent, significant, words } from '../lib/format'
import { A, useParam, withParams } from '../lib/router'

export default function CleaningRun({ id = '' }: { id?: string }) {
  const ask = useAsk<Run>(`/api/v1/cleaning-runs/${id}`, { every: LIVE })
  const run = ask.data
  const corpus = useAsk<Corpus>(run ? `/api/v1/corpora/${run.corpusId}` : undefined, { every: false }).data
  const [reason, setReason] = useParam('reason')
  if (ask.error && !run) return <NoPlace title="Cleaning run" crumbs={[{ label: 'Cleaning', href: '/cleaning' }]} error={ask.error} retry={() => void ask.refetch()} />
  if (!run) return <div className="place"><Head title="Cleaning run" /><Panel><Bones rows={8} /></Panel></div>
  const first = documentsIn(run)
  const kept = documentsKept(run)
  const round = run.round ?? undefined
  const live = isRunning(run.status.state)
  return (
    <div className="place">
      <Head
        title={<>Cleaning of {corpus?.name ?? 'a corpus'}</>} crumbs={[{ label: 'Cleaning', href: '/cleaning' }]}
        sub={<>recipe {run.recipe?.name}{run.recipe?.version ? ` v${run.recipe.version}` : ''}{run.launchedBy ? <> · launched by <Who id={run.launchedBy} /></> : null}</>}
        side={<Acts run={run} />}
      />
      {normalState(run.status.state) === 'failed' ? <Problem error={{ title: 'The run failed', detail: run.status.reason ?? 'No reason was given; its job has the errors.' }} /> : null}
      <Panel title={<StatusLine status={live ? run.status : { ...run.status, reason: null }} />} side={run.jobId ? <A className="small" href={`/jobs/${run.jobId}`}>job {run.jobId}</A> : null}>
        <div className="col loose">
          <Progress status={run.status} label="Whole run" />
          <Figures>
            <Figure name="Documents in" value={count(first)} href={`/corpora/${run.corpusId}`} />
            <Figure name="Kept" value={count(kept)} note={percent(kept, first ?? null)} />
            <Figure name="Exact duplicates" value={count(run.duplicates?.exactClusters)} unit="clusters" />
            <Figure name="Near duplicates" value={count(run.duplicates?.nearClusters)} unit="clusters" note={run.duplicates?.clusteredDocuments ? `${count(run.duplicates.clusteredDocuments)} documents in clusters` : undefined} />
            <Figure name="Snapshot" value={<span className="small"><Id value={run.snapshotId} /></span>} />
          </Figures>
        </div>
      </Panel>
      <Stages run={run} />
      <div className="cols two">
        <Drops run={run} reason={reason} first={first} />
        <WhatIfPanel run={run} kept={kept} />
      </div>
      <div className="cols wide-side">
        {round ? (
          <Panel title="Self-cleaning round" side={round.evaluationRunId ? <A className="small" href={`/training/${round.evaluationRunId}`}>evaluation model</A> : null}>
            {round.scored == null ? <p className="muted">Nothing is scored yet: first an evaluation model learns from what the rules kept, then it reads every document.</p> : (
              <>
                <Histogram bins={bins(round)} cuts={cutsOf(round)} label="Score of the kept documents" unit="nats per token" />
                <p className="small muted gap-top">{count(round.scored)} documents scored by the evaluation model, in nats per token{round.windowTokens ? ` over their first ${count(round.windowTokens)} tokens` : ''}{round.unscored ? `; ${count(round.unscored)} could not be` : ''}. What it follows least well, {round.cutPercentile === undefined ? 'beyond the cut' : `beyond percentile ${significant(round.cutPercentile)}`}, leaves{round.lowPercentile ? `; so does what is too easy, below percentile ${significant(round.lowPercentile)}` : ''}.</p>
              </>
            )}
          </Panel>
        ) : null}
        <div className="col loose">
        <Panel title="Review" side={<A className="small" href={`/review?run=${run.id}`}>open the queue</A>}>
          <Figures>
            <Figure name="Waiting" value={count(run.review?.pending ?? 0)} href={`/review?run=${run.id}`} />
            <Figure name="Accepted" value={count(run.review?.accepted ?? 0)} />
            <Figure name="Rejected" value={count(run.review?.rejected ?? 0)} />
            <Figure name="Accepted unseen" value={count(run.review?.autoAccepted ?? 0)} note={run.review?.autoAccepted ? 'by the recipe, not by a person' : undefined} />
          </Figures>
        </Panel>
        <History of={[`/api/v1/cleaning-runs/${run.id}`, ...(run.jobId ? [`/api/v1/jobs/${run.jobId}`] : [])]} />
        </div>
      </div>
      <Samples run={run} reason={reason} onClose={() => setReason('')} />
    </div>
  )
}

function Acts({ run }: { run: Run }) {
  const refresh = useRefresh()
  const act = (verb: string) => async () => {
    await call(`/api/v1/cleaning-runs/${run.id}/${verb}`, { method: 'POST', launches: true })
    await refresh('/api/v1/cleaning-runs')
  }
  const state = normalState(run.status.state)
  if (isRunning(state)) return <Action label="Stop" does="Partitions that have begun are finished, nothing new begins. Restart goes on from there." run={act('stop')} />
  if (state === 'failed' || state === 'stopped') {
    return (
      <>
        <Action label="Restart" tone="primary" does="Goes on with the partitions that are not done; what is written stays." run={act('restart')} />
        <Action label="Abandon" tone="danger" does="Gives this run up for good. It stays in the list and cannot be restarted." run={act('abandon')} />
      </>
    )
  }
  return null
}

function Stages({ run }: { run: Run }) {
  const job = useAsk<JobExecution>(run.jobId ? `/api/v1/jobs/${run.jobId}` : undefined, { every: LIVE })
  const wide = job.data?.steps?.filter((s) => s.partitions?.length) ?? []
  return (
    <Panel title="Stages" flush foot={<span>Every stage balances: in = kept + dropped + failed, or the run fails.</span>}>
      <DataTable
        label="Stages" stack rows={run.stages ?? []} rowKey={(s) => s.name}
        columns={[
          { key: 'name', title: 'Stage', cell: (s) => <><span className="strong">{capital(words(s.name))}</span>{s.note ? <div className="sub">{s.note}</div> : null}</> },
          { key: 'state', title: 'State', cell: (s) => <Chip state={s.state} /> },
          { key: 'parts', title: 'Partitions', num: true, wide: true, cell: (s) => (s.partitions?.total ? `${count(s.partitions.done)}/${count(s.partitions.total)}` : '–') },
          { key: 'in', title: 'In', num: true, cell: (s) => count(s.in || undefined) },
          { key: 'kept', title: 'Kept', num: true, cell: (s) => count(s.in ? s.kept : undefined) },
          { key: 'dropped', title: 'Dropped', num: true, cell: (s) => (s.dropped ? <span>{count(s.dropped)} <span className="faint">{percent(s.dropped, s.in ?? null)}</span></span> : count(s.in ? s.dropped : undefined)) },
          { key: 'failed', title: 'Failed', num: true, wide: true, cell: (s) => (s.failed ? <b className="bad-text">{count(s.failed)}</b> : count(s.in ? s.failed : undefined)) },
          { key: 'flow', title: <span className="sr">Flow</span>, wide: true, width: '22%', cell: (s) => <Flow stage={s} /> },
        ]}
        empty={<div className="empty">The stages appear when the run begins.</div>}
      />
      {wide.length ? (
        <div className="panel-pad ruled">
          <div className="strips">
          {wide.map((s) => (
            <div key={s.name} className={(s.partitions?.length ?? 0) > 12 ? 'whole' : ''}>
              <h3>{capital(words(s.name))}</h3>
              <PartitionStrip partitions={s.partitions ?? []} label={`Partitions of ${words(s.name)}`} />
            </div>
          ))}
          </div>
        </div>
      ) : null}
    </Panel>
  )
}

function Flow({ stage }: { stage: Stage }) {
  if (stage.progress && toneOf(stage.state) === 'run') return <Progress status={{ state: stage.state ?? 'running', progress: stage.progress }} label={words(stage.name)} />
  const all = stage.in ?? 0
  if (!all || stage.kept === undefined || !stage.dropped) return null
  return (
    <div className="flow" aria-hidden="true">
      <span className="kept" style={{ width: `${(stage.kept / all) * 100}%` }} />
      <span className="left" style={{ width: `${((stage.dropped ?? 0) / all) * 100}%` }} />
    </div>
  )
}

function Drops({ run, reason, first }: { run: Run; reason: string; first: number | undefined }) {
  const drops = [...(run.drops ?? [])].filter((d) => d.documents > 0).sort((a, b) => b.documents - a.documents)
  return (
    <Panel title="Why documents left" foot="Open a reason to read what it dropped.">
      {drops.length === 0 ? <p className="muted">Nothing was dropped{isRunning(run.status.state) ? ' so far' : ''}.</p> : (
        <Bars
          label="Drop reasons"
          of={drops.map((d) => ({
            key: `${d.stage}/${d.reason}`, value: d.documents, href: withParams({ reason: d.reason }), current: d.reason === reason,
            name: <span title={`${words(d.reason)}, at ${words(d.stage)}`}>{words(d.reason)}</span>,
            note: <>{count(d.documents)} · {percent(d.documents, first ?? null)}</>,
          }))}
        />
      )}
    </Panel>
  )
}

function Samples({ run, reason, onClose }: { run: Run; reason: string; onClose: () => void }) {
  const list = useList<Sample>(`/api/v1/cleaning-runs/${run.id}/samples?reason=${encodeURIComponent(reason)}`, { every: false, limit: 20, enabled: reason !== '' })
  return (
    <Dialog open={reason !== ''} onClose={onClose} label={`Dropped by ${words(reason)}`} drawer>
      <div className="row spread"><h2>Dropped by {words(reason)}</h2><button type="button" className="button tiny" onClick={onClose}>Close</button></div>
      {list.error ? <Problem error={list.error} /> : null}
      {!list.data && !list.error ? <Bones rows={10} /> : null}
      {list.data?.length === 0 ? <p className="muted">No sample was kept for this reason.</p> : null}
      <ul className="samples">
        {list.data?.map((s) => (
          <li key={s.documentId}>
            <div className="row spread small">
              <A className="mono" href={`/documents/${s.documentId}?run=${run.id}`}>{(s.documentId).slice(0, 12)}</A>
              <span className="muted">{s.source}{typeof s.value === 'number' ? ` · ${significant(s.value)}${typeof s.limit === 'number' ? ` against ${significant(s.limit)}` : ''}` : ''}</span>
            </div>
            <p className="excerpt">{(s.excerpt ?? '').slice(0, 600)}</p>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

/** Limits as sliders; the answer comes from the stored measures, so nothing runs again. */
function WhatIfPanel({ run, kept }: { run: Run; kept: number | undefined }) {
  const name = run.recipe?.name
  const recipe = useAsk<Recipe>(name ? `/api/v1/recipes/${encodeURIComponent(name)}${run.recipe?.version ? `?version=${run.recipe.version}` : ''}` : undefined, { every: false })
  const own: Limit[] = limitsOf(recipe.data)
  const rules = useList<Rule>('/api/v1/recipes/rules', { every: false }).data ?? []
  const meanings = new Map(rules.map((r) => [r.name, r.meaning ?? '']))
  const dropped = new Map((run.drops ?? []).map((d) => [d.reason, d.documents]))
  const sorted = [...own].sort((a, b) => (dropped.get(b.rule) ?? 0) - (dropped.get(a.rule) ?? 0))
  const [all, setAll] = useState(false)
  const [param, setParam] = useParam('limits')
  const moved = parseLimits(param)
  const settled = useDebounced(param, 220)
  const answer = useQuery({
    queryKey: [`/api/v1/cleaning-runs/${run.id}/what-if`, settled],
    queryFn: () => call<WhatIf>(`/api/v1/cleaning-runs/${run.id}/what-if`, { method: 'POST', body: { limits: parseLimits(settled) } }),
    enabled: settled !== '',
    retry: false,
  })
  const set = (rule: string, value: number, base: number) => {
    const next = { ...moved }
    if (value === base) delete next[rule]
    else next[rule] = value
    setParam(Object.entries(next).map(([k, v]) => `${k}:${v}`).join(','))
  }
  const change = answer.data?.kept !== undefined && kept !== undefined && param ? answer.data.kept - kept : undefined
  return (
    <Panel title="What if the limits were others?" side={param ? <button type="button" className="button tiny" onClick={() => setParam('')}>Back to the recipe</button> : null}>
      <div className="what-if" aria-live="polite">
        <div><div className="name">Kept</div><b>{count(kept)}</b></div>
        <div className="arrow" aria-hidden="true">→</div>
        <div><div className="name">with these limits</div><b>{param ? count(answer.data?.kept) : count(kept)}</b></div>
        <div className={change === undefined || change === 0 ? 'faint' : change > 0 ? 'ok-text' : 'bad-text'}>{change === undefined ? 'move a limit' : change === 0 ? 'no change' : `${change > 0 ? '+' : '−'}${count(Math.abs(change))} documents`}</div>
      </div>
      {answer.error ? <Problem error={answer.error} mild /> : null}
      {recipe.error ? <Problem error={recipe.error} mild /> : null}
      <div className="sliders">
        {(all ? sorted : sorted.slice(0, 6)).map(({ rule, limit }) => {
          const value = moved[rule] ?? limit
          const scale = scaleOf(limit)
          return (
            <label key={rule} className={rule in moved ? 'moved' : ''}>
              <span className="clip" title={meanings.get(rule)}>{words(rule)}</span>
              <input type="range" {...scale} value={value} onChange={(e) => set(rule, Number(e.target.value), limit)} aria-valuetext={`${significant(value)}, recipe ${significant(limit)}`} />
              <output>{significant(value)}</output>
            </label>
          )
        })}
      </div>
      {sorted.length > 6 ? <button type="button" className="button quiet tiny" onClick={() => setAll(!all)}>{all ? 'Fewer limits' : `All ${sorted.length} limits`}</button> : null}
      {!recipe.data && !recipe.error && own.length === 0 ? <Bones rows={5} /> : null}
      {answer.data?.drops?.length && param ? (
        <Facts of={answer.data.drops.filter((d) => d.documents !== (dropped.get(d.reason) ?? 0)).slice(0, 6).map((d) => [words(d.reason), `${count(dropped.get(d.reason) ?? 0)} → ${count(d.documents)}`] as const)} />
      ) : null}
    </Panel>
  )
}

function parseLimits(param: string): Record<string, number> {
  return Object.fromEntries(param.split(',').filter(Boolean).map((p) => {
    const at = p.lastIndexOf(':')
    return [p.slice(0, at), Number(p.slice(at + 1))]
  }))
}

function useDebounced(value: string, millis: number): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), millis)
    return () => clearTimeout(timer)
  }, [value, millis])
  return settled
}
