/** Lines with steps of their own, joined onto one axis as the plotting library wants them; a missing value stays a gap. */
export interface Line {
  key: string
  label: string
  colour: string
  x: readonly number[]
  y: readonly (number | null)[]
  width?: number
  dash?: number[]
  faint?: boolean
  points?: boolean
}

export interface Mark { x: number; kind: 'restart' | 'checkpoint' | 'failure'; label: string }

export function join(lines: readonly Line[]): [number[], ...(number | null | undefined)[][]] {
  const all = new Set<number>()
  for (const line of lines) for (const x of line.x) all.add(x)
  const xs = [...all].sort((a, b) => a - b)
  const at = new Map(xs.map((x, i) => [x, i]))
  const columns = lines.map((line) => {
    // undefined = no sample here (draw on), null = a gap that must be seen (NaN, restart)
    const column: (number | null | undefined)[] = new Array<undefined>(xs.length).fill(undefined)
    line.x.forEach((x, i) => {
      const y = line.y[i]
      column[at.get(x)!] = y == null || !Number.isFinite(y) ? null : y
    })
    return column
  })
  return [xs, ...columns]
}

export interface Point { step: number; value: number; attempt?: number | undefined }

/** Splits a metric into the line that counts and the steps a restart threw away; the newest attempt owns a step. */
export function splitAttempts(points: readonly Point[]): { kept: Point[]; discarded: Point[]; restarts: number[] } {
  const attempts = [...new Set(points.map((p) => p.attempt ?? 1))].sort((a, b) => a - b)
  const firstOf = new Map(attempts.map((a) => [a, Math.min(...points.filter((p) => (p.attempt ?? 1) === a).map((p) => p.step))]))
  const laterStart = (attempt: number) => Math.min(Infinity, ...attempts.filter((a) => a > attempt).map((a) => firstOf.get(a)!))
  const kept: Point[] = []
  const discarded: Point[] = []
  const cuts = new Map(attempts.map((a) => [a, laterStart(a)]))
  for (const p of points) (p.step < cuts.get(p.attempt ?? 1)! ? kept : discarded).push(p)
  kept.sort((a, b) => a.step - b.step)
  discarded.sort((a, b) => (a.attempt ?? 1) - (b.attempt ?? 1) || a.step - b.step)
  return { kept, discarded, restarts: attempts.slice(1).map((a) => firstOf.get(a)!) }
}

/** Seconds of training until a step, from samples of tokens per second; straight lines between them. */
export function secondsAt(speed: readonly Point[], tokensPerStep: number): (step: number) => number {
  const samples = speed.filter((p) => p.value > 0).sort((a, b) => a.step - b.step)
  const steps: number[] = [0]
  const seconds: number[] = [0]
  for (const p of samples) {
    const before = steps[steps.length - 1]!
    if (p.step <= before) continue
    steps.push(p.step)
    seconds.push(seconds[seconds.length - 1]! + ((p.step - before) * tokensPerStep) / p.value)
  }
  const last = samples[samples.length - 1]
  return (step) => {
    if (!last) return NaN
    let i = steps.findIndex((s) => s >= step)
    if (i < 0) return seconds[seconds.length - 1]! + ((step - steps[steps.length - 1]!) * tokensPerStep) / last.value
    if (i === 0) i = 1
    const share = (step - steps[i - 1]!) / (steps[i]! - steps[i - 1]!)
    return seconds[i - 1]! + share * (seconds[i]! - seconds[i - 1]!)
  }
}
