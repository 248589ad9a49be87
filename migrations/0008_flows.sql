-- Flows: durable automations. What is hot is inserted and deleted; what is settled stands in partitions by the time inside the run's id.

-- The fence of whoever works on leases of its process (P3): holds the process's row until the end of the transaction, so that
-- nobody can declare it ended meanwhile, and fails when somebody has. One row for a whole batch.
create function posthorn.expect_lease(expected bigint) returns void
  language plpgsql as $$
begin
  perform from posthorn.process where token = expected and ended_at is null for share;
  if not found then
    raise exception 'the lease of process % has ended', expected using errcode = 'PH002';
  end if;
end $$;

-- Fails the transaction when a row that was to be moved is not there any more: somebody else has it, or it was moved already.
create function posthorn.expect_rows(expected integer, moved bigint) returns void
  language plpgsql as $$
begin
  if expected <> moved then
    raise exception 'expected to move % rows and moved %', expected, moved using errcode = 'PH003';
  end if;
end $$;

create table posthorn.flow (
  id              uuid        primary key,
  app_id          uuid        not null,
  -- `flow` of its definition.
  name            text collate "C" not null,
  -- Whether it takes new runs: 'enabled'; 'paused' (they wait, and those that go on stop at their next commit); 'disabled' (none are made, those there go on).
  mode            text        not null default 'enabled' check (mode in ('enabled', 'paused', 'disabled')),
  -- New runs begin with it.
  version         integer     not null,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  deleted_at      timestamptz
);
create unique index flow_name on posthorn.flow (app_id, name) where deleted_at is null;
create index flow_of on posthorn.flow (app_id, id) where deleted_at is null;

-- Never changed: a run keeps the version it began with.
create table posthorn.flow_version (
  flow_id    uuid        not null references posthorn.flow on delete cascade,
  version    integer     not null check (version > 0),
  definition jsonb       not null,
  -- As it was written, when that was not JSON: with its comments.
  source     text,
  digest     bytea       not null, -- SHA-256 of the canonical JSON of the definition
  note       text        not null default '',
  created_by text        not null default '',
  created_at timestamptz not null default now(),
  primary key (flow_id, version)
);

-- Bumped by every change of an application's flows, in the same transaction; compared inside the append (see endpoint_set).
create table posthorn.flow_set (
  app_id  uuid   primary key,
  version bigint not null
);

create function posthorn.expect_flow_sets(ids uuid[], versions bigint[]) returns void
  language plpgsql as $$
begin
  if exists (select from unnest(ids, versions) e(id, version)
               left join posthorn.flow_set s on s.app_id = e.id
              where coalesce(s.version, 0) <> e.version) then
    raise exception 'the flows of an application are not as expected' using errcode = 'PH001';
  end if;
end $$;

-- Where nobody has flows an append pays for one look at an empty table.
create function posthorn.expect_no_flows() returns void
  language plpgsql as $$
begin
  if exists (select from posthorn.flow_set) then
    raise exception 'an application has flows' using errcode = 'PH001';
  end if;
end $$;

-- In the hands of a process. As long as what runs at this moment; found by id only.
create table posthorn.run_leased (
  id         uuid        primary key,
  app_id     uuid        not null,
  flow_id    uuid        not null,
  version    integer     not null,
  owner      bigint      not null, -- process.token
  phase      text        not null check (phase in ('matched', 'running')),
  trigger    text        not null check (trigger in ('event', 'source', 'delivery', 'schedule', 'api', 'manual', 'rerun', 'call', 'run', 'batch')),
  -- Its input is that event's payload; null: `input`.
  event_id   uuid,
  input      bytea,
  facts      jsonb,
  parent_id  uuid,
  depth      smallint    not null default 0,
  priority   smallint    not null default 0 check (priority between -100 and 100),
  -- Places of flow control that it holds; null, as nearly always: none.
  gates      uuid[],
  started_at timestamptz not null default now(),
  trace      text,
  check ((event_id is null) or (input is null))
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000, autovacuum_vacuum_cost_delay = 0);

-- From a run to those that it called. Most have no parent and no entry.
create index run_leased_child on posthorn.run_leased (parent_id) where parent_id is not null;

-- Waiting: for a time, for something outside, for flow control, or for a process with room. A row, not a process.
create table posthorn.run_waiting (
  id          uuid        primary key,
  app_id      uuid        not null,
  flow_id     uuid        not null,
  version     integer     not null,
  waiting_for text        not null check (waiting_for in ('room', 'control', 'time', 'event', 'approval', 'task', 'call', 'paused')),
  -- Null: nothing falls due by itself.
  due_at      timestamptz,
  phase       text        not null check (phase in ('matched', 'running')),
  trigger     text        not null check (trigger in ('event', 'source', 'delivery', 'schedule', 'api', 'manual', 'rerun', 'call', 'run', 'batch')),
  event_id    uuid,
  input       bytea,
  facts       jsonb,
  parent_id   uuid,
  depth       smallint    not null default 0,
  priority    smallint    not null default 0 check (priority between -100 and 100),
  gates       uuid[],
  started_at  timestamptz not null default now(),
  trace       text,
  check ((event_id is null) or (input is null))
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000, autovacuum_vacuum_cost_delay = 0);
create index run_waiting_due on posthorn.run_waiting (app_id, due_at, id) where due_at is not null;
create index run_waiting_of on posthorn.run_waiting (flow_id, id);

-- How runs ended. No index but the key: lists walk it flow by flow.
create table posthorn.run_ended (
  flow_id     uuid        not null,
  id          uuid        not null,
  app_id      uuid        not null,
  version     integer     not null,
  state       text        not null check (state in ('completed', 'failed', 'cancelled')),
  trigger     text        not null check (trigger in ('event', 'source', 'delivery', 'schedule', 'api', 'manual', 'rerun', 'call', 'run', 'batch')),
  event_id    uuid,
  input       bytea,
  facts       jsonb,
  parent_id   uuid,
  depth       smallint    not null default 0,
  -- JSON: what it returned; the error (`StepError`) of one that failed; the reason of one that was cancelled.
  result      bytea,
  -- Failures that look alike have the same.
  fingerprint uuid,
  steps       integer     not null,
  started_at  timestamptz not null,
  ended_at    timestamptz not null default now(),
  trace       text,
  primary key (flow_id, id),
  check ((fingerprint is not null) <= (state = 'failed'))
) partition by range (id);
-- Few are cancelled: their list is answered by an index that costs the others nothing.
create index run_ended_cancelled on posthorn.run_ended (flow_id, id) where state = 'cancelled';
create index run_ended_failed on posthorn.run_ended (flow_id, fingerprint, id) where state = 'failed';

-- The journal: what is recorded of runs, in order. Only added to.
create table posthorn.run_step (
  run_id  uuid        not null,
  seq     integer     not null,
  kind    text        not null check (kind in ('completed', 'failed', 'began', 'waiting', 'cancelled')),
  path    text        not null,
  attempt smallint    not null,
  at      timestamptz not null,
  -- 'failed': when it is tried again; 'waiting': until when at most.
  due_at  timestamptz,
  -- JSON: the output, or the error.
  value   bytea,
  -- JSON: the lines that a program wrote meanwhile; null, as nearly always: none. Nothing follows from them.
  logs    bytea,
  primary key (run_id, seq)
) partition by range (run_id);

-- Something for a run: an event it waited for, an approval, a task's result, a cancellation. Consumed in the commit of the entries that it leads to;
-- a row here is by itself a reason to take the run up.
create table posthorn.run_signal (
  id         uuid        primary key,
  run_id     uuid        not null,
  -- The step it is for; '' for the run.
  path       text        not null,
  -- Which attempt of that step it answers; null: the one that waits when it is read.
  attempt    smallint,
  kind       text        not null check (kind in ('completed', 'failed', 'cancel', 'wake')),
  value      bytea, -- JSON: the output, the error, the reason
  created_at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
create index run_signal_for on posthorn.run_signal (run_id);

-- A key under which a run was started, by the digest of application, flow and key: starting it again gives the same run.
create table posthorn.run_key (
  key        uuid        primary key,
  run_id     uuid        not null,
  body_hash  uuid        not null,
  expires_at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
create index run_key_expiry on posthorn.run_key (expires_at);

-- Claims keys in their order, so that two batches that share some wait for each other instead of deadlocking; fails when one is taken.
create function posthorn.claim_run_keys(keys uuid[], run_ids uuid[], hashes uuid[], windows_ms bigint[]) returns void
  language plpgsql as $$
declare
  won integer;
begin
  insert into posthorn.run_key as k (key, run_id, body_hash, expires_at)
  select t.key, t.run_id, t.hash, now() + t.window_ms * interval '1 ms'
    from unnest(keys, run_ids, hashes, windows_ms) t(key, run_id, hash, window_ms)
   order by t.key
  on conflict (key) do update
     set run_id = excluded.run_id, body_hash = excluded.body_hash, expires_at = excluded.expires_at
   where k.expires_at <= now();
  get diagnostics won = row_count;
  if won <> cardinality(keys) then
    raise exception 'a key is taken' using errcode = 'PH001';
  end if;
end $$;
