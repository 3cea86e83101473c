import { useRef, useState } from 'react'
import type { Partition, Progress as ProgressBlock, WorkStatus } from '../api/types'
import { between, compact, count, duration, unitOf } from '../lib/format'
import { Chip, useTick } from './basics'
import { Icon } from './icons'
import { glyphOf, isRunning, normalState, toneOf, wordOf } from './states'

/** The same block for every long work: how much, how fast, how long still. */
export function Progress({ status, label, slim, untimed }: { status: WorkStatus | null | undefined; label: string; slim?: boolean; untimed?: boolean }) {
  useTick(isRunning(status?.state) ? 1000 : 0)
  const p: ProgressBlock = status?.progress ?? {}
  const tone = toneOf(status?.state)
  const share = p.total ? Math.min(1, (p.done ?? 0) / p.total) : tone === 'ok' ? 1 : undefined
  const live = isRunning(status?.state)
  const took = between(status?.startedAt, status?.endedAt)
  return (
    <div className={`progress ${tone}`}>
      <div className="track" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} {...(share === undefined ? {} : { 'aria-valuenow': Math.round(share * 100) })} aria-valuetext={progressWords(status)}>
        {share === undefined ? (live ? <div className="fill open" /> : null) : <div className="fill" style={{ width: `${share * 100}%` }} />}
      </div>
      {slim ? null : (
        <div className="words">
          <span>{progressWords(status)}</span>
          <span>
            {live && p.ratePerSecond ? `${compact(Math.round(p.ratePerSecond * 10) / 10)}${p.unit ? ` ${p.unit}` : ''}/s` : ''}
            {live && p.etaSeconds != null ? ` · ${duration(p.etaSeconds)} left` : ''}
            {!live && !untimed && took !== undefined && status?.startedAt ? `took ${duration(took)}` : ''}
          </span>
        </div>
      )}
    </div>
  )
}

export function progressWords(status: WorkStatus | null | undefined): string {
  const p = status?.progress
  if (!p || p.done === undefined) return wordOf(status?.state)
  const unit = (n: number) => (p.unit ? ` ${unitOf(n, p.unit)}` : '')
  if (!p.total) return `${count(p.done)}${unit(p.done)}`
  return p.done === p.total ? `${count(p.total)}${unit(p.total)}` : `${count(p.done)} of ${count(p.total)}${unit(p.total)}`
}

/** State, attempt and reason in one line. */
export function StatusLine({ status }: { status: WorkStatus | null | undefined }) {
  return (
    <span className="row wrapping">
      <Chip state={status?.state} />
      {status?.attempt && status.attempt > 1 ? <span className="tag">attempt {status.attempt}</span> : null}
      {status?.reason ? <span className="small muted wrap">{status.reason}</span> : null}
    </span>
  )
}

const partitionState = (p: Partition) => {
  const s = normalState(p.state)
  return s === 'starting' || s === '' ? 'waiting' : s
}

/** One cell a partition: waiting, running by whom, done, failed. Arrow keys walk, the line below tells. */
export function PartitionStrip({ partitions, label, onPick }: { partitions: readonly Partition[]; label: string; onPick?: (p: Partition) => void }) {
  const [at, setAt] = useState<number>()
  const cells = useRef<(HTMLButtonElement | null)[]>([])
  const go = (to: number) => {
    const next = Math.max(0, Math.min(partitions.length - 1, to))
    setAt(next)
    cells.current[next]?.focus()
  }
  const shown = at === undefined ? undefined : partitions[at]
  const tally = new Map<string, number>()
  for (const p of partitions) tally.set(partitionState(p), (tally.get(partitionState(p)) ?? 0) + 1)
  return (
    <div>
      <div
        className="strip" role="group" aria-label={label}
        onKeyDown={(e) => {
          const move = { ArrowRight: 1, ArrowLeft: -1, Home: -1e9, End: 1e9 }[e.key]
          if (move === undefined) return
          e.preventDefault()
          go((at ?? 0) + move)
        }}
        onMouseLeave={() => setAt(undefined)}
      >
        {partitions.map((p, i) => {
          const state = partitionState(p)
          return (
            <button
              key={p.name} type="button" ref={(el) => { cells.current[i] = el }}
              className={toneOf(state)} tabIndex={i === (at ?? 0) ? 0 : -1} aria-pressed={i === at}
              aria-label={describe(p, i)} onFocus={() => setAt(i)} onMouseEnter={() => setAt(i)} onClick={() => onPick?.(p)}
            >
              {toneOf(state) === 'ok' ? null : <Icon name={glyphOf(state)} width={2.6} />}
            </button>
          )
        })}
      </div>
      <div className="strip-note" aria-live="off">
        {shown ? describe(shown, at ?? 0) : [...tally].map(([state, n]) => `${count(n)} ${wordOf(state)}`).join(' · ')}
      </div>
    </div>
  )
}

function describe(p: Partition, index: number): string {
  const counted = Object.entries(p.counts ?? {}).filter(([, n]) => n > 0).map(([what, n]) => `${count(n)} ${what.replace(/-/g, ' ')}`)
  const took = between(p.startedAt, p.endedAt)
  return [
    `partition ${p.name || index}`,
    wordOf(partitionState(p)) + (p.worker && partitionState(p) !== 'waiting' ? ` by ${p.worker}` : ''),
    p.progress && isRunning(p.state) ? progressWords({ state: p.state ?? '', progress: p.progress }) : counted.join(', '),
    p.attempt && p.attempt > 1 ? `taken ${p.attempt} times` : '',
    p.startedAt && took !== undefined ? duration(took) : '',
    p.error ?? '',
  ].filter(Boolean).join(' · ')
}
