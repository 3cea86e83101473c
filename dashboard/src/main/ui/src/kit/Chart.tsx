import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { compact, significant } from '../lib/format'
import { join, type Line, type Mark } from '../lib/series'
import { useWidth } from './basics'
import { useTheme } from './theme'

export interface ChartProps {
  label: string
  lines: readonly Line[]
  marks?: readonly Mark[]
  log?: boolean
  xLabel?: string
  xFormat?: (x: number) => string
  height?: number
  picked?: number
  onPick?: (x: number) => void
}

/** Curves over one axis. The readout above is text; arrow keys move the cursor, Enter picks. */
export default function Chart(props: ChartProps) {
  const [frame, width] = useWidth<HTMLDivElement>()
  const target = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const [cursor, setCursor] = useState<number | null>(null)
  const theme = useTheme()
  const live = useRef(props)
  live.current = props
  const height = props.height ?? 280
  const data = join(props.lines)
  const dataRef = useRef(data)
  dataRef.current = data
  const shape = JSON.stringify([props.lines.map((l) => [l.key, l.colour, l.dash, l.points, l.faint, l.width]), props.log, props.xLabel, theme, height])

  useEffect(() => {
    if (!target.current || width === 0) return
    const made = new uPlot(options(live.current, width, height, live, setCursor), dataRef.current as uPlot.AlignedData, target.current)
    plot.current = made
    return () => { made.destroy(); plot.current = null }
    // A new size only resizes (below): the shape alone makes a new plot.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shape, width === 0])
  useEffect(() => { if (width) plot.current?.setSize({ width, height }) }, [width, height])
  useEffect(() => { plot.current?.setData(data as uPlot.AlignedData) })

  const xs = data[0]
  const at = cursor ?? xs.length - 1
  const move = (by: number) => {
    const u = plot.current
    if (!u) return
    const next = Math.max(0, Math.min(xs.length - 1, (u.cursor.idx ?? xs.length - 1) + by))
    const x = xs[next]
    if (x === undefined) return
    u.setCursor({ left: u.valToPos(x, 'x'), top: 10 })
  }
  return (
    <figure className="chart">
      <div className="legend" aria-live="off">
        <span className="readout">{props.xLabel ?? 'step'} <b>{xs[at] === undefined ? '–' : (props.xFormat ?? compact)(xs[at])}</b></span>
        {props.lines.filter((l) => !l.faint).map((l) => {
          const column = data[props.lines.indexOf(l) + 1]
          return (
            <span key={l.key}>
              <i style={{ background: `var(${l.colour})`, ...(l.points ? { height: 8, width: 8, borderRadius: 4 } : {}) }} />
              {l.label} <b>{significant(nearest(column ?? [], at))}</b>
            </span>
          )
        })}
      </div>
      <div
        ref={frame} className={`plot ${props.onPick ? 'pickable' : ''}`} tabIndex={0} role="img" aria-label={`${props.label}. ${summary(props.lines)}`} style={{ minHeight: height }}
        onKeyDown={(e) => {
          if (e.key === 'ArrowRight') { e.preventDefault(); move(e.shiftKey ? 10 : 1) }
          if (e.key === 'ArrowLeft') { e.preventDefault(); move(e.shiftKey ? -10 : -1) }
          if (e.key === 'Enter' && xs[at] !== undefined) props.onPick?.(xs[at])
        }}
      >
        <div ref={target} />
      </div>
    </figure>
  )
}

function nearest(column: readonly (number | null | undefined)[], at: number): number | null {
  for (let i = at; i >= 0; i--) if (column[i] != null) return column[i] ?? null
  return null
}

function summary(lines: readonly Line[]): string {
  return lines.filter((l) => !l.faint).map((l) => {
    const values = l.y.filter((v): v is number => v != null)
    return values.length ? `${l.label}: ${values.length} points, from ${significant(values[0])} to ${significant(values[values.length - 1])}` : `${l.label}: no points`
  }).join('. ')
}

function options(props: ChartProps, width: number, height: number, live: React.RefObject<ChartProps>, onCursor: (i: number | null) => void): uPlot.Options {
  const ink = resolve('--ink-3')
  const grid = resolve('--grid')
  const font = `11.5px ${getComputedStyle(document.body).fontFamily}`
  const axis = { stroke: ink, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } }
  return {
    width, height, padding: [14, 12, 0, 0],
    legend: { show: false },
    scales: { x: { time: false }, y: { distr: props.log ? 3 : 1, ...(props.log ? { log: 10 as const } : {}) } },
    cursor: { drag: { x: true, y: false, uni: 12 }, points: { size: 7 }, y: false },
    axes: [
      { ...axis, values: (_u, splits) => splits.map((v) => (live.current.xFormat ?? compact)(v)), size: 30 },
      { ...axis, values: (_u, splits) => splits.map((v) => (v == null ? '' : significant(v, 3))), size: 48 },
    ],
    series: [
      {},
      ...props.lines.map((line): uPlot.Series => {
        const colour = resolve(line.colour)
        return {
          label: line.label, stroke: line.faint ? fade(colour) : colour, width: line.points ? 0 : line.width ?? 1.8, spanGaps: false,
          ...(line.dash ? { dash: line.dash } : {}),
          points: line.points ? { show: true, size: 7, fill: resolve('--surface'), stroke: colour, width: 2 } : { show: false },
        }
      }),
    ],
    hooks: {
      draw: [(u) => drawMarks(u, live.current.marks ?? [], live.current.picked)],
      setCursor: [(u) => onCursor(u.cursor.idx ?? null)],
      ready: [(u) => {
        let down = 0
        u.over.addEventListener('mousedown', (e) => { down = e.clientX })
        u.over.addEventListener('click', (e) => {
          const x = u.data[0][u.cursor.idx ?? -1]
          if (Math.abs(e.clientX - down) < 4 && x !== undefined) live.current.onPick?.(x)
        })
      }],
    },
  }
}

/** Restarts are full lines with a word, checkpoints are small ticks on the floor. */
function drawMarks(u: uPlot, marks: readonly Mark[], picked: number | undefined): void {
  const { ctx, bbox } = u
  const ratio = devicePixelRatio || 1
  ctx.save()
  ctx.textAlign = 'left'
  ctx.textBaseline = 'alphabetic'
  ctx.font = `${11 * ratio}px ${getComputedStyle(document.body).fontFamily}`
  for (const mark of marks) {
    const x = Math.round(u.valToPos(mark.x, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    const colour = resolve(mark.kind === 'failure' ? '--bad' : mark.kind === 'restart' ? '--warn' : '--ink-3')
    ctx.strokeStyle = colour
    ctx.fillStyle = colour
    ctx.lineWidth = ratio
    ctx.beginPath()
    if (mark.kind === 'checkpoint') {
      const floor = bbox.top + bbox.height - ratio
      ctx.moveTo(x, floor - 8 * ratio)
      ctx.lineTo(x - 4.5 * ratio, floor)
      ctx.lineTo(x + 4.5 * ratio, floor)
      ctx.fill()
    } else {
      ctx.setLineDash([4 * ratio, 3 * ratio])
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
      ctx.stroke()
      ctx.setLineDash([])
      const wide = ctx.measureText(mark.label).width
      const left = x + wide + 8 * ratio > bbox.left + bbox.width
      ctx.fillText(mark.label, left ? x - wide - 5 * ratio : x + 5 * ratio, bbox.top + 12 * ratio)
    }
  }
  if (picked !== undefined) {
    const x = Math.round(u.valToPos(picked, 'x', true))
    ctx.strokeStyle = resolve('--ink')
    ctx.lineWidth = 1.5 * ratio
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}

/** A canvas knows no CSS variables: lets the browser resolve one to a plain colour. */
function resolve(variable: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${variable})`
  document.body.append(probe)
  const colour = getComputedStyle(probe).color
  probe.remove()
  return colour
}

function fade(colour: string): string {
  return colour.replace('rgb(', 'rgba(').replace(')', ', 0.4)')
}
