import { createContext, useContext, useId, useState, type ReactNode } from 'react'
import { useMutation } from '@tanstack/react-query'
import type { Role, Session } from '../api/types'
import { Dialog, Problem } from './basics'

const SessionContext = createContext<Session | null>(null)
export const SessionProvider = SessionContext.Provider

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('used outside a session')
  return session
}

const ranks: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }

export function useMay(role: Role): boolean {
  return ranks[useSession().role] >= ranks[role]
}

/**
 * A button that changes something: it says what it will do before it does it, needs its role, and shows the problem
 * when it is refused.
 */
export function Action(props: {
  label: ReactNode
  does: ReactNode
  run: () => Promise<unknown>
  needs?: Role
  tone?: 'primary' | 'danger'
  tiny?: boolean
  disabled?: boolean
  confirm?: boolean
  children?: ReactNode
  ready?: boolean
}) {
  const [asking, setAsking] = useState(false)
  const may = useMay(props.needs ?? 'operator')
  const told = useId()
  const work = useMutation({ mutationFn: props.run, onSuccess: () => setAsking(false) })
  const why = may ? undefined : `Needs the role ${props.needs ?? 'operator'}`
  const direct = props.confirm === false
  return (
    <>
      <button
        type="button"
        className={`button ${props.tone ?? ''} ${props.tiny ? 'tiny' : ''}`}
        disabled={!may || props.disabled || (direct && work.isPending)}
        title={why ?? (typeof props.does === 'string' ? props.does : undefined)}
        onClick={() => { work.reset(); if (direct) work.mutate(); else setAsking(true) }}
      >
        {props.label}
      </button>
      {direct && work.error ? <Problem error={work.error} /> : null}
      {direct ? null : (
        <Dialog open={asking} onClose={() => setAsking(false)} label={typeof props.label === 'string' ? props.label : 'Confirm'}>
          <h2>{props.label}</h2>
          <div id={told} className="muted">{props.does}</div>
          {props.children}
          {work.error ? <Problem error={work.error} /> : null}
          <div className="acts">
            <button type="button" className="button" onClick={() => setAsking(false)}>Leave as it is</button>
            <button type="button" className={`button ${props.tone === 'danger' ? 'danger' : 'primary'}`} aria-describedby={told} disabled={work.isPending || props.ready === false} onClick={() => work.mutate()}>
              {work.isPending ? 'Working…' : props.label}
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}
