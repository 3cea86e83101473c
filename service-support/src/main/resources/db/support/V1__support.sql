-- What every service keeps beside its own tables.

create table outbox (
  id          bigint generated always as identity primary key,
  event_id    uuid        not null unique,
  topic       text        not null,
  event_type  text        not null,
  message_key text        not null,
  payload     text        not null,
  request_id  text,
  attempts    integer     not null default 0,
  last_error  text,
  created_at  timestamptz not null default now()
);

create table processed_message (
  consumer     text        not null,
  event_id     uuid        not null,
  processed_at timestamptz not null default now(),
  primary key (consumer, event_id)
);

create table dead_letter (
  id              uuid primary key,
  topic           text        not null,
  kafka_partition integer     not null,
  kafka_offset    bigint      not null,
  consumer        text        not null,
  event_id        text,
  event_type      text,
  message_key     text,
  payload         text,
  reason          text        not null,
  failed_at       timestamptz not null default now(),
  replayed_at     timestamptz,
  replayed_by     text,
  unique (topic, kafka_partition, kafka_offset, consumer)
);

create table idempotent_request (
  caller      text        not null,
  key         text        not null,
  fingerprint text        not null,
  attempt     uuid        not null,
  started_at  timestamptz not null,
  status      integer,
  headers     text,
  body        bytea,
  primary key (caller, key)
);

-- A released lease keeps its row, so that its epoch never goes back.
create table lease (
  name       text primary key,
  owner      text        not null,
  epoch      bigint      not null,
  expires_at timestamptz not null
);
