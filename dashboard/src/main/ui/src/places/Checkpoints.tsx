import { useList } from '../api/queries'
import type { Alias, Checkpoint, Deployment } from '../api/types'
import { curl, Empty, Head, Id, Panel, When } from '../kit/basics'
import { DataTable } from '../kit/table'
import { bytes, count, significant } from '../lib/format'
import { A } from '../lib/router'

export default function Checkpoints() {
  const list = useList<Checkpoint>('/api/v1/checkpoints')
  const aliases = useList<Alias>('/api/v1/aliases').data ?? []
  const deployments = useList<Deployment>('/api/v1/deployments').data ?? []
  return (
    <div className="place">
      <Head title="Checkpoints" sub="What training wrote and what is served from it. An alias is a name that moves; deployments follow it." />
      {aliases.length ? (
        <Panel flush title="Aliases">
          <DataTable
            label="Aliases" rows={aliases} rowKey={(a) => a.name} href={(a) => `/checkpoints/${a.checkpointId}`}
            columns={[
              { key: 'name', title: 'Alias', cell: (a) => a.name },
              { key: 'points', title: 'Points at', cell: (a) => <Id value={a.checkpointId} /> },
              { key: 'served', title: 'Served as', cell: (a) => deployments.filter((d) => d.alias === a.name).map((d) => d.name).join(', ') || '–' },
              { key: 'moves', title: 'Moves', num: true, wide: true, cell: (a) => count(a.history?.length) },
            ]}
          />
        </Panel>
      ) : null}
      <Panel flush title="All checkpoints">
        <DataTable
          label="Checkpoints" rows={list.data} rowKey={(c) => c.id} href={(c) => `/checkpoints/${c.id}`} error={list.error}
          more={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
          columns={[
            { key: 'id', title: 'Checkpoint', cell: (c) => <><span className="mono">{c.id.slice(-12)}</span>{aliases.filter((a) => a.checkpointId === c.id).map((a) => <span key={a.name} className="tag gap-left">{a.name}</span>)}</> },
            { key: 'step', title: 'Step', num: true, cell: (c) => count(c.step) },
            { key: 'heldout', title: 'Held-out loss', num: true, cell: (c) => significant(c.heldoutLoss) },
            { key: 'run', title: 'Run', cell: (c) => (c.runId ? <A className="mono" href={`/training/${c.runId}`}>{c.runId.slice(-8)}</A> : 'from outside') },
            { key: 'size', title: 'Size', num: true, wide: true, cell: (c) => bytes(c.bytes) },
            { key: 'made', title: 'Written', num: true, wide: true, cell: (c) => <When at={c.createdAt} /> },
          ]}
          empty={<Empty title="No checkpoint yet" curl={curl('POST', '/api/v1/checkpoints', { uri: 'file:///models/tnl-385m' })}>A training run writes them. One from outside can be registered, its digests are verified:</Empty>}
        />
      </Panel>
    </div>
  )
}
