import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { call, ProblemError } from './client'
import type { Page, Session } from './types'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1500,
      refetchOnWindowFocus: true,
      placeholderData: keepPreviousData,
      retry: (failures, error) => failures < 2 && !(error instanceof ProblemError && error.status >= 400 && error.status < 500),
      retryDelay: (n) => Math.min(8000, 600 * 2 ** n),
    },
  },
})

/** How often a view asks again while nothing pushes to it. */
export const LIVE = 2000
export const CALM = 10000

export interface AskOptions { every?: number | false; enabled?: boolean; keep?: boolean }

/** One GET, named by its own address, so that any two places that ask the same share the answer. */
export function useAsk<T>(path: string | undefined, options: AskOptions = {}) {
  return useQuery<T, Error>({
    queryKey: [path],
    queryFn: ({ signal }) => call<T>(path ?? '', { signal }),
    enabled: path !== undefined && (options.enabled ?? true),
    refetchInterval: options.every ?? CALM,
    ...(options.keep === false ? { placeholderData: undefined } : {}),
  })
}

/** A keyset list: `after` comes from the page before. Tolerates an owner that answers a bare array. */
export function useList<T>(path: string, options: AskOptions & { limit?: number } = {}) {
  const limit = options.limit ?? 50
  const query = useInfiniteQuery<Page<T>, Error, T[], unknown[], string>({
    queryKey: [path, 'list', limit],
    queryFn: async ({ pageParam, signal }) => {
      const join = path.includes('?') ? '&' : '?'
      const after = pageParam ? `&after=${encodeURIComponent(pageParam)}` : ''
      return asPage(await call<Page<T> | T[]>(`${path}${join}limit=${limit}${after}`, { signal }))
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next || undefined,
    select: (data) => data.pages.flatMap((p) => p.items),
    refetchInterval: options.every ?? CALM,
    enabled: options.enabled ?? true,
  })
  return query
}

export function asPage<T>(answer: Page<T> | T[] | null | undefined): Page<T> {
  if (Array.isArray(answer)) return { items: answer }
  return { items: answer?.items ?? [], next: answer?.next ?? null }
}

/** Marks every answer whose address starts with the prefix as old; mounted views ask again. */
export function useRefresh(): (prefix: string) => Promise<void> {
  const client = useQueryClient()
  return useCallback(
    (prefix) => client.invalidateQueries({ predicate: (q) => String(q.queryKey[0]).startsWith(prefix) }),
    [client],
  )
}

/**
 * Somebody else is there, or nobody: what the one before was shown is forgotten. The session's own answer is changed
 * and not removed, because the page watches it.
 */
export function changeSession(client: QueryClient, session: Session | null): void {
  client.setQueryData(['session'], session)
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
}
