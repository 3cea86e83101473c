/** Figures as people read them: thousands apart, units written, an en dash for what is not known. */
export const NONE = '–'

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

export function count(n: number | null | undefined): string {
  return n == null || !Number.isFinite(n) ? NONE : whole.format(n)
}

export function compact(n: number | null | undefined): string {
  if (n == null || !Number.isFinite(n)) return NONE
  const magnitude = Math.abs(n)
  for (const [limit, suffix] of [[1e12, ' T'], [1e9, ' G'], [1e6, ' M'], [1e4, ' k']] as const) {
    if (magnitude >= limit) {
      const unit = suffix === ' k' ? 1e3 : limit
      return trim(n / unit) + suffix
    }
  }
  return Number.isInteger(n) || magnitude >= 1000 ? whole.format(n) : significant(n)
}

export function bytes(n: number | null | undefined): string {
  if (n == null || !Number.isFinite(n)) return NONE
  for (const [unit, name] of [[1e12, 'TB'], [1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']] as const) {
    if (Math.abs(n) >= unit) return `${trim(n / unit)} ${name}`
  }
  return `${whole.format(n)} B`
}

export function significant(n: number | null | undefined, digits = 4): string {
  if (n == null || !Number.isFinite(n)) return NONE
  if (n !== 0 && (Math.abs(n) < 1e-3 || Math.abs(n) >= 1e7)) return n.toExponential(digits - 2)
  if (Math.abs(n) >= 1000) return whole.format(n)
  return String(Number(n.toPrecision(digits)))
}

export function fixed(n: number | null | undefined, digits: number): string {
  return n == null || !Number.isFinite(n) ? NONE : n.toFixed(digits)
}

export function percent(part: number | null | undefined, of?: number | null): string {
  if (part == null) return NONE
  const share = of === undefined ? part : of ? part / of : NaN
  if (!Number.isFinite(share)) return NONE
  const p = share * 100
  if (p > 0 && p < 0.1) return '< 0.1 %'
  return `${p >= 99.95 || p === 0 ? p.toFixed(0) : p.toFixed(1)} %`
}

export function duration(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return NONE
  const s = Math.max(0, seconds)
  if (s < 1) return `${Math.round(s * 1000)} ms`
  if (s < 60) return `${s < 10 ? trim(s) : Math.round(s)} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`
}

export function ago(instant: string | null | undefined, now = Date.now()): string {
  const at = instant ? Date.parse(instant) : NaN
  if (Number.isNaN(at)) return NONE
  const seconds = (now - at) / 1000
  const ahead = seconds < -1
  const s = Math.abs(seconds)
  const words =
    s < 5 ? 'now'
    : s < 60 ? `${Math.round(s)} s`
    : s < 3600 ? `${Math.round(s / 60)} min`
    : s < 86400 * 1.5 ? `${Math.round(s / 3600)} h`
    : `${Math.round(s / 86400)} d`
  return words === 'now' ? words : ahead ? `in ${words}` : `${words} ago`
}

export function between(from?: string | null, to?: string | null, now = Date.now()): number | undefined {
  const start = from ? Date.parse(from) : NaN
  const end = to ? Date.parse(to) : now
  return Number.isNaN(start) || Number.isNaN(end) ? undefined : Math.max(0, (end - start) / 1000)
}

/** Machine names as words: `near-duplicates` and `nearDuplicates` both become "near duplicates". */
export function words(name: string | null | undefined): string {
  if (!name) return NONE
  return name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/[-_.]+/g, ' ').toLowerCase().trim()
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A list of names, or one. */
export function list(names: readonly string[] | string | null | undefined): string {
  return Array.isArray(names) ? names.join(', ') : (names as string | null | undefined) ?? ''
}

export function plural(n: number | null | undefined, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`
}

/** Ids are long; their end is what differs between neighbours made in the same minute. */
/** Services tell units in the plural. */
export function unitOf(n: number, plural: string): string {
  return n === 1 ? plural.replace(/(?<=ss)es$|s$/, '') : plural
}

/** Names that were put together by a machine may hold whole ids; their ends tell them apart. */
export function shortName(name: string): string {
  return name.replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{6}([0-9a-f]{6})\b/g, '…$1')
}

export function shortId(id: string | null | undefined): string {
  if (!id) return NONE
  return id.length <= 14 ? id : `${id.slice(0, 6)}…${id.slice(-6)}`
}

function trim(n: number): string {
  const digits = Math.abs(n) >= 100 ? 0 : Math.abs(n) >= 10 ? 1 : 2
  return n.toFixed(digits).replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros))
}
