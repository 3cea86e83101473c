import { useState } from 'react'
import { call } from '../api/client'
import { useAsk, useList, useRefresh } from '../api/queries'
import type { ApiKey, AuditEntry, DeadLetter, Part, Role, SystemState } from '../api/types'
import { Bones, Chip, Curl, Dialog, Facts, Head, Panel, Problem, Tabs, When } from '../kit/basics'
import { Action, useMay } from '../kit/session'
import { DataTable } from '../kit/table'
import { duration, words } from '../lib/format'
import { useParam, withParams } from '../lib/router'

export default function System() {
  const [tab] = useParam('tab', 'parts')
  const tabs = [['parts', 'Parts'], ['keys', 'Keys'], ['audit', 'Audit'], ['dead-letters', 'Dead letters']] as const
  return (
    <div className="place">
      <Head title="System" sub="The parts and how they are, who may do what, who did what, and messages that no consumer could take." />
      <Tabs label="System" value={tab} tabs={tabs.map(([key, label]) => ({ key, label, href: withParams({ tab: key === 'parts' ? '' : key }, undefined, '') }))} />
      {tab === 'keys' ? <Keys /> : tab === 'audit' ? <Audit /> : tab === 'dead-letters' ? <DeadLetters /> : <Parts />}
    </div>
  )
}

function Parts() {
  const ask = useAsk<SystemState>('/api/v1/system', { every: 5000 })
  if (ask.error && !ask.data) return <Problem error={ask.error} retry={() => void ask.refetch()} />
  return (
    <>
      <Panel flush title="Health">
        <DataTable<Part>
          label="Parts" rows={ask.data?.parts} rowKey={(p) => p.service}
          columns={[
            { key: 'service', title: 'Part', cell: (p) => <span className="strong">{p.service}</span> },
            { key: 'state', title: 'State', cell: (p) => <><Chip state={p.state} />{p.detail ? <div className="sub wrap">{p.detail}</div> : null}</> },
            { key: 'version', title: 'Version', wide: true, cell: (p) => p.version ?? '–' },
            { key: 'answer', title: 'Answered in', num: true, wide: true, cell: (p) => (p.service === 'door' ? <span className="faint">this part</span> : p.millis == null ? '–' : duration(p.millis / 1000)) },
          ]}
        />
      </Panel>
      <div className="cols two">
        <Panel title="Limits">{ask.data ? <Facts of={Object.entries(ask.data.limits ?? {}).map(([k, v]) => [words(k), String(v)] as const)} /> : <Bones rows={4} />}</Panel>
        <Panel title="Versions">{ask.data ? <Facts of={Object.entries(ask.data.versions ?? {}).map(([k, v]) => [words(k), v] as const)} /> : <Bones rows={3} />}</Panel>
      </div>
    </>
  )
}

function Keys() {
  const list = useList<ApiKey>('/api/v1/keys', { every: 15000 })
  const [fresh, setFresh] = useState<ApiKey>()
  const refresh = useRefresh()
  if (!useMay('admin')) return <Panel><p className="muted">Keys are shown to admins only.</p></Panel>
  return (
    <Panel flush title="API keys" side={<NewKey onMade={setFresh} />} foot="Only the hash of a key is kept: what is lost cannot be shown again.">
      <DataTable
        label="API keys" stack rows={list.data} rowKey={(k) => k.id} error={list.error}
        columns={[
          { key: 'name', title: 'Name', cell: (k) => <span className="strong">{k.name}</span> },
          { key: 'role', title: 'Role', cell: (k) => <span className="tag">{k.role}</span> },
          { key: 'hint', title: 'Begins', wide: true, cell: (k) => <span className="mono small">{k.hint ? `${k.hint}…` : '–'}</span> },
          { key: 'used', title: 'Last used', num: true, cell: (k) => <When at={k.lastUsedAt} /> },
          { key: 'expires', title: 'Expires', num: true, cell: (k) => (k.expiresAt ? <When at={k.expiresAt} /> : <span className="faint">never</span>) },
          { key: 'made', title: 'Made', num: true, wide: true, cell: (k) => <When at={k.createdAt} /> },
          { key: 'acts', title: <span className="sr">Actions</span>, cell: (k) => <Action tiny tone="danger" needs="admin" label="Revoke" does={`Whoever uses the key “${k.name}” is locked out at once, and its sessions end.`} run={async () => { await call(`/api/v1/keys/${k.id}`, { method: 'DELETE' }); await refresh('/api/v1/keys') }} /> },
        ]}
      />
      <Dialog open={fresh !== undefined} onClose={() => setFresh(undefined)} label="The new key">
        <h2>The key of {fresh?.name}</h2>
        <p className="muted">It is shown this once. Copy it now.</p>
        <Curl command={fresh?.key ?? ''} />
        <div className="acts"><button type="button" className="button primary" onClick={() => setFresh(undefined)}>I have it</button></div>
      </Dialog>
    </Panel>
  )
}

function NewKey({ onMade }: { onMade: (key: ApiKey) => void }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [days, setDays] = useState('')
  const refresh = useRefresh()
  return (
    <Action
      label="New key" tone="primary" needs="admin" ready={name.trim() !== ''} does="Makes a key for a person or a program. Viewers read, operators launch and stop, admins also make keys."
      run={async () => {
        const made = await call<ApiKey>('/api/v1/keys', { method: 'POST', body: { name: name.trim(), role, ...(days ? { expiresIn: `P${days}D` } : {}) } })
        await refresh('/api/v1/keys')
        setName('')
        onMade(made)
      }}
    >
      <label className="field">Name<input className="input" value={name} onChange={(e) => setName(e.target.value)} /></label>
      <label className="field">Role<select className="input" value={role} onChange={(e) => setRole(e.target.value as Role)}><option>viewer</option><option>operator</option><option>admin</option></select></label>
      <label className="field">Days until it expires<input className="input" inputMode="numeric" placeholder="never" value={days} onChange={(e) => setDays(e.target.value.replace(/\D/g, ''))} /></label>
    </Action>
  )
}

function Audit() {
  const [actor, setActor] = useParam('actor')
  const list = useList<AuditEntry>(`/api/v1/audit${actor ? `?actor=${encodeURIComponent(actor)}` : ''}`, { every: 6000 })
  if (!useMay('admin')) return <Panel><p className="muted">The audit is shown to admins only.</p></Panel>
  return (
    <Panel flush title="Who did what" side={<input className="input compact" aria-label="Actor" placeholder="actor" value={actor} onChange={(e) => setActor(e.target.value)} />}>
      <DataTable
        label="Audit" stack rows={list.data} rowKey={(a) => a.id} error={list.error}
        more={list.hasNextPage ? () => void list.fetchNextPage() : undefined} moreBusy={list.isFetchingNextPage}
        columns={[
          { key: 'when', title: 'When', cell: (a) => <When at={a.at} /> },
          { key: 'who', title: 'Who', cell: (a) => <><span className="strong">{a.actor}</span> <span className="small faint">{a.role}</span></> },
          { key: 'what', title: 'Did', cell: (a) => <>{words(a.action)}{a.detail ? <div className="sub wrap">{a.detail}</div> : null}</> },
          { key: 'on', title: 'On', cell: (a) => <span className="mono small wrap">{a.resource ?? '–'}</span> },
          { key: 'where', title: 'Part', wide: true, cell: (a) => a.service ?? '–' },
        ]}
        empty={<div className="empty">Nothing recorded{actor ? ' of this actor' : ''} yet.</div>}
      />
    </Panel>
  )
}

function DeadLetters() {
  const list = useList<DeadLetter>('/api/v1/system/dead-letters', { every: 6000 })
  const refresh = useRefresh()
  return (
    <Panel flush title="Messages that no consumer could take" foot="A message comes here after three tries. Replaying it is safe: consumers take each message once.">
      <DataTable
        label="Dead letters" stack rows={list.data} rowKey={(d) => `${d.service}-${d.id}`} error={list.error}
        columns={[
          { key: 'topic', title: 'Topic', cell: (d) => <span className="mono small">{d.topic}</span> },
          { key: 'service', title: 'Consumer', cell: (d) => <>{d.service}<div className="sub">{d.consumer}</div></> },
          { key: 'error', title: 'Why', cell: (d) => <span className="wrap">{d.reason ?? '–'}</span> },
          { key: 'at', title: 'When', num: true, cell: (d) => <When at={d.failedAt} /> },
          { key: 'acts', title: <span className="sr">Actions</span>, cell: (d) => (d.replayedAt ? <span className="small faint">replayed</span> : <Action tiny label="Replay" does="Sends the message to its topic again." run={async () => { await call(`/api/v1/system/dead-letters/${d.service}/${d.id}/replay`, { method: 'POST' }); await refresh('/api/v1/system/dead-letters') }} />) },
        ]}
        empty={<div className="empty">None. Every message found its consumer.</div>}
      />
    </Panel>
  )
}
