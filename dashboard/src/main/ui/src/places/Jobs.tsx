import { LIVE, useList } from '../api/queries'
import type { JobExecution } from '../api/types'
import { Empty, Head, Panel, Segments, When } from '../kit/basics'
import { DataTable } from '../kit/table'
import { Progress, StatusLine } from '../kit/work'
import { between, capital, count, duration } from '../lib/format'
import { jobService, jobTitle, matches, type JobFilter } from '../lib/jobs'
import { useParam } from '../lib/router'

export default function Jobs() {
  const [filter, setFilter] = useParam('state')
  const [service, setService] = useParam('service')
  const list = useList<JobExecution>('/api/v1/jobs', { every: LIVE })
  const services = [...new Set((list.data ?? []).map(jobService))].sort()
  const rows = list.data?.filter((j) => matches(j, filter as JobFilter) && (!service || jobService(j) === service))
  return (
    <div className="place">
      <Head
        title="Jobs" sub="Every batch execution of every service: what it does, how fast, what went wrong, and what you can press."
        side={(
          <>
            <Segments label="State" value={filter} onChange={(v) => setFilter(v)} options={[['', 'all'], ['running', 'running'], ['failed', 'failed'], ['ended', 'ended']]} />
            {services.length > 1 ? <Segments label="Service" value={service} onChange={(v) => setService(v)} options={[['', 'every service'], ...services.map((s) => [s, s] as const)]} /> : null}
          </>
        )}
      />
      <Panel flush>
        <DataTable
          label="Jobs" stack rows={rows} rowKey={(j) => j.id} href={(j) => `/jobs/${j.id}`} error={list.error}
          more={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
          columns={[
            { key: 'name', title: 'Job', cell: (j) => <>{capital(jobTitle(j))}<div className="sub">{jobService(j)} · {j.id}</div></>, width: '20%' },
            { key: 'state', title: 'State', cell: (j) => <StatusLine status={j.status} />, width: '24%' },
            { key: 'progress', title: 'Progress', cell: (j) => <Progress status={j.status} label={jobTitle(j)} untimed />, width: '26%' },
            { key: 'errors', title: 'Errors', num: true, wide: true, cell: (j) => errorsOf(j) },
            { key: 'started', title: 'Started', num: true, wide: true, cell: (j) => <When at={j.status?.startedAt} /> },
            { key: 'took', title: 'Took', num: true, wide: true, cell: (j) => <span className="nowrap">{duration(between(j.status?.startedAt, j.status?.endedAt))}</span> },
          ]}
          empty={<Empty title={list.data?.length ? 'None in this state' : 'No job has run yet'}>{list.data?.length ? 'Choose another state above.' : 'Ingestions and cleaning runs appear here as soon as they start.'}</Empty>}
        />
      </Panel>
    </div>
  )
}

function errorsOf(job: JobExecution) {
  const n = job.errors?.reduce((sum, e) => sum + (e.count ?? 1), 0) ?? 0
  return n ? <b className="bad-text">{count(n)}</b> : <span className="faint">0</span>
}
