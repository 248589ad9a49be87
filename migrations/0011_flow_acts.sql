-- What people ask of flows and runs: approvals, running many again, from a run to those that it led to.

-- What a run asks a person. A row of a run that goes on without it is taken away; a decision is kept in the run's journal and in the audit log,
-- and here for as long as the run goes on.
create table posthorn.flow_approval (
  run_id     uuid        not null,
  path       text        not null,
  app_id     uuid        not null,
  flow_id    uuid        not null,
  title      text        not null,
  details    bytea       not null, -- JSON
  -- SHA-256 of the token of its link; null: it has none, because its step is done for each item.
  token_hash bytea       unique,
  until_at   timestamptz,
  asked_at   timestamptz not null default now(),
  approved   boolean,
  decided_by text,
  decided_at timestamptz,
  reason     text,
  primary key (run_id, path),
  check ((approved is null) = (decided_at is null) and (approved is null) = (decided_by is null) and (approved is null) = (reason is null))
);
create index flow_approval_pending on posthorn.flow_approval (app_id, run_id, path) where approved is null;
create index flow_approval_of on posthorn.flow_approval (flow_id, run_id) where approved is null;

-- Runs of a flow, chosen by a filter, that are run again one after the other: a cursor, moved in the transaction that starts the runs. Whoever
-- does the next stretch holds the row for as long as that takes; nobody owns it in between.
create table posthorn.flow_rerun (
  id              uuid        primary key,
  app_id          uuid        not null,
  flow_id         uuid        not null,
  state           text        not null default 'running' check (state in ('running', 'finished', 'cancelled')),
  of_state        text        not null check (of_state in ('completed', 'failed', 'cancelled')),
  fingerprint     uuid,
  of_version      integer,
  since           timestamptz not null,
  until           timestamptz not null,
  -- Null: each from its beginning; 'failed': each from where it failed.
  from_path       text,
  -- Null: each with its own; 0: with the current one.
  version         integer     check (version >= 0),
  rate_per_second integer     not null check (rate_per_second between 1 and 1000),
  -- Runs up to it were looked at, the oldest first.
  cursor          uuid        not null,
  matched         bigint      not null default 0,
  started         bigint      not null default 0,
  skipped         bigint      not null default 0,
  last_skipped    jsonb,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  finished_at     timestamptz,
  check ((finished_at is null) = (state = 'running'))
);
create index flow_rerun_open on posthorn.flow_rerun (updated_at, id) where state = 'running';
create index flow_rerun_of on posthorn.flow_rerun (flow_id, id);

-- From a run to those that it called, and that repeat it. Most have no parent and no entry.
create index run_ended_child on posthorn.run_ended (parent_id) where parent_id is not null;
create index run_waiting_child on posthorn.run_waiting (parent_id) where parent_id is not null;

-- Lists of what did not go well, however much did (what was cancelled: run_ended_cancelled).
create index run_ended_failures on posthorn.run_ended (flow_id, id) where state = 'failed';
-- What people and clocks began, beside all that events did.
create index run_ended_begun on posthorn.run_ended (flow_id, trigger, id) where trigger in ('manual', 'rerun', 'schedule');
-- From an event to its runs.
create index run_ended_event on posthorn.run_ended (event_id) where event_id is not null;
create index run_waiting_event on posthorn.run_waiting (event_id) where event_id is not null;
