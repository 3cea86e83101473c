-- Corpora, what they are made of, and what was made of them. No table has a row per document or per
-- file: documents lie in shards, plans and failures in the object store.

create table corpus (
  id            text primary key,
  name          text not null unique,
  description   text not null,
  licences      jsonb not null,             -- allowed licences; empty allows every one
  version       bigint not null,
  created_at    timestamptz not null,
  created_by    text not null,
  updated_at    timestamptz not null
);

create table source (
  id            text primary key,
  corpus_id     text not null references corpus (id),
  name          text not null,
  uri           text not null,
  include_glob  text not null,
  exclude_glob  text,
  format        text not null,
  fields        jsonb not null,
  split         text not null,
  split_bytes   integer not null,
  tagged        text not null,
  invalid_text  text not null,
  charset       text not null,
  licence       text not null,
  provenance    text,
  metadata      jsonb not null,
  created_at    timestamptz not null,
  created_by    text not null,
  unique (corpus_id, name)
);

create table ingestion (
  id               text primary key,
  corpus_id        text not null references corpus (id),
  source_ids       jsonb not null,
  created_at       timestamptz not null,
  launched_by      text not null,
  launched         boolean not null default false,
  planned_at       timestamptz,
  published_at     timestamptz               -- its shards are the sources' shards from then on
);
create index ingestion_by_corpus on ingestion (corpus_id, id);
create index ingestion_unlaunched on ingestion (id) where not launched;

-- Work units, frozen when the ingestion is planned. Their files are listed in the store at plan_key.
create table ingestion_partition (
  ingestion_id     text not null references ingestion (id),
  name             text not null,
  source_id        text not null,
  files            bigint not null,
  bytes            bigint not null,
  plan_key         text,                     -- absent for what was refused while planning
  plan_digest      text not null,            -- equal files read by equal rules
  failures_key     text not null,
  files_done       bigint not null default 0,
  bytes_done       bigint not null default 0,
  documents_done   bigint not null default 0,
  committed_at     timestamptz,
  failed_files     bigint not null default 0,
  documents_read   bigint not null default 0,
  documents        bigint not null default 0,
  documents_failed bigint not null default 0,
  reasons          jsonb not null default '{}',
  shards           jsonb not null default '[]',
  primary key (ingestion_id, name)
);
create index ingestion_partition_by_plan on ingestion_partition (source_id, plan_digest)
  where committed_at is not null;

create table shard (
  corpus_id     text not null,
  sha256        text not null,
  prefix        text not null,
  source_id     text not null,
  id_tail       text not null,               -- what the ids of its documents end with
  ingestion_id  text not null,
  documents     bigint not null,
  bytes         bigint not null,
  text_bytes    bigint not null,
  languages     jsonb not null,              -- documents by what they say of their language
  live          boolean not null,            -- false once a later ingestion replaced it
  added_at      timestamptz not null,
  primary key (corpus_id, sha256)
);
create index shard_by_id_tail on shard (id_tail);
create index shard_by_source on shard (source_id);

create table snapshot (
  id                 text primary key,       -- Merkle root
  prefix             text not null,
  corpus_id          text not null,
  cleaning_run_id    text not null,
  recipe_hash        text not null,
  documents_in       bigint not null,
  documents_kept     bigint not null,
  train_documents    bigint not null,
  heldout_documents  bigint not null,
  shards             integer not null,
  created_at         timestamptz not null
);
create index snapshot_by_corpus on snapshot (corpus_id, created_at);

create table snapshot_shard (
  snapshot_id   text not null references snapshot (id),
  sha256        text not null,
  prefix        text not null,
  primary key (snapshot_id, sha256)
);
create index snapshot_shard_by_prefix on snapshot_shard (prefix);

create table snapshot_export (
  id               text primary key,
  snapshot_id      text not null references snapshot (id),
  target           text not null unique,
  format           text not null,
  launched         boolean not null default false,
  created_at       timestamptz not null,
  launched_by      text not null,
  documents        bigint not null default 0,
  bytes            bigint not null default 0,
  committed_at     timestamptz
);
create index snapshot_export_by_snapshot on snapshot_export (snapshot_id, id);

-- Folders of the store that nothing refers to; removed when due.
create table garbage (
  prefix        text primary key,
  due_at        timestamptz not null
);
