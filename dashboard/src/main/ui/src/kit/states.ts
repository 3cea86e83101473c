import { words } from '../lib/format'
import type { IconName } from './icons'

/** A state is a tone, a glyph and a word: never colour alone. */
export type Tone = 'run' | 'ok' | 'warn' | 'bad' | 'idle'

const tones: Record<string, [Tone, IconName]> = {
  running: ['run', 'spin'], started: ['run', 'spin'], starting: ['run', 'spin'], loading: ['run', 'spin'], swapping: ['run', 'spin'],
  launching: ['run', 'spin'], resuming: ['run', 'spin'], claimed: ['run', 'spin'], 'in-progress': ['run', 'spin'], evaluating: ['run', 'spin'],
  completed: ['ok', 'check'], succeeded: ['ok', 'check'], done: ['ok', 'check'], finished: ['ok', 'check'], ready: ['ok', 'check'], up: ['ok', 'check'], accepted: ['ok', 'check'], kept: ['ok', 'check'],
  failed: ['bad', 'cross'], 'swap-failed': ['bad', 'cross'], corrupt: ['bad', 'cross'], down: ['bad', 'cross'], rejected: ['bad', 'cross'], diverged: ['bad', 'cross'], error: ['bad', 'cross'], dropped: ['bad', 'cross'],
  stopping: ['warn', 'pause'], stopped: ['warn', 'pause'], suspended: ['warn', 'pause'], suspending: ['warn', 'pause'], degraded: ['warn', 'bang'], lost: ['warn', 'bang'], unknown: ['warn', 'bang'],
  cancelled: ['idle', 'cross'], cancelling: ['warn', 'pause'], abandoned: ['idle', 'cross'], skipped: ['idle', 'dots'], recovering: ['warn', 'spin'], crashed: ['warn', 'bang'], 'auto-accepted': ['ok', 'check'], committed: ['ok', 'check'],
}

export function normalState(state: string | null | undefined): string {
  return (state ?? '').toLowerCase().replaceAll('_', '-')
}

export function toneOf(state: string | null | undefined): Tone {
  return tones[normalState(state)]?.[0] ?? 'idle'
}

export function glyphOf(state: string | null | undefined): IconName {
  return tones[normalState(state)]?.[1] ?? 'dots'
}

export function wordOf(state: string | null | undefined): string {
  return state ? words(normalState(state)) : 'unknown'
}

export function isRunning(state: string | null | undefined): boolean {
  const tone = toneOf(state)
  return tone === 'run' || ['recovering', 'stopping', 'cancelling', 'suspending', 'queued', 'pending', 'waiting', 'created', 'requested'].includes(normalState(state))
}

export function isFailed(state: string | null | undefined): boolean {
  return toneOf(state) === 'bad'
}
