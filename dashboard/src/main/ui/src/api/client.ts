import type { ProblemBody } from './types'

/** What a service said went wrong; every part of the page shows it through the Problem component. */
export class ProblemError extends Error {
  readonly problem: ProblemBody
  constructor(problem: ProblemBody) {
    super(problem.title ?? problem.detail ?? 'Request failed')
    this.problem = problem
  }
  get status(): number {
    return this.problem.status ?? 0
  }
}

let csrfToken = ''
const signedOut = new EventTarget()

export function rememberCsrf(token: string): void {
  csrfToken = token
}

export function onSignedOut(listener: () => void): () => void {
  signedOut.addEventListener('signed-out', listener)
  return () => signedOut.removeEventListener('signed-out', listener)
}

export interface CallOptions { method?: string; body?: unknown; signal?: AbortSignal; launches?: boolean; headers?: Record<string, string> }

/** Calls the platform; unsafe methods carry the session's CSRF token, launches an idempotency key. */
export async function send(path: string, options: CallOptions = {}): Promise<Response> {
  const method = options.method ?? 'GET'
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers }
  if (method !== 'GET') headers['X-CSRF-Token'] = csrfToken
  if (options.launches) headers['Idempotency-Key'] = crypto.randomUUID()
  if (options.body !== undefined) headers['Content-Type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
      credentials: 'same-origin',
    })
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    throw new ProblemError({ title: 'The platform cannot be reached', detail: 'The network call did not come back. The page tries again by itself.' })
  }
  if (response.ok) return response
  if (response.status === 401 && !path.startsWith('/api/v1/session')) signedOut.dispatchEvent(new Event('signed-out'))
  throw new ProblemError(await readProblem(response))
}

export async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  const response = await send(path, options)
  const text = await response.text()
  return (text ? JSON.parse(text) : undefined) as T
}

async function readProblem(response: Response): Promise<ProblemBody> {
  const requestId = response.headers.get('X-Request-Id')
  const fallback: ProblemBody = {
    title: `The platform answered ${response.status}`,
    status: response.status,
    ...(requestId ? { requestId } : {}),
  }
  try {
    const body = (await response.json()) as ProblemBody & { error?: { message?: string; type?: string } }
    if (body.error) return { ...fallback, title: body.error.type ?? fallback.title!, detail: body.error.message ?? '' }
    return { ...fallback, ...body }
  } catch {
    return fallback
  }
}

export function asProblem(error: unknown): ProblemBody {
  if (error instanceof ProblemError) return error.problem
  return { title: 'The page could not show this', detail: error instanceof Error ? error.message : String(error) }
}
