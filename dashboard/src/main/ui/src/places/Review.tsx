import { useMutation } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { call } from '../api/client'
import { useAsk, useList, useRefresh } from '../api/queries'
import type { CleaningRun, ReviewItem } from '../api/types'
import { Bones, Chip, Empty, Facts, Figure, Figures, Head, Panel, Problem } from '../kit/basics'
import { IntervalBar } from '../kit/drawings'
import { useMay } from '../kit/session'
import { count, percent, significant, words } from '../lib/format'
import { A, useParam } from '../lib/router'
import { wilson } from '../lib/stats'

type Decision = 'accept' | 'reject' | 'unsure'
const decisions: readonly (readonly [Decision, string, string])[] = [['accept', 'Accept', 'a'], ['reject', 'Reject', 'r'], ['unsure', 'Unsure', 'u']]

/** One document at a time, the hands on the keyboard. */
export default function Review() {
  const runs = useList<CleaningRun>('/api/v1/cleaning-runs')
  const [chosen, choose] = useParam('run')
  const waiting = runs.data?.filter((r) => (r.review?.pending ?? 0) > 0) ?? []
  const run = runs.data?.find((r) => r.id === chosen) ?? waiting[0] ?? runs.data?.[0]
  return (
    <div className="place">
      <Head
        title="Review" sub="Documents near the cut, drawn by strata. Your decision overrules the score, and shows how far the cut can be trusted."
        side={runs.data && runs.data.length > 1 ? (
          <select className="input compact" aria-label="Cleaning run" value={run?.id} onChange={(e) => choose(e.target.value)}>
            {runs.data.map((r) => <option key={r.id} value={r.id}>{r.recipe?.name} · {r.id.slice(-6)} · {count(r.review?.pending ?? 0)} waiting</option>)}
          </select>
        ) : null}
      />
      {runs.error ? <Problem error={runs.error} /> : !runs.data ? <Panel><Bones rows={8} /></Panel> : run ? <Queue key={run.id} run={run} /> : <Panel><Empty title="Nothing to review">A cleaning run with a self-cleaning round puts documents here.</Empty></Panel>}
    </div>
  )
}

function Queue({ run }: { run: CleaningRun }) {
  const list = useList<ReviewItem>(`/api/v1/review-items?run=${run.id}`, { every: 8000, limit: 100 })
  const refresh = useRefresh()
  const may = useMay('operator')
  const [made, setMade] = useState<Record<string, Decision>>({})
  const items = list.data ?? []
  const decisionOf = (i: ReviewItem) => made[i.id] ?? decisionName(i)
  const [at, setAt] = useParam('item')
  const firstOpen = items.find((i) => !decisionOf(i))
  const index = Math.max(0, items.findIndex((i) => i.id === at))
  const item = at ? items[index] : firstOpen ?? items[0]
  const place = item ? items.indexOf(item) : 0
  const go = useCallback((to: number) => { const next = items[Math.max(0, Math.min(items.length - 1, to))]; if (next) setAt(next.id) }, [items, setAt])
  const decide = useMutation({
    mutationFn: ({ id, decision }: { id: string; decision: Decision }) => call(`/api/v1/review-items/${id}/decision`, { method: 'POST', body: { decision } }),
    onMutate: ({ id, decision }) => setMade((m) => ({ ...m, [id]: decision })),
    onError: (_e, { id }) => setMade((m) => { const { [id]: _gone, ...rest } = m; return rest }),
    onSuccess: () => void refresh('/api/v1/cleaning-runs'),
  })
  const choose = useCallback((decision: Decision) => {
    if (!item || !may) return
    decide.mutate({ id: item.id, decision })
    go(place + 1)
  }, [item, may, decide, go, place])
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.metaKey || e.ctrlKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test((e.target as HTMLElement).tagName)) return
      if (e.key === 'j') go(place + 1)
      else if (e.key === 'k') go(place - 1)
      else { const found = decisions.find(([, , key]) => key === e.key); if (found) choose(found[0]) }
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [go, place, choose])
  const whole = useAsk<ReviewItem>(item ? `/api/v1/review-items/${item.id}` : undefined, { every: false, keep: false })
  const judged = items.map(decisionOf)
  const open = items.filter((i) => !decisionOf(i) && !isAutomatic(i)).length
  const accepted = judged.filter((d) => d === 'accept').length
  const rejected = judged.filter((d) => d === 'reject').length
  if (list.error) return <Problem error={list.error} />
  if (!list.data) return <Panel><Bones rows={8} /></Panel>
  if (!item) return <Panel><Empty title="The queue of this run is empty">{run.review?.autoAccepted ? `${count(run.review.autoAccepted)} documents were accepted by the recipe, without a person.` : 'It holds documents once a round has made its cut.'}</Empty></Panel>
  return (
    <div className="cols main-side">
      <Panel
        title={<>{place + 1} of {items.length}{list.hasNextPage ? '+' : ''} <span className="faint">· {open ? `${open} open` : 'none open'}</span></>}
        side={decisionOf(item) ? <Chip state={{ accept: 'accepted', reject: 'rejected', unsure: 'unknown' }[decisionOf(item)!]} label={decisionOf(item)!} /> : <span className="small muted">{isAutomatic(item) ? 'accepted by the recipe, no person has looked' : 'undecided'}</span>}
        foot={(
          <div className="row wrapping spread">
            <div className="row wrapping">
              {decisions.map(([decision, label, key]) => (
                <button key={decision} type="button" className={`button ${decision === 'accept' ? 'primary' : ''}`} disabled={!may} title={may ? undefined : 'Needs the role operator'} onClick={() => choose(decision)}>{label} <kbd>{key.toUpperCase()}</kbd></button>
              ))}
            </div>
            <div className="row">
              <button type="button" className="button" onClick={() => go(place - 1)} disabled={place === 0}><kbd>K</kbd> Back</button>
              <button type="button" className="button" onClick={() => go(place + 1)} disabled={place >= items.length - 1}>Next <kbd>J</kbd></button>
            </div>
          </div>
        )}
      >
        {decide.error ? <Problem error={decide.error} /> : null}
        <Text text={whole.data?.text} error={whole.error} />
      </Panel>
      <div className="col loose">
        <Panel title="Why it was drawn">
          <Facts of={[
            ['reason', item.proposal === 'drop' ? 'just beyond the cut' : 'just within the cut'],
            ['round', item.round],
            ['stratum', item.stratum ? words(item.stratum) : null],
            ['score', <>{significant(item.score)} <span className="faint">nats per token</span></>],
            ['cut', significant(item.limit)],
            ['the cut would', item.proposal],
            ['decided by', item.decidedBy ?? whole.data?.decidedBy],
            ['source', whole.data?.source ?? item.source],
            ['document', <A key="d" className="mono" href={`/documents/${item.documentId}?run=${run.id}`}>{item.documentId.slice(0, 12)}</A>],
          ]} />
        </Panel>
        <Agreement accepted={accepted} rejected={rejected} />
        {run.review?.autoAccepted ? <p className="small muted">{count(run.review.autoAccepted)} documents of this run were accepted by the recipe, without a person.</p> : null}
      </div>
    </div>
  )
}

/** Kept because the recipe said that nobody need look; a person may still overrule it. */
function isAutomatic(item: ReviewItem): boolean {
  return item.state === 'auto-accepted'
}

function decisionName(item: ReviewItem): Decision | undefined {
  const d = item.state ?? ''
  return d === 'accepted' ? 'accept' : d === 'rejected' ? 'reject' : d === 'unsure' ? 'unsure' : undefined
}

function Text({ text, error }: { text: string | null | undefined; error: unknown }) {
  if (error) return <Problem error={error} mild />
  return <div className="reading review-text" tabIndex={0} role="region" aria-label="Text of the document">{text ?? <Bones rows={10} />}</div>
}

function Agreement({ accepted, rejected }: { accepted: number; rejected: number }) {
  const interval = wilson(accepted, accepted + rejected)
  return (
    <Panel title="Good documents among those judged">
      {interval ? (
        <div className="col">
          <Figures><Figure name="Share accepted" value={percent(interval.estimate)} unit={`${accepted} of ${accepted + rejected}`} /></Figures>
          <IntervalBar {...interval} label={`95 % interval from ${percent(interval.low)} to ${percent(interval.high)}`} />
          <div className="small muted">95 % interval {percent(interval.low)} – {percent(interval.high)} (Wilson)</div>
        </div>
      ) : <p className="small muted">Judge a few documents to see the share and its interval.</p>}
    </Panel>
  )
}
