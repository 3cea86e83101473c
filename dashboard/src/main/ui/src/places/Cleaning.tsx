import { LIVE, useList } from '../api/queries'
import type { CleaningRun, Corpus, Recipe } from '../api/types'
import { curl, Empty, Head, Id, Panel, Tabs, When } from '../kit/basics'
import { DataTable } from '../kit/table'
import { Progress, StatusLine } from '../kit/work'
import { documentsIn, documentsKept } from '../lib/cleaning'
import { count, percent } from '../lib/format'
import { useParam, withParams } from '../lib/router'

export default function Cleaning() {
  const [tab] = useParam('tab', 'runs')
  return (
    <div className="place">
      <Head title="Cleaning" sub="Measure every document once, decide by limits that can be moved, keep a reason for each drop. Start a run from a corpus." />
      <Tabs label="Cleaning" value={tab} tabs={[{ key: 'runs', label: 'Runs', href: withParams({ tab: '' }) }, { key: 'recipes', label: 'Recipes', href: withParams({ tab: 'recipes' }) }]} />
      {tab === 'recipes' ? <Recipes /> : <Runs />}
    </div>
  )
}

function Runs() {
  const list = useList<CleaningRun>('/api/v1/cleaning-runs', { every: LIVE })
  const corpora = new Map((useList<Corpus>('/api/v1/corpora').data ?? []).map((c) => [c.id, c.name]))
  return (
    <Panel flush>
      <DataTable
        label="Cleaning runs" stack rows={list.data} rowKey={(r) => r.id} href={(r) => `/cleaning/${r.id}`} error={list.error}
        more={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
        columns={[
          { key: 'name', title: 'Run', cell: (r) => <>{corpora.get(r.corpusId) ?? 'corpus'}<div className="sub">{r.recipe?.name}{r.recipe?.version ? ` v${r.recipe.version}` : ''} · <span className="mono">{r.id.slice(-6)}</span></div></> },
          { key: 'state', title: 'State', cell: (r) => <StatusLine status={r.status} />, width: '22%' },
          { key: 'progress', title: 'Progress', cell: (r) => <Progress status={r.status} label="Cleaning run" />, width: '26%' },
          { key: 'kept', title: 'Kept', num: true, cell: (r) => <Kept of={r} /> },
          { key: 'review', title: 'To review', num: true, wide: true, cell: (r) => count(r.review?.pending ?? 0) },
          { key: 'when', title: 'Started', num: true, wide: true, cell: (r) => <When at={r.status.startedAt ?? r.createdAt} /> },
        ]}
        empty={<Empty title="Nothing was cleaned yet" curl={curl('POST', '/api/v1/cleaning-runs', { corpusId: 'CORPUS-ID', recipe: 'standard' })}>A run needs a corpus with documents and a recipe:</Empty>}
      />
    </Panel>
  )
}

function Kept({ of: run }: { of: CleaningRun }) {
  const kept = documentsKept(run)
  return <>{count(kept)}<div className="sub">{percent(kept, documentsIn(run) ?? null)}</div></>
}

function Recipes() {
  const list = useList<Recipe>('/api/v1/recipes', { every: false })
  return (
    <Panel flush title="Recipes">
      <DataTable
        label="Recipes" rows={list.data} rowKey={(r) => `${r.name}-${r.version}`} error={list.error}
        columns={[
          { key: 'name', title: 'Recipe', cell: (r) => <><span className="strong">{r.name}</span>{r.description ? <div className="sub">{r.description}</div> : null}</> },
          { key: 'version', title: 'Version', num: true, cell: (r) => r.version ?? '–' },
          { key: 'hash', title: 'Hash', cell: (r) => <Id value={r.hash} /> },
        ]}
        empty={<Empty title="No recipes" curl={curl('GET', '/api/v1/recipes/schema')}>Two are built in. Their schema:</Empty>}
      />
    </Panel>
  )
}
