-- Tables of every service whose things can be removed. corpus-service has had the first from its
-- beginning. A service's own migrations from now on have higher numbers than this one.

-- Folders of the store that nothing refers to; removed when due.
create table if not exists garbage (
  prefix        text primary key,
  due_at        timestamptz not null
);

-- What is about to refer to a thing of another service: written before that service is asked for
-- the thing, deleted in the transaction that writes the reference itself.
create table announced_reference (
  token         text primary key,
  kind          text not null,
  id            text not null,
  referrer      text not null,               -- in words
  announced_at  timestamptz not null default clock_timestamp()
);
create index announced_reference_by_thing on announced_reference (kind, id);
