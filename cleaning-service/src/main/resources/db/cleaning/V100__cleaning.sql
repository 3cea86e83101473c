-- Recipes: a version never changes.
create table recipe (
  name       text not null,
  version    int not null,
  hash       text not null,
  body       text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (name, version)
);

-- Long work of every kind: cleaning runs, tokenizers, token sets.
create table work (
  id            text primary key,
  kind          text not null check (kind in ('cleaning', 'tokenizer', 'token-set')),
  state         text not null check (state in
                  ('queued', 'running', 'stopping', 'stopped', 'failed', 'succeeded', 'abandoned')),
  attempt       int not null default 1,
  reason        text,
  -- the newest batch execution
  execution_id  bigint,
  launched_by   text not null,
  launched_role text not null,
  created_at    timestamptz not null default now(),
  started_at    timestamptz,
  ended_at      timestamptz
);
create index work_open on work (kind, id) where state in ('queued', 'running', 'stopping');

create table work_stage (
  work_id    text not null references work on delete cascade,
  stage      text not null,
  position   int not null,
  state      text not null check (state in ('waiting', 'running', 'succeeded', 'failed', 'stopped', 'skipped')),
  unit       text not null,
  -- why a running stage does not move: "12 documents wait for review"
  note       text,
  started_at timestamptz,
  -- when the present attempt took it up, and how much was done then: the rate counts from here
  resumed_at   timestamptz,
  resumed_done bigint not null default 0,
  -- progress of a stage without partitions; the others count in batch_partition
  total bigint not null default 0,
  done  bigint not null default 0,
  ended_at   timestamptz,
  primary key (work_id, stage)
);

-- Why documents left, after the latest decision.
create table work_drop (
  work_id   text not null references work on delete cascade,
  stage     text not null,
  reason    text not null,
  documents bigint not null,
  primary key (work_id, stage, reason)
);

create table cleaning_run (
  id             text primary key references work on delete cascade,
  corpus_id      text not null,
  recipe_name    text not null,
  recipe_version int not null,
  recipe_hash    text not null,
  -- the recipe with the overrides of this run
  recipe         text not null,
  documents      bigint,
  kept           bigint,
  train          bigint,
  heldout        bigint,
  snapshot_id     text,
  snapshot_prefix text,
  exact_clusters      bigint,
  near_clusters       bigint,
  clustered_documents bigint
);
create index cleaning_run_corpus on cleaning_run (corpus_id, id);

-- The shard list, frozen when a run begins.
create table cleaning_shard (
  run_id        text not null references cleaning_run on delete cascade,
  part          int not null,
  sha256        text not null,
  prefix        text not null,
  documents     bigint not null,
  bytes         bigint not null,
  text_bytes    bigint not null,
  -- the normalised shard, once annotated
  clean_sha256     text,
  clean_prefix     text,
  clean_bytes      bigint,
  clean_text_bytes bigint,
  failed        bigint,
  primary key (run_id, part)
);

create table evaluation_round (
  run_id            text not null references cleaning_run on delete cascade,
  round             int not null,
  window_tokens     int not null,
  auto_accept       boolean not null,
  tokenizer_sha256  text,
  -- share of the train split that the model learns from
  sample_share      double precision,
  token_set_id      text,
  token_set_prefix  text,
  training_run_id   text,
  -- counts the training runs that were given up
  training_failures int not null default 0,
  checkpoint_id     text,
  checkpoint_prefix text,
  checkpoint_digest text,
  heldout_loss      double precision,
  scored            bigint,
  unscored          bigint,
  cut               text,
  primary key (run_id, round)
);

-- What trainer-service has told of runs that ended; the doorbell of those who wait.
create table ended_training (
  run_id   text primary key,
  state    text not null,
  ended_at timestamptz not null default now()
);

-- A bounded sample near the cut; the text stays in its shard.
create table review_item (
  id          text primary key,
  run_id      text not null,
  round       int not null,
  document_id text not null,
  part        int not null,
  ordinal     int not null,
  stratum     text not null,
  score       double precision not null,
  threshold   double precision not null,
  -- what the cut says of the document
  keep        boolean not null,
  state       text not null check (state in ('pending', 'accepted', 'rejected', 'unsure', 'auto-accepted')),
  decided_by  text,
  decided_at  timestamptz,
  -- whether the decision counted when the run decided
  applied     boolean not null default false,
  foreign key (run_id, round) references evaluation_round on delete cascade,
  unique (run_id, round, part, ordinal)
);
create index review_item_state on review_item (state, id);

create table tokenizer (
  id          text primary key references work on delete cascade,
  name        text,
  snapshot_id text,
  vocab_size  int not null,
  origin      text not null check (origin in ('trained', 'registered')),
  sha256      text,
  prefix      text
);
create index tokenizer_sha256 on tokenizer (sha256);

create table token_set (
  id              text primary key references work on delete cascade,
  snapshot_id     text not null,
  tokenizer_id    text not null,
  tokenizer_sha256 text not null,
  prefix          text not null,
  digest          text,
  vocab_size      int,
  train_tokens    bigint,
  heldout_tokens  bigint,
  train_documents bigint,
  heldout_documents bigint,
  train_bytes     bigint,
  heldout_bytes   bigint,
  unigram_entropy_nats   double precision,
  unigram_heldout_nats   double precision,
  kneser_ney_bigram_nats double precision
);
create index token_set_digest on token_set (digest);
