import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/**
 * What the page reads is what the services promise: every field of every answer in `types.ts` stands in the committed
 * OpenAPI document of its owner. A field that is renamed or goes breaks this test, and not the page.
 */
type Service = 'corpus' | 'cleaning' | 'trainer' | 'inference' | 'door'
interface Schema { $ref?: string; properties?: Record<string, Schema>; items?: Schema; additionalProperties?: Schema | boolean; allOf?: Schema[]; anyOf?: Schema[]; oneOf?: Schema[] }
interface Document { paths: Record<string, unknown>; components: { schemas: Record<string, Schema> } }
type Members = Map<string, Members | undefined>

const root = '../../../..'
const place: Record<Service, string> = {
  corpus: 'corpus-service', cleaning: 'cleaning-service', trainer: 'trainer-service', inference: 'inference-service', door: 'dashboard',
}
const documents = Object.fromEntries(Object.entries(place).map(([service, module]) => [service, JSON.parse(readFileSync(`${root}/${module}/src/main/openapi/${service}.json`, 'utf8')) as Document])) as Record<Service, Document>

const answers: readonly (readonly [string, Service, string])[] = [
  ['WorkStatus', 'cleaning', 'WorkStatus'], ['WorkStatus', 'trainer', 'WorkStatus'], ['Progress', 'corpus', 'Progress'],
  ['Corpus', 'corpus', 'CorpusView'], ['Tally', 'corpus', 'Tally'], ['Source', 'corpus', 'SourceView'], ['Ingestion', 'corpus', 'IngestionView'],
  ['IngestionFailure', 'corpus', 'Failure'], ['DocumentListed', 'corpus', 'DocumentSummary'], ['DocumentRow', 'corpus', 'DocumentView'], ['Snapshot', 'corpus', 'SnapshotView'],
  ['Recipe', 'cleaning', 'RecipeView'], ['Rule', 'cleaning', 'RuleView'], ['Stage', 'cleaning', 'StageView'], ['Drop', 'cleaning', 'DropView'],
  ['CleaningRun', 'cleaning', 'CleaningRunView'], ['Round', 'cleaning', 'RoundSummary'], ['StratumCut', 'cleaning', 'StratumCut'], ['ReviewCounts', 'cleaning', 'ReviewCounts'],
  ['Verdict', 'cleaning', 'VerdictView'], ['Cluster', 'cleaning', 'ClusterView'], ['Sample', 'cleaning', 'SampleView'], ['WhatIf', 'cleaning', 'WhatIfView'],
  ['ReviewItem', 'cleaning', 'ReviewItemView'], ['Tokenizer', 'cleaning', 'TokenizerView'], ['TokenSet', 'cleaning', 'TokenSetView'],
  ['TrainingRun', 'trainer', 'RunView'], ['Attempt', 'trainer', 'Attempt'], ['MetricPoint', 'trainer', 'PointView'], ['Metric', 'trainer', 'SeriesView'],
  ['LogLine', 'trainer', 'LineView'], ['Checkpoint', 'trainer', 'CheckpointView'], ['Alias', 'trainer', 'AliasView'],
  ['Deployment', 'inference', 'DeploymentView'],
  ['JobExecution', 'cleaning', 'JobView'], ['JobExecution', 'corpus', 'JobView'], ['JobStep', 'cleaning', 'StepView'], ['Partition', 'corpus', 'PartitionView'], ['JobError', 'corpus', 'ErrorView'],
  ['Session', 'door', 'Who'], ['ApiKey', 'door', 'CreatedKey'], ['AuditEntry', 'door', 'AuditEntry'], ['Deed', 'door', 'Deed'], ['Part', 'door', 'PartHealth'], ['SystemState', 'door', 'SystemView'],
  ['Overview', 'door', 'Overview'], ['Work', 'door', 'Work'], ['Attention', 'door', 'Attention'], ['LineageStep', 'door', 'StepView'], ['AnswerLineage', 'door', 'AnswerView'], ['DocumentLineage', 'door', 'DocumentView'],
]

/** Added by the door, or by another answer of the same shape. */
const elsewhere: Record<string, readonly string[]> = {
  JobExecution: ['service'], ApiKey: ['createdBy', 'lastUsedAt'],
}

describe('the contract with the services', () => {
  const interfaces = read(readFileSync('src/api/types.ts', 'utf8'))
  it.each(answers)('%s is what %s calls %s', (name, service, schema) => {
    const members = interfaces.get(name)
    const promised = documents[service].components.schemas[schema]
    if (!members || !promised) throw new Error(`${members ? schema : name} is not there`)
    expect(unpromised(members, promised, documents[service], '').filter((field) => !elsewhere[name]?.includes(field))).toEqual([])
  })

  it('asks for addresses that exist', () => {
    const known = Object.values(documents).flatMap((d) => Object.keys(d.paths)).map((p) => p.replace(/\{[^}]*\}/g, '*'))
    const asked = addresses()
    expect(asked.length).toBeGreaterThan(40)
    expect(asked.filter((path) => !known.includes(path) && !known.some((k) => matches(path, k)))).toEqual([])
  })
})

/** Interfaces with the names of their fields, as far as those are written in place. */
function read(source: string): Map<string, Members> {
  const found = new Map<string, Members>()
  for (const match of source.matchAll(/export interface (\w+)(?:<\w+>)? \{/g)) {
    found.set(match[1]!, fields(body(source, match.index + match[0].length - 1)))
  }
  return found
}

function body(source: string, open: number): string {
  let depth = 0
  for (let i = open; i < source.length; i++) {
    if (source[i] === '{') depth++
    if (source[i] === '}' && --depth === 0) return source.slice(open + 1, i)
  }
  throw new Error('no end')
}

function fields(text: string): Members {
  const members: Members = new Map()
  let rest = text
  for (let next = /^[\s;]*(\w+)\??:\s*/.exec(rest); next; next = /^[\s;]*(\w+)\??:\s*/.exec(rest)) {
    rest = rest.slice(next[0].length)
    const inPlace = /^(?:Record<string, unknown> & )?\{/.exec(rest)
    if (inPlace) {
      const inner = body(rest, inPlace[0].length - 1)
      members.set(next[1]!, fields(inner))
      rest = rest.slice(inPlace[0].length + inner.length + 1)
    } else members.set(next[1]!, undefined)
    const end = ending(rest)
    rest = rest.slice(end)
  }
  return members
}

/** Where a member's type ends: at a line end or semicolon outside of brackets. */
function ending(rest: string): number {
  let depth = 0
  for (let i = 0; i < rest.length; i++) {
    if ('{<([' .includes(rest[i]!)) depth++
    if ('}>)]'.includes(rest[i]!)) depth--
    if (depth === 0 && (rest[i] === '\n' || rest[i] === ';')) return i
  }
  return rest.length
}

function resolve(schema: Schema, document: Document): Schema {
  if (schema.$ref) return resolve(document.components.schemas[schema.$ref.split('/').pop()!] ?? {}, document)
  const parts = schema.allOf ?? schema.anyOf ?? schema.oneOf
  return parts?.[0] ? resolve(parts.find((p) => p.$ref) ?? parts[0], document) : schema.items ? resolve(schema.items, document) : schema
}

function unpromised(members: Members, schema: Schema, document: Document, at: string): string[] {
  const promised = resolve(schema, document)
  if (!promised.properties) return []
  const lacking: string[] = []
  for (const [name, inner] of members) {
    const property = promised.properties[name]
    if (!property) lacking.push(`${at}${name}`)
    else if (inner) lacking.push(...unpromised(inner, property, document, `${at}${name}.`))
  }
  return lacking
}

/** Every address that stands in the sources, its variable parts as stars. */
function addresses(): string[] {
  const sources = Object.values(import.meta.glob<string>('../src/**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true }))
  const found = new Set<string>()
  for (const source of sources) {
    for (const match of source.matchAll(/[`'](\/(?:api\/v1|v1)\/(?:\$\{(?:[^{}]|\{[^{}]*\})*\}|[^`'?\s$])*)/g)) {
      found.add(match[1]!.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '*').replace(/\/$/, ''))
    }
  }
  return [...found]
}

/** A star on either side stands for one part; at the end of what was asked also for a query or nothing. */
function matches(asked: string, known: string): boolean {
  const a = asked.replace(/(?<=[^/])\*$/, '').split('/')
  const k = known.split('/')
  return a.length === k.length && a.every((part, i) => part === k[i] || part === '*' || k[i] === '*')
}
