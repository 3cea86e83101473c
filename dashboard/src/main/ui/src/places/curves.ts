import { useQueries } from '@tanstack/react-query'
import { call } from '../api/client'
import type { Metric, MetricPoint, TrainingRun } from '../api/types'
import { secondsAt, splitAttempts, type Line, type Point } from '../lib/series'
import { tokensPerStep } from '../lib/spec'
import { smooth } from '../lib/stats'

export const LOSS = 'loss'
export const HELDOUT = 'heldout-loss'
export const SIDE_KEYS = ['learning-rate', 'gradient-norm', 'tokens-per-second'] as const
export type Axis = 'step' | 'tokens' | 'time'

export function metricPath(runId: string, key: string, points = 1200): string {
  return `/api/v1/training-runs/${runId}/metrics?key=${key}&max-points=${points}`
}

/** Loss and held-out loss of several runs, in the order of the runs. */
export function useCurves(runs: readonly { id: string }[], every: number | false) {
  return useQueries({
    queries: runs.flatMap((r) => [LOSS, HELDOUT].map((key) => ({
      queryKey: [metricPath(r.id, key)],
      queryFn: () => call<Metric>(metricPath(r.id, key)),
      refetchInterval: every,
    }))),
    combine: (answers) => runs.map((r, i) => ({ id: r.id, loss: answers[i * 2]?.data, heldout: answers[i * 2 + 1]?.data, error: answers[i * 2]?.error })),
  })
}

/** A value that is no finite number becomes NaN, which is drawn as a gap. */
function pointsOf(points: readonly MetricPoint[] | undefined): Point[] {
  return (points ?? []).map((p) => ({ step: p.step, value: p.value ?? NaN, attempt: p.attempt }))
}

/** How a step is placed on the chosen axis. Time is what the steps took, summed from the measured speed. */
export function placer(axis: Axis, run: TrainingRun | undefined, speed?: Metric): (step: number) => number {
  const perStep = tokensPerStep(run?.spec) ?? 1
  if (axis === 'tokens') return (step) => step * perStep
  if (axis === 'time') return secondsAt(pointsOf(speed?.points), perStep)
  return (step) => step
}

export interface Look { smoothing: number; place: (step: number) => number; colour: string; name: string }

/** One run's curve: the raw line faint under the smoothed one, thrown-away steps dashed, held-out loss as points. */
export function linesOf(runId: string, loss: Metric | undefined, heldout: Metric | undefined, look: Look): { lines: Line[]; restarts: number[] } {
  const { kept, discarded, restarts } = splitAttempts([...pointsOf(loss?.discarded), ...pointsOf(loss?.points)])
  const values = kept.map((p) => p.value)
  const onAxis = (points: readonly Point[]) => points.map((p) => look.place(p.step))
  const lines: Line[] = []
  if (look.smoothing > 0) lines.push({ key: `${runId}-raw`, label: `${look.name} raw`, colour: look.colour, x: onAxis(kept), y: values, width: 1, faint: true })
  lines.push({ key: `${runId}-loss`, label: look.name, colour: look.colour, x: onAxis(kept), y: smooth(values, look.smoothing) })
  if (discarded.length) lines.push({ key: `${runId}-gone`, label: 'thrown away', colour: '--ink-3', x: onAxis(discarded), y: discarded.map((p) => p.value), dash: [3, 3], width: 1.2, faint: true })
  const held = splitAttempts(pointsOf(heldout?.points)).kept
  if (held.length) lines.push({ key: `${runId}-heldout`, label: look.name === 'loss' ? 'held-out' : `${look.name} held-out`, colour: look.name === 'loss' ? '--s2' : look.colour, x: onAxis(held), y: held.map((p) => p.value), points: true })
  return { lines, restarts }
}
