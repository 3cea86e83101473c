import { describe, expect, it } from 'vitest'
import { join, secondsAt, splitAttempts } from '../src/lib/series'
import { smooth, wilson } from '../src/lib/stats'

describe('attempts on one curve', () => {
  const points = [
    { step: 1, value: 5, attempt: 1 }, { step: 2, value: 4, attempt: 1 }, { step: 3, value: 3.5, attempt: 1 },
    { step: 2, value: 4.1, attempt: 2 }, { step: 3, value: 3.4, attempt: 2 },
  ]
  it('lets the newest attempt own a step and keeps what it threw away', () => {
    const { kept, discarded, restarts } = splitAttempts(points)
    expect(kept.map((p) => [p.step, p.attempt])).toEqual([[1, 1], [2, 2], [3, 2]])
    expect(discarded.map((p) => p.value)).toEqual([4, 3.5])
    expect(restarts).toEqual([2])
  })
  it('reads points without an attempt as the first', () => {
    expect(splitAttempts([{ step: 1, value: 2 }]).kept).toHaveLength(1)
  })
})

describe('time of a step', () => {
  it('is what the steps before took, and goes on at the last speed', () => {
    const at = secondsAt([{ step: 10, value: 100 }, { step: 20, value: 50 }], 100)
    expect([at(0), at(10), at(15), at(20), at(21)]).toEqual([0, 10, 20, 30, 32])
  })
  it('is not known without a speed', () => {
    expect(secondsAt([], 100)(5)).toBeNaN()
  })
})

describe('lines on one axis', () => {
  it('joins by step and tells a missing sample from a gap', () => {
    const line = { key: 'a', label: 'a', colour: '--s1' }
    const [x, a, b] = join([{ ...line, x: [1, 3], y: [10, Number.NaN] }, { ...line, key: 'b', x: [2], y: [5] }])
    expect(x).toEqual([1, 2, 3])
    expect(a).toEqual([10, undefined, null])
    expect(b).toEqual([undefined, 5, undefined])
  })
})

describe('statistics', () => {
  it('gives the textbook Wilson interval', () => {
    const i = wilson(8, 10)!
    expect(i.low).toBeCloseTo(0.4902, 3)
    expect(i.high).toBeCloseTo(0.9433, 3)
    expect(wilson(0, 0)).toBeUndefined()
    expect(wilson(5, 5)!.high).toBe(1)
  })
  it('smooths without a lag at the start and keeps gaps', () => {
    expect(smooth([2, 2, 2], 0.9)).toEqual([2, 2, 2].map((v) => expect.closeTo(v, 9)))
    expect(smooth([1, null, 1], 0.5)[1]).toBeNull()
    expect(smooth([3, 1], 0)).toEqual([3, 1])
  })
})
