/** What the services answer. Only `id` and names are promised; a figure that is missing is shown as a dash. */
export type Role = 'viewer' | 'operator' | 'admin'

export interface ProblemBody {
  type?: string
  title?: string
  status?: number
  detail?: string
  instance?: string
  errors?: { pointer?: string; detail?: string }[]
  requestId?: string
}

export interface Page<T> { items: T[]; next?: string | null }

export interface Progress { done?: number; total?: number | null; unit?: string; ratePerSecond?: number | null; etaSeconds?: number | null }
export interface WorkStatus {
  state: string
  progress?: Progress | null
  startedAt?: string | null
  endedAt?: string | null
  attempt?: number | null
  reason?: string | null
}

export interface Session { name: string; role: Role; keyId?: string; csrfToken: string; expiresAt?: string }

export interface Corpus {
  id: string
  name: string
  description?: string | null
  licencePolicy?: string[] | string | null
  counts?: { documents?: number; shards?: number; bytes?: number; sources?: number; textBytes?: number }
  byLanguage?: Tally[]
  bySource?: Tally[]
  byLicence?: Tally[]
  createdAt?: string
}
export interface Tally { name: string; documents: number }
export interface Source {
  id: string
  name: string
  uri: string
  format?: string
  include?: string | null
  licence?: string | null
  provenance?: string | null
  split?: string | null
  counts?: { documents?: number; bytes?: number }
  createdAt?: string
}
export interface Ingestion {
  id: string
  corpusId: string
  status: WorkStatus
  counts?: { files?: number; filesDone?: number; documents?: number; failedFiles?: number; failedDocuments?: number; bytes?: number }
  failures?: Record<string, number>
  jobId?: string
  launchedBy?: string
}
export interface IngestionFailure { source?: string; path?: string; document?: string; reason?: string; detail?: string }
/** As lists show it. */
export interface DocumentListed {
  id: string
  excerpt?: string
  characters?: number
  source?: string
  metadata?: Record<string, string>
}
export interface DocumentRow {
  id: string
  text?: string
  source?: string
  metadata?: Record<string, string>
  corpusId?: string
  shard?: { sha256?: string; prefix?: string }
  ordinal?: number
}
export interface Snapshot {
  id: string
  corpusId?: string
  cleaningRunId?: string
  recipeHash?: string
  counts?: { documents?: number; train?: number; heldout?: number }
  createdAt?: string
}

export interface Recipe { name: string; version?: number; versions?: number[]; hash?: string; description?: string; recipe?: { rules?: { rule: string; limit: number }[] } }
export interface Rule { name: string; meaning?: string; limit?: number; bound?: string; family?: string }
export interface Stage { name: string; state?: string; in?: number; kept?: number; dropped?: number; failed?: number; progress?: Progress | null; partitions?: { total?: number; done?: number }; startedAt?: string | null; endedAt?: string | null; note?: string | null }
export interface Drop { stage: string; reason: string; documents: number }
export interface CleaningRun {
  id: string
  corpusId: string
  recipe?: { name?: string; version?: number; hash?: string }
  status: WorkStatus
  stages?: Stage[]
  drops?: Drop[]
  duplicates?: { exactClusters?: number; nearClusters?: number; clusteredDocuments?: number } | null
  round?: Round | null
  review?: ReviewCounts | null
  counts?: { documents?: number; kept?: number; train?: number; heldout?: number } | null
  snapshotId?: string | null
  jobId?: string | null
  launchedBy?: string | null
  createdAt?: string
}
/** One thing that somebody did to a resource. */
export interface Deed { at: string; actor: string; role: string; action: string; detail?: string | null }
export interface StratumCut { stratum: string; scored: number; lowest: number; highest?: number | null }
export interface Round {
  number?: number
  evaluationRunId?: string | null
  evaluationHeldoutLoss?: number | null
  windowTokens?: number
  scored?: number | null
  unscored?: number | null
  cutPercentile?: number
  lowPercentile?: number
  threshold?: number | null
  cuts?: StratumCut[]
  histogram?: number[] | null
  histogramNats?: number
  autoAccept?: boolean
}
export interface ReviewCounts { pending?: number; accepted?: number; rejected?: number; autoAccepted?: number; unsure?: number }
export interface Verdict {
  documentId: string
  cleaningRunId?: string
  kept: boolean
  stage?: string | null
  reason?: string | null
  value?: number | string | null
  limit?: number | string | null
  values?: Record<string, number | string | boolean | null>
  cluster?: Cluster | null
  clusters?: Cluster[]
  split?: string | null
  language?: string
  scores?: { round: number; state: string; natsPerToken?: number | null; reason?: string | null }[]
}
export interface Cluster { id?: string; likeness?: string; size?: number; survivor?: boolean }
export interface Sample { documentId: string; reason?: string; stage?: string; value?: number; limit?: number; excerpt?: string; source?: string }
export interface WhatIf { in?: number; kept?: number; train?: number; heldout?: number; dropped?: number; failed?: number; unscored?: number; drops?: Drop[] }
export interface ReviewItem {
  id: string
  runId?: string
  round?: number
  documentId: string
  state?: string
  stratum?: string
  score?: number
  limit?: number
  proposal?: string
  decidedBy?: string | null
  decidedAt?: string | null
  text?: string | null
  source?: string | null
}
export interface Tokenizer { id: string; name?: string; status?: WorkStatus; vocabSize?: number; prefix?: string; snapshotId?: string }
export interface TokenSet {
  id: string
  status?: WorkStatus
  prefix?: string
  tokens?: { train?: number; heldout?: number }
  documents?: { train?: number; heldout?: number } | number
  vocabSize?: number
  tokenizerId?: string
  snapshotId?: string
  statistics?: { unigramEntropyNats?: number; kneserNeyBigramHeldoutNats?: number } | null
}

export interface TrainingRun {
  id: string
  name?: string
  purpose?: string
  spec?: Record<string, unknown> & { steps?: number; data?: { tokenSetId?: string; tokenSetPrefix?: string } }
  desired?: string
  observed?: string
  status: WorkStatus
  attempts?: Attempt[]
  latest?: { step?: number; loss?: number; heldoutLoss?: number; tokensPerSecond?: number; gradNorm?: number; learningRate?: number; tokens?: number } | null
  first?: { loss?: number } | null
  checkpoints?: number
  bestCheckpointId?: string | null
  finalCheckpointId?: string | null
  failure?: { reason?: string; logTail?: string | string[] } | null
  launchedBy?: string | null
  createdAt?: string
}
export interface Attempt { number: number; epoch?: number; resumedFrom?: string | null; startStep?: number; openedAt?: string; endedAt?: string | null; outcome?: string | null; reason?: string | null; ranks?: { rank: number; state?: string; step?: number; lastHeartbeatAt?: string | null }[] }
export interface MetricPoint { step: number; value?: number | null; nonFinite?: string; attempt?: number }
export interface Metric { key: string; points: MetricPoint[]; discarded?: MetricPoint[] }
export interface LogLine { attempt: number; rank: number; at?: string; level?: string; text: string }
export interface Checkpoint {
  id: string
  runId?: string | null
  step?: number
  attempt?: number
  prefix?: string
  manifestDigest?: string
  tokenSetId?: string
  snapshotId?: string
  heldoutLoss?: number | null
  createdAt?: string
  bytes?: number
}
export interface Alias { name: string; checkpointId: string; prefix?: string; history?: { version?: number; checkpointId: string; movedAt?: string; movedBy?: string }[] }

export interface Deployment {
  name: string
  state?: string
  alias?: string | null
  checkpointId?: string
  slots?: { total?: number; used?: number } | number
  queue?: { sequences?: number; promptTokens?: number; refused?: number } | null
  modelInfo?: Record<string, unknown> & { family?: string; parameters?: number; vocabSize?: number }
  reason?: string | null
}
export interface Answer { id: string; deployment?: string; checkpointId?: string; createdAt?: string; tokens?: { prompt?: number; completion?: number }; caller?: string }

export interface JobExecution {
  id: string
  service?: string
  name?: string
  status?: WorkStatus
  steps?: JobStep[]
  errors?: JobError[]
  parameters?: Record<string, unknown>
  actions?: string[]
}
export interface JobStep {
  name: string
  status?: WorkStatus
  counts?: Record<string, number>
  partitions?: Partition[]
}
export interface Partition { name: string; state?: string; worker?: string | null; attempt?: number; progress?: Progress; startedAt?: string | null; endedAt?: string | null; counts?: Record<string, number>; error?: string | null }
export interface JobError { cause?: string; fingerprint?: string; message?: string; count?: number; firstAt?: string; lastAt?: string; sample?: string }

export interface ApiKey { id: string; name: string; role: Role; createdAt?: string; createdBy?: string; expiresAt?: string | null; lastUsedAt?: string | null; key?: string; hint?: string }
export interface AuditEntry { id: string; at: string; actor: string; role?: string; action: string; resource?: string; service?: string; detail?: string | null }
export interface Part { service: string; state: string; version?: string | null; detail?: string | null; millis?: number | null }
export interface SystemState { at?: string; parts: Part[]; limits?: Record<string, string | number>; versions?: Record<string, string> }
export interface DeadLetter { id: string; service: string; topic?: string; consumer?: string; key?: string; reason?: string; failedAt?: string; replayedAt?: string | null }

export interface Overview {
  at: string
  parts: Part[]
  totals?: { corpora?: number; documents?: number; bytes?: number; shards?: number; cleaningRuns?: number; trainingRuns?: number; checkpoints?: number; deployments?: number; reviewPending?: number }
  river?: {
    corpus?: Corpus | null
    sources?: number | null
    cleaningRun?: CleaningRun | null
    snapshot?: Snapshot | null
    tokenSet?: TokenSet | null
    trainingRun?: TrainingRun | null
    checkpoint?: Checkpoint | null
    deployments?: Deployment[]
  } | null
  running: Work[]
  attention: Attention[]
}
export interface Work { kind: string; id: string; title: string; status: WorkStatus; href?: string }
export interface Attention { kind: string; severity: string; title: string; detail?: string | null; href?: string; at?: string | null }

export interface LineageStep { kind: string; id?: string; title?: string; href?: string; facts?: Record<string, string | number | null>; summary?: string; missing?: string | null }
export interface AnswerLineage { answerId: string; trail: LineageStep[]; documents?: { id: string; source?: string; excerpt?: string; verdict?: Verdict | null }[] }
export interface DocumentLineage { documentId: string; trail: LineageStep[]; verdicts?: Verdict[] }
