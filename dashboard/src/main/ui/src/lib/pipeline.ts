import type { Overview } from '../api/types'
import { documentsIn, gatesOf } from './cleaning'
import { capital, compact, count, NONE, plural, significant, words } from './format'
import type { RiverDrop, RiverStop } from './river'

/** One stop of the way from sources to answers: what stands above the river there, and what leaves before it. */
export interface Stop extends RiverStop { label: string; value: string; unit: string; href: string; reached: boolean; after: boolean }

/** Turns what the services know into stops. A stop that is not reached yet keeps its place and shows a dash. */
export function stopsOf(river: NonNullable<Overview['river']>): Stop[] {
  const run = river.cleaningRun ?? undefined
  const base = run ? `/cleaning/${run.id}` : '/cleaning'
  const documents = documentsIn(run) ?? river.corpus?.counts?.documents ?? 0
  const stops: Stop[] = [{
    key: 'documents', label: 'Documents', documents, drops: [], value: count(documents), reached: documents > 0, after: false,
    unit: river.sources != null ? `of ${plural(river.sources, 'source')}` : 'ingested',
    href: river.corpus ? `/corpora/${river.corpus.id}` : '/corpora',
  }]
  let flowing = documents
  for (const gate of gatesOf(run)) {
    flowing -= gate.dropped
    stops.push({
      key: gate.name, label: capital(words(gate.name)), documents: flowing, value: count(flowing), unit: `−${count(gate.dropped)}`, reached: true, after: false, href: base,
      drops: gate.drops.map((d): RiverDrop => ({ reason: words(d.reason), documents: d.documents, href: `${base}?reason=${encodeURIComponent(d.reason)}` })),
    })
  }
  const snapshot = river.snapshot ?? undefined
  const kept = snapshot?.counts?.documents ?? flowing
  const train = snapshot?.counts?.train
  const heldout = snapshot?.counts?.heldout
  stops.push({
    key: 'snapshot', label: 'Snapshot', documents: snapshot ? kept : flowing, drops: [], value: snapshot ? count(kept) : NONE, unit: snapshot ? 'documents kept' : 'not yet',
    reached: !!snapshot, after: true, href: base,
  })
  const tokens = river.tokenSet?.tokens
  stops.push({
    key: 'tokens', label: 'Tokens', documents: train ?? flowing, value: tokens?.train != null ? compact(tokens.train) : NONE,
    unit: river.tokenSet ? (tokens?.train != null ? 'to train on' : words(river.tokenSet.status?.state)) : 'not yet', reached: !!river.tokenSet, after: true, href: base,
    drops: heldout ? [{ reason: 'held out to test', documents: heldout, href: base }] : [],
  })
  const training = river.trainingRun ?? undefined
  const loss = training?.latest?.heldoutLoss ?? training?.latest?.loss
  stops.push({
    key: 'model', label: 'Model', documents: train ?? flowing, drops: [], value: loss != null ? significant(loss, 3) : NONE,
    unit: training ? (training.latest?.heldoutLoss != null ? 'held-out loss' : loss != null ? 'training loss' : words(training.status.state)) : 'not yet',
    reached: !!training, after: true, href: training ? `/training/${training.id}` : '/training',
  })
  const served = (river.deployments ?? []).filter((d) => d.state === 'ready')
  stops.push({
    key: 'answers', label: 'Answers', documents: train ?? flowing, drops: [], value: served[0]?.name ?? NONE,
    unit: served.length > 1 ? `and ${served.length - 1} more` : served.length ? 'serving' : 'nothing served yet', reached: served.length > 0, after: true, href: '/playground',
  })
  return stops
}
