import { describe, expect, it } from 'vitest'
import { stopsOf } from '../src/lib/pipeline'
import { layRiver } from '../src/lib/river'

const run = {
  id: 'r', corpusId: 'c', status: { state: 'completed' },
  stages: [{ name: 'annotate', in: 100, kept: 100, dropped: 0, failed: 0 }, { name: 'decide-1', in: 100, kept: 60, dropped: 40, failed: 0 }],
  drops: [{ stage: 'rules', reason: 'short-doc', documents: 10 }, { stage: 'rules', reason: 'language', documents: 20 }, { stage: 'near-duplicates', reason: 'near-duplicate', documents: 10 }],
}

describe('stops of the way', () => {
  it('shows a stop for each gate that dropped, the largest reason first', () => {
    const stops = stopsOf({ corpus: { id: 'c', name: 'demo', counts: { documents: 100 } }, sources: 2, cleaningRun: run })
    expect(stops.map((s) => s.key)).toEqual(['documents', 'rules', 'near-duplicates', 'snapshot', 'tokens', 'model', 'answers'])
    expect(stops[1]?.drops.map((d) => d.reason)).toEqual(['language', 'short doc'])
    expect(stops[0]?.unit).toBe('of 2 sources')
  })
  it('keeps the place of what is not reached and says so', () => {
    const stops = stopsOf({ corpus: { id: 'c', name: 'demo', counts: { documents: 100 } } })
    expect(stops.filter((s) => !s.reached).map((s) => s.key)).toEqual(['snapshot', 'tokens', 'model', 'answers'])
    expect(stops.find((s) => s.key === 'model')?.value).toBe('–')
  })
  it('lets the held-out split leave before the tokens', () => {
    const stops = stopsOf({ corpus: { id: 'c', name: 'demo' }, cleaningRun: run, snapshot: { id: 's', counts: { documents: 60, train: 57, heldout: 3 } } })
    expect(stops.find((s) => s.key === 'tokens')?.drops).toEqual([expect.objectContaining({ documents: 3 })])
  })
})

describe('layout of the river', () => {
  const size = { width: 900, top: 10, thickness: 100, fall: 180 }
  const stops = [{ key: 'a', documents: 100, drops: [] }, { key: 'b', documents: 40, drops: [{ reason: 'x', documents: 60 }] }, { key: 'c', documents: 0, drops: [] }]
  it('makes bands as thick as their documents, and never thinner than can be seen', () => {
    const river = layRiver(stops, size)
    expect(river.stops.map((s) => s.y1 - s.y0)).toEqual([100, 40, 3])
  })
  it('draws a branch only where something left', () => {
    const river = layRiver(stops, size)
    expect(river.branches.map((b) => [b.stop, b.documents])).toEqual([['b', 60]])
    expect(river.branches[0]!.x).toBeGreaterThan(river.stops[0]!.x)
    expect(river.branches[0]!.x).toBeLessThan(river.stops[1]!.x)
  })
  it('reaches both banks', () => {
    const river = layRiver(stops, size)
    expect(river.bands[0]!.x0).toBe(0)
    expect(river.bands[river.bands.length - 1]!.x1).toBe(900)
  })
})
