import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { call } from './api/client'
import { changeSession, useAsk, LIVE } from './api/queries'
import type { Overview } from './api/types'
import { Badge, Dialog } from './kit/basics'
import { Icon, type IconName } from './kit/icons'
import { useSession } from './kit/session'
import { useThemeChoice } from './kit/theme'
import { A, navigate, usePath } from './lib/router'

interface Entry { href: string; label: string; icon: IconName; key: string }
const entries: readonly Entry[] = [
  { href: '/', label: 'Overview', icon: 'overview', key: 'o' },
  { href: '/corpora', label: 'Corpora', icon: 'corpora', key: 'c' },
  { href: '/cleaning', label: 'Cleaning', icon: 'cleaning', key: 'l' },
  { href: '/review', label: 'Review', icon: 'review', key: 'r' },
  { href: '/training', label: 'Training', icon: 'training', key: 't' },
  { href: '/checkpoints', label: 'Checkpoints', icon: 'checkpoints', key: 'k' },
  { href: '/playground', label: 'Playground', icon: 'playground', key: 'p' },
  { href: '/jobs', label: 'Jobs', icon: 'jobs', key: 'j' },
  { href: '/system', label: 'System', icon: 'system', key: 's' },
]

export function Shell({ children }: { children: ReactNode }) {
  const path = usePath()
  const [open, setOpen] = useState(false)
  const [help, setHelp] = useState(false)
  useEffect(() => setOpen(false), [path])
  useShortcuts(() => setHelp(true))
  return (
    <div className="frame">
      <a className="skip" href="#main">Skip to the content</a>
      <header className="topbar">
        <A className="brand" href="/"><img src="/mark.svg" alt="" />TransNormer</A>
        <button type="button" className="button icon-button quiet" aria-expanded={open} aria-controls="rail" aria-label="Menu" onClick={() => setOpen(!open)}><Icon name={open ? 'close' : 'menu'} /></button>
      </header>
      {open ? <button type="button" className="veil" aria-label="Close the menu" onClick={() => setOpen(false)} /> : null}
      <Rail path={path} open={open} onHelp={() => setHelp(true)} />
      <main className="main" id="main" tabIndex={-1}>{children}</main>
      <Dialog open={help} onClose={() => setHelp(false)} label="Keyboard">
        <h2>Keyboard</h2>
        <dl className="facts">
          {entries.map((e) => [<dt key={`${e.key}.`}><kbd>g</kbd> <kbd>{e.key}</kbd></dt>, <dd key={e.key}>{e.label}</dd>])}
          <dt><kbd>?</kbd></dt><dd>this list</dd>
          <dt><kbd>j</kbd> <kbd>k</kbd> <kbd>a</kbd> <kbd>r</kbd> <kbd>u</kbd></dt><dd>in Review: next, previous, accept, reject, unsure</dd>
          <dt><kbd>←</kbd> <kbd>→</kbd></dt><dd>on a chart or a strip of partitions: walk; <kbd>Enter</kbd> picks</dd>
        </dl>
        <div className="acts"><button type="button" className="button" onClick={() => setHelp(false)}>Close</button></div>
      </Dialog>
    </div>
  )
}

function Rail({ path, open, onHelp }: { path: string; open: boolean; onHelp: () => void }) {
  const session = useSession()
  const client = useQueryClient()
  const [theme, setTheme] = useThemeChoice()
  const overview = useAsk<Overview>('/api/v1/overview', { every: path === '/' ? LIVE : 6000 }).data
  const running = (kinds: string[]) => overview?.running.filter((w) => kinds.includes(w.kind)).length
  const pending = overview?.totals?.reviewPending
  const down = overview?.parts.filter((p) => p.state !== 'up').length
  const badges: Record<string, ReactNode> = {
    '/cleaning': <Badge n={running(['cleaning-run'])} tone="run" what="running" />,
    '/training': <Badge n={running(['training-run'])} tone="run" what="running" />,
    '/review': <Badge n={pending} tone="warn" what="documents wait for a decision" />,
    '/jobs': <Badge n={running(['job', 'ingestion', 'cleaning-run', 'tokenizer', 'token-set'])} tone="run" what="running" />,
    '/system': <Badge n={down} tone="bad" what="parts are down" />,
  }
  const next = theme === 'system' ? 'light' : theme === 'light' ? 'dark' : 'system'
  const leave = async () => {
    await call('/api/v1/session', { method: 'DELETE' })
    changeSession(client, null)
  }
  return (
    <aside className={`rail ${open ? 'open' : ''}`} id="rail" aria-label="Places and log-in">
      <A className="brand" href="/"><img src="/mark.svg" alt="" />TransNormer</A>
      <nav className="nav" aria-label="Places">
        {entries.map((e) => {
          const here = e.href === '/' ? path === '/' : isUnder(path, e.href)
          return <A key={e.href} href={e.href} aria-current={here ? 'page' : undefined}><Icon name={e.icon} />{e.label}{badges[e.href]}</A>
        })}
      </nav>
      <div className="rail-foot">
        <div className="row">
          <button type="button" className="button quiet tiny" onClick={() => setTheme(next)} aria-label={`Colours: ${theme}. Switch to ${next}`} title={`Colours: ${theme}`}>
            <span className="icon-16"><Icon name={theme === 'dark' ? 'moon' : theme === 'light' ? 'sun' : 'half'} /></span>{theme}
          </button>
          <button type="button" className="button quiet tiny" onClick={onHelp}><kbd>?</kbd> Keys</button>
        </div>
        <div className="row spread">
          <span className="clip" title={`Key: ${session.name}`}>{session.name}<br /><span className="faint">{session.role}</span></span>
          <button type="button" className="button tiny" onClick={() => void leave()}>Log out</button>
        </div>
      </div>
    </aside>
  )
}

function isUnder(path: string, href: string): boolean {
  const homes: Record<string, string> = { '/documents': '/corpora', '/answers': '/playground' }
  const top = `/${path.split('/')[1] ?? ''}`
  return (homes[top] ?? top) === href
}

/** `g` then a letter leads to a place; never while somebody types. */
function useShortcuts(onHelp: () => void): void {
  useEffect(() => {
    let leader = 0
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (event.metaKey || event.ctrlKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || document.querySelector('dialog[open]')) return
      if (event.key === '?') onHelp()
      if (event.key === 'g') leader = Date.now()
      else if (Date.now() - leader < 1200) {
        leader = 0
        const entry = entries.find((e) => e.key === event.key)
        if (entry) {
          event.preventDefault()
          event.stopImmediatePropagation()
          navigate(entry.href)
        }
      }
    }
    window.addEventListener('keydown', press, true)
    return () => window.removeEventListener('keydown', press, true)
  }, [onHelp])
}
