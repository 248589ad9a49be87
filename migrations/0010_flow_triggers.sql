-- What decides when a run begins or wakes: flow control, waits for events, schedules, outcomes of deliveries, ends of other runs.

------------------------------------------------------------------------------------------------------------- flow control

-- The state of one key of one rule of one flow. Whoever decides for the key holds the row; several are locked in the order of their ids.
create table posthorn.flow_gate (
  id         uuid        primary key, -- follows from flow, kind and key
  flow_id    uuid        not null,
  app_id     uuid        not null,
  kind       text        not null check (kind in ('overlap', 'singleton', 'debounce', 'batch', 'rate', 'throttle', 'concurrency')),
  -- As people read it, cut.
  key        text        not null,
  -- So many runs may hold a place of it at once; null: it has none.
  places     integer     check (places > 0),
  -- The version of the flow whose rules it follows: the newest that was decided by.
  version    integer     not null,
  state      jsonb       not null default '{}',
  -- When somebody must look at it; null: it waits for nothing.
  due_at     timestamptz,
  -- Nobody who waits for it has a lower rank: what was let go is passed over, though it may be dead and still there. Null: nothing is known.
  queue_from bigint,
  touched_at timestamptz not null default now()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
create index flow_gate_due on posthorn.flow_gate (due_at) where due_at is not null;
create index flow_gate_of on posthorn.flow_gate (flow_id);

-- Who holds a place. The rows of a gate change only under its lock; one that a lost run left behind may be deleted without.
create table posthorn.flow_place (
  gate_id uuid not null,
  run_id  uuid not null,
  primary key (gate_id, run_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

-- Where a run stands that flow control has not let begin yet. It is a row of run_waiting ('control') besides, which is due when its turn has come.
create table posthorn.flow_queue (
  run_id  uuid   primary key,
  -- What it waits for; null: its turn has come, and it goes on behind `stage`.
  gate_id uuid,
  stage   text   not null check (stage in ('overlap', 'singleton', 'debounce', 'batch', 'throttle', 'concurrency')),
  -- Least first: ms since 1970 of its beginning, less a minute for each point of priority. Waiting makes no difference between two that wait.
  rank    bigint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
create index flow_queue_next on posthorn.flow_queue (gate_id, rank, run_id) where gate_id is not null;

-- What is gathered for a batch: `batch_id` is the id of the run that it will be.
create table posthorn.flow_batch (
  batch_id uuid  not null,
  run_id   uuid  not null,
  input    bytea not null, -- JSON
  primary key (batch_id, run_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

-- The newest of what did not become a run, and how many did not.
create table posthorn.flow_skip (
  id           uuid        primary key,
  flow_id      uuid        not null,
  why          text        not null,
  -- Of flow control, cut; '' where there is none.
  key          text        not null,
  trigger      text        not null,
  event_id     uuid,
  scheduled_at timestamptz,
  run_id       uuid        not null, -- that it would have been
  detail       text        not null default ''
);
create index flow_skip_of on posthorn.flow_skip (flow_id, id);
create table posthorn.flow_skip_minute (
  flow_id uuid        not null,
  minute  timestamptz not null,
  why     text        not null,
  count   bigint      not null,
  primary key (flow_id, minute, why)
);

-- Notes how far the queue of a gate, which the caller holds locked, was let go, up to those of rank `given`. Not for every step: each note is a
-- version of the gate's row.
create function posthorn.advance_queue(of_gate uuid, given bigint) returns void
  language plpgsql as $$
begin
  update posthorn.flow_gate g set queue_from = next.rank
    from (select coalesce((select q.rank from posthorn.flow_queue q
                            where q.gate_id = of_gate
                              and q.rank >= coalesce((select queue_from from posthorn.flow_gate where id = of_gate), -9223372036854775808)
                            order by q.rank, q.run_id limit 1), given) as rank) next
   where g.id = of_gate and (g.queue_from is null or next.rank > g.queue_from + 10000);
end $$;

-- Gives free places of these gates, which the caller holds locked, to those that wait for them: best rank first. One that somebody
-- has in hand at this moment is passed over; the gate is then looked at again soon.
create function posthorn.give_places(gate_ids uuid[]) returns void
  language plpgsql as $$
declare
  gate posthorn.flow_gate;
  free integer;
  given uuid[];
  last bigint;
  lowest bigint;
begin
  for gate in select * from posthorn.flow_gate where id = any(gate_ids) and places is not null order by id loop
    free := gate.places - (select count(*) from posthorn.flow_place p where p.gate_id = gate.id);
    lowest := coalesce(gate.queue_from, -9223372036854775808);
    if free <= 0 or not exists (select from posthorn.flow_queue q where q.gate_id = gate.id and q.rank >= lowest) then
      continue;
    end if;
    select coalesce(array_agg(id), '{}'), max(rank) into given, last from (
      select w.id, q.rank from posthorn.flow_queue q join posthorn.run_waiting w on w.id = q.run_id
       where q.gate_id = gate.id and q.rank >= lowest
       order by q.rank, q.run_id
       limit least(free, 1000)
         for update of w skip locked) next;
    insert into posthorn.flow_place (gate_id, run_id) select gate.id, id from unnest(given) t(id);
    if gate.kind = 'concurrency' then
      delete from posthorn.flow_queue where run_id = any(given);
    else
      update posthorn.flow_queue set gate_id = null where run_id = any(given);
    end if;
    update posthorn.run_waiting w
       set waiting_for = 'room', due_at = now(), gates = array_append(w.gates, gate.id),
           phase = case when gate.kind = 'concurrency' then 'running' else w.phase end
     where w.id = any(given);
    if last is not null then
      perform posthorn.advance_queue(gate.id, last);
    end if;
    if cardinality(given) < free and exists (select from posthorn.flow_queue q where q.gate_id = gate.id and q.rank >= lowest) then
      update posthorn.flow_gate set due_at = least(coalesce(due_at, 'infinity'), now() + interval '200 ms') where id = gate.id;
    end if;
  end loop;
end $$;

-- Frees what runs that ended held, `gate_ids` and `holders` row by row, and lets the next ones have it; forgets those of `ended` that still waited.
create function posthorn.free_places(gate_ids uuid[], holders uuid[], ended uuid[]) returns void
  language plpgsql as $$
begin
  perform from posthorn.flow_gate where id = any(gate_ids) order by id for update;
  delete from posthorn.flow_place p using unnest(gate_ids, holders) e(gate_id, run_id)
   where p.gate_id = e.gate_id and p.run_id = e.run_id;
  delete from posthorn.flow_queue where run_id = any(ended);
  perform posthorn.give_places(gate_ids);
end $$;

------------------------------------------------------------------------------------------------------------------ schedules

create table posthorn.flow_schedule (
  flow_id    uuid        not null,
  trigger    smallint    not null, -- its place in `on`
  app_id     uuid        not null,
  -- What it was made by; another one begins anew.
  spec       jsonb       not null,
  -- The moment that comes next, and when its run begins: with jitter. Both null: there is none any more.
  next_at    timestamptz,
  due_at     timestamptz,
  primary key (flow_id, trigger)
);
create index flow_schedule_due on posthorn.flow_schedule (due_at) where due_at is not null;

-- What became of each moment: at most one run, whatever clocks do. Only the newest are kept.
create table posthorn.flow_moment (
  flow_id uuid        not null,
  trigger smallint    not null,
  moment  timestamptz not null,
  outcome text        not null check (outcome in ('started', 'skipped')),
  -- Of a skipped one: 'missed', 'joined' (one run for all), 'overlap', 'disabled'.
  why     text        not null default '',
  run_id  uuid,
  at      timestamptz not null default now(),
  primary key (flow_id, trigger, moment),
  check ((why <> '') = (outcome = 'skipped'))
);

----------------------------------------------------------------------------------------- what became of deliveries and of runs

-- Which flows listen to what became of deliveries (`subject`: exhausted, failing, recovered) and of runs (the flow's name) of their application.
create table posthorn.flow_listener (
  app_id   uuid     not null,
  kind     text     not null check (kind in ('delivery', 'run')),
  subject  text     not null,
  flow_id  uuid     not null,
  trigger  smallint not null,
  version  integer  not null,
  -- Of a delivery: only this endpoint, by id or uid.
  endpoint text,
  -- Of a run: how it ended.
  states   text[],
  -- Whether flow control or an expression decides before the run begins.
  admits   boolean  not null,
  primary key (app_id, kind, subject, flow_id, trigger)
);
create index flow_listener_of on posthorn.flow_listener (flow_id);

-- The look of the transaction that ends runs at what it believes: nobody listens to those of these flows (application, name).
create function posthorn.expect_unheard(apps uuid[], names text[]) returns void
  language plpgsql as $$
begin
  if exists (select from unnest(apps, names) e(app_id, name)
               join posthorn.flow_listener l on l.app_id = e.app_id and l.kind = 'run' and l.subject = e.name) then
    raise exception 'somebody listens to the end of a run' using errcode = 'PH001';
  end if;
end $$;

-- What became of a delivery that a flow listens to; a run of each such flow follows.
create table posthorn.flow_told (
  id           uuid     primary key,
  app_id       uuid     not null,
  outcome      text     not null check (outcome in ('exhausted', 'failing', 'recovered')),
  endpoint_id  uuid     not null,
  endpoint_uid text,
  event_id     uuid     not null,
  attempt_id   uuid,
  status       smallint,
  hops         smallint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

create function posthorn.tells_flows(about_app uuid, what text) returns boolean
  language sql stable
  return exists (select from posthorn.flow_listener l where l.app_id = about_app and l.kind = 'delivery' and l.subject = what);

-- Tells the flows of the application, in the transaction that made it true. Where none listens it writes nothing.
create function posthorn.tell_flows(
  what text, about_app uuid, about_endpoint uuid, about_event uuid, last_attempt uuid, last_status integer, hops_before integer
) returns boolean
  language sql volatile as $$
  insert into posthorn.flow_told (id, app_id, outcome, endpoint_id, endpoint_uid, event_id, attempt_id, status, hops)
  select uuidv7(), about_app, what, about_endpoint, (select e.uid from posthorn.endpoint e where e.id = about_endpoint), about_event, last_attempt, last_status, least(hops_before, 32766)
   where posthorn.tells_flows(about_app, what)
  returning true
$$;

----------------------------------------------------------------------------------------------------------- waiting for events

-- The types of event that some version of a flow may wait for, and by which expression of the event it finds those that wait.
create table posthorn.flow_awaited (
  app_id   uuid    not null,
  type     text    not null,
  flow_id  uuid    not null,
  step     text    not null,
  -- '': no expression.
  key_text text    not null,
  version  integer not null,
  primary key (app_id, type, flow_id, step, key_text)
);
create index flow_awaited_of on posthorn.flow_awaited (flow_id);

-- An event of such a type, until it was compared with those that wait, and a minute longer for those that begin to wait at this moment.
create table posthorn.flow_arrival (
  event_id uuid        primary key,
  app_id   uuid        not null,
  type     text        not null,
  -- Of the append: whether somebody could have seen the event when he began to wait follows from it.
  xid      xid8        not null default pg_current_xact_id(),
  done_at  timestamptz,
  -- How far it was compared, where more wait for it than one transaction tells.
  after_run  uuid,
  after_path text collate "C"
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
create index flow_arrival_new on posthorn.flow_arrival (event_id) where done_at is null;
create index flow_arrival_done on posthorn.flow_arrival (done_at) where done_at is not null;
create index flow_arrival_id on posthorn.flow_arrival (app_id, type, event_id);
create index flow_arrival_xid on posthorn.flow_arrival (app_id, type, xid);

-- A step that waits for an event; a row for each type.
create table posthorn.flow_wait (
  run_id  uuid        not null,
  -- Those who compare an event with it in several rounds sort as programs do, whatever the database's language.
  path    text collate "C" not null,
  type    text        not null,
  app_id  uuid        not null,
  flow_id uuid        not null,
  version integer     not null,
  -- Digest of the expression and of what it must be equal to; null: every event of the type is looked at.
  key     uuid,
  -- Whether an expression has the last word.
  judged  boolean     not null,
  -- That expression, and JSON of what it reads of the run: whoever compares says what it says. Null: the run is woken for that.
  condition text,
  context text,
  -- Events with a lower id that could be seen when the wait was written came before it.
  since   uuid        not null,
  seen    pg_snapshot not null default pg_current_snapshot(),
  -- Whether what arrived while the wait was being written was looked at.
  looked  boolean     not null default false,
  primary key (run_id, path, type),
  check ((condition is null) = (context is null) and (judged or condition is null))
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
create index flow_wait_key on posthorn.flow_wait (app_id, type, key, run_id, path);
create index flow_wait_new on posthorn.flow_wait (since) where not looked;
