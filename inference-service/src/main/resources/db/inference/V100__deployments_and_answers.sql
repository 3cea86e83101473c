create table deployment (
  name          text primary key,
  alias         text,
  checkpoint_id text,
  slots         integer     not null check (slots > 0),
  updated_by    text        not null,
  updated_at    timestamptz not null default now(),
  check ((alias is null) <> (checkpoint_id is null))
);

create table answer (
  id                text primary key,
  deployment        text        not null,
  checkpoint_id     text        not null,
  created_at        timestamptz not null,
  prompt_tokens     integer     not null default 0,
  completion_tokens integer     not null default 0,
  caller            text        not null
);

create index answer_by_checkpoint on answer (checkpoint_id, created_at);
