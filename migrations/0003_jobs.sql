-- Replay and recovery as jobs (P10), and the tags by which events may be selected for them.

-- Null when absent, as nearly always: costs an event nothing. No index: filters walk the primary key, as those by channel do.
alter table posthorn.event add column tags text[];

-- Something done in the background, in small steps, by one process at a time. The row is the lease: `owner` is the token of the
-- process that works on it, and each step locks the row and names that token.
create table posthorn.job (
  id              uuid        primary key,
  -- Stands inside the id of every delivery that the job owes, so that they are found again without a column on the road.
  number          integer     generated always as identity unique,
  app_id          uuid        not null,
  task            text        not null check (task in ('endpoint.recover', 'endpoint.replay', 'endpoint.bulk-replay')),
  what            text        not null check (what in ('failed', 'missing', 'all')),
  -- Events with since <= their time < until. Fixed at creation, so that a job ends.
  since           timestamptz not null,
  until           timestamptz not null,
  event_types     text[],
  channels        text[],
  tags            text[],
  outcomes        text[],
  reasons         text[],
  rate_per_second integer     not null check (rate_per_second between 1 and 10000),
  state           text        not null default 'running' check (state in ('running', 'paused', 'finished', 'failed', 'cancelled')),
  error           text,
  -- Cancelled together with what it owed: until nothing of it waits any more.
  withdrawing     boolean     not null default false,
  owner           bigint, -- process.token; void when that process ended
  -- Deliveries owed by it so far: the next one's number within the job.
  made            bigint      not null default 0,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  finished_at     timestamptz,
  check ((state = 'failed') = (error is not null)),
  check ((state in ('finished', 'failed', 'cancelled')) = (finished_at is not null)),
  check (not withdrawing or state = 'cancelled'),
  check (owner is null or state = 'running' or withdrawing)
);
create index job_of on posthorn.job (app_id, id);
create index job_at_work on posthorn.job (id) where state = 'running' or withdrawing;

-- A job's part for one endpoint: how far it has walked.
create table posthorn.job_endpoint (
  job_id      uuid   not null references posthorn.job on delete cascade,
  endpoint_id uuid   not null,
  -- It counts first, then begins anew and owes.
  phase       text   not null default 'counting' check (phase in ('counting', 'owing', 'finished', 'failed')),
  cursor      uuid   not null, -- events up to this one are done with, in this phase
  matched     bigint not null default 0,
  done        bigint not null default 0, -- owed
  skipped     bigint not null default 0, -- would have been, but their payload was erased
  -- What it waits for: the endpoint is owed a lot already; because it is paused, or because it is slow.
  waiting     text   check (waiting in ('backlog', 'paused')),
  error       text   check (error in ('endpoint_deleted', 'endpoint_disabled')),
  primary key (job_id, endpoint_id),
  check ((phase = 'failed') = (error is not null)),
  check (waiting is null or phase = 'owing')
);
