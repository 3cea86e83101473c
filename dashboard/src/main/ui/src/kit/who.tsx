import { useAsk } from '../api/queries'

/** Services record who did something by the id of a key; people know its name. */
export function Who({ id }: { id: string | null | undefined }) {
  const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id ?? '')
  const ask = useAsk<{ name: string }>(isId ? `/api/v1/callers/${id}` : undefined, { every: false })
  return <>{isId ? ask.data?.name ?? `key …${id?.slice(-6)}` : id ?? '–'}</>
}
