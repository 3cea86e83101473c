-- Only the SHA-256 of a key is kept. A revoked key stays, so that the audit can name who used it.
create table api_key (
  id           text primary key,
  name         text        not null,
  role         text        not null check (role in ('viewer', 'operator', 'admin')),
  hint         text        not null,
  hash         text        not null unique,
  created_by   text        not null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz
);

create table session (
  hash       text primary key,
  key_id     text        not null references api_key,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index session_expires_at on session (expires_at);

-- Append-only. The event id makes a redelivered event harmless.
create table audit (
  id       text primary key,
  event_id text        not null unique,
  at       timestamptz not null,
  actor    text        not null,
  role     text        not null,
  action   text        not null,
  resource text        not null,
  service  text        not null,
  detail   text
);
create index audit_actor on audit (actor, id);
