import { describe, expect, it } from 'vitest'
import { asPage } from '../src/api/queries'
import { pieces } from '../src/api/stream'
import { bins, cutsOf, documentsIn, documentsKept, gatesOf, limitsOf, scaleOf } from '../src/lib/cleaning'
import { stepCounts, timeline } from '../src/lib/jobs'
import { match, withParams } from '../src/lib/router'
import { differing, flatten } from '../src/lib/spec'
import { EventParser } from '../src/lib/streaming'

describe('event streams', () => {
  it('joins events that were cut anywhere', () => {
    const parser = new EventParser()
    expect(parser.push('data: {"a"')).toEqual([])
    expect(parser.push(':1}\n')).toEqual([])
    expect(parser.push('\nevent: metric\nid: 7\ndata: x\ndata: y\n\n: a comment\n\n')).toEqual([
      { event: 'message', data: '{"a":1}' }, { event: 'metric', id: '7', data: 'x\ny' },
    ])
  })
  it('reads Windows line ends', () => {
    expect(new EventParser().push('data: [DONE]\r\n\r\n')).toEqual([{ event: 'message', data: '[DONE]' }])
  })
  it('takes text and probability of a completion chunk together', () => {
    expect(pieces({ choices: [{ text: ' é', logprobs: { tokens: [' \ufffd'], token_logprobs: [-0.5], top_logprobs: [null] } }] })).toEqual([{ text: ' é', logprob: -0.5 }])
    expect(pieces({ choices: [{ text: '' }] })).toEqual([])
    expect(pieces({})).toEqual([])
  })
})

describe('addresses', () => {
  it('matches named parts', () => {
    expect(match('/corpora/:id', '/corpora/a%20b')).toEqual({ id: 'a b' })
    expect(match('/corpora/:id', '/corpora')).toBeUndefined()
    expect(match('/', '/')).toEqual({})
  })
  it('sets and removes parameters', () => {
    expect(withParams({ tab: 'x', step: '' }, '/training/1', '?step=4')).toBe('/training/1?tab=x')
  })
})

describe('answers of the services', () => {
  it('reads a page or a bare list', () => {
    expect(asPage([1, 2])).toEqual({ items: [1, 2] })
    expect(asPage({ items: [1], next: 'n' })).toEqual({ items: [1], next: 'n' })
    expect(asPage(undefined)).toEqual({ items: [], next: null })
  })
  it('leaves out the empty ends of a histogram', () => {
    expect(bins({ histogram: [0, 0, 5, 0, 6, 0], histogramNats: 0.5 })).toEqual([{ from: 1, to: 1.5, documents: 5 }, { from: 1.5, to: 2, documents: 0 }, { from: 2, to: 2.5, documents: 6 }])
    expect(bins({ histogram: [0, 0], histogramNats: 0.5 })).toEqual([])
    expect(bins(null)).toEqual([])
  })
  it('takes what a run was given and keeps from its counts, or from its stages while it runs', () => {
    const stages = [{ name: 'plan', in: 0, kept: 0 }, { name: 'annotate', in: 10, kept: 10 }, { name: 'decide-1', in: 10, kept: 7 }, { name: 'decide-2', in: 0, kept: 0 }]
    const run = { id: 'r', corpusId: 'c', status: { state: 'running' }, stages }
    expect([documentsIn(run), documentsKept(run)]).toEqual([10, 7])
    expect(documentsKept({ ...run, counts: { documents: 10, kept: 6 } })).toBe(6)
  })
  it('puts drops in the order in which documents are judged', () => {
    const drops = [{ stage: 'self-cleaning', reason: 'score', documents: 2 }, { stage: 'rules', reason: 'a', documents: 1 }, { stage: 'rules', reason: 'b', documents: 3 }]
    expect(gatesOf({ id: 'r', corpusId: 'c', status: { state: 'running' }, drops }).map((g) => [g.name, g.dropped, g.drops[0]!.reason])).toEqual([['rules', 4, 'b'], ['self-cleaning', 2, 'score']])
  })
  it('finds the limits of a recipe', () => {
    expect(limitsOf({ name: 'r', recipe: { rules: [{ rule: 'a', limit: 0.3 }] } })).toEqual([{ rule: 'a', limit: 0.3 }])
    expect(limitsOf(undefined)).toEqual([])
  })
  it('scales sliders by the kind of limit', () => {
    expect(scaleOf(0.3)).toEqual({ min: 0, max: 1, step: 0.005 })
    expect(scaleOf(50)).toMatchObject({ min: 0, max: 150, step: 1 })
    expect(scaleOf(-2).min).toBe(-6)
  })
  it('finds where specifications differ', () => {
    const a = flatten({ model: { width: 128, lrpe: [true, true, true] }, steps: 10 })
    const b = flatten({ model: { width: 256, lrpe: [true, true, true] }, steps: 10 })
    expect(a['model.lrpe']).toBe('true × 3')
    expect(differing([a, b])).toEqual(['model.width'])
  })
  it('places steps on one time axis', () => {
    const step = (name: string, from: string, to?: string) => ({ name, status: { state: 'completed', startedAt: from, ...(to ? { endedAt: to } : {}) } })
    const { bars, seconds } = timeline([step('a', '2026-01-01T00:00:00Z', '2026-01-01T00:00:05Z'), step('b', '2026-01-01T00:00:05Z', '2026-01-01T00:00:10Z'), { name: 'c' }])
    expect(seconds).toBe(10)
    expect(bars.map((x) => [x.name, x.from, x.to])).toEqual([['a', 0, 0.5], ['b', 0.5, 1]])
    expect(stepCounts({ name: 'x', counts: { written: 3, failed: 1 } })).toEqual({ read: undefined, written: 3, skipped: 1, filtered: undefined })
  })
})

describe('cuts of a round', () => {
  it('gives strata that were cut at the same score one line, and none to those that were not', () => {
    const cuts = [{ stratum: 'b', scored: 9, lowest: 0, highest: 6 }, { stratum: 'a', scored: 9, lowest: 0, highest: 5 }, { stratum: 'c', scored: 1, lowest: 0 }, { stratum: 'd', scored: 2, lowest: 0, highest: 6 }]
    expect(cutsOf({ cuts })).toEqual([{ at: 5, name: 'a' }, { at: 6, name: 'b, d' }])
  })
  it('falls back to the one threshold', () => {
    expect(cutsOf({ threshold: 4.5 })).toEqual([{ at: 4.5, name: '' }])
    expect(cutsOf({})).toEqual([])
  })
})
