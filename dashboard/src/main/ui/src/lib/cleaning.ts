import type { Bin } from '../kit/drawings'
import type { Recipe, Round } from '../api/types'

/** A round's histogram, whether it came as bins or as edges and counts. */
export function bins(round: Round | null | undefined): Bin[] {
  const h = round?.histogram
  if (!h) return []
  if (Array.isArray(h)) {
    return h.map((b) => ({ from: b.from ?? b.low ?? 0, to: b.to ?? b.high ?? 0, documents: b.documents ?? b.count ?? 0 })).filter((b) => b.to > b.from)
  }
  return h.counts.map((documents, i) => ({ from: h.edges[i] ?? 0, to: h.edges[i + 1] ?? 0, documents }))
}

export interface Limit { rule: string; limit: number }

/** The limits a recipe sets: `rules: [{rule, limit}]`, at the top or inside the stored definition. */
export function limitsOf(recipe: Recipe | undefined): Limit[] {
  if (!recipe) return []
  const inside = [recipe['rules'], ...['content', 'definition', 'recipe', 'spec', 'body'].map((k) => (recipe[k] as { rules?: unknown } | undefined)?.rules)]
  for (const rules of inside) {
    if (Array.isArray(rules)) {
      return rules.flatMap((r: { rule?: string; name?: string; limit?: number }) => (typeof r.limit === 'number' && (r.rule ?? r.name) ? [{ rule: (r.rule ?? r.name)!, limit: r.limit }] : []))
    }
    if (rules && typeof rules === 'object') {
      return Object.entries(rules as Record<string, unknown>).flatMap(([rule, limit]) => (typeof limit === 'number' ? [{ rule, limit }] : []))
    }
  }
  return []
}

/** A slider's scale around a limit: shares from 0 to 1, whole numbers in whole steps. */
export function scaleOf(limit: number): { min: number; max: number; step: number } {
  if (limit >= 0 && limit <= 1) return { min: 0, max: 1, step: 0.005 }
  const magnitude = 10 ** Math.floor(Math.log10(Math.abs(limit)))
  const max = Math.ceil((Math.abs(limit) * 3) / magnitude) * magnitude
  return Number.isInteger(limit) ? { min: Math.min(0, limit * 3), max, step: Math.max(1, Math.round(max / 300)) } : { min: Math.min(0, limit * 3), max, step: max / 300 }
}
