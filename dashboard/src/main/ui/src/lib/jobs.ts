import type { JobExecution, JobStep, WorkStatus } from '../api/types'
import { capital, words } from './format'
import { isFailed, isRunning, normalState } from '../kit/states'

export function jobTitle(job: JobExecution): string {
  return capital(words(job.name ?? job.id))
}

export function jobService(job: JobExecution): string {
  return job.service ?? job.id.replace(/-[^-]*$/, '')
}

export function stepState(step: JobStep): string {
  return normalState(step.status?.state)
}

export interface StepCounts { read: number | undefined; written: number | undefined; skipped: number | undefined; filtered: number | undefined }

export function stepCounts(step: JobStep): StepCounts {
  const c = step.counts ?? {}
  return { read: c['read'], written: c['written'], skipped: c['skipped'] ?? c['failed'], filtered: c['filtered'] }
}

export interface Bar { key: string; name: string; from: number; to: number; state: string }

/** Steps on one time axis, as shares of the whole execution. */
export function timeline(steps: readonly JobStep[], now = Date.now()): { bars: Bar[]; seconds: number } {
  const placed = steps.flatMap((s) => {
    const start = s.status?.startedAt ? Date.parse(s.status.startedAt) : NaN
    if (Number.isNaN(start)) return []
    const end = s.status?.endedAt ? Date.parse(s.status.endedAt) : now
    return [{ s, start, end }]
  })
  if (placed.length === 0) return { bars: [], seconds: 0 }
  const first = Math.min(...placed.map((p) => p.start))
  const last = Math.max(...placed.map((p) => p.end), first + 1)
  const share = (t: number) => (t - first) / (last - first)
  return {
    seconds: (last - first) / 1000,
    bars: placed.map((p) => ({ key: p.s.name, name: p.s.name, from: share(p.start), to: share(p.end), state: stepState(p.s) })),
  }
}

export type JobFilter = '' | 'running' | 'failed' | 'ended'

export function matches(job: JobExecution, filter: JobFilter): boolean {
  const state = (job.status as WorkStatus | undefined)?.state
  if (filter === 'running') return isRunning(state)
  if (filter === 'failed') return isFailed(state)
  if (filter === 'ended') return !isRunning(state)
  return true
}
