import { useCallback, useEffect, useRef, useState } from 'react'
import { ProblemError } from '../api/client'
import { useList } from '../api/queries'
import { pieces, streamCompletion, type Piece } from '../api/stream'
import type { Deployment } from '../api/types'
import { Bones, Chip, curl, Curl, Empty, Head, Panel, Problem } from '../kit/basics'
import { compact, count, duration, percent } from '../lib/format'
import { A, useParam, withParams, navigate } from '../lib/router'

interface Settings { temperature: string; top_p: string; top_k: string; max_tokens: string; seed: string; stop: string }
const settingsOf = (s: Settings) => ({
  temperature: Number(s.temperature), top_p: Number(s.top_p), max_tokens: Number(s.max_tokens),
  ...(s.top_k ? { top_k: Number(s.top_k) } : {}), ...(s.seed ? { seed: Number(s.seed) } : {}), ...(s.stop ? { stop: s.stop } : {}),
})

export default function Playground() {
  const list = useList<Deployment>('/api/v1/deployments', { every: 4000 })
  const names = list.data?.map((d) => d.name) ?? []
  const [model, setModel] = useParam('model', names[0] ?? '')
  const [second, setSecond] = useParam('against')
  const [asked] = useParam('prompt', 'It was the best of times, ')
  const [prompt, setPrompt] = useState(asked)
  const [temperature, setTemperature] = useParam('temperature', '0.8')
  const [topP, setTopP] = useParam('top_p', '0.95')
  const [topK, setTopK] = useParam('top_k')
  const [maxTokens, setMaxTokens] = useParam('max_tokens', '120')
  const [seed, setSeed] = useParam('seed')
  const [stop, setStop] = useParam('stop')
  const settings: Settings = { temperature, top_p: topP, top_k: topK, max_tokens: maxTokens, seed, stop }
  const [run, setRun] = useState(0)
  const start = () => {
    navigate(withParams({ prompt }), { replace: true })
    setRun((n) => n + 1)
  }
  if (list.error) return <Problem error={list.error} />
  if (list.data?.length === 0) {
    return (
      <div className="place">
        <Head title="Playground" />
        <Panel><Empty title="Nothing is deployed" curl={`${curl('PUT', '/api/v1/deployments/main', { alias: 'main', slots: 8 })}`}>A deployment serves a checkpoint, or follows an alias:</Empty></Panel>
      </div>
    )
  }
  return (
    <div className="place">
      <Head title="Playground" sub="Continue a text. Hover a token, or walk with the arrow keys, to see how probable it was." />
      <div className="cols main-side">
        <div className="col loose">
          <Panel>
            <form className="col" onSubmit={(e) => { e.preventDefault(); start() }}>
              <label className="field">Prompt
                <textarea className="input prompt" rows={4} value={prompt} onChange={(e) => setPrompt(e.target.value)} onKeyDown={(e) => { if (e.key === 'Enter' && (e.metaKey || e.ctrlKey)) { e.preventDefault(); start() } }} />
              </label>
              <div className="row wrapping">
                <button className="button primary" disabled={!model}>Continue <kbd>Ctrl ↵</kbd></button>
                <span className="small faint">The same seed gives the same text.</span>
              </div>
            </form>
          </Panel>
          <div className={`cols ${second ? 'two' : ''}`}>
            <Lane key={`a${model}`} model={model} prompt={prompt} settings={settings} run={run} deployment={list.data?.find((d) => d.name === model)} />
            {second ? <Lane key={`b${second}`} model={second} prompt={prompt} settings={settings} run={run} deployment={list.data?.find((d) => d.name === second)} /> : null}
          </div>
        </div>
        <div className="col loose">
          <Panel title="Model">
            {list.data ? (
              <div className="col">
                <label className="field">Deployment<select className="input" value={model} onChange={(e) => setModel(e.target.value)}>{names.map((n) => <option key={n}>{n}</option>)}</select></label>
                <label className="field">Beside it<select className="input" value={second} onChange={(e) => setSecond(e.target.value)}><option value="">nothing</option>{names.map((n) => <option key={n}>{n}</option>)}</select></label>
              </div>
            ) : <Bones rows={3} />}
          </Panel>
          <Panel title="Sampling">
            <div className="col">
              <Range label="Temperature" value={temperature} set={setTemperature} min={0} max={2} step={0.05} />
              <Range label="Top p" value={topP} set={setTopP} min={0.05} max={1} step={0.05} />
              <Range label="Longest answer" value={maxTokens} set={setMaxTokens} min={1} max={1000} step={1} />
              <div className="row">
                <label className="field">Top k<input className="input" inputMode="numeric" value={topK} placeholder="all" onChange={(e) => setTopK(e.target.value.replace(/\D/g, ''))} /></label>
                <label className="field">Seed<input className="input" inputMode="numeric" value={seed} placeholder="any" onChange={(e) => setSeed(e.target.value.replace(/\D/g, ''))} /></label>
              </div>
              <label className="field">Stop at<input className="input" value={stop} placeholder="a text" onChange={(e) => setStop(e.target.value)} /></label>
            </div>
          </Panel>
          <details className="panel"><summary className="summary">The same by REST</summary><div className="panel-pad"><Curl command={curl('POST', '/v1/completions', { model, prompt, ...settingsOf(settings), stream: true }).replace(/ \\\n {2}-H "Idempotency-Key[^\n]*"/, '').replace('curl', 'curl -N')} /></div></details>
        </div>
      </div>
    </div>
  )
}

function Range(props: { label: string; value: string; set: (v: string) => void; min: number; max: number; step: number }) {
  return (
    <label className="field">
      <span className="row spread">{props.label}<output className="strong">{props.value}</output></span>
      <input type="range" min={props.min} max={props.max} step={props.step} value={props.value} onChange={(e) => props.set(e.target.value)} />
    </label>
  )
}

interface Answering { pieces: Piece[]; id?: string; state: 'idle' | 'waiting' | 'streaming' | 'done' | 'stopped'; error?: unknown; finish?: string; firstAfter?: number; seconds?: number; tokens?: number }

function Lane({ model, prompt, settings, run, deployment }: { model: string; prompt: string; settings: Settings; run: number; deployment: Deployment | undefined }) {
  const [answer, setAnswer] = useState<Answering>({ pieces: [], state: 'idle' })
  const abort = useRef<AbortController>(undefined)
  const latest = useRef({ prompt, settings })
  latest.current = { prompt, settings }
  const stop = useCallback(() => { abort.current?.abort(); setAnswer((a) => (a.state === 'streaming' || a.state === 'waiting' ? { ...a, state: 'stopped' } : a)) }, [])
  useEffect(() => () => abort.current?.abort(), [])
  useEffect(() => {
    if (run === 0 || !model) return
    const control = new AbortController()
    abort.current?.abort()
    abort.current = control
    const began = performance.now()
    setAnswer({ pieces: [], state: 'waiting' })
    streamCompletion({ model, prompt: latest.current.prompt, ...settingsOf(latest.current.settings), logprobs: 5, stream_options: { include_usage: true } }, control.signal, (chunk) => {
      const now = (performance.now() - began) / 1000
      setAnswer((a) => ({
        ...a, state: 'streaming', pieces: [...a.pieces, ...pieces(chunk)], seconds: now,
        ...(chunk.id ? { id: chunk.id } : {}),
        ...(a.firstAfter === undefined ? { firstAfter: now } : {}),
        ...(chunk.choices?.[0]?.finish_reason ? { finish: chunk.choices[0].finish_reason } : {}),
        ...(chunk.usage?.completion_tokens ? { tokens: chunk.usage.completion_tokens } : {}),
      }))
    }).then(
      () => setAnswer((a) => ({ ...a, state: 'done' })),
      (error: unknown) => { if (!control.signal.aborted) setAnswer((a) => ({ ...a, state: 'stopped', error: error instanceof ProblemError ? error.problem : error })) },
    )
  }, [run, model])
  const going = answer.state === 'waiting' || answer.state === 'streaming'
  const tokens = answer.tokens ?? answer.pieces.length
  const rate = answer.seconds && answer.firstAfter !== undefined && answer.seconds > answer.firstAfter ? (tokens - 1) / (answer.seconds - answer.firstAfter) : undefined
  return (
    <Panel
      title={<span className="row">{model || '–'} <Chip state={deployment?.state} /></span>}
      side={going ? <button type="button" className="button tiny" onClick={stop}>Stop</button> : answer.id ? <A className="button tiny" href={`/answers/${encodeURIComponent(answer.id)}`}>Where does this come from?</A> : null}
      foot={answer.state === 'idle' ? 'The answer appears here, token by token.' : (
        <span>{count(tokens)} tokens{answer.firstAfter !== undefined ? ` · first after ${duration(answer.firstAfter)}` : ''}{rate ? ` · ${compact(Math.round(rate))} tokens/s` : ''}{answer.finish ? ` · ended by ${answer.finish}` : answer.state === 'stopped' ? ' · stopped' : ''}</span>
      )}
    >
      {answer.error ? <Problem error={answer.error} /> : null}
      <Tokens prompt={answer.state === 'idle' ? '' : prompt} pieces={answer.pieces} going={going} />
    </Panel>
  )
}

/** The answer as tokens: the less probable, the stronger the underline. */
function Tokens({ prompt, pieces: parts, going }: { prompt: string; pieces: readonly Piece[]; going: boolean }) {
  const [at, setAt] = useState<number>()
  const shown = at === undefined ? undefined : parts[at]
  const walk = (by: number) => setAt((n) => Math.max(0, Math.min(parts.length - 1, (n ?? (by > 0 ? -1 : parts.length)) + by)))
  return (
    <div>
      <div
        className="reading tokens" tabIndex={parts.length ? 0 : -1} role="region" aria-label="Answer" onMouseLeave={() => setAt(undefined)}
        onKeyDown={(e) => { if (e.key === 'ArrowRight' || e.key === 'ArrowLeft') { e.preventDefault(); walk(e.key === 'ArrowRight' ? 1 : -1) } }}
      >
        <span className="given">{prompt}</span>
        {parts.map((p, i) => <span key={i} className={`token ${bucket(p)} ${i === at ? 'at' : ''}`} onMouseEnter={() => setAt(i)}>{p.text}</span>)}
        {going ? <span className="caret" aria-hidden="true" /> : null}
      </div>
      <div className="token-note" aria-live="polite">{shown ? <TokenNote piece={shown} /> : parts.some((p) => p.logprob !== undefined) ? <span className="legend"><span><i className="swatch p1" />certain</span><span><i className="swatch p2" />above 1 in 4</span><span><i className="swatch p3" />above 1 in 20</span><span><i className="swatch p4" />a surprise</span></span> : null}</div>
    </div>
  )
}

function bucket(p: Piece): string {
  if (p.logprob === undefined) return ''
  const q = Math.exp(p.logprob)
  return q > 0.75 ? 'p1' : q > 0.25 ? 'p2' : q > 0.05 ? 'p3' : 'p4'
}

function TokenNote({ piece }: { piece: Piece }) {
  const show = (t: string) => t.replace(/\n/g, '⏎').replace(/ /g, '·')
  const others = Object.entries(piece.top ?? {}).filter(([t]) => t !== piece.text).sort((a, b) => b[1] - a[1]).slice(0, 5)
  return (
    <span>
      <code>{show(piece.text)}</code> <b>{piece.logprob === undefined ? '' : percent(Math.exp(piece.logprob))}</b>
      {others.length ? <span className="muted"> · else {others.map(([t, lp]) => `${show(t)} ${percent(Math.exp(lp))}`).join(', ')}</span> : null}
    </span>
  )
}
