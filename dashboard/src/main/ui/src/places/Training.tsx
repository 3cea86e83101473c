import { lazy, Suspense } from 'react'
import { LIVE, useList } from '../api/queries'
import type { TrainingRun } from '../api/types'
import { Bone, curl, Empty, Head, Panel, Segments, When } from '../kit/basics'
import { isRunning } from '../kit/states'
import { DataTable } from '../kit/table'
import { Progress, StatusLine } from '../kit/work'
import { compact, count, significant, shortName } from '../lib/format'
import { A, useParam } from '../lib/router'
import { differing, flatten } from '../lib/spec'
import { linesOf, placer, useCurves } from './curves'

const Chart = lazy(() => import('../kit/Chart'))
const colours = ['--s1', '--s2', '--s3', '--s4', '--s5', '--s6']

export default function Training() {
  const [purpose, setPurpose] = useParam('purpose')
  const list = useList<TrainingRun>('/api/v1/training-runs', { every: LIVE })
  const [compare, setCompare] = useParam('compare')
  const chosen = compare.split(',').filter(Boolean)
  const toggle = (id: string) => setCompare((chosen.includes(id) ? chosen.filter((c) => c !== id) : [...chosen, id].slice(-6)).join(','))
  const rows = list.data?.filter((r) => !purpose || r.purpose === purpose)
  const picked = list.data?.filter((r) => chosen.includes(r.id)) ?? []
  return (
    <div className="place">
      <Head
        title="Training" sub="Every run with its attempts. Tick runs to lay their curves over one another."
        side={<Segments label="Purpose" value={purpose} onChange={(v) => setPurpose(v)} options={[['', 'all'], ['model', 'models'], ['evaluation', 'evaluation models']]} />}
      />
      {picked.length > 0 ? <Comparison runs={picked} /> : null}
      <Panel flush>
        <DataTable
          label="Training runs" stack rows={rows} rowKey={(r) => r.id} href={(r) => `/training/${r.id}`} picked={(r) => chosen.includes(r.id)} error={list.error}
          more={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
          columns={[
            { key: 'name', title: 'Run', cell: (r) => <>{r.name ? shortName(r.name) : r.id.slice(-8)}<div className="sub">{r.purpose === 'evaluation' ? 'evaluation model' : r.purpose}</div></> },
            { key: 'state', title: 'State', cell: (r) => <StatusLine status={r.status} />, width: '24%' },
            { key: 'progress', title: 'Progress', cell: (r) => <Progress status={r.status} label={r.name ?? 'Training run'} />, width: '22%' },
            { key: 'loss', title: 'Loss', num: true, cell: (r) => <>{significant(r.latest?.loss)}{r.first?.loss != null ? <div className="sub">from {significant(r.first.loss)}</div> : null}</> },
            { key: 'heldout', title: 'Held-out', num: true, wide: true, cell: (r) => significant(r.latest?.heldoutLoss) },
            { key: 'speed', title: 'Tokens/s', num: true, wide: true, cell: (r) => compact(r.latest?.tokensPerSecond == null ? null : Math.round(r.latest.tokensPerSecond)) },
            { key: 'started', title: 'Started', num: true, wide: true, cell: (r) => <When at={r.status.startedAt ?? r.createdAt} /> },
            { key: 'compare', title: 'Compare', cell: (r) => <label className="check"><input type="checkbox" checked={chosen.includes(r.id)} onChange={() => toggle(r.id)} aria-label={`Compare ${r.name ?? r.id}`} /><span className="when-narrow">compare</span></label> },
          ]}
          empty={<Empty title="Nothing was trained yet" curl={curl('POST', '/api/v1/training-runs', { name: 'first', purpose: 'model', spec: { family: 'tnl', task: 'causal-lm', model: { width: 128, layers: 4, heads: 4, gluWidth: 256 }, data: { tokenSetId: 'TOKEN-SET-ID' }, steps: 1000 } })}>A run needs a token set; a cleaning run's snapshot and a tokenizer make one.</Empty>}
        />
      </Panel>
    </div>
  )
}

function Comparison({ runs }: { runs: readonly TrainingRun[] }) {
  const curves = useCurves(runs, runs.some((r) => isRunning(r.status.state)) ? 4000 : false)
  const lines = runs.flatMap((run, i) => linesOf(run.id, curves[i]?.loss, curves[i]?.heldout, { smoothing: 0.6, place: placer('step', run), colour: colours[i % colours.length] ?? '--s1', name: run.name ?? run.id.slice(-6) }).lines)
  const specs = runs.map((r) => flatten(r.spec))
  const names = differing(specs)
  return (
    <Panel title={`${count(runs.length)} runs together`} side={<A className="small" href="/training">compare none</A>}>
      <Suspense fallback={<Bone h={300} />}><Chart label="Loss of the runs against step" lines={lines} height={300} /></Suspense>
      {runs.length > 1 ? (
        <div className="table-scroll gap-top" tabIndex={0} role="region" aria-label="Where the specifications differ">
          <table className="data">
            <thead><tr><th scope="col">{names.length ? 'Where they differ' : 'Their specifications are the same'}</th>{runs.map((r) => <th key={r.id} scope="col">{shortName(r.name ?? r.id)}</th>)}</tr></thead>
            <tbody>{names.map((n) => <tr key={n}><td className="mono small">{n}</td>{specs.map((s, i) => <td key={runs[i]?.id} className="mono small wrap">{s[n] ?? '–'}</td>)}</tr>)}</tbody>
          </table>
        </div>
      ) : null}
    </Panel>
  )
}
