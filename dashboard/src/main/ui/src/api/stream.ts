import { useEffect, useRef, useState } from 'react'
import { EventParser } from '../lib/streaming'
import { ProblemError, send } from './client'

export type Liveness = 'connecting' | 'live' | 'stale'

/**
 * A server-sent event stream. `stale` when it broke: the browser reconnects with the last id by itself, and the
 * caller polls meanwhile.
 */
export function useEvents(url: string | undefined, names: readonly string[], onEvent: (name: string, data: unknown) => void): Liveness {
  const [state, setState] = useState<Liveness>('connecting')
  const handler = useRef(onEvent)
  handler.current = onEvent
  const listen = names.join(' ')
  useEffect(() => {
    if (!url) return
    setState('connecting')
    let source: EventSource
    let again: ReturnType<typeof setTimeout> | undefined
    const open = () => {
      source = new EventSource(url)
      source.onopen = () => setState('live')
      source.onerror = () => {
        setState('stale')
        // A refused stream (an error status) is closed for good by the browser: ask again later.
        if (source.readyState === EventSource.CLOSED) again = setTimeout(open, 5000)
      }
      const take = (name: string) => (event: MessageEvent<string>) => {
        setState('live')
        handler.current(name, parse(event.data))
      }
      source.onmessage = take('message')
      for (const name of listen.split(' ').filter(Boolean)) source.addEventListener(name, take(name))
    }
    open()
    return () => {
      clearTimeout(again)
      source.close()
    }
  }, [url, listen])
  return state
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}

export interface Piece { text: string; logprob?: number; top?: Record<string, number> }
export interface CompletionChunk {
  id?: string
  choices?: {
    index?: number
    text?: string
    finish_reason?: string | null
    logprobs?: { tokens?: string[]; token_logprobs?: (number | null)[]; top_logprobs?: (Record<string, number> | null)[] } | null
  }[]
  usage?: { prompt_tokens?: number; completion_tokens?: number } | null
  error?: { message?: string; type?: string }
}

/** Streams `/v1/completions`; each chunk as it comes. */
export async function streamCompletion(body: Record<string, unknown>, signal: AbortSignal, onChunk: (chunk: CompletionChunk) => void): Promise<void> {
  const response = await send('/v1/completions', { method: 'POST', body: { ...body, stream: true }, signal, headers: { Accept: 'text/event-stream' } })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!reader) return
  const parser = new EventParser()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    for (const event of parser.push(value)) {
      if (event.data === '[DONE]') return
      const chunk = parse(event.data) as CompletionChunk
      if (chunk.error) throw new ProblemError({ title: chunk.error.type ?? 'The answer broke off', detail: chunk.error.message ?? '' })
      onChunk(chunk)
    }
  }
}

/** The pieces of one chunk, with their probabilities when they were asked for. */
export function pieces(chunk: CompletionChunk): Piece[] {
  const choice = chunk.choices?.[0]
  if (!choice) return []
  const lp = choice.logprobs
  if (lp?.tokens?.length) {
    return lp.tokens.map((token, i) => {
      // A lone token's own bytes may be half a character; the choice's text holds only whole ones.
      const text = lp.tokens?.length === 1 ? (choice.text ?? token) : token
      const logprob = lp.token_logprobs?.[i]
      const top = lp.top_logprobs?.[i]
      return { text, ...(logprob == null ? {} : { logprob }), ...(top ? { top } : {}) }
    })
  }
  return choice.text ? [{ text: choice.text }] : []
}
