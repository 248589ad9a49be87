-- The schema as the migrations of this folder produce it. Made by `node tools/bun.mjs tools/schema-dump.ts`; do not edit.
-- Tables, then what belongs to each: constraints inside, indexes, triggers and partitions below. Names are in order.

CREATE OR REPLACE FUNCTION posthorn.advance_queue(of_gate uuid, given bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  update posthorn.flow_gate g set queue_from = next.rank
    from (select coalesce((select q.rank from posthorn.flow_queue q
                            where q.gate_id = of_gate
                              and q.rank >= coalesce((select queue_from from posthorn.flow_gate where id = of_gate), -9223372036854775808)
                            order by q.rank, q.run_id limit 1), given) as rank) next
   where g.id = of_gate and (g.queue_from is null or next.rank > g.queue_from + 10000);
end $function$;

CREATE OR REPLACE FUNCTION posthorn.cancel_tasks_of(runs uuid[], paths text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION posthorn.claim_keys(keys uuid[], event_ids uuid[], body_hashes uuid[], windows_ms bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  claimed integer;
begin
  insert into posthorn.dedupe as d (key, event_id, body_hash, expires_at)
  select t.key, t.event_id, t.body_hash, now() + t.window_ms * interval '1 ms'
    from unnest(keys, event_ids, body_hashes, windows_ms) t(key, event_id, body_hash, window_ms)
   order by t.key
  on conflict (key) do update
     set event_id = excluded.event_id, body_hash = excluded.body_hash, expires_at = excluded.expires_at
   where d.expires_at <= now();
  get diagnostics claimed = row_count;
  if claimed <> cardinality(keys) then
    raise exception 'a key is taken' using errcode = 'PH001';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION posthorn.claim_run_keys(keys uuid[], run_ids uuid[], hashes uuid[], windows_ms bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION posthorn.enqueue(app text, name text, input jsonb DEFAULT 'null'::jsonb, queue text DEFAULT 'default'::text, priority integer DEFAULT 0, run_at timestamp with time zone DEFAULT NULL::timestamp with time zone, unique_key text DEFAULT NULL::text, unique_for text DEFAULT 'done'::text, retry jsonb DEFAULT NULL::jsonb, timeout_ms integer DEFAULT NULL::integer)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION posthorn.expect_applications(ids uuid[], uids text[], throttle_rates integer[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if (select count(*) from unnest(ids, uids, throttle_rates) e(id, uid, throttle_rate)
        join posthorn.application a on a.id = e.id and a.deleted_at is null
                                   and a.uid is not distinct from e.uid and a.throttle_rate is not distinct from e.throttle_rate)
     <> cardinality(array_remove(ids, posthorn.operational_app())) then
    raise exception 'an application is not as expected' using errcode = 'PH001';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION posthorn.expect_endpoint_sets(ids uuid[], versions bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from unnest(ids, versions) e(id, version)
               left join posthorn.endpoint_set s on s.app_id = e.id
              where coalesce(s.version, 0) <> e.version) then
    raise exception 'the endpoints of an application are not as expected' using errcode = 'PH001';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION posthorn.expect_flow_sets(ids uuid[], versions bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from unnest(ids, versions) e(id, version)
               left join posthorn.flow_set s on s.app_id = e.id
              where coalesce(s.version, 0) <> e.version) then
    raise exception 'the flows of an application are not as expected' using errcode = 'PH001';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION posthorn.expect_lease(expected bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform from posthorn.process where token = expected and ended_at is null for share;
  if not found then
    raise exception 'the lease of process % has ended', expected using errcode = 'PH002';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION posthorn.expect_no_flows()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from posthorn.flow_set) then
    raise exception 'an application has flows' using errcode = 'PH001';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION posthorn.expect_rows(expected integer, moved bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if expected <> moved then
    raise exception 'expected to move % rows and moved %', expected, moved using errcode = 'PH003';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION posthorn.expect_unheard(apps uuid[], names text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from unnest(apps, names) e(app_id, name)
               join posthorn.flow_listener l on l.app_id = e.app_id and l.kind = 'run' and l.subject = e.name) then
    raise exception 'somebody listens to the end of a run' using errcode = 'PH001';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION posthorn.free_places(gate_ids uuid[], holders uuid[], ended uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform from posthorn.flow_gate where id = any(gate_ids) order by id for update;
  delete from posthorn.flow_place p using unnest(gate_ids, holders) e(gate_id, run_id)
   where p.gate_id = e.gate_id and p.run_id = e.run_id;
  delete from posthorn.flow_queue where run_id = any(ended);
  perform posthorn.give_places(gate_ids);
end $function$;

CREATE OR REPLACE FUNCTION posthorn.give_notice(notice_type text, about_app uuid, about_endpoint uuid, about_event uuid, last_attempt uuid, last_status integer, hops_before integer, extra jsonb)
 RETURNS boolean
 LANGUAGE sql
AS $function$
  insert into posthorn.notice (id, type, app_id, endpoint_id, endpoint_uid, event_id, attempt_id, attempt_status, hops, data)
  select uuidv7(), notice_type, about_app, about_endpoint,
         (select e.uid from posthorn.endpoint e where e.id = about_endpoint),
         about_event, last_attempt, last_status, least(hops_before, 32766) + 1, extra
   where about_app is distinct from posthorn.operational_app()
     and posthorn.notice_wanted(notice_type)
     and (select count(*) from (select from posthorn.notice limit 10000) known) < 10000
  returning true
$function$;

CREATE OR REPLACE FUNCTION posthorn.give_places(gate_ids uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION posthorn.id_of(prefix text, public text)
 RETURNS uuid
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION posthorn.is_task_retry(retry jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
RETURN ((jsonb_typeof(retry) = 'object'::text) AND (NOT (EXISTS (SELECT FROM jsonb_each(CASE WHEN (jsonb_typeof(is_task_retry.retry) = 'object'::text) THEN is_task_retry.retry ELSE '{}'::jsonb END) given(name, value) WHERE (CASE given.name WHEN 'attempts'::text THEN jsonb_path_match(given.value, 'strict (($ >= 1 && $ <= 100) && $ == $.floor())'::jsonpath, silent => true) WHEN 'waitMs'::text THEN jsonb_path_match(given.value, 'strict (($ >= 0 && $ <= 86400000) && $ == $.floor())'::jsonpath, silent => true) WHEN 'factor'::text THEN jsonb_path_match(given.value, 'strict ($ >= 1 && $ <= 10)'::jsonpath, silent => true) WHEN 'maxMs'::text THEN jsonb_path_match(given.value, 'strict (($ >= 0 && $ <= 604800000) && $ == $.floor())'::jsonpath, silent => true) WHEN 'on'::text THEN ((jsonb_typeof(given.value) = 'array'::text) AND (given.value <@ '["retryable", "timeout", "ambiguous", "permanent", "invalid", "code", "cancelled"]'::jsonb)) ELSE NULL::boolean END IS NOT TRUE)))));

CREATE OR REPLACE FUNCTION posthorn.keep_audit()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' and current_setting('posthorn.retiring_audit', true) = 'on'
     and uuid_extract_timestamp(old.id) < now() - interval '1 day' then
    return old;
  end if;
  raise exception 'the audit log is only added to: % is refused', tg_op using errcode = 'PH002';
end $function$;

CREATE OR REPLACE FUNCTION posthorn.living_processes()
 RETURNS bigint[]
 LANGUAGE sql
 STABLE
RETURN COALESCE((SELECT array_agg(p.token) AS array_agg FROM posthorn.process p WHERE (p.ended_at IS NULL)), '{}'::bigint[]);

CREATE OR REPLACE FUNCTION posthorn.notice_wanted(wanted_type text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
RETURN (EXISTS (SELECT FROM posthorn.endpoint e WHERE ((e.app_id = posthorn.operational_app()) AND (e.deleted_at IS NULL) AND (e.mode <> 'disabled'::text) AND ((e.event_types IS NULL) OR (notice_wanted.wanted_type = ANY (e.event_types))))));

CREATE OR REPLACE FUNCTION posthorn.operational_app()
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN '00000000-0000-7000-8000-000000000001'::uuid;

CREATE OR REPLACE FUNCTION posthorn.process_alive(holder bigint)
 RETURNS boolean
 LANGUAGE sql
 STABLE
RETURN (EXISTS (SELECT FROM posthorn.process p WHERE ((p.token = process_alive.holder) AND (p.ended_at IS NULL))));

CREATE OR REPLACE FUNCTION posthorn.public_id(prefix text, id uuid)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION posthorn.retire_audit(older_than uuid, at_most integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  retired integer;
begin
  perform set_config('posthorn.retiring_audit', 'on', true);
  delete from posthorn.audit
   where id in (select a.id from posthorn.audit a
                 where a.id < older_than and uuid_extract_timestamp(a.id) < now() - interval '1 day'
                 order by a.id limit at_most);
  get diagnostics retired = row_count;
  perform set_config('posthorn.retiring_audit', 'off', true);
  return retired;
end $function$;

CREATE OR REPLACE FUNCTION posthorn.task_retries(options jsonb, attempt integer, class text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
RETURN ((attempt < COALESCE(((options #>> '{retry,attempts}'::text[]))::integer, 5)) AND CASE WHEN ((options #> '{retry,on}'::text[]) IS NULL) THEN (class = ANY (ARRAY['retryable'::text, 'timeout'::text, 'ambiguous'::text])) ELSE ((options #> '{retry,on}'::text[]) ? class) END);

CREATE OR REPLACE FUNCTION posthorn.task_wait(options jsonb, attempt integer)
 RETURNS interval
 LANGUAGE sql
RETURN ((LEAST((COALESCE(((options #>> '{retry,waitMs}'::text[]))::double precision, (1000)::double precision) * power(COALESCE(((options #>> '{retry,factor}'::text[]))::double precision, (2)::double precision), (LEAST((attempt - 1), 60))::double precision)), COALESCE(((options #>> '{retry,maxMs}'::text[]))::double precision, (3600000)::double precision)) * ((0.8)::double precision + ((0.4)::double precision * random()))) * '00:00:00.001'::interval);

CREATE OR REPLACE FUNCTION posthorn.tell_flows(what text, about_app uuid, about_endpoint uuid, about_event uuid, last_attempt uuid, last_status integer, hops_before integer)
 RETURNS boolean
 LANGUAGE sql
AS $function$
  insert into posthorn.flow_told (id, app_id, outcome, endpoint_id, endpoint_uid, event_id, attempt_id, status, hops)
  select uuidv7(), about_app, what, about_endpoint, (select e.uid from posthorn.endpoint e where e.id = about_endpoint), about_event, last_attempt, last_status, least(hops_before, 32766)
   where posthorn.tells_flows(about_app, what)
  returning true
$function$;

CREATE OR REPLACE FUNCTION posthorn.tells_flows(about_app uuid, what text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
RETURN (EXISTS (SELECT FROM posthorn.flow_listener l WHERE ((l.app_id = tells_flows.about_app) AND (l.kind = 'delivery'::text) AND (l.subject = tells_flows.what))));

create table posthorn.access_version (
  one     boolean not null default true,
  version bigint not null,
  constraint access_version_pkey PRIMARY KEY (one),
  constraint access_version_one_check CHECK (one)
);

create table posthorn.api_key (
  id           uuid not null,
  name         text not null,
  role         text not null,
  app_id       uuid,
  created_by   text not null,
  created_at   timestamp with time zone not null default now(),
  expires_at   timestamp with time zone,
  last_used_at timestamp with time zone,
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_check CHECK (((app_id IS NULL) OR (role <> 'admin'::text))),
  constraint api_key_check1 CHECK (((app_id IS NOT NULL) OR (role <> 'portal'::text))),
  constraint api_key_name_check CHECK ((name <> ''::text)),
  constraint api_key_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'operator'::text, 'viewer'::text, 'ingest'::text, 'worker'::text, 'portal'::text])))
);
CREATE INDEX api_key_of ON posthorn.api_key USING btree (app_id, id) WHERE (app_id IS NOT NULL);

create table posthorn.api_token (
  hash       bytea not null,
  key_id     uuid not null,
  prefix     text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  constraint api_token_pkey PRIMARY KEY (hash),
  constraint api_token_hash_check CHECK ((octet_length(hash) = 32))
);
CREATE UNIQUE INDEX api_token_current ON posthorn.api_token USING btree (key_id) WHERE (expires_at IS NULL);
CREATE INDEX api_token_of ON posthorn.api_token USING btree (key_id);

create table posthorn.application (
  id                uuid not null,
  uid               text collate "C",
  name              text not null,
  throttle_rate     integer,
  events_per_second integer,
  endpoints_max     integer,
  payload_bytes_max integer,
  metadata          jsonb not null default '{}'::jsonb,
  created_at        timestamp with time zone not null default now(),
  updated_at        timestamp with time zone not null default now(),
  deleted_at        timestamp with time zone,
  constraint application_pkey PRIMARY KEY (id),
  constraint application_endpoints_max_check CHECK ((endpoints_max > 0)),
  constraint application_events_per_second_check CHECK ((events_per_second > 0)),
  constraint application_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
  constraint application_name_check CHECK ((name <> ''::text)),
  constraint application_payload_bytes_max_check CHECK ((payload_bytes_max > 0)),
  constraint application_throttle_rate_check CHECK (((throttle_rate >= 1) AND (throttle_rate <= 65535)))
);
CREATE UNIQUE INDEX application_uid ON posthorn.application USING btree (uid) WHERE ((deleted_at IS NULL) AND (uid IS NOT NULL));

create table posthorn.attempt (
  event_id           uuid not null,
  id                 uuid not null,
  delivery_id        uuid not null,
  app_id             uuid not null,
  endpoint_id        uuid not null,
  endpoint_version   integer not null,
  number             smallint not null,
  trigger            text not null,
  outcome            text not null,
  reason             text not null,
  settled_as         text not null,
  next_at            timestamp with time zone,
  status             smallint,
  remote_address     text,
  dns_us             integer,
  connect_us         integer,
  first_byte_us      integer,
  total_us           integer not null,
  signature          text,
  response_headers   text,
  response_body      bytea,
  response_truncated boolean not null default false,
  recorded_at        timestamp with time zone default clock_timestamp(),
  constraint attempt_pkey PRIMARY KEY (event_id, id),
  constraint attempt_check CHECK (((settled_as <> 'owed'::text) OR (next_at IS NOT NULL))),
  constraint attempt_check1 CHECK (((settled_as = 'delivered'::text) <= (outcome = 'delivered'::text))),
  constraint attempt_outcome_check CHECK ((outcome = ANY (ARRAY['delivered'::text, 'retryable'::text, 'permanent'::text, 'gone'::text, 'timeout'::text, 'ambiguous'::text, 'signature_error'::text, 'endpoint_config_error'::text, 'internal_error'::text]))),
  constraint attempt_settled_as_check CHECK ((settled_as = ANY (ARRAY['delivered'::text, 'owed'::text, 'dead'::text, 'late'::text]))),
  constraint attempt_trigger_check CHECK ((trigger = ANY (ARRAY['scheduled'::text, 'resend'::text, 'replay'::text, 'probe'::text])))
) partition by range (event_id);
CREATE INDEX attempt_of_endpoint ON ONLY posthorn.attempt USING btree (endpoint_id, id);

create table posthorn.audit (
  id             uuid not null,
  actor_kind     text not null,
  actor_id       text not null,
  actor_name     text not null,
  operation      text not null,
  method         text not null,
  path           text not null,
  app_id         uuid,
  target         text,
  status         smallint not null,
  request_id     uuid not null,
  remote_address text,
  detail         jsonb not null default '{}'::jsonb,
  constraint audit_pkey PRIMARY KEY (id),
  constraint audit_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['root'::text, 'key'::text, 'portal'::text, 'console'::text, 'stranger'::text]))),
  constraint audit_detail_check CHECK ((jsonb_typeof(detail) = 'object'::text))
);
CREATE INDEX audit_actor ON posthorn.audit USING btree (actor_id, id);
CREATE INDEX audit_app ON posthorn.audit USING btree (app_id, id) WHERE (app_id IS NOT NULL);
CREATE INDEX audit_operation ON posthorn.audit USING btree (operation, id);
CREATE INDEX audit_target ON posthorn.audit USING btree (target, id) WHERE (target IS NOT NULL);
CREATE TRIGGER audit_kept BEFORE DELETE OR UPDATE ON posthorn.audit FOR EACH ROW EXECUTE FUNCTION posthorn.keep_audit();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON posthorn.audit FOR EACH STATEMENT EXECUTE FUNCTION posthorn.keep_audit();

create table posthorn.dedupe (
  key        uuid not null,
  event_id   uuid not null,
  body_hash  uuid not null,
  expires_at timestamp with time zone not null,
  constraint dedupe_pkey PRIMARY KEY (key)
) partition by hash (key);
create table posthorn.dedupe_0 partition of posthorn.dedupe for values WITH (modulus 8, remainder 0);
CREATE INDEX dedupe_0_expires ON posthorn.dedupe_0 USING brin (expires_at) WITH (pages_per_range='16');
create table posthorn.dedupe_1 partition of posthorn.dedupe for values WITH (modulus 8, remainder 1);
CREATE INDEX dedupe_1_expires ON posthorn.dedupe_1 USING brin (expires_at) WITH (pages_per_range='16');
create table posthorn.dedupe_2 partition of posthorn.dedupe for values WITH (modulus 8, remainder 2);
CREATE INDEX dedupe_2_expires ON posthorn.dedupe_2 USING brin (expires_at) WITH (pages_per_range='16');
create table posthorn.dedupe_3 partition of posthorn.dedupe for values WITH (modulus 8, remainder 3);
CREATE INDEX dedupe_3_expires ON posthorn.dedupe_3 USING brin (expires_at) WITH (pages_per_range='16');
create table posthorn.dedupe_4 partition of posthorn.dedupe for values WITH (modulus 8, remainder 4);
CREATE INDEX dedupe_4_expires ON posthorn.dedupe_4 USING brin (expires_at) WITH (pages_per_range='16');
create table posthorn.dedupe_5 partition of posthorn.dedupe for values WITH (modulus 8, remainder 5);
CREATE INDEX dedupe_5_expires ON posthorn.dedupe_5 USING brin (expires_at) WITH (pages_per_range='16');
create table posthorn.dedupe_6 partition of posthorn.dedupe for values WITH (modulus 8, remainder 6);
CREATE INDEX dedupe_6_expires ON posthorn.dedupe_6 USING brin (expires_at) WITH (pages_per_range='16');
create table posthorn.dedupe_7 partition of posthorn.dedupe for values WITH (modulus 8, remainder 7);
CREATE INDEX dedupe_7_expires ON posthorn.dedupe_7 USING brin (expires_at) WITH (pages_per_range='16');

create table posthorn.delivery_alarm (
  kind  text not null,
  since timestamp with time zone not null default now(),
  constraint delivery_alarm_pkey PRIMARY KEY (kind),
  constraint delivery_alarm_kind_check CHECK ((kind = 'backlog_aged'::text))
);

create table posthorn.delivery_dead (
  event_id    uuid not null,
  id          uuid not null,
  app_id      uuid not null,
  endpoint_id uuid not null,
  attempts    smallint not null,
  reason      text not null,
  settled_at  timestamp with time zone not null default now(),
  constraint delivery_dead_pkey PRIMARY KEY (event_id, id),
  constraint delivery_dead_reason_check CHECK ((reason = ANY (ARRAY['exhausted'::text, 'permanent'::text, 'expired'::text, 'endpoint_deleted'::text, 'application_deleted'::text, 'endpoint_disabled'::text, 'held_too_long'::text, 'held_too_many'::text, 'cancelled'::text, 'erased'::text])))
) partition by range (event_id);
CREATE INDEX delivery_dead_id ON ONLY posthorn.delivery_dead USING btree (id);
CREATE INDEX delivery_dead_of ON ONLY posthorn.delivery_dead USING btree (endpoint_id, event_id);

create table posthorn.delivery_leased (
  id          uuid not null,
  event_id    uuid not null,
  app_id      uuid not null,
  endpoint_id uuid not null,
  owner       bigint not null,
  attempts    smallint not null default 0,
  step        smallint not null default 0,
  trigger     text not null,
  expires_at  timestamp with time zone,
  constraint delivery_leased_pkey PRIMARY KEY (id),
  constraint delivery_leased_trigger_check CHECK ((trigger = ANY (ARRAY['scheduled'::text, 'resend'::text, 'replay'::text, 'probe'::text])))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=50000);

create table posthorn.delivery_owed (
  id          uuid not null,
  event_id    uuid not null,
  app_id      uuid not null,
  endpoint_id uuid not null,
  due_at      timestamp with time zone not null,
  attempts    smallint not null default 0,
  step        smallint not null default 0,
  trigger     text not null,
  expires_at  timestamp with time zone,
  held_due_at timestamp with time zone,
  constraint delivery_owed_pkey PRIMARY KEY (id),
  constraint delivery_owed_held_check CHECK (((held_due_at IS NOT NULL) = (due_at = 'infinity'::timestamp with time zone))),
  constraint delivery_owed_trigger_check CHECK ((trigger = ANY (ARRAY['scheduled'::text, 'resend'::text, 'replay'::text, 'probe'::text])))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=50000);
CREATE INDEX delivery_owed_due ON posthorn.delivery_owed USING btree (endpoint_id, due_at, id);
CREATE INDEX delivery_owed_expires ON posthorn.delivery_owed USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX delivery_owed_held ON posthorn.delivery_owed USING btree (held_due_at) WHERE (held_due_at IS NOT NULL);
CREATE INDEX delivery_owed_of_event ON posthorn.delivery_owed USING btree (event_id);

create table posthorn.endpoint (
  id              uuid not null,
  app_id          uuid not null,
  uid             text collate "C",
  version         integer not null default 1,
  url             text not null,
  description     text not null default ''::text,
  event_types     text[],
  channels        text[],
  mode            text not null default 'enabled'::text,
  mode_reason     text,
  mode_since      timestamp with time zone,
  throttle_rate   integer,
  concurrency     integer,
  timeout_ms      integer,
  retry_policy    text not null default 'default'::text,
  retry_schedule  integer[],
  expires_after_s integer,
  extra_headers   text[] not null default '{}'::text[],
  headers_sealed  bytea,
  metadata        jsonb not null default '{}'::jsonb,
  created_at      timestamp with time zone not null default now(),
  updated_at      timestamp with time zone not null default now(),
  deleted_at      timestamp with time zone,
  deleted_as      text,
  constraint endpoint_pkey PRIMARY KEY (id),
  constraint endpoint_channels_check CHECK (((cardinality(channels) >= 1) AND (cardinality(channels) <= 10))),
  constraint endpoint_check CHECK (((mode = 'enabled'::text) = (mode_reason IS NULL))),
  constraint endpoint_concurrency_check CHECK (((concurrency >= 1) AND (concurrency <= 10000))),
  constraint endpoint_deleted_as_check CHECK ((deleted_as = ANY (ARRAY['endpoint_deleted'::text, 'application_deleted'::text]))),
  constraint endpoint_event_types_check CHECK ((cardinality(event_types) > 0)),
  constraint endpoint_expires_after_s_check CHECK ((expires_after_s > 0)),
  constraint endpoint_extra_headers_check CHECK ((extra_headers <@ ARRAY['svix'::text, 'plain'::text])),
  constraint endpoint_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
  constraint endpoint_mode_check CHECK ((mode = ANY (ARRAY['enabled'::text, 'paused'::text, 'disabled'::text]))),
  constraint endpoint_mode_reason_check CHECK ((mode_reason = ANY (ARRAY['operator'::text, 'gone'::text, 'gone_again'::text, 'failing'::text]))),
  constraint endpoint_retry_policy_check CHECK ((retry_policy = ANY (ARRAY['default'::text, 'svix'::text, 'strict'::text]))),
  constraint endpoint_throttle_rate_check CHECK (((throttle_rate >= 1) AND (throttle_rate <= 65535))),
  constraint endpoint_timeout_ms_check CHECK (((timeout_ms >= 1000) AND (timeout_ms <= 60000)))
);
CREATE INDEX endpoint_deleted ON posthorn.endpoint USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE INDEX endpoint_of ON posthorn.endpoint USING btree (app_id, id) WHERE (deleted_at IS NULL);
CREATE INDEX endpoint_stopped ON posthorn.endpoint USING btree (mode_since) WHERE ((mode <> 'enabled'::text) AND (deleted_at IS NULL));
CREATE UNIQUE INDEX endpoint_uid ON posthorn.endpoint USING btree (app_id, uid) WHERE ((deleted_at IS NULL) AND (uid IS NOT NULL));

create table posthorn.endpoint_secret (
  id          uuid not null,
  endpoint_id uuid not null,
  kind        text not null,
  sealed      bytea not null,
  created_at  timestamp with time zone not null default now(),
  expires_at  timestamp with time zone,
  constraint endpoint_secret_pkey PRIMARY KEY (id),
  constraint endpoint_secret_kind_check CHECK ((kind = ANY (ARRAY['v1'::text, 'v1a'::text])))
);
CREATE UNIQUE INDEX endpoint_secret_current ON posthorn.endpoint_secret USING btree (endpoint_id) WHERE (expires_at IS NULL);
CREATE INDEX endpoint_secret_of ON posthorn.endpoint_secret USING btree (endpoint_id);

create table posthorn.endpoint_set (
  app_id  uuid not null,
  version bigint not null,
  constraint endpoint_set_pkey PRIMARY KEY (app_id)
);

create table posthorn.endpoint_state (
  endpoint_id      uuid not null,
  breaker          text not null default 'closed'::text,
  breaker_until    timestamp with time zone,
  breaker_opens    integer not null default 0,
  hold_until       timestamp with time zone,
  failing_since    timestamp with time zone,
  failing_open_ms  bigint not null default 0,
  failing_attempts integer not null default 0,
  gone_at          timestamp with time zone,
  updated_at       timestamp with time zone not null default now(),
  probe_at         timestamp with time zone,
  told_failing     boolean not null default false,
  told_failing_at  timestamp with time zone,
  constraint endpoint_state_pkey PRIMARY KEY (endpoint_id),
  constraint endpoint_state_breaker_check CHECK ((breaker = ANY (ARRAY['closed'::text, 'open'::text, 'half_open'::text]))),
  constraint endpoint_state_check CHECK (((breaker = 'open'::text) <= (breaker_until IS NOT NULL)))
);
CREATE INDEX endpoint_state_broken ON posthorn.endpoint_state USING btree (endpoint_id) WHERE (breaker <> 'closed'::text);
CREATE INDEX endpoint_state_failing ON posthorn.endpoint_state USING btree (failing_since) WHERE (failing_since IS NOT NULL);

create table posthorn.endpoint_tally (
  endpoint_id uuid not null,
  minute      timestamp with time zone not null,
  process     bigint not null,
  app_id      uuid not null,
  attempts    integer not null,
  delivered   integer not null,
  failed      integer not null,
  ambiguous   integer not null,
  latency     integer[] not null,
  constraint endpoint_tally_pkey PRIMARY KEY (endpoint_id, minute, process)
) with (fillfactor=70);
CREATE INDEX endpoint_tally_minute ON posthorn.endpoint_tally USING brin (minute) WITH (pages_per_range='8', autosummarize='on');

create table posthorn.endpoint_version (
  endpoint_id   uuid not null,
  version       integer not null,
  url           text not null,
  headers       jsonb not null,
  extra_headers text[] not null default '{}'::text[],
  created_at    timestamp with time zone not null default now(),
  constraint endpoint_version_pkey PRIMARY KEY (endpoint_id, version)
);

create table posthorn.event (
  app_id       uuid not null,
  id           uuid not null,
  type         text not null,
  uid          text,
  channels     text[],
  content_type text not null,
  source_id    uuid,
  hops         smallint not null default 0,
  payload      bytea,
  tags         text[],
  stored_at    timestamp with time zone default clock_timestamp(),
  trace        text,
  constraint event_pkey PRIMARY KEY (app_id, id),
  constraint event_trace_check CHECK (((length(trace) >= 55) AND (length(trace) <= 600))) NOT VALID
) partition by range (id);

create table posthorn.event_tally (
  app_id  uuid not null,
  minute  timestamp with time zone not null,
  process bigint not null,
  events  integer not null,
  bytes   bigint not null,
  constraint event_tally_pkey PRIMARY KEY (app_id, minute, process)
) with (fillfactor=70);
CREATE INDEX event_tally_minute ON posthorn.event_tally USING brin (minute) WITH (pages_per_range='8', autosummarize='on');

create table posthorn.event_type (
  name         text collate "C" not null,
  description  text not null default ''::text,
  archived     boolean not null default false,
  deprecated   boolean not null default false,
  feature_flag text,
  schemas      jsonb,
  created_at   timestamp with time zone not null default now(),
  updated_at   timestamp with time zone not null default now(),
  constraint event_type_pkey PRIMARY KEY (name)
);

create table posthorn.fan_out (
  event_id   uuid not null,
  app_id     uuid not null,
  type       text not null,
  channels   text[],
  cursor     uuid not null default '00000000-0000-0000-0000-000000000000'::uuid,
  created_at timestamp with time zone not null default now(),
  constraint fan_out_pkey PRIMARY KEY (event_id)
);

create table posthorn.flow (
  id         uuid not null,
  app_id     uuid not null,
  name       text collate "C" not null,
  mode       text not null default 'enabled'::text,
  version    integer not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint flow_pkey PRIMARY KEY (id),
  constraint flow_mode_check CHECK ((mode = ANY (ARRAY['enabled'::text, 'paused'::text, 'disabled'::text])))
);
CREATE UNIQUE INDEX flow_name ON posthorn.flow USING btree (app_id, name) WHERE (deleted_at IS NULL);
CREATE INDEX flow_of ON posthorn.flow USING btree (app_id, id) WHERE (deleted_at IS NULL);

create table posthorn.flow_approval (
  run_id     uuid not null,
  path       text not null,
  app_id     uuid not null,
  flow_id    uuid not null,
  title      text not null,
  details    bytea not null,
  token_hash bytea,
  until_at   timestamp with time zone,
  asked_at   timestamp with time zone not null default now(),
  approved   boolean,
  decided_by text,
  decided_at timestamp with time zone,
  reason     text,
  constraint flow_approval_pkey PRIMARY KEY (run_id, path),
  constraint flow_approval_token_hash_key UNIQUE (token_hash),
  constraint flow_approval_check CHECK ((((approved IS NULL) = (decided_at IS NULL)) AND ((approved IS NULL) = (decided_by IS NULL)) AND ((approved IS NULL) = (reason IS NULL))))
);
CREATE INDEX flow_approval_of ON posthorn.flow_approval USING btree (flow_id, run_id) WHERE (approved IS NULL);
CREATE INDEX flow_approval_pending ON posthorn.flow_approval USING btree (app_id, run_id, path) WHERE (approved IS NULL);

create table posthorn.flow_arrival (
  event_id   uuid not null,
  app_id     uuid not null,
  type       text not null,
  xid        xid8 not null default pg_current_xact_id(),
  done_at    timestamp with time zone,
  after_run  uuid,
  after_path text collate "C",
  constraint flow_arrival_pkey PRIMARY KEY (event_id)
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000);
CREATE INDEX flow_arrival_done ON posthorn.flow_arrival USING btree (done_at) WHERE (done_at IS NOT NULL);
CREATE INDEX flow_arrival_id ON posthorn.flow_arrival USING btree (app_id, type, event_id);
CREATE INDEX flow_arrival_new ON posthorn.flow_arrival USING btree (event_id) WHERE (done_at IS NULL);
CREATE INDEX flow_arrival_xid ON posthorn.flow_arrival USING btree (app_id, type, xid);

create table posthorn.flow_awaited (
  app_id   uuid not null,
  type     text not null,
  flow_id  uuid not null,
  step     text not null,
  key_text text not null,
  version  integer not null,
  constraint flow_awaited_pkey PRIMARY KEY (app_id, type, flow_id, step, key_text)
);
CREATE INDEX flow_awaited_of ON posthorn.flow_awaited USING btree (flow_id);

create table posthorn.flow_batch (
  batch_id uuid not null,
  run_id   uuid not null,
  input    bytea not null,
  constraint flow_batch_pkey PRIMARY KEY (batch_id, run_id)
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000);

create table posthorn.flow_gate (
  id         uuid not null,
  flow_id    uuid not null,
  app_id     uuid not null,
  kind       text not null,
  key        text not null,
  places     integer,
  version    integer not null,
  state      jsonb not null default '{}'::jsonb,
  due_at     timestamp with time zone,
  queue_from bigint,
  touched_at timestamp with time zone not null default now(),
  constraint flow_gate_pkey PRIMARY KEY (id),
  constraint flow_gate_kind_check CHECK ((kind = ANY (ARRAY['overlap'::text, 'singleton'::text, 'debounce'::text, 'batch'::text, 'rate'::text, 'throttle'::text, 'concurrency'::text]))),
  constraint flow_gate_places_check CHECK ((places > 0))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000, fillfactor=70);
CREATE INDEX flow_gate_due ON posthorn.flow_gate USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX flow_gate_of ON posthorn.flow_gate USING btree (flow_id);

create table posthorn.flow_listener (
  app_id   uuid not null,
  kind     text not null,
  subject  text not null,
  flow_id  uuid not null,
  trigger  smallint not null,
  version  integer not null,
  endpoint text,
  states   text[],
  admits   boolean not null,
  constraint flow_listener_pkey PRIMARY KEY (app_id, kind, subject, flow_id, trigger),
  constraint flow_listener_kind_check CHECK ((kind = ANY (ARRAY['delivery'::text, 'run'::text])))
);
CREATE INDEX flow_listener_of ON posthorn.flow_listener USING btree (flow_id);

create table posthorn.flow_moment (
  flow_id uuid not null,
  trigger smallint not null,
  moment  timestamp with time zone not null,
  outcome text not null,
  why     text not null default ''::text,
  run_id  uuid,
  at      timestamp with time zone not null default now(),
  constraint flow_moment_pkey PRIMARY KEY (flow_id, trigger, moment),
  constraint flow_moment_check CHECK (((why <> ''::text) = (outcome = 'skipped'::text))),
  constraint flow_moment_outcome_check CHECK ((outcome = ANY (ARRAY['started'::text, 'skipped'::text])))
);

create table posthorn.flow_place (
  gate_id uuid not null,
  run_id  uuid not null,
  constraint flow_place_pkey PRIMARY KEY (gate_id, run_id)
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000);

create table posthorn.flow_queue (
  run_id  uuid not null,
  gate_id uuid,
  stage   text not null,
  rank    bigint not null,
  constraint flow_queue_pkey PRIMARY KEY (run_id),
  constraint flow_queue_stage_check CHECK ((stage = ANY (ARRAY['overlap'::text, 'singleton'::text, 'debounce'::text, 'batch'::text, 'throttle'::text, 'concurrency'::text])))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000);
CREATE INDEX flow_queue_next ON posthorn.flow_queue USING btree (gate_id, rank, run_id) WHERE (gate_id IS NOT NULL);

create table posthorn.flow_rerun (
  id              uuid not null,
  app_id          uuid not null,
  flow_id         uuid not null,
  state           text not null default 'running'::text,
  of_state        text not null,
  fingerprint     uuid,
  of_version      integer,
  since           timestamp with time zone not null,
  until           timestamp with time zone not null,
  from_path       text,
  version         integer,
  rate_per_second integer not null,
  cursor          uuid not null,
  matched         bigint not null default 0,
  started         bigint not null default 0,
  skipped         bigint not null default 0,
  last_skipped    jsonb,
  created_at      timestamp with time zone not null default now(),
  updated_at      timestamp with time zone not null default now(),
  finished_at     timestamp with time zone,
  constraint flow_rerun_pkey PRIMARY KEY (id),
  constraint flow_rerun_check CHECK (((finished_at IS NULL) = (state = 'running'::text))),
  constraint flow_rerun_of_state_check CHECK ((of_state = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text]))),
  constraint flow_rerun_rate_per_second_check CHECK (((rate_per_second >= 1) AND (rate_per_second <= 1000))),
  constraint flow_rerun_state_check CHECK ((state = ANY (ARRAY['running'::text, 'finished'::text, 'cancelled'::text]))),
  constraint flow_rerun_version_check CHECK ((version >= 0))
);
CREATE INDEX flow_rerun_of ON posthorn.flow_rerun USING btree (flow_id, id);
CREATE INDEX flow_rerun_open ON posthorn.flow_rerun USING btree (updated_at, id) WHERE (state = 'running'::text);

create table posthorn.flow_schedule (
  flow_id uuid not null,
  trigger smallint not null,
  app_id  uuid not null,
  spec    jsonb not null,
  next_at timestamp with time zone,
  due_at  timestamp with time zone,
  constraint flow_schedule_pkey PRIMARY KEY (flow_id, trigger)
);
CREATE INDEX flow_schedule_due ON posthorn.flow_schedule USING btree (due_at) WHERE (due_at IS NOT NULL);

create table posthorn.flow_secret (
  id           uuid not null,
  app_id       uuid not null,
  name         text collate "C" not null,
  sealed       bytea not null,
  flows        text[],
  version      integer not null default 1,
  created_at   timestamp with time zone not null default now(),
  updated_at   timestamp with time zone not null default now(),
  updated_by   text not null default ''::text,
  last_used_on date,
  constraint flow_secret_pkey PRIMARY KEY (id),
  constraint flow_secret_app_id_name_key UNIQUE (app_id, name)
);

create table posthorn.flow_secret_version (
  one     boolean not null default true,
  version bigint not null,
  constraint flow_secret_version_pkey PRIMARY KEY (one),
  constraint flow_secret_version_one_check CHECK (one)
);

create table posthorn.flow_set (
  app_id  uuid not null,
  version bigint not null,
  constraint flow_set_pkey PRIMARY KEY (app_id)
);

create table posthorn.flow_skip (
  id           uuid not null,
  flow_id      uuid not null,
  why          text not null,
  key          text not null,
  trigger      text not null,
  event_id     uuid,
  scheduled_at timestamp with time zone,
  run_id       uuid not null,
  detail       text not null default ''::text,
  constraint flow_skip_pkey PRIMARY KEY (id)
);
CREATE INDEX flow_skip_of ON posthorn.flow_skip USING btree (flow_id, id);

create table posthorn.flow_skip_minute (
  flow_id uuid not null,
  minute  timestamp with time zone not null,
  why     text not null,
  count   bigint not null,
  constraint flow_skip_minute_pkey PRIMARY KEY (flow_id, minute, why)
);

create table posthorn.flow_told (
  id           uuid not null,
  app_id       uuid not null,
  outcome      text not null,
  endpoint_id  uuid not null,
  endpoint_uid text,
  event_id     uuid not null,
  attempt_id   uuid,
  status       smallint,
  hops         smallint not null,
  constraint flow_told_pkey PRIMARY KEY (id),
  constraint flow_told_outcome_check CHECK ((outcome = ANY (ARRAY['exhausted'::text, 'failing'::text, 'recovered'::text])))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000);

create table posthorn.flow_version (
  flow_id    uuid not null,
  version    integer not null,
  definition jsonb not null,
  source     text,
  digest     bytea not null,
  note       text not null default ''::text,
  created_by text not null default ''::text,
  created_at timestamp with time zone not null default now(),
  constraint flow_version_pkey PRIMARY KEY (flow_id, version),
  constraint flow_version_flow_id_fkey FOREIGN KEY (flow_id) REFERENCES posthorn.flow(id) ON DELETE CASCADE,
  constraint flow_version_version_check CHECK ((version > 0))
);

create table posthorn.flow_wait (
  run_id    uuid not null,
  path      text collate "C" not null,
  type      text not null,
  app_id    uuid not null,
  flow_id   uuid not null,
  version   integer not null,
  key       uuid,
  judged    boolean not null,
  condition text,
  context   text,
  since     uuid not null,
  seen      pg_snapshot not null default pg_current_snapshot(),
  looked    boolean not null default false,
  constraint flow_wait_pkey PRIMARY KEY (run_id, path, type),
  constraint flow_wait_check CHECK ((((condition IS NULL) = (context IS NULL)) AND (judged OR (condition IS NULL))))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000);
CREATE INDEX flow_wait_key ON posthorn.flow_wait USING btree (app_id, type, key, run_id, path);
CREATE INDEX flow_wait_new ON posthorn.flow_wait USING btree (since) WHERE (NOT looked);

create table posthorn.idempotency (
  key        uuid not null,
  body_hash  bytea not null,
  status     smallint,
  response   bytea,
  expires_at timestamp with time zone not null,
  constraint idempotency_pkey PRIMARY KEY (key),
  constraint idempotency_check CHECK (((status IS NULL) = (response IS NULL)))
);
CREATE INDEX idempotency_expires ON posthorn.idempotency USING btree (expires_at);

create table posthorn.job (
  id              uuid not null,
  number          integer not null generated always as identity,
  app_id          uuid not null,
  task            text not null,
  what            text not null,
  since           timestamp with time zone not null,
  until           timestamp with time zone not null,
  event_types     text[],
  channels        text[],
  tags            text[],
  outcomes        text[],
  reasons         text[],
  rate_per_second integer not null,
  state           text not null default 'running'::text,
  error           text,
  withdrawing     boolean not null default false,
  owner           bigint,
  made            bigint not null default 0,
  created_at      timestamp with time zone not null default now(),
  updated_at      timestamp with time zone not null default now(),
  finished_at     timestamp with time zone,
  constraint job_pkey PRIMARY KEY (id),
  constraint job_number_key UNIQUE (number),
  constraint job_check CHECK (((state = 'failed'::text) = (error IS NOT NULL))),
  constraint job_check1 CHECK (((state = ANY (ARRAY['finished'::text, 'failed'::text, 'cancelled'::text])) = (finished_at IS NOT NULL))),
  constraint job_check2 CHECK (((NOT withdrawing) OR (state = 'cancelled'::text))),
  constraint job_check3 CHECK (((owner IS NULL) OR (state = 'running'::text) OR withdrawing)),
  constraint job_rate_per_second_check CHECK (((rate_per_second >= 1) AND (rate_per_second <= 10000))),
  constraint job_state_check CHECK ((state = ANY (ARRAY['running'::text, 'paused'::text, 'finished'::text, 'failed'::text, 'cancelled'::text]))),
  constraint job_task_check CHECK ((task = ANY (ARRAY['endpoint.recover'::text, 'endpoint.replay'::text, 'endpoint.bulk-replay'::text]))),
  constraint job_what_check CHECK ((what = ANY (ARRAY['failed'::text, 'missing'::text, 'all'::text])))
);
CREATE INDEX job_at_work ON posthorn.job USING btree (id) WHERE ((state = 'running'::text) OR withdrawing);
CREATE INDEX job_of ON posthorn.job USING btree (app_id, id);

create table posthorn.job_endpoint (
  job_id      uuid not null,
  endpoint_id uuid not null,
  phase       text not null default 'counting'::text,
  cursor      uuid not null,
  matched     bigint not null default 0,
  done        bigint not null default 0,
  skipped     bigint not null default 0,
  waiting     text,
  error       text,
  constraint job_endpoint_pkey PRIMARY KEY (job_id, endpoint_id),
  constraint job_endpoint_job_id_fkey FOREIGN KEY (job_id) REFERENCES posthorn.job(id) ON DELETE CASCADE,
  constraint job_endpoint_check CHECK (((phase = 'failed'::text) = (error IS NOT NULL))),
  constraint job_endpoint_check1 CHECK (((waiting IS NULL) OR (phase = 'owing'::text))),
  constraint job_endpoint_error_check CHECK ((error = ANY (ARRAY['endpoint_deleted'::text, 'endpoint_disabled'::text]))),
  constraint job_endpoint_phase_check CHECK ((phase = ANY (ARRAY['counting'::text, 'owing'::text, 'finished'::text, 'failed'::text]))),
  constraint job_endpoint_waiting_check CHECK ((waiting = ANY (ARRAY['backlog'::text, 'paused'::text])))
);

create table posthorn.limit_owner (
  subject_id uuid not null,
  owner      bigint not null,
  usable_at  timestamp with time zone not null default now(),
  constraint limit_owner_pkey PRIMARY KEY (subject_id)
);

create table posthorn.migration (
  number         integer not null,
  name           text not null,
  checksum       text not null,
  applied_at     timestamp with time zone not null default now(),
  engine_version text not null,
  constraint migration_pkey PRIMARY KEY (number)
);

create table posthorn.notice (
  id             uuid not null,
  type           text not null,
  app_id         uuid,
  endpoint_id    uuid,
  endpoint_uid   text,
  event_id       uuid,
  attempt_id     uuid,
  attempt_status smallint,
  hops           smallint not null default 0,
  data           jsonb not null default '{}'::jsonb,
  taken_until    timestamp with time zone,
  constraint notice_pkey PRIMARY KEY (id),
  constraint notice_data_check CHECK ((jsonb_typeof(data) = 'object'::text))
);

create table posthorn.portal_session (
  id         uuid not null,
  hash       bytea not null,
  app_id     uuid not null,
  name       text,
  read_only  boolean not null,
  theme      jsonb not null default '{}'::jsonb,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint portal_session_pkey PRIMARY KEY (id),
  constraint portal_session_hash_key UNIQUE (hash),
  constraint portal_session_hash_check CHECK ((octet_length(hash) = 32)),
  constraint portal_session_theme_check CHECK ((jsonb_typeof(theme) = 'object'::text))
);
CREATE INDEX portal_session_expires ON posthorn.portal_session USING btree (expires_at);
CREATE INDEX portal_session_of ON posthorn.portal_session USING btree (app_id, id);

create table posthorn.portal_theme (
  app_id     uuid,
  theme      jsonb not null,
  updated_at timestamp with time zone not null default now(),
  constraint portal_theme_app_id_key UNIQUE NULLS NOT DISTINCT (app_id),
  constraint portal_theme_theme_check CHECK ((jsonb_typeof(theme) = 'object'::text))
);

create table posthorn.process (
  token         bigint not null generated always as identity,
  name          text not null,
  roles         text[] not null,
  version       text not null,
  started_at    timestamp with time zone not null default now(),
  lease_ends_at timestamp with time zone not null,
  ended_at      timestamp with time zone,
  ended_by      text,
  constraint process_pkey PRIMARY KEY (token),
  constraint process_check CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  constraint process_ended_by_check CHECK ((ended_by = ANY (ARRAY['left'::text, 'taken_over'::text])))
);

create table posthorn.process_sample (
  span_s         smallint not null,
  at             timestamp with time zone not null,
  process        bigint not null,
  span_ms        integer not null,
  roles          text[] not null,
  events_in      integer not null,
  rejected       integer not null,
  attempts       integer not null,
  delivered      integer not null,
  failed         integer not null,
  dead           integer not null,
  ack            integer[] not null,
  delivery       integer[] not null,
  receiver       integer[] not null,
  memory_bytes   bigint not null,
  cpu_ms         integer not null,
  loop_lag_us    integer not null,
  in_flight      integer not null,
  held           integer not null,
  owed           bigint,
  owed_exact     boolean,
  oldest_owed_at timestamp with time zone,
  constraint process_sample_pkey PRIMARY KEY (span_s, at, process),
  constraint process_sample_check CHECK (((owed IS NULL) = (owed_exact IS NULL))),
  constraint process_sample_span_ms_check CHECK ((span_ms > 0)),
  constraint process_sample_span_s_check CHECK ((span_s = ANY (ARRAY[10, 300])))
);

create table posthorn.run_ended (
  flow_id     uuid not null,
  id          uuid not null,
  app_id      uuid not null,
  version     integer not null,
  state       text not null,
  trigger     text not null,
  event_id    uuid,
  input       bytea,
  facts       jsonb,
  parent_id   uuid,
  depth       smallint not null default 0,
  result      bytea,
  fingerprint uuid,
  steps       integer not null,
  started_at  timestamp with time zone not null,
  ended_at    timestamp with time zone not null default now(),
  trace       text,
  constraint run_ended_pkey PRIMARY KEY (flow_id, id),
  constraint run_ended_check CHECK (((fingerprint IS NOT NULL) <= (state = 'failed'::text))),
  constraint run_ended_state_check CHECK ((state = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text]))),
  constraint run_ended_trigger_check CHECK ((trigger = ANY (ARRAY['event'::text, 'source'::text, 'delivery'::text, 'schedule'::text, 'api'::text, 'manual'::text, 'rerun'::text, 'call'::text, 'run'::text, 'batch'::text])))
) partition by range (id);
CREATE INDEX run_ended_begun ON ONLY posthorn.run_ended USING btree (flow_id, trigger, id) WHERE (trigger = ANY (ARRAY['manual'::text, 'rerun'::text, 'schedule'::text]));
CREATE INDEX run_ended_cancelled ON ONLY posthorn.run_ended USING btree (flow_id, id) WHERE (state = 'cancelled'::text);
CREATE INDEX run_ended_child ON ONLY posthorn.run_ended USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX run_ended_event ON ONLY posthorn.run_ended USING btree (event_id) WHERE (event_id IS NOT NULL);
CREATE INDEX run_ended_failed ON ONLY posthorn.run_ended USING btree (flow_id, fingerprint, id) WHERE (state = 'failed'::text);
CREATE INDEX run_ended_failures ON ONLY posthorn.run_ended USING btree (flow_id, id) WHERE (state = 'failed'::text);

create table posthorn.run_key (
  key        uuid not null,
  run_id     uuid not null,
  body_hash  uuid not null,
  expires_at timestamp with time zone not null,
  constraint run_key_pkey PRIMARY KEY (key)
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000);
CREATE INDEX run_key_expiry ON posthorn.run_key USING btree (expires_at);

create table posthorn.run_leased (
  id         uuid not null,
  app_id     uuid not null,
  flow_id    uuid not null,
  version    integer not null,
  owner      bigint not null,
  phase      text not null,
  trigger    text not null,
  event_id   uuid,
  input      bytea,
  facts      jsonb,
  parent_id  uuid,
  depth      smallint not null default 0,
  priority   smallint not null default 0,
  gates      uuid[],
  started_at timestamp with time zone not null default now(),
  trace      text,
  constraint run_leased_pkey PRIMARY KEY (id),
  constraint run_leased_check CHECK (((event_id IS NULL) OR (input IS NULL))),
  constraint run_leased_phase_check CHECK ((phase = ANY (ARRAY['matched'::text, 'running'::text]))),
  constraint run_leased_priority_check CHECK (((priority >= '-100'::integer) AND (priority <= 100))),
  constraint run_leased_trigger_check CHECK ((trigger = ANY (ARRAY['event'::text, 'source'::text, 'delivery'::text, 'schedule'::text, 'api'::text, 'manual'::text, 'rerun'::text, 'call'::text, 'run'::text, 'batch'::text])))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=50000);
CREATE INDEX run_leased_child ON posthorn.run_leased USING btree (parent_id) WHERE (parent_id IS NOT NULL);

create table posthorn.run_signal (
  id         uuid not null,
  run_id     uuid not null,
  path       text not null,
  attempt    smallint,
  kind       text not null,
  value      bytea,
  created_at timestamp with time zone not null default now(),
  constraint run_signal_pkey PRIMARY KEY (id),
  constraint run_signal_kind_check CHECK ((kind = ANY (ARRAY['completed'::text, 'failed'::text, 'cancel'::text, 'wake'::text])))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000);
CREATE INDEX run_signal_for ON posthorn.run_signal USING btree (run_id);

create table posthorn.run_step (
  run_id  uuid not null,
  seq     integer not null,
  kind    text not null,
  path    text not null,
  attempt smallint not null,
  at      timestamp with time zone not null,
  due_at  timestamp with time zone,
  value   bytea,
  logs    bytea,
  constraint run_step_pkey PRIMARY KEY (run_id, seq),
  constraint run_step_kind_check CHECK ((kind = ANY (ARRAY['completed'::text, 'failed'::text, 'began'::text, 'waiting'::text, 'cancelled'::text])))
) partition by range (run_id);

create table posthorn.run_waiting (
  id          uuid not null,
  app_id      uuid not null,
  flow_id     uuid not null,
  version     integer not null,
  waiting_for text not null,
  due_at      timestamp with time zone,
  phase       text not null,
  trigger     text not null,
  event_id    uuid,
  input       bytea,
  facts       jsonb,
  parent_id   uuid,
  depth       smallint not null default 0,
  priority    smallint not null default 0,
  gates       uuid[],
  started_at  timestamp with time zone not null default now(),
  trace       text,
  constraint run_waiting_pkey PRIMARY KEY (id),
  constraint run_waiting_check CHECK (((event_id IS NULL) OR (input IS NULL))),
  constraint run_waiting_phase_check CHECK ((phase = ANY (ARRAY['matched'::text, 'running'::text]))),
  constraint run_waiting_priority_check CHECK (((priority >= '-100'::integer) AND (priority <= 100))),
  constraint run_waiting_trigger_check CHECK ((trigger = ANY (ARRAY['event'::text, 'source'::text, 'delivery'::text, 'schedule'::text, 'api'::text, 'manual'::text, 'rerun'::text, 'call'::text, 'run'::text, 'batch'::text]))),
  constraint run_waiting_waiting_for_check CHECK ((waiting_for = ANY (ARRAY['room'::text, 'control'::text, 'time'::text, 'event'::text, 'approval'::text, 'task'::text, 'call'::text, 'paused'::text])))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=50000);
CREATE INDEX run_waiting_child ON posthorn.run_waiting USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX run_waiting_due ON posthorn.run_waiting USING btree (app_id, due_at, id) WHERE (due_at IS NOT NULL);
CREATE INDEX run_waiting_event ON posthorn.run_waiting USING btree (event_id) WHERE (event_id IS NOT NULL);
CREATE INDEX run_waiting_of ON posthorn.run_waiting USING btree (flow_id, id);

create table posthorn.source (
  id           uuid not null,
  app_id       uuid not null,
  uid          text collate "C",
  name         text not null default ''::text,
  token_hash   bytea not null,
  token_sealed bytea not null,
  preset       text not null,
  options      jsonb not null default '{}'::jsonb,
  disabled     boolean not null default false,
  metadata     jsonb not null default '{}'::jsonb,
  created_at   timestamp with time zone not null default now(),
  updated_at   timestamp with time zone not null default now(),
  deleted_at   timestamp with time zone,
  constraint source_pkey PRIMARY KEY (id),
  constraint source_token_hash_key UNIQUE (token_hash),
  constraint source_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
  constraint source_preset_check CHECK ((preset = ANY (ARRAY['stripe'::text, 'github'::text, 'shopify'::text, 'slack'::text, 'standard-webhooks'::text, 'hmac'::text, 'none'::text])))
);
CREATE INDEX source_of ON posthorn.source USING btree (app_id, id) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX source_uid ON posthorn.source USING btree (app_id, uid) WHERE ((deleted_at IS NULL) AND (uid IS NOT NULL));

create table posthorn.source_rejection (
  id             uuid not null,
  source_id      uuid not null,
  reason         text not null,
  detail         text not null,
  remote_address text,
  headers        jsonb not null,
  body_excerpt   bytea not null,
  body_bytes     integer not null,
  constraint source_rejection_pkey PRIMARY KEY (id)
);
CREATE INDEX source_rejection_of ON posthorn.source_rejection USING btree (source_id, id);

create table posthorn.source_secret (
  id         uuid not null,
  source_id  uuid not null,
  sealed     bytea not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  constraint source_secret_pkey PRIMARY KEY (id)
);
CREATE INDEX source_secret_of ON posthorn.source_secret USING btree (source_id);

create table posthorn.source_spike (
  source_id   uuid not null,
  since       timestamp with time zone not null default now(),
  lasts_until timestamp with time zone not null,
  constraint source_spike_pkey PRIMARY KEY (source_id)
);

create table posthorn.source_version (
  one     boolean not null default true,
  version bigint not null,
  constraint source_version_pkey PRIMARY KEY (one),
  constraint source_version_one_check CHECK (one)
);

create unlogged table posthorn.tail_bundle (
  process bigint not null,
  number  bigint not null,
  at      timestamp with time zone not null default clock_timestamp(),
  bundle  text not null,
  constraint tail_bundle_pkey PRIMARY KEY (process, number)
);

create table posthorn.tail_watch (
  id      uuid not null,
  app_id  uuid,
  ends_at timestamp with time zone not null,
  constraint tail_watch_pkey PRIMARY KEY (id)
);

create table posthorn.task_attempt (
  task_id    uuid not null,
  number     smallint not null,
  late       boolean not null default false,
  app_id     uuid not null,
  outcome    text not null,
  worker     uuid,
  started_at timestamp with time zone,
  ended_at   timestamp with time zone not null default now(),
  error      bytea,
  next_at    timestamp with time zone,
  constraint task_attempt_pkey PRIMARY KEY (task_id, number, late),
  constraint task_attempt_check CHECK (((outcome = 'completed'::text) <= late)),
  constraint task_attempt_outcome_check CHECK ((outcome = ANY (ARRAY['completed'::text, 'failed'::text, 'timeout'::text, 'lost'::text, 'cancelled'::text])))
) partition by range (task_id);

create table posthorn.task_ended (
  app_id     uuid not null,
  id         uuid not null,
  queue      text collate "C" not null,
  name       text collate "C" not null,
  state      text not null,
  priority   smallint not null default 0,
  attempts   smallint not null,
  input      bytea not null,
  options    jsonb,
  result     bytea not null,
  run_id     uuid,
  path       text,
  key        text,
  worker     uuid,
  started_at timestamp with time zone,
  ended_at   timestamp with time zone not null default now(),
  constraint task_ended_pkey PRIMARY KEY (app_id, id),
  constraint task_ended_state_check CHECK ((state = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text])))
) partition by range (id);
CREATE INDEX task_ended_failed ON ONLY posthorn.task_ended USING btree (app_id, id) WHERE (state = 'failed'::text);

create table posthorn.task_leased (
  app_id        uuid not null,
  id            uuid not null,
  queue         text collate "C" not null,
  name          text collate "C" not null,
  worker        bigint not null,
  attempt       smallint not null,
  leased_at     timestamp with time zone not null default now(),
  deadline_at   timestamp with time zone,
  priority      smallint not null default 0,
  input         bytea not null,
  options       jsonb,
  unique_key    uuid,
  unique_mode   text,
  run_id        uuid,
  path          text,
  key           text,
  cancel_reason text,
  progress      text,
  constraint task_leased_pkey PRIMARY KEY (app_id, id),
  constraint task_leased_unique_mode_check CHECK ((unique_mode = ANY (ARRAY['waiting'::text, 'done'::text, 'window'::text])))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=50000);
CREATE INDEX task_leased_cancelled ON posthorn.task_leased USING btree (worker) WHERE (cancel_reason IS NOT NULL);
CREATE INDEX task_leased_of_run ON posthorn.task_leased USING btree (run_id) WHERE (run_id IS NOT NULL);

create table posthorn.task_owed (
  app_id      uuid not null,
  id          uuid not null,
  queue       text collate "C" not null,
  name        text collate "C" not null,
  ready       boolean not null,
  rank_at     timestamp with time zone not null,
  due_at      timestamp with time zone not null,
  priority    smallint not null default 0,
  attempts    smallint not null default 0,
  input       bytea not null,
  options     jsonb,
  unique_key  uuid,
  unique_mode text,
  run_id      uuid,
  path        text,
  key         text,
  constraint task_owed_pkey PRIMARY KEY (app_id, id),
  constraint task_owed_check CHECK (((unique_key IS NULL) = (unique_mode IS NULL))),
  constraint task_owed_check1 CHECK (((run_id IS NULL) = (path IS NULL))),
  constraint task_owed_priority_check CHECK (((priority >= '-100'::integer) AND (priority <= 100))),
  constraint task_owed_unique_mode_check CHECK ((unique_mode = ANY (ARRAY['waiting'::text, 'done'::text, 'window'::text])))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=50000);
CREATE INDEX task_owed_later ON posthorn.task_owed USING btree (app_id, due_at, id) WHERE (NOT ready);
CREATE INDEX task_owed_next ON posthorn.task_owed USING btree (app_id, queue, name, ready, rank_at, id);
CREATE INDEX task_owed_of_run ON posthorn.task_owed USING btree (run_id) WHERE (run_id IS NOT NULL);

create table posthorn.task_queue (
  app_id       uuid not null,
  name         text collate "C" not null,
  paused       boolean not null default false,
  concurrency  integer,
  rate         real,
  allowance    real not null default 0,
  allowance_at timestamp with time zone not null default now(),
  updated_at   timestamp with time zone not null default now(),
  constraint task_queue_pkey PRIMARY KEY (app_id, name),
  constraint task_queue_concurrency_check CHECK (((concurrency >= 1) AND (concurrency <= 100000))),
  constraint task_queue_rate_check CHECK (((rate > (0)::double precision) AND (rate <= (100000)::double precision)))
);

create table posthorn.task_schedule (
  app_id     uuid not null,
  name       text collate "C" not null,
  queue      text collate "C" not null,
  cron       text not null,
  zone       text not null default 'UTC'::text,
  priority   smallint not null default 0,
  input      bytea not null,
  options    jsonb,
  next_at    timestamp with time zone not null,
  last_at    timestamp with time zone,
  updated_at timestamp with time zone not null default now(),
  constraint task_schedule_pkey PRIMARY KEY (app_id, name),
  constraint task_schedule_priority_check CHECK (((priority >= '-100'::integer) AND (priority <= 100)))
);
CREATE INDEX task_schedule_next ON posthorn.task_schedule USING btree (next_at);

create table posthorn.task_unique (
  key        uuid not null,
  task_id    uuid not null,
  expires_at timestamp with time zone not null default 'infinity'::timestamp with time zone,
  constraint task_unique_pkey PRIMARY KEY (key)
);
CREATE INDEX task_unique_expires ON posthorn.task_unique USING btree (expires_at) WHERE (expires_at < 'infinity'::timestamp with time zone);

create table posthorn.task_worker (
  token       bigint not null generated always as identity,
  id          uuid not null,
  app_id      uuid not null,
  name        text not null,
  queues      text[] not null,
  names       text[] not null,
  concurrency integer not null,
  started_at  timestamp with time zone not null default now(),
  seen_at     timestamp with time zone not null default clock_timestamp(),
  ended_at    timestamp with time zone,
  ended_by    text,
  constraint task_worker_pkey PRIMARY KEY (token),
  constraint task_worker_check CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  constraint task_worker_concurrency_check CHECK (((concurrency >= 1) AND (concurrency <= 10000))),
  constraint task_worker_ended_by_check CHECK ((ended_by = ANY (ARRAY['left'::text, 'lost'::text]))),
  constraint task_worker_names_check CHECK (((cardinality(names) >= 1) AND (cardinality(names) <= 1000))),
  constraint task_worker_queues_check CHECK (((cardinality(queues) >= 1) AND (cardinality(queues) <= 100)))
) with (fillfactor=50);
CREATE INDEX task_worker_living ON posthorn.task_worker USING btree (app_id, token) WHERE (ended_at IS NULL);
