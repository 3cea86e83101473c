import { useState } from 'react'
import { call } from '../api/client'
import { useList, useRefresh } from '../api/queries'
import type { Corpus } from '../api/types'
import { curl, Empty, Head, Panel, When } from '../kit/basics'
import { Action } from '../kit/session'
import { DataTable, type Column } from '../kit/table'
import { bytes, count } from '../lib/format'
import { navigate } from '../lib/router'

const columns: readonly Column<Corpus>[] = [
  { key: 'name', title: 'Corpus', cell: (c) => <>{c.name}{c.description ? <div className="sub">{c.description}</div> : null}</> },
  { key: 'documents', title: 'Documents', num: true, cell: (c) => count(c.counts?.documents) },
  { key: 'shards', title: 'Shards', num: true, wide: true, cell: (c) => count(c.counts?.shards) },
  { key: 'bytes', title: 'Stored', num: true, cell: (c) => bytes(c.counts?.bytes) },
  { key: 'made', title: 'Made', num: true, wide: true, cell: (c) => <When at={c.createdAt} /> },
]

export default function Corpora() {
  const list = useList<Corpus>('/api/v1/corpora')
  return (
    <div className="place">
      <Head title="Corpora" sub="Named collections of text. Sources say where the text is from; ingestions write it into immutable shards." side={<NewCorpus />} />
      <Panel flush>
        <DataTable
          label="Corpora" columns={columns} rows={list.data} rowKey={(c) => c.id} href={(c) => `/corpora/${c.id}`} error={list.error}
          more={list.hasNextPage ? () => void list.fetchNextPage() : undefined} moreBusy={list.isFetchingNextPage}
          empty={<Empty title="No corpus yet" curl={curl('POST', '/api/v1/corpora', { name: 'first' })}>A corpus holds the documents of one or more sources. Make one here, or by REST:</Empty>}
        />
      </Panel>
    </div>
  )
}

function NewCorpus() {
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const refresh = useRefresh()
  return (
    <Action
      label="New corpus" tone="primary" ready={name.trim() !== ''}
      does="Makes an empty corpus. Nothing is read until it has a source and an ingestion is started."
      run={async () => {
        const made = await call<Corpus>('/api/v1/corpora', { method: 'POST', body: { name: name.trim(), ...(description ? { description } : {}) } })
        await refresh('/api/v1/corpora')
        navigate(`/corpora/${made.id}`)
      }}
    >
      <label className="field">Name<input className="input" value={name} onChange={(e) => setName(e.target.value)} required /></label>
      <label className="field">What it is<input className="input" value={description} onChange={(e) => setDescription(e.target.value)} /></label>
    </Action>
  )
}
