import type { CleaningRun, Recipe, Round } from '../api/types'
import type { Bin } from '../kit/drawings'

/** What a run was given; known from the first stage that counts documents. */
export function documentsIn(run: CleaningRun | null | undefined): number | undefined {
  if (!run) return undefined
  const counted = Math.max(0, ...(run.stages ?? []).map((s) => s.in ?? 0))
  return run.counts?.documents ?? (counted || undefined)
}

/** What it keeps after its latest decision. */
export function documentsKept(run: CleaningRun | null | undefined): number | undefined {
  if (!run) return undefined
  const decided = [...(run.stages ?? [])].reverse().find((s) => s.name.startsWith('decide') && (s.in ?? 0) > 0)
  return run.counts?.kept ?? decided?.kept
}

export interface Gate { name: string; dropped: number; drops: { reason: string; documents: number }[] }

/** The order in which a document is judged; what is dropped by the first is not asked by the next. */
const gates = ['measure', 'rules', 'exact-duplicates', 'near-duplicates', 'self-cleaning', 'review']

export function gatesOf(run: CleaningRun | null | undefined): Gate[] {
  const found = new Map<string, Gate>()
  for (const drop of run?.drops ?? []) {
    if (drop.documents <= 0) continue
    const gate = found.get(drop.stage) ?? { name: drop.stage, dropped: 0, drops: [] }
    gate.dropped += drop.documents
    gate.drops.push({ reason: drop.reason, documents: drop.documents })
    found.set(drop.stage, gate)
  }
  const failed = (run?.counts?.documents ?? 0) - (run?.counts?.kept ?? 0) - [...found.values()].reduce((sum, g) => sum + g.dropped, 0)
  if (run?.counts?.kept !== undefined && failed > 0) found.set('measure', { name: 'measure', dropped: failed, drops: [{ reason: 'could not be measured', documents: failed }] })
  for (const gate of found.values()) gate.drops.sort((a, b) => b.documents - a.documents)
  const rank = (name: string) => (gates.includes(name) ? gates.indexOf(name) : gates.length)
  return [...found.values()].sort((a, b) => rank(a.name) - rank(b.name))
}

/** A round's scores, in bins of so many nats from 0 on; the empty ones at both ends are left out. */
export function bins(round: Round | null | undefined): Bin[] {
  const counts = round?.histogram ?? []
  const width = round?.histogramNats ?? 0
  if (width <= 0) return []
  const first = counts.findIndex((n) => n > 0)
  const last = counts.findLastIndex((n) => n > 0)
  if (first < 0) return []
  return counts.slice(first, last + 1).map((documents, i) => ({ from: (first + i) * width, to: (first + i + 1) * width, documents }))
}

export interface Limit { rule: string; limit: number }

export function limitsOf(recipe: Recipe | undefined): Limit[] {
  return recipe?.recipe?.rules ?? []
}

/** A slider's scale around a limit: shares from 0 to 1, whole numbers in whole steps. */
export function scaleOf(limit: number): { min: number; max: number; step: number } {
  if (limit >= 0 && limit <= 1) return { min: 0, max: 1, step: 0.005 }
  const magnitude = 10 ** Math.floor(Math.log10(Math.abs(limit)))
  const max = Math.ceil((Math.abs(limit) * 3) / magnitude) * magnitude
  return Number.isInteger(limit) ? { min: Math.min(0, limit * 3), max, step: Math.max(1, Math.round(max / 300)) } : { min: Math.min(0, limit * 3), max, step: max / 300 }
}

export interface CutLine { at: number; name: string }

/** Where a round cut; strata that were cut at the same score share a line. */
export function cutsOf(round: Round): CutLine[] {
  const named = new Map<number, string[]>()
  for (const c of round.cuts ?? []) if (c.highest != null) named.set(c.highest, [...(named.get(c.highest) ?? []), c.stratum])
  if (named.size === 0 && round.threshold != null) named.set(round.threshold, [''])
  return [...named].sort(([a], [b]) => a - b).map(([at, names]) => ({ at, name: names.filter(Boolean).join(', ') }))
}
