import { useAsk } from '../api/queries'
import type { AnswerLineage } from '../api/types'
import { Bones, Head, NoPlace, Panel } from '../kit/basics'
import { A } from '../lib/router'
import { Lineage } from './lineage'
import { VerdictLine } from './verdict'

export default function Answer({ id = '' }: { id?: string }) {
  const ask = useAsk<AnswerLineage>(`/api/v1/lineage/answers/${encodeURIComponent(id)}`, { every: false })
  if (ask.error && !ask.data) return <NoPlace title="Answer" crumbs={[{ label: 'Playground', href: '/playground' }]} error={ask.error} retry={() => void ask.refetch()} />
  return (
    <div className="place">
      <Head title="Where this answer comes from" crumbs={[{ label: 'Playground', href: '/playground' }]} sub={<span className="mono">{id}</span>} />
      <div className="cols two">
        <Panel title="The way back">{ask.data ? <Lineage steps={ask.data.trail} label="From the answer to its sources" /> : <Bones rows={8} />}</Panel>
        <Panel title="Some of the documents it was trained on" flush foot="A sample over all shards of the snapshot, with the verdict that let each one in.">
          {!ask.data ? <div className="panel-pad"><Bones rows={8} /></div> : ask.data.documents?.length ? (
            <ul className="samples padded">
              {ask.data.documents.map((d) => (
                <li key={d.id}>
                  <div className="row spread small"><A className="mono" href={`/documents/${d.id}`}>{d.id.slice(0, 12)}</A><span className="muted">{d.source}</span></div>
                  <p className="excerpt">{d.excerpt}</p>
                  {d.verdict ? <div className="small"><VerdictLine verdict={d.verdict} /></div> : null}
                </li>
              ))}
            </ul>
          ) : <div className="empty">No document could be read; the way back says what is missing.</div>}
        </Panel>
      </div>
    </div>
  )
}
