-- One row per remote partition: who works on it, how far it is, and what came of it.
create table batch_partition (
  step_execution_id bigint primary key,
  job_execution_id  bigint      not null,
  job_instance_id   bigint      not null,
  step_name         text        not null,
  partition_name    text        not null,
  parameters        jsonb       not null,
  state             text        not null default 'waiting'
    check (state in ('waiting', 'running', 'done', 'failed', 'stopped', 'abandoned')),
  stop_requested    boolean     not null default false,
  epoch             bigint      not null default 0,
  attempts          integer     not null default 0,
  worker            text,
  lease_until       timestamptz,
  done              bigint      not null default 0,
  total             bigint      not null default 0,
  unit              text        not null default '',
  counters          jsonb       not null default '{}',
  results           jsonb       not null default '{}',
  reason            text,
  created_at        timestamptz not null default now(),
  started_at        timestamptz,
  ended_at          timestamptz
);

create index batch_partition_open on batch_partition (step_name, step_execution_id)
  where state in ('waiting', 'running');
create index batch_partition_by_instance on batch_partition (job_instance_id, step_name, partition_name);
create index batch_partition_by_execution on batch_partition (job_execution_id);

-- Which process drives a job execution; one whose lease has run out is dead.
create table batch_job_owner (
  job_execution_id bigint primary key,
  owner            text        not null,
  lease_until      timestamptz not null
);
