import { describe, expect, it } from 'vitest'
import { ago, between, bytes, compact, count, duration, NONE, percent, shortId, shortName, significant, unitOf, words } from '../src/lib/format'

describe('figures', () => {
  it('separates thousands and shows a dash for what is not known', () => {
    expect(count(1234567)).toBe('1,234,567')
    expect(count(undefined)).toBe(NONE)
    expect(count(Number.NaN)).toBe(NONE)
  })
  it('shortens large numbers only', () => {
    expect(compact(9999)).toBe('9,999')
    expect(compact(18633)).toBe('18.6 k')
    expect(compact(100)).toBe('100')
    expect(compact(8123440)).toBe('8.12 M')
  })
  it('writes units', () => {
    expect(bytes(999)).toBe('999 B')
    expect(bytes(38214870)).toBe('38.2 MB')
    expect(duration(0.046)).toBe('46 ms')
    expect(duration(407)).toBe('6 min 47 s')
    expect(duration(90061)).toBe('1 d 1 h')
  })
  it('never rounds a small share to nothing nor a large one to all', () => {
    expect(percent(4, 6412)).toBe('< 0.1 %')
    expect(percent(0, 6412)).toBe('0 %')
    expect(percent(1, 1)).toBe('100 %')
    expect(percent(0.5)).toBe('50.0 %')
    expect(percent(1, 0)).toBe(NONE)
  })
  it('keeps four digits of a measure', () => {
    expect(significant(3.41582)).toBe('3.416')
    expect(significant(18280.4)).toBe('18,280')
    expect(significant(0.00071, 3)).toBe('7.1e-4')
  })
})

describe('times and names', () => {
  it('says how long ago, and how long until', () => {
    const now = Date.parse('2026-11-23T12:00:00Z')
    expect(ago('2026-11-23T11:57:00Z', now)).toBe('3 min ago')
    expect(ago('2026-12-16T12:00:00Z', now)).toBe('in 23 d')
    expect(ago(null, now)).toBe(NONE)
    expect(between('2026-11-23T11:59:00Z', null, now)).toBe(60)
  })
  it('turns machine names into words', () => {
    expect(words('gopher-symbol-to-word-ratio')).toBe('gopher symbol to word ratio')
    expect(words('learningRate')).toBe('learning rate')
  })
  it('shortens ids in the middle, since neighbours share their beginning', () => {
    expect(shortId('0193a1c2-6b17-7b8f')).toBe('0193a1…7-7b8f')
    expect(shortId('main')).toBe('main')
  })
})

describe('names with ids in them', () => {
  it('keeps the end of an id, which tells two apart', () => {
    expect(shortName('evaluation of cleaning run 01a20af7-d36d-7000-81a7-b7346660e3b7, round 1')).toBe('evaluation of cleaning run …60e3b7, round 1')
    expect(shortName('demo-fast')).toBe('demo-fast')
  })
})

describe('units', () => {
  it('says one of a thing in the singular', () => {
    expect([unitOf(1, 'steps'), unitOf(1, 'document passes'), unitOf(1, 'bytes'), unitOf(0, 'steps'), unitOf(2, 'passes')]).toEqual(['step', 'document pass', 'byte', 'steps', 'passes'])
  })
})
