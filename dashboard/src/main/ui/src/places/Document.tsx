import { useAsk, useList } from '../api/queries'
import type { CleaningRun, DocumentLineage, DocumentRow, Recipe, Verdict } from '../api/types'
import { Bones, Facts, Head, Id, NoPlace, Panel, Problem } from '../kit/basics'
import { limitsOf } from '../lib/cleaning'
import { A, useParam } from '../lib/router'
import { bytes, words } from '../lib/format'
import { Lineage } from './lineage'
import { ClusterMates, Measures, VerdictLine } from './verdict'

export default function Document({ id = '' }: { id?: string }) {
  const ask = useAsk<DocumentRow>(`/api/v1/documents/${id}`, { every: false })
  const d = ask.data
  if (ask.error && !d) return <NoPlace title="Document" crumbs={[{ label: 'Corpora', href: '/corpora' }]} error={ask.error} retry={() => void ask.refetch()} />
  const metadata = Object.entries(d?.metadata ?? {})
  return (
    <div className="place">
      <Head
        title={<span className="mono doc-title">{id}</span>}
        crumbs={[{ label: 'Corpora', href: '/corpora' }, ...(d?.corpusId ? [{ label: 'corpus', href: `/corpora/${d.corpusId}` }] : [])]}
        sub={d ? <>{d.source}{d.metadata?.['licence'] ? ` · ${d.metadata['licence']}` : ''}{d.metadata?.['language'] ? ` · ${d.metadata['language']}` : ''}</> : undefined}
      />
      <div className="cols main-side">
        <div className="col loose">
          <Verdicts id={id} corpusId={d?.corpusId} />
          <Panel title="Text" side={d?.text ? <span className="small faint">{bytes(new TextEncoder().encode(d.text).length)}</span> : null}>
            {d ? <div className="reading">{d.text}</div> : <Bones rows={9} />}
          </Panel>
        </div>
        <div className="col loose">
          <Panel title="Where it comes from, where it went"><DocumentWay id={id} /></Panel>
          <Panel title="About">
            <Facts of={[['shard', <Id key="s" value={d?.shard?.sha256} />], ['ordinal', d?.ordinal], ...metadata.map(([k, v]) => [words(k), v] as const)]} />
          </Panel>
        </div>
      </div>
    </div>
  )
}

function Verdicts({ id, corpusId }: { id: string; corpusId: string | undefined }) {
  const runs = useList<CleaningRun>(`/api/v1/cleaning-runs?corpus=${corpusId ?? ''}`, { enabled: corpusId !== undefined })
  const mine = runs.data?.filter((r) => r.corpusId === corpusId) ?? []
  const [chosen, choose] = useParam('run')
  const run = mine.find((r) => r.id === chosen) ?? mine[0]
  const recipe = useAsk<Recipe>(run?.recipe?.name ? `/api/v1/recipes/${encodeURIComponent(run.recipe.name)}?version=${run.recipe.version}` : undefined, { every: false })
  const limits = Object.fromEntries(limitsOf(recipe.data).map((l) => [l.rule, l.limit]))
  const verdict = useAsk<Verdict>(run ? `/api/v1/cleaning-runs/${run.id}/verdicts/${id}` : undefined, { every: false })
  return (
    <Panel
      title="Verdict" side={mine.length > 1 ? (
        <select className="input compact" aria-label="Cleaning run" value={run?.id} onChange={(e) => choose(e.target.value)}>
          {mine.map((r) => <option key={r.id} value={r.id}>{r.recipe?.name} · {r.id.slice(-6)}</option>)}
        </select>
      ) : run ? <A className="small" href={`/cleaning/${run.id}`}>cleaning run</A> : null}
    >
      {runs.data && mine.length === 0 ? <p className="muted">No cleaning run has looked at it yet.</p>
        : verdict.error ? <Problem error={verdict.error} mild />
        : verdict.data ? <div className="col loose"><VerdictLine verdict={verdict.data} /><ClusterMates verdict={verdict.data} documentId={id} /><Measures verdict={verdict.data} limits={limits} /></div>
        : <Bones rows={4} />}
    </Panel>
  )
}

function DocumentWay({ id }: { id: string }) {
  const ask = useAsk<DocumentLineage>(`/api/v1/lineage/documents/${id}`, { every: false })
  if (ask.error) return <Problem error={ask.error} mild />
  if (!ask.data) return <Bones rows={5} />
  return <Lineage steps={ask.data.trail} label="Way of the document" />
}
