import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Component, lazy, Suspense, useEffect, type ComponentType, type ReactNode } from 'react'
import { call, onSignedOut, ProblemError, rememberCsrf } from './api/client'
import type { Session } from './api/types'
import { changeSession } from './api/queries'
import { Bones, Head, Problem } from './kit/basics'
import { SessionProvider } from './kit/session'
import { match, usePath } from './lib/router'
import { Login } from './places/Login'
import { Overview } from './places/Overview'
import { Shell } from './Shell'

type Params = Record<string, string>
const place = <P extends Params>(load: () => Promise<{ default: ComponentType<P> }>) => lazy(load) as unknown as ComponentType<Params>

const Corpora = place(() => import('./places/Corpora'))
const Corpus = place(() => import('./places/Corpus'))
const DocumentPlace = place(() => import('./places/Document'))
const Cleaning = place(() => import('./places/Cleaning'))
const CleaningRun = place(() => import('./places/CleaningRun'))
const Review = place(() => import('./places/Review'))
const Training = place(() => import('./places/Training'))
const TrainingRun = place(() => import('./places/TrainingRun'))
const Checkpoints = place(() => import('./places/Checkpoints'))
const Checkpoint = place(() => import('./places/Checkpoint'))
const Playground = place(() => import('./places/Playground'))
const AnswerPlace = place(() => import('./places/Answer'))
const Jobs = place(() => import('./places/Jobs'))
const Job = place(() => import('./places/Job'))
const System = place(() => import('./places/System'))

const places: readonly (readonly [string, string, ComponentType<Params>])[] = [
  ['/', 'Overview', Overview],
  ['/corpora', 'Corpora', Corpora],
  ['/corpora/:id', 'Corpus', Corpus],
  ['/documents/:id', 'Document', DocumentPlace],
  ['/cleaning', 'Cleaning', Cleaning],
  ['/cleaning/:id', 'Cleaning run', CleaningRun],
  ['/review', 'Review', Review],
  ['/training', 'Training', Training],
  ['/training/:id', 'Training run', TrainingRun],
  ['/checkpoints', 'Checkpoints', Checkpoints],
  ['/checkpoints/:id', 'Checkpoint', Checkpoint],
  ['/playground', 'Playground', Playground],
  ['/answers/:id', 'Answer', AnswerPlace],
  ['/jobs', 'Jobs', Jobs],
  ['/jobs/:id', 'Job', Job],
  ['/system', 'System', System],
]

export function App() {
  const client = useQueryClient()
  const session = useQuery<Session | null, Error>({
    queryKey: ['session'],
    queryFn: async () => {
      try {
        const found = await call<Session>('/api/v1/session')
        rememberCsrf(found.csrfToken)
        return found
      } catch (error) {
        if (error instanceof ProblemError && error.status === 401) return null
        throw error
      }
    },
    staleTime: 60_000,
  })
  useEffect(() => onSignedOut(() => changeSession(client, null)), [client])
  if (session.isPending) return <div className="opening"><Bones rows={3} /></div>
  if (session.error && !session.data) return <div className="opening"><Problem error={session.error} retry={() => void session.refetch()} /></div>
  if (!session.data) return <Login onEnter={(entered) => { rememberCsrf(entered.csrfToken); changeSession(client, entered) }} />
  return (
    <SessionProvider value={session.data}>
      <Shell><Here /></Shell>
    </SessionProvider>
  )
}

function Here() {
  const path = usePath()
  for (const [pattern, title, Place] of places) {
    const params = match(pattern, path)
    if (!params) continue
    return (
      <Guard key={path}>
        <Title text={title} />
        <Suspense fallback={<div className="place"><Bones rows={6} /></div>}><Place {...params} /></Suspense>
      </Guard>
    )
  }
  return <div className="place"><Head title="No such page" sub="The address leads nowhere here. The rail on the left names every place." /></div>
}

function Title({ text }: { text: string }) {
  useEffect(() => { document.title = `${text} · TransNormer Platform` }, [text])
  return null
}

/** A place that breaks says so and leaves the rest of the page alone. */
class Guard extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {}
  static getDerivedStateFromError(error: Error) {
    return { error }
  }
  override render() {
    return this.state.error ? <Problem error={this.state.error} retry={() => location.reload()} /> : this.props.children
  }
}
