/** One event of a `text/event-stream` body. */
export interface StreamEvent { event: string; data: string; id?: string }

/** Cuts a chunked text stream into events; keeps what is not finished for the next chunk. */
export class EventParser {
  private rest = ''

  push(chunk: string): StreamEvent[] {
    this.rest = (this.rest + chunk).replace(/\r\n?/g, '\n')
    const blocks = this.rest.split('\n\n')
    this.rest = blocks.pop() ?? ''
    return blocks.flatMap((block) => parseBlock(block) ?? [])
  }
}

function parseBlock(block: string): StreamEvent | undefined {
  const found: StreamEvent = { event: 'message', data: '' }
  const data: string[] = []
  for (const line of block.split('\n')) {
    if (line.startsWith(':')) continue
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') data.push(value)
    else if (field === 'event') found.event = value
    else if (field === 'id') found.id = value
  }
  if (data.length === 0) return undefined
  found.data = data.join('\n')
  return found
}
