/** The pipeline as a river: bands as thick as the documents they carry, and branches for those that leave. */
export interface RiverDrop { reason: string; documents: number; href?: string }
export interface RiverStop { key: string; documents: number; drops: RiverDrop[] }
export interface RiverSize { width: number; top: number; thickness: number; fall: number }

export interface Band { from: string; to: string; path: string; x0: number; x1: number }
export interface Branch { stop: string; path: string; x: number; y: number; documents: number; drops: RiverDrop[] }
export interface River { stops: { key: string; x: number; y0: number; y1: number }[]; bands: Band[]; branches: Branch[] }

const MIN = 3

/**
 * Lays the stops out from left to right on a flat upper bank; what leaves at a stop bends down from the lower bank
 * half-way before it. A band never gets thinner than a hair that can be seen, even for zero documents.
 */
export function layRiver(stops: readonly RiverStop[], size: RiverSize): River {
  const widest = Math.max(1, ...stops.map((s) => s.documents))
  const thick = (n: number) => (n <= 0 ? MIN : Math.max(MIN, (n / widest) * size.thickness))
  const step = stops.length > 1 ? size.width / stops.length : size.width
  const x = (i: number) => step * (i + 0.5)
  const placed = stops.map((s, i) => ({ key: s.key, x: x(i), y0: size.top, y1: size.top + thick(s.documents) }))

  const bands: Band[] = []
  const branches: Branch[] = []
  for (const [i, stop] of stops.entries()) {
    const here = placed[i]
    const before = placed[i - 1]
    if (!here) continue
    if (!before) {
      bands.push(band('', stop.key, 0, here.x, size.top, here.y1, here.y1))
      continue
    }
    bands.push(band(before.key, stop.key, before.x, here.x, size.top, before.y1, here.y1))
    const gone = stop.drops.reduce((sum, d) => sum + d.documents, 0)
    if (gone > 0) branches.push(branch(stop, gone, before, here, thick(gone), size))
  }
  const last = placed[placed.length - 1]
  if (last) bands.push(band(last.key, '', last.x, size.width, size.top, last.y1, last.y1))
  return { stops: placed, bands, branches }
}

function band(from: string, to: string, x0: number, x1: number, top: number, y0: number, y1: number): Band {
  const mid = (x0 + x1) / 2
  const path = `M${r(x0)} ${r(top)}H${r(x1)}V${r(y1)}C${r(mid)} ${r(y1)} ${r(mid)} ${r(y0)} ${r(x0)} ${r(y0)}Z`
  return { from, to, path, x0, x1 }
}

function branch(
  stop: RiverStop, gone: number, before: { x: number; y1: number }, here: { x: number; y1: number }, width: number, size: RiverSize,
): Branch {
  const endX = here.x - (here.x - before.x) * 0.5 + width / 2 + 6
  const endY = size.top + size.fall
  const startX = before.x
  const upper = Math.max(before.y1 - width, size.top)
  const bend = startX + (endX - startX) * 0.62
  const path =
    `M${r(startX)} ${r(upper)}C${r(bend)} ${r(upper)} ${r(endX)} ${r(upper + (endY - upper) * 0.2)} ${r(endX)} ${r(endY)}` +
    `H${r(endX - width)}C${r(endX - width)} ${r(before.y1 + (endY - before.y1) * 0.32)} ${r(Math.max(startX, bend - width))} ${r(before.y1)} ${r(startX)} ${r(before.y1)}Z`
  return { stop: stop.key, path, x: endX - width / 2, y: endY, documents: gone, drops: stop.drops }
}

function r(n: number): number {
  return Math.round(n * 10) / 10
}
