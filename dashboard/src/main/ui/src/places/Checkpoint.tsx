import { useState } from 'react'
import { call, ProblemError } from '../api/client'
import { useAsk, useList, useRefresh } from '../api/queries'
import type { Alias, Checkpoint as Answer, CleaningRun, Deployment, LineageStep, Snapshot, TokenSet, TrainingRun } from '../api/types'
import { Bones, Chip, Facts, Figure, Figures, Head, Id, NoPlace, Panel, When } from '../kit/basics'
import { Action } from '../kit/session'
import { Who } from '../kit/who'
import { bytes, compact, count, significant } from '../lib/format'
import { A } from '../lib/router'
import { Lineage } from './lineage'

export default function Checkpoint({ id = '' }: { id?: string }) {
  const ask = useAsk<Answer>(`/api/v1/checkpoints/${id}`)
  const c = ask.data
  const aliases = (useList<Alias>('/api/v1/aliases').data ?? []).filter((a) => a.checkpointId === id || a.history?.some((h) => h.checkpointId === id))
  const deployments = (useList<Deployment>('/api/v1/deployments').data ?? []).filter((d) => d.checkpointId === id)
  if (ask.error && !c) return <NoPlace title="Checkpoint" crumbs={[{ label: 'Checkpoints', href: '/checkpoints' }]} error={ask.error} retry={() => void ask.refetch()} />
  return (
    <div className="place">
      <Head title={c?.step === undefined ? 'Checkpoint' : `Step ${count(c.step)}`} crumbs={[{ label: 'Checkpoints', href: '/checkpoints' }]} sub={<span className="mono">{id}</span>} side={<><Serve id={id} /><MoveAlias id={id} /></>} />
      <Panel>
        <Figures>
          <Figure name="Held-out loss" value={significant(c?.heldoutLoss)} unit="nats/token" />
          <Figure name="Step" value={count(c?.step)} {...(c?.runId ? { href: `/training/${c.runId}` } : {})} />
          <Figure name="Size" value={bytes(c?.bytes)} />
          <Figure name="Manifest" value={<span className="small"><Id value={c?.manifestDigest} /></span>} />
          <Figure name="Written" value={<span className="small"><When at={c?.createdAt} /></span>} />
        </Figures>
      </Panel>
      <div className="cols two">
        <Panel title="Up: what it was made from">{c ? <Up of={c} /> : <Bones rows={5} />}</Panel>
        <div className="col loose">
          <Panel title="Down: what serves it">
            {deployments.length === 0 ? <p className="muted">Nothing serves it now.</p> : (
              <ul className="col">{deployments.map((d) => <li key={d.name} className="row spread"><span><A className="strong" href={`/playground?model=${encodeURIComponent(d.name)}`}>{d.name}</A> <span className="small faint">{d.alias ? `through the alias ${d.alias}` : 'directly'}</span></span><span className="row"><Chip state={d.state} /><StopServing name={d.name} /></span></li>)}</ul>
            )}
          </Panel>
          {aliases.map((a) => <AliasHistory key={a.name} alias={a} here={id} />)}
        </div>
      </div>
    </div>
  )
}

function Up({ of: c }: { of: Answer }) {
  const run = useAsk<TrainingRun>(c.runId ? `/api/v1/training-runs/${c.runId}` : undefined, { every: false })
  const tokens = useAsk<TokenSet>(c.tokenSetId ? `/api/v1/token-sets/${c.tokenSetId}` : undefined, { every: false })
  const snapshot = useAsk<Snapshot>(c.snapshotId ? `/api/v1/snapshots/${c.snapshotId}` : undefined, { every: false })
  const cleaningId = snapshot.data?.cleaningRunId
  const cleaning = useAsk<CleaningRun>(cleaningId ? `/api/v1/cleaning-runs/${cleaningId}` : undefined, { every: false })
  const gone = (error: unknown) => (error ? { missing: error instanceof ProblemError ? error.message : 'its service did not answer' } : {})
  const steps: LineageStep[] = [{ kind: 'checkpoint', id: c.id, title: `step ${count(c.step)}` }]
  if (c.runId) steps.push({ kind: 'training-run', id: c.runId, title: run.data?.name ?? c.runId, href: `/training/${c.runId}`, ...gone(run.error) })
  if (c.tokenSetId) steps.push({ kind: 'token-set', id: c.tokenSetId, facts: { tokens: tokens.data?.tokens?.train != null ? compact(tokens.data.tokens.train) : null, vocabulary: tokens.data?.vocabSize ?? null }, ...gone(tokens.error) })
  if (c.snapshotId) steps.push({ kind: 'snapshot', id: c.snapshotId, facts: { documents: snapshot.data?.counts?.documents ?? null }, ...gone(snapshot.error) })
  if (cleaningId) steps.push({ kind: 'cleaning-run', id: cleaningId, title: `recipe ${cleaning.data?.recipe?.name ?? ''} v${cleaning.data?.recipe?.version ?? ''}`, href: `/cleaning/${cleaningId}`, ...gone(cleaning.error) })
  if (snapshot.data?.corpusId) steps.push({ kind: 'corpus', id: snapshot.data.corpusId, href: `/corpora/${snapshot.data.corpusId}` })
  return <Lineage steps={steps} label="What the checkpoint was made from" />
}

function AliasHistory({ alias, here }: { alias: Alias; here: string }) {
  return (
    <Panel title={<>Alias {alias.name}</>} side={alias.checkpointId === here ? <span className="tag">points here</span> : <A className="small" href={`/checkpoints/${alias.checkpointId}`}>moved on</A>}>
      <Facts of={(alias.history ?? []).map((h, i) => [<When key={`w${i}`} at={h.movedAt} />, <span key={i}><Id value={h.checkpointId} href={`/checkpoints/${h.checkpointId}`} /> <span className="faint small"><Who id={h.movedBy} /></span></span>] as const)} />
    </Panel>
  )
}

function Serve({ id }: { id: string }) {
  const [name, setName] = useState('')
  const [slots, setSlots] = useState('8')
  const refresh = useRefresh()
  return (
    <Action
      label="Serve" ready={name.trim() !== '' && Number(slots) > 0}
      does="Loads this checkpoint and answers under the name, which is what callers give as model. A deployment of this name that serves already switches over; requests in progress finish on the old one."
      run={async () => {
        await call(`/api/v1/deployments/${encodeURIComponent(name.trim())}`, { method: 'PUT', body: { checkpointId: id, slots: Number(slots) } })
        await refresh('/api/v1/deployments')
      }}
    >
      <label className="field">Name<input className="input" value={name} placeholder="my-model" onChange={(e) => setName(e.target.value)} /></label>
      <label className="field">Answers at the same time<input className="input" inputMode="numeric" value={slots} onChange={(e) => setSlots(e.target.value.replace(/\D/g, ''))} /></label>
    </Action>
  )
}

function StopServing({ name }: { name: string }) {
  const refresh = useRefresh()
  return (
    <Action
      label="Stop" tone="danger" tiny does={`Nothing answers as “${name}” any more. The checkpoint stays.`}
      run={async () => {
        await call(`/api/v1/deployments/${encodeURIComponent(name)}`, { method: 'DELETE' })
        await refresh('/api/v1/deployments')
      }}
    />
  )
}

function MoveAlias({ id }: { id: string }) {
  const [name, setName] = useState('main')
  const refresh = useRefresh()
  return (
    <Action
      label="Point an alias here" ready={name.trim() !== ''}
      does="Deployments that follow the alias load this checkpoint and switch to it; requests in progress finish on the old one."
      run={async () => {
        await call(`/api/v1/aliases/${encodeURIComponent(name.trim())}`, { method: 'PUT', body: { checkpointId: id } })
        await refresh('/api/v1/aliases')
        await refresh('/api/v1/deployments')
      }}
    >
      <label className="field">Alias<input className="input" value={name} onChange={(e) => setName(e.target.value)} /></label>
    </Action>
  )
}
