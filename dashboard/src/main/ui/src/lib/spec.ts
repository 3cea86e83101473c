/** A nested specification as dotted names and plain values, for tables and differences. */
export function flatten(value: unknown, prefix = ''): Record<string, string> {
  if (value === null || value === undefined) return {}
  if (Array.isArray(value)) return { [prefix]: value.every((v) => typeof v !== 'object') ? compactList(value) : JSON.stringify(value) }
  if (typeof value !== 'object') return { [prefix]: String(value) }
  return Object.assign({}, ...Object.entries(value).map(([k, v]) => flatten(v, prefix ? `${prefix}.${k}` : k))) as Record<string, string>
}

function compactList(values: unknown[]): string {
  const same = values.length > 2 && values.every((v) => v === values[0])
  return same ? `${String(values[0])} × ${values.length}` : values.map(String).join(', ')
}

/** The names whose values are not the same in all of them. */
export function differing(specs: readonly Record<string, string>[]): string[] {
  const names = [...new Set(specs.flatMap((s) => Object.keys(s)))].sort()
  return names.filter((n) => new Set(specs.map((s) => s[n] ?? '')).size > 1)
}

export function tokensPerStep(spec: unknown): number | undefined {
  const batch = (spec as { batch?: { sequences?: number; sequenceLength?: number } } | undefined)?.batch
    ?? (spec as { training?: { batch?: { sequences?: number; sequenceLength?: number } } } | undefined)?.training?.batch
  return batch?.sequences && batch.sequenceLength ? batch.sequences * batch.sequenceLength : undefined
}

export function stepsOf(spec: unknown): number | undefined {
  const s = spec as { steps?: number; training?: { steps?: number } } | undefined
  return s?.steps ?? s?.training?.steps
}
