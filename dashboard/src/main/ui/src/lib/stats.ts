/** 95 % normal quantile; Wilson, E. B. (1927). */
const Z = 1.959964

export interface Interval { estimate: number; low: number; high: number }

/** Wilson score interval of a proportion: honest at few samples and at the edges. */
export function wilson(successes: number, trials: number): Interval | undefined {
  if (trials <= 0) return undefined
  const p = successes / trials
  const z2 = Z * Z
  const centre = (p + z2 / (2 * trials)) / (1 + z2 / trials)
  const half = (Z / (1 + z2 / trials)) * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials * trials))
  return { estimate: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/**
 * Exponential smoothing with the start corrected, as the usual experiment trackers draw it.
 * Gaps (null) stay gaps and do not pull the average.
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values]
  let last = 0
  let seen = 0
  return values.map((value) => {
    if (value == null || !Number.isFinite(value)) return null
    last = last * weight + (1 - weight) * value
    seen += 1
    return last / (1 - weight ** seen)
  })
}
