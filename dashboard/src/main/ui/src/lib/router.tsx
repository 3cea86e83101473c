import { useCallback, useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from 'react'

/** The address is the state: what a place shows is read from here and written back here. */
const changed = 'addresschange'

function subscribe(listener: () => void): () => void {
  window.addEventListener('popstate', listener)
  window.addEventListener(changed, listener)
  return () => {
    window.removeEventListener('popstate', listener)
    window.removeEventListener(changed, listener)
  }
}

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const here = location.pathname + location.search
  if (to === here) return
  const samePlace = new URL(to, location.href).pathname === location.pathname
  history[options.replace ? 'replaceState' : 'pushState'](null, '', to)
  window.dispatchEvent(new Event(changed))
  if (!samePlace) {
    window.scrollTo(0, 0)
    document.getElementById('main')?.focus({ preventScroll: true })
  }
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname)
}

export function useSearch(): string {
  return useSyncExternalStore(subscribe, () => location.search)
}

/** One query parameter as state. Choosing replaces the address by default; `push` makes a step to go back to. */
export function useParam(name: string, fallback = ''): [string, (value: string, push?: boolean) => void] {
  const value = new URLSearchParams(useSearch()).get(name) ?? fallback
  const set = useCallback(
    (next: string, push = false) => navigate(withParams({ [name]: next === fallback ? '' : next }), { replace: !push }),
    [name, fallback],
  )
  return [value, set]
}

/** This address with some parameters set; empty ones are taken out. */
export function withParams(params: Record<string, string>, path = location.pathname, search = location.search): string {
  const query = new URLSearchParams(search)
  for (const [key, value] of Object.entries(params)) {
    if (value === '') query.delete(key)
    else query.set(key, value)
  }
  const text = query.toString()
  return text ? `${path}?${text}` : path
}

/** Matches `/corpora/:id/documents/:document` and gives the named parts, or nothing. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const want = pattern.split('/').filter(Boolean)
  const have = path.split('/').filter(Boolean)
  if (want.length !== have.length) return undefined
  const found: Record<string, string> = {}
  for (const [i, part] of want.entries()) {
    const given = have[i] ?? ''
    if (part.startsWith(':')) found[part.slice(1)] = decodeURIComponent(given)
    else if (part !== given) return undefined
  }
  return found
}

export function A({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (event.defaultPrevented || !plain || rest.target === '_blank') return
    event.preventDefault()
    navigate(href)
  }
  return <a href={href} onClick={follow} {...rest} />
}
