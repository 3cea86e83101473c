import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { call } from '../api/client'
import type { Session } from '../api/types'
import { Problem } from '../kit/basics'

/** A key opens a session; the key itself never stays in the page. */
export function Login({ onEnter }: { onEnter: (session: Session) => void }) {
  const [key, setKey] = useState('')
  const enter = useMutation({ mutationFn: (given: string) => call<Session>('/api/v1/session', { method: 'POST', body: { key: given } }), onSuccess: onEnter })
  useEffect(() => { document.title = 'Log in · TransNormer Platform' }, [])
  return (
    <main className="login" id="main">
      <form className="panel" onSubmit={(e) => { e.preventDefault(); enter.mutate(key.trim()) }}>
        <div className="body col loose">
          <div className="row"><img src="/mark.svg" alt="" width={28} height={28} /><h1>TransNormer Platform</h1></div>
          <p className="muted">From raw text to a served answer: corpora, cleaning, training and serving. Log in with an API key.</p>
          <label className="field">API key
            <input className="input mono" type="password" name="key" autoComplete="current-password" autoFocus spellCheck={false} placeholder="tnl_…" value={key} onChange={(e) => setKey(e.target.value)} required />
          </label>
          {enter.error ? <Problem error={enter.error} /> : null}
          <button className="button primary" disabled={!key || enter.isPending}>{enter.isPending ? 'Logging in…' : 'Log in'}</button>
          <p className="small muted">The first admin key is made at the first start and kept in the file that the door names in its log. More keys: System, or <code>POST /api/v1/keys</code>.</p>
        </div>
      </form>
    </main>
  )
}
