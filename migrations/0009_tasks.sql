-- Tasks: work that users' own programs do. A task that has not ended is a row of one of two tables, both as long as what is
-- to be done; one that has is a row of a third, in partitions by the time inside its id.
--
--            lease                    report
--   owed ───────────▶ leased ───────────────────▶ ended
--    ▲  │               │                          ▲
--    │  │ cancel        │ retry, release, takeover │
--    │  └───────────────┼──────────────────────────┘
--    └──────────────────┘

-- Keys of workers may enqueue tasks and do them, and nothing else.
alter table posthorn.api_key drop constraint api_key_role_check;
alter table posthorn.api_key add constraint api_key_role_check check (role in ('admin', 'operator', 'viewer', 'ingest', 'worker', 'portal'));

-- Workers: one row per incarnation of one. `token` grows and is the fence: tasks leased to a worker carry it, and a report that
-- names a token which no longer holds the task changes nothing. One row renewed each second stands for all its tasks.
create table posthorn.task_worker (
  token       bigint generated always as identity primary key,
  id          uuid        not null,
  app_id      uuid        not null,
  name        text        not null,
  queues      text[]      not null check (cardinality(queues) between 1 and 100),
  names       text[]      not null check (cardinality(names) between 1 and 1000),
  concurrency integer     not null check (concurrency between 1 and 10000),
  started_at  timestamptz not null default now(),
  seen_at     timestamptz not null default clock_timestamp(),
  ended_at    timestamptz,
  ended_by    text check (ended_by in ('left', 'lost')),
  check ((ended_at is null) = (ended_by is null))
) with (fillfactor = 50);
create index task_worker_living on posthorn.task_worker (app_id, token) where ended_at is null;

-- Settings of queues; a queue without a row has none.
create table posthorn.task_queue (
  app_id      uuid        not null,
  name        text collate "C" not null,
  paused      boolean     not null default false,
  -- Tasks under way at once, over all workers; null: as many as they take.
  concurrency integer     check (concurrency between 1 and 100000),
  -- Tasks handed out per second; null: as fast as they are taken. `allowance` is what was left of it at `allowance_at`.
  rate        real        check (rate > 0 and rate <= 100000),
  allowance   real        not null default 0,
  allowance_at timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (app_id, name)
);

-- Waiting for its time, or for a worker. `rank_at` is when it would be due if each point of priority were a minute of waiting: in this
-- order what is urgent goes first and nothing starves. What is due later is not `ready`, however urgent, and stands outside that order.
create table posthorn.task_owed (
  app_id      uuid        not null,
  id          uuid        not null,
  queue       text collate "C" not null,
  name        text collate "C" not null,
  ready       boolean     not null,
  rank_at     timestamptz not null,
  due_at      timestamptz not null,
  priority    smallint    not null default 0 check (priority between -100 and 100),
  attempts    smallint    not null default 0, -- made
  input       bytea       not null,           -- JSON
  -- { "retry": {…}, "timeoutMs": n }; null, as mostly: the defaults.
  options     jsonb,
  -- In posthorn.task_unique; until it is leased, until it has ended, or for a while whatever becomes of it.
  unique_key  uuid,
  unique_mode text        check (unique_mode in ('waiting', 'done', 'window')),
  -- The step of a run that waits for it.
  run_id      uuid,
  path        text,
  -- What its worker passes on to others as an idempotency key; null: its id.
  key         text,
  primary key (app_id, id),
  check ((unique_key is null) = (unique_mode is null)),
  check ((run_id is null) = (path is null))
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000, autovacuum_vacuum_cost_delay = 0);
create index task_owed_next on posthorn.task_owed (app_id, queue, name, ready, rank_at, id);
create index task_owed_later on posthorn.task_owed (app_id, due_at, id) where not ready;
create index task_owed_of_run on posthorn.task_owed (run_id) where run_id is not null;

-- In the hands of a worker. Found by id only, or looked through whole: it is as long as what is under way.
create table posthorn.task_leased (
  app_id      uuid        not null,
  id          uuid        not null,
  queue       text collate "C" not null,
  name        text collate "C" not null,
  worker      bigint      not null, -- task_worker.token
  attempt     smallint    not null, -- this one, counted from 1
  leased_at   timestamptz not null default now(),
  -- Null: it may take as long as its worker is heard of.
  deadline_at timestamptz,
  priority    smallint    not null default 0,
  input       bytea       not null,
  options     jsonb,
  unique_key  uuid,
  unique_mode text        check (unique_mode in ('waiting', 'done', 'window')),
  run_id      uuid,
  path        text, -- null beside a run: its step does not wait for it any more
  key         text,
  -- Somebody wants it to end; its worker is told with its next heartbeat.
  cancel_reason text,
  -- JSON: what its worker last told of it.
  progress    text,
  primary key (app_id, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000, autovacuum_vacuum_cost_delay = 0);
create index task_leased_cancelled on posthorn.task_leased (worker) where cancel_reason is not null;
create index task_leased_of_run on posthorn.task_leased (run_id) where run_id is not null;

-- How tasks ended. The attempt that completed it is told here, those before it in posthorn.task_attempt.
create table posthorn.task_ended (
  app_id     uuid        not null,
  id         uuid        not null,
  queue      text collate "C" not null,
  name       text collate "C" not null,
  state      text        not null check (state in ('completed', 'failed', 'cancelled')),
  priority   smallint    not null default 0,
  attempts   smallint    not null,
  input      bytea       not null,
  options    jsonb,
  -- JSON: the output; the error of one that failed; the reason of one that was cancelled.
  result     bytea       not null,
  run_id     uuid,
  path       text,
  key        text,
  worker     uuid,        -- task_worker.id; null: no worker had it
  started_at timestamptz, -- the last attempt
  ended_at   timestamptz not null default now(),
  primary key (app_id, id)
) partition by range (id);
create index task_ended_failed on posthorn.task_ended (app_id, id) where state = 'failed';

-- Attempts that did not complete their task. `late`: told by a worker that had lost the task by then, and of no effect (P3).
create table posthorn.task_attempt (
  task_id    uuid        not null,
  number     smallint    not null,
  late       boolean     not null default false,
  app_id     uuid        not null,
  outcome    text        not null check (outcome in ('completed', 'failed', 'timeout', 'lost', 'cancelled')),
  worker     uuid,
  started_at timestamptz,
  ended_at   timestamptz not null default now(),
  error      bytea, -- JSON
  -- When it was to be tried again; null: not.
  next_at    timestamptz,
  primary key (task_id, number, late),
  check ((outcome = 'completed') <= late)
) partition by range (task_id);

-- Who holds a unique key: first 128 bits of SHA-256 over (application, task name, key).
create table posthorn.task_unique (
  key        uuid        primary key,
  task_id    uuid        not null,
  expires_at timestamptz not null default 'infinity'
);
create index task_unique_expires on posthorn.task_unique (expires_at) where expires_at < 'infinity';

-- Tasks by the clock, as the last worker that joined declared them.
create table posthorn.task_schedule (
  app_id     uuid        not null,
  name       text collate "C" not null,
  queue      text collate "C" not null,
  cron       text        not null,
  zone       text        not null default 'UTC',
  priority   smallint    not null default 0 check (priority between -100 and 100),
  input      bytea       not null,
  options    jsonb,
  next_at    timestamptz not null,
  last_at    timestamptz,
  updated_at timestamptz not null default now(),
  primary key (app_id, name)
);
create index task_schedule_next on posthorn.task_schedule (next_at);

-- Puts off no longer than `waits`: how long after its attempt number `attempt` a task is tried again. ±20 %, so that tasks which failed
-- together, or were lost with one worker, part ways.
create function posthorn.task_wait(options jsonb, attempt integer) returns interval
  language sql volatile
  return least(coalesce((options #>> '{retry,waitMs}')::float8, 1000) * power(coalesce((options #>> '{retry,factor}')::float8, 2), least(attempt - 1, 60)),
               coalesce((options #>> '{retry,maxMs}')::float8, 3600000))
         * (0.8 + 0.4 * random()) * interval '1 ms';

-- Whether a task is tried again after an attempt that ended like this.
create function posthorn.task_retries(options jsonb, attempt integer, class text) returns boolean
  language sql immutable
  return attempt < coalesce((options #>> '{retry,attempts}')::integer, 5)
     and case when options #> '{retry,on}' is null then class in ('retryable', 'timeout', 'ambiguous') else options #> '{retry,on}' ? class end;

-- Nobody waits for these tasks of runs any more (path null: for all of that run): those that wait have ended, workers are told to stop the others,
-- whose end, however they come to it, is no signal to the run (path null): its step may wait for another attempt by then. A function, so that it
-- can be a part of a statement that does much else.
create function posthorn.cancel_tasks_of(runs uuid[], paths text[]) returns void
  language plpgsql as $$
declare
  why constant text := 'The run that wanted it does not wait for it any more';
begin
  with gone as (
    delete from posthorn.task_owed o using unnest(runs, paths) t(run_id, path)
     where o.run_id = t.run_id and o.path = coalesce(t.path, o.path)
    returning o.*
  )
  insert into posthorn.task_ended (app_id, id, queue, name, state, priority, attempts, input, options, result, run_id, path, key)
  select app_id, id, queue, name, 'cancelled', priority, attempts, input, options,
         convert_to(jsonb_build_object('class', 'cancelled', 'code', 'not_awaited', 'message', why)::text, 'UTF8'), run_id, path, key
    from gone;
  update posthorn.task_leased l set cancel_reason = coalesce(l.cancel_reason, why), path = null from unnest(runs, paths) t(run_id, path)
   where l.run_id = t.run_id and l.path = coalesce(t.path, l.path);
end $$;

-------------------------------------------------------------------------------------- from the user's own transaction

-- Whether this is a task's `retry` as the API takes it. Comparisons in strict paths are null for what is of another type.
create function posthorn.is_task_retry(retry jsonb) returns boolean
  language sql immutable
  return pg_catalog.jsonb_typeof(retry) = 'object' and not exists (
    select from pg_catalog.jsonb_each(case when pg_catalog.jsonb_typeof(retry) = 'object' then retry else '{}' end) given(name, value)
     where (case given.name
              when 'attempts' then pg_catalog.jsonb_path_match(given.value, 'strict $ >= 1 && $ <= 100 && $ == $.floor()', silent => true)
              when 'waitMs' then pg_catalog.jsonb_path_match(given.value, 'strict $ >= 0 && $ <= 86400000 && $ == $.floor()', silent => true)
              when 'factor' then pg_catalog.jsonb_path_match(given.value, 'strict $ >= 1 && $ <= 10', silent => true)
              when 'maxMs' then pg_catalog.jsonb_path_match(given.value, 'strict $ >= 0 && $ <= 604800000 && $ == $.floor()', silent => true)
              when 'on' then pg_catalog.jsonb_typeof(given.value) = 'array'
                             and given.value <@ '["retryable", "timeout", "ambiguous", "permanent", "invalid", "code", "cancelled"]'
            end) is not true);

-- A TypeID of a uuid, and back (github.com/jetify-com/typeid): 26 characters of Crockford's base32 after a prefix.
create function posthorn.public_id(prefix text, id uuid) returns text
  language plpgsql immutable strict parallel safe as $$
declare
  bits text := '00'; -- 26 digits hold 130 bits
  body text := '';
begin
  for i in 0..15 loop
    bits := bits || get_byte(uuid_send(id), i)::bit(8)::text;
  end loop;
  for i in 0..25 loop
    body := body || substr('0123456789abcdefghjkmnpqrstvwxyz', substr(bits, i * 5 + 1, 5)::bit(5)::integer + 1, 1);
  end loop;
  return prefix || '_' || body;
end $$;

-- Null: it is none of that prefix.
create function posthorn.id_of(prefix text, public text) returns uuid
  language plpgsql immutable strict parallel safe as $$
declare
  body text := substr(public, length(prefix) + 2);
  bits text := '';
begin
  if left(public, length(prefix) + 1) <> prefix || '_' or body !~ '^[0-7][0-9a-hjkmnp-tv-z]{25}$' then
    return null;
  end if;
  for i in 1..26 loop
    bits := bits || (strpos('0123456789abcdefghjkmnpqrstvwxyz', substr(body, i, 1)) - 1)::bit(5)::text;
  end loop;
  return (select string_agg(lpad(to_hex(substr(bits, 3 + i * 8, 8)::bit(8)::integer), 2, '0'), '' order by i) from generate_series(0, 15) i)::uuid;
end $$;

-- Owes a task in the transaction of whoever calls: rolled back, there is none; committed, it will be done. Answers with its public id; with
-- that of the one there is when `unique_key` is held. docs/guides/tasks.md is the contract. It runs with the rights of its owner, so
-- that a program may be granted this function and nothing else of the schema; it names everything in full for the same reason.
create function posthorn.enqueue(
  app             text,
  name            text,
  input           jsonb       default 'null',
  queue           text        default 'default',
  priority        integer     default 0,
  run_at          timestamptz default null,
  unique_key      text        default null,
  unique_for      text        default 'done', -- 'waiting', 'done', or a span of time: '15 minutes'
  retry           jsonb       default null,   -- { "attempts": 5, "waitMs": 1000, "factor": 2, "maxMs": 3600000, "on": ["retryable"] }
  timeout_ms      integer     default null
) returns text
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  owner   uuid;
  new_id  uuid := pg_catalog.uuidv7();
  holder  uuid;
  held    uuid;
  due     timestamptz := greatest(coalesce(run_at, pg_catalog.now()), pg_catalog.now());
  mode    text;
  span    interval;
  settled jsonb;
begin
  select a.id into owner from posthorn.application a
   where a.deleted_at is null and (a.uid = app or a.id = posthorn.id_of('app', app));
  if owner is null then
    raise exception 'posthorn.enqueue: there is no application %', pg_catalog.quote_literal(app) using errcode = 'PH404';
  end if;
  if name is null or name !~ '^[a-zA-Z0-9][a-zA-Z0-9_.:/-]{0,127}$' then
    raise exception 'posthorn.enqueue: a task cannot be named %', pg_catalog.quote_nullable(name) using errcode = '22023';
  end if;
  if queue is null or queue !~ '^[a-zA-Z0-9][a-zA-Z0-9_.:/-]{0,127}$' then
    raise exception 'posthorn.enqueue: a queue cannot be named %', pg_catalog.quote_nullable(queue) using errcode = '22023';
  end if;
  if priority is null or priority not between -100 and 100 then
    raise exception 'posthorn.enqueue: the priority is %; it should be between -100 and 100', priority using errcode = '22023';
  end if;
  if pg_catalog.octet_length(input::text) > 8388608 then
    raise exception 'posthorn.enqueue: the input has % bytes; at most 8388608 are allowed', pg_catalog.octet_length(input::text) using errcode = '22023';
  end if;
  if due > pg_catalog.now() + interval '366 days' then
    raise exception 'posthorn.enqueue: run_at is %; it should be within 366 days', run_at using errcode = '22023';
  end if;
  if timeout_ms not between 100 and 604800000 then
    raise exception 'posthorn.enqueue: timeout_ms is %; it should be between 100 and 604800000', timeout_ms using errcode = '22023';
  end if;
  -- What is kept is worked with by statements about many tasks at once, which one task must not be able to fail.
  if pg_catalog.jsonb_typeof(retry) <> 'null' and not posthorn.is_task_retry(retry) then
    raise exception 'posthorn.enqueue: retry is %; see docs/guides/tasks.md for what it can be', pg_catalog.left(retry::text, 200) using errcode = '22023';
  end if;
  if unique_key is not null then
    if unique_key = '' or pg_catalog.length(unique_key) > 256 then
      raise exception 'posthorn.enqueue: the unique_key has % characters; it should have 1 to 256', pg_catalog.length(unique_key) using errcode = '22023';
    end if;
    mode := case when unique_for in ('waiting', 'done') then unique_for else 'window' end;
    span := case when mode = 'window' then unique_for::interval end;
    holder := pg_catalog.encode(pg_catalog.substring(pg_catalog.sha256(pg_catalog.convert_to(owner::text || E'\n' || name || E'\n' || unique_key, 'UTF8')), 1, 16), 'hex')::uuid;
    insert into posthorn.task_unique as u (key, task_id, expires_at)
    values (holder, new_id, coalesce(pg_catalog.now() + span, 'infinity'))
    on conflict (key) do update set task_id = excluded.task_id, expires_at = excluded.expires_at where u.expires_at <= pg_catalog.now()
    returning u.task_id into held;
    if held is null then
      select u.task_id into held from posthorn.task_unique u where u.key = holder;
      return posthorn.public_id('task', held);
    end if;
  end if;
  settled := pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('retry', retry, 'timeoutMs', timeout_ms));
  insert into posthorn.task_owed (app_id, id, queue, name, ready, rank_at, due_at, priority, input, options, unique_key, unique_mode)
  values (owner, new_id, queue, name, due <= pg_catalog.now(), due - priority * interval '1 minute', due, priority,
          pg_catalog.convert_to(coalesce(input, 'null')::text, 'UTF8'), nullif(settled, '{}'), holder, mode);
  return posthorn.public_id('task', new_id);
end $$;
revoke all on function posthorn.enqueue(text, text, jsonb, text, integer, timestamptz, text, text, jsonb, integer) from public;
