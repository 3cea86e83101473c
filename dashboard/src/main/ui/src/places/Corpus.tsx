import { useState } from 'react'
import { call } from '../api/client'
import { LIVE, useAsk, useList, useRefresh } from '../api/queries'
import type { Corpus as CorpusAnswer, DocumentListed, Ingestion, IngestionFailure, Snapshot, Source } from '../api/types'
import { Bone, curl, Empty, Figure, Figures, Head, Id, NoPlace, Panel, Tabs, When } from '../kit/basics'
import { Action } from '../kit/session'
import { isRunning } from '../kit/states'
import { Bars, DataTable } from '../kit/table'
import { Progress, StatusLine } from '../kit/work'
import { bytes, count, list as join, percent, words } from '../lib/format'
import { A, navigate, useParam, withParams } from '../lib/router'

export default function Corpus({ id = '' }: { id?: string }) {
  const ask = useAsk<CorpusAnswer>(`/api/v1/corpora/${id}`)
  const [tab] = useParam('tab', 'documents')
  const corpus = ask.data
  const c = corpus?.counts
  const tabs = [['documents', 'Documents'], ['sources', 'Sources'], ['ingestions', 'Ingestions'], ['snapshots', 'Snapshots']] as const
  if (ask.error && !corpus) return <NoPlace title="Corpus" crumbs={[{ label: 'Corpora', href: '/corpora' }]} error={ask.error} retry={() => void ask.refetch()} />
  return (
    <div className="place">
      <Head
        title={corpus?.name ?? <Bone w={200} h={24} />} crumbs={[{ label: 'Corpora', href: '/corpora' }]} sub={corpus?.description}
        side={<><Ingest id={id} /><Clean id={id} /></>}
      />
      <Panel>
        <Figures>
          <Figure name="Documents" value={count(c?.documents)} href={withParams({ tab: '' })} />
          <Figure name="Shards" value={count(c?.shards)} note={c?.bytes ? `${bytes(c.bytes)} compressed` : undefined} />
          <Figure name="Text" value={bytes(c?.textBytes ?? c?.bytes)} />
          <Figure name="Licence policy" value={<span className="small">{join(corpus?.licencePolicy) || 'any'}</span>} />
          <Figure name="Made" value={<span className="small"><When at={corpus?.createdAt} /></span>} />
        </Figures>
      </Panel>
      <Tabs label="Parts of the corpus" value={tab} tabs={tabs.map(([key, label]) => ({ key, label, href: withParams({ tab: key === 'documents' ? '' : key }, undefined, '') }))} />
      {tab === 'sources' ? <Sources id={id} corpus={corpus} /> : tab === 'ingestions' ? <Ingestions id={id} /> : tab === 'snapshots' ? <Snapshots id={id} /> : <Documents id={id} />}
    </div>
  )
}

function Documents({ id }: { id: string }) {
  const [source, setSource] = useParam('source')
  const [language, setLanguage] = useParam('language')
  const [find, setFind] = useState('')
  const sources = useList<Source>(`/api/v1/corpora/${id}/sources`).data ?? []
  const query = new URLSearchParams({ ...(source ? { source } : {}), ...(language ? { language } : {}) }).toString()
  const list = useList<DocumentListed>(`/api/v1/corpora/${id}/documents${query ? `?${query}` : ''}`, { every: false, limit: 40 })
  return (
    <Panel
      flush title="Documents"
      side={(
        <>
          <form onSubmit={(e) => { e.preventDefault(); if (find.trim()) navigate(`/documents/${find.trim()}`) }}>
            <input className="input mono compact" aria-label="Open a document by its id" placeholder="document id ↵" value={find} onChange={(e) => setFind(e.target.value)} />
          </form>
          <select className="input compact" aria-label="Source" value={source} onChange={(e) => setSource(e.target.value)}>
            <option value="">every source</option>
            {sources.map((s) => <option key={s.id} value={s.name}>{s.name}</option>)}
          </select>
          <input className="input compact short" aria-label="Language" placeholder="language" value={language} onChange={(e) => setLanguage(e.target.value)} />
        </>
      )}
    >
      <DataTable
        label="Documents" rows={list.data} rowKey={(d) => d.id} href={(d) => `/documents/${d.id}`} error={list.error}
        more={list.hasNextPage ? () => void list.fetchNextPage() : undefined} moreBusy={list.isFetchingNextPage}
        columns={[
          { key: 'id', title: 'Document', cell: (d) => <span className="mono">{d.id.slice(0, 12)}</span>, width: '130px' },
          { key: 'text', title: 'Begins', cell: (d) => <span className="two-lines">{(d.excerpt ?? d.metadata?.['title'] ?? d.metadata?.['path'] ?? '').slice(0, 220)}</span> },
          { key: 'source', title: 'Source', wide: true, cell: (d) => d.source ?? '–' },
          { key: 'language', title: 'Language', wide: true, cell: (d) => d.metadata?.['language'] ?? '–' },
        ]}
        empty={<Empty title="No documents" curl={curl('POST', `/api/v1/corpora/${id}/ingestions`, {})}>{query ? 'None match this filter.' : 'Give the corpus a source, then start an ingestion:'}</Empty>}
      />
    </Panel>
  )
}

function Sources({ id, corpus }: { id: string; corpus: CorpusAnswer | undefined }) {
  const list = useList<Source>(`/api/v1/corpora/${id}/sources`)
  const tallies = ([['By source', corpus?.bySource], ['By language', corpus?.byLanguage], ['By licence', corpus?.byLicence]] as const).filter(([, t]) => t?.length)
  return (
    <>
      <Panel flush title="Sources" side={<AddSource id={id} />}>
        <DataTable
          label="Sources" stack rows={list.data} rowKey={(s) => s.id} href={(s) => `/corpora/${id}?source=${encodeURIComponent(s.name)}`} error={list.error}
          columns={[
            { key: 'name', title: 'Source', cell: (s) => <>{s.name}</> },
            { key: 'uri', title: 'Where', cell: (s) => <span className="mono wrap small">{s.uri}{s.include ? ` · ${s.include}` : ''}</span> },
            { key: 'format', title: 'Format', wide: true, cell: (s) => <>{s.format ?? 'auto'}{s.split ? ` · by ${words(s.split)}` : ''}</> },
            { key: 'licence', title: 'Licence', cell: (s) => s.licence ?? '–' },
            { key: 'documents', title: 'Documents', num: true, cell: (s) => count(s.counts?.documents) },
          ]}
          empty={<Empty title="No source yet" curl={curl('POST', `/api/v1/corpora/${id}/sources`, { name: 'books', uri: 'file:///data/books', format: 'auto', licence: 'public-domain' })}>A source names a folder inside the configured roots, or a bucket:</Empty>}
        />
      </Panel>
      <div className="cols two">
        {tallies.map(([title, tally]) => (
          <Panel key={title} title={title}>
            <Bars calm label={title} of={(tally ?? []).map((t) => ({ key: t.name, name: t.name || <span className="faint">not told</span>, value: t.documents, note: `${count(t.documents)} · ${percent(t.documents, corpus?.counts?.documents)}` }))} />
          </Panel>
        ))}
      </div>
    </>
  )
}

function AddSource({ id }: { id: string }) {
  const [name, setName] = useState('')
  const [uri, setUri] = useState('')
  const [format, setFormat] = useState('auto')
  const [include, setInclude] = useState('')
  const [licence, setLicence] = useState('')
  const refresh = useRefresh()
  return (
    <Action
      label="Add a source" ready={[name, uri, licence].every((given) => given.trim() !== '')} does="Remembers where text lies. Nothing is read until an ingestion is started."
      run={async () => {
        const body = { name: name.trim(), uri: uri.trim(), format, licence: licence.trim(), ...(include.trim() ? { include: include.trim() } : {}) }
        await call(`/api/v1/corpora/${id}/sources`, { method: 'POST', body, launches: true })
        await refresh(`/api/v1/corpora/${id}`)
      }}
    >
      <label className="field">Name<input className="input" value={name} placeholder="books" onChange={(e) => setName(e.target.value)} /></label>
      <label className="field">Where: a folder inside the configured roots, or a bucket<input className="input mono" value={uri} placeholder="file:///data/books or s3://bucket/books" onChange={(e) => setUri(e.target.value)} /></label>
      <label className="field">Format<select className="input" value={format} onChange={(e) => setFormat(e.target.value)}>{['auto', 'jsonl', 'text', 'html', 'mail'].map((f) => <option key={f}>{f}</option>)}</select></label>
      <label className="field">Only files like<input className="input mono" value={include} placeholder="*.txt" onChange={(e) => setInclude(e.target.value)} /></label>
      <label className="field">Licence<input className="input" value={licence} placeholder="public-domain" onChange={(e) => setLicence(e.target.value)} /></label>
    </Action>
  )
}

function Ingestions({ id }: { id: string }) {
  const list = useList<Ingestion>(`/api/v1/corpora/${id}/ingestions`, { every: LIVE })
  const [open] = useParam('ingestion')
  return (
    <>
      <Panel flush title="Ingestions">
        <DataTable
          label="Ingestions" stack rows={list.data} rowKey={(i) => i.id} href={(i) => withParams({ ingestion: i.id })} picked={(i) => i.id === open} error={list.error}
          columns={[
            { key: 'id', title: 'Ingestion', cell: (i) => <span className="mono">{i.id.slice(-8)}</span> },
            { key: 'state', title: 'State', cell: (i) => <StatusLine status={i.status} />, width: '26%' },
            { key: 'progress', title: 'Progress', cell: (i) => <Progress status={i.status} label="Ingestion" />, width: '30%' },
            { key: 'documents', title: 'Documents', num: true, cell: (i) => count(i.counts?.documents) },
            { key: 'failed', title: 'Bad files', num: true, cell: (i) => (i.counts?.failedFiles ? <b className="bad-text">{count(i.counts.failedFiles)}</b> : '0') },
            { key: 'job', title: 'Job', wide: true, cell: (i) => (i.jobId ? <A href={`/jobs/${i.jobId}`}>{i.jobId}</A> : '–') },
            { key: 'acts', title: <span className="sr">Actions</span>, cell: (i) => <IngestionActs corpus={id} of={i} />, wide: true },
          ]}
          empty={<Empty title="Nothing was ingested yet" curl={curl('POST', `/api/v1/corpora/${id}/ingestions`, {})} />}
        />
      </Panel>
      {open ? <Failures corpus={id} ingestion={open} /> : null}
    </>
  )
}

function IngestionActs({ corpus, of }: { corpus: string; of: Ingestion }) {
  const refresh = useRefresh()
  const act = (verb: string) => async () => {
    await call(`/api/v1/corpora/${corpus}/ingestions/${of.id}/${verb}`, { method: 'POST', launches: true })
    await refresh(`/api/v1/corpora/${corpus}`)
  }
  if (isRunning(of.status.state)) return <Action tiny label="Stop" does="Stops after the files now being read. What is written stays; restart goes on from there." run={act('stop')} />
  return of.status.state === 'completed' || of.status.state === 'succeeded' ? null : <Action tiny label="Restart" does="Goes on with the files that are not done. Nothing is written twice." run={act('restart')} />
}

function Failures({ corpus, ingestion }: { corpus: string; ingestion: string }) {
  const list = useList<IngestionFailure>(`/api/v1/corpora/${corpus}/ingestions/${ingestion}/failures`)
  return (
    <Panel flush title="Files that could not be read">
      <DataTable
        label="Failed files" rows={list.data} rowKey={(f) => `${f.source}/${f.path}/${f.document ?? ''}/${f.reason}`} error={list.error}
        columns={[
          { key: 'file', title: 'File', cell: (f) => <span className="mono wrap small">{f.path}{f.document ? ` · ${f.document}` : ''}</span> },
          { key: 'reason', title: 'Reason', cell: (f) => <>{words(f.reason)}{f.detail ? <div className="sub wrap">{f.detail}</div> : null}</> },
        ]}
        empty={<div className="empty">Every file was read.</div>}
        more={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
      />
    </Panel>
  )
}

function Snapshots({ id }: { id: string }) {
  const list = useList<Snapshot>(`/api/v1/snapshots?corpus=${id}`)
  const mine = list.data?.filter((s) => !s.corpusId || s.corpusId === id)
  return (
    <Panel flush title="Snapshots">
      <DataTable
        label="Snapshots" rows={mine} rowKey={(s) => s.id} href={(s) => (s.cleaningRunId ? `/cleaning/${s.cleaningRunId}` : undefined)} error={list.error}
        columns={[
          { key: 'id', title: 'Snapshot', cell: (s) => <span className="mono">{s.id.slice(0, 16)}</span> },
          { key: 'documents', title: 'Documents', num: true, cell: (s) => count(s.counts?.documents) },
          { key: 'train', title: 'Train', num: true, cell: (s) => count(s.counts?.train) },
          { key: 'heldout', title: 'Held out', num: true, cell: (s) => count(s.counts?.heldout) },
          { key: 'recipe', title: 'Recipe hash', wide: true, cell: (s) => <Id value={s.recipeHash} /> },
          { key: 'made', title: 'Made', num: true, wide: true, cell: (s) => <When at={s.createdAt} /> },
        ]}
        empty={<div className="empty">A cleaning run of this corpus makes its first snapshot.</div>}
      />
    </Panel>
  )
}

function Ingest({ id }: { id: string }) {
  const refresh = useRefresh()
  return (
    <Action
      label="Ingest" does="Reads every source of this corpus and writes its documents into new shards. Files read before are not read again."
      run={async () => {
        await call(`/api/v1/corpora/${id}/ingestions`, { method: 'POST', body: {}, launches: true })
        await refresh(`/api/v1/corpora/${id}`)
        navigate(`/corpora/${id}?tab=ingestions`)
      }}
    />
  )
}

function Clean({ id }: { id: string }) {
  const [recipe, setRecipe] = useState('standard')
  const recipes = useList<{ name: string }>('/api/v1/recipes', { every: false }).data ?? []
  return (
    <Action
      label="Clean" tone="primary" does="Measures every document, decides by the recipe and writes a snapshot. The corpus itself is never changed."
      run={async () => {
        const run = await call<{ id: string }>('/api/v1/cleaning-runs', { method: 'POST', body: { corpusId: id, recipe }, launches: true })
        navigate(`/cleaning/${run.id}`)
      }}
    >
      <label className="field">Recipe
        <select className="input" value={recipe} onChange={(e) => setRecipe(e.target.value)}>
          {[...new Set([...recipes.map((r) => r.name), 'standard'])].map((name) => <option key={name}>{name}</option>)}
        </select>
      </label>
    </Action>
  )
}
