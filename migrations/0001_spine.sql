-- The spine: tenants, the event log, what is owed from it, and the truth about each attempt.
--
-- Everything lives in the schema `posthorn`, and every statement of ours names it: Posthorn may share a database with
-- its owner's tables, and behind a pooler in transaction mode a search_path does not survive.
--
-- Ids are UUIDv7. What is partitioned is partitioned by the time inside its id, so an id alone prunes to one partition.

------------------------------------------------------------------------------------------------------- kernel: processes

-- One row per process incarnation. `token` grows and is the fence: rows taken by a process carry its token, and a settle
-- that names a token which no longer holds the row changes nothing.
create table posthorn.process (
  token         bigint generated always as identity primary key,
  name          text        not null,
  roles         text[]      not null,
  version       text        not null,
  started_at    timestamptz not null default now(),
  lease_ends_at timestamptz not null,
  -- Set once by whoever took over, or by the process itself when it leaves.
  ended_at      timestamptz,
  ended_by      text check (ended_by in ('left', 'taken_over')),
  check ((ended_at is null) = (ended_by is null))
);

-- Who lives, for rooms whose rows name a token.
create function posthorn.living_processes() returns bigint[]
  language sql stable
  return coalesce((select array_agg(p.token) from posthorn.process p where p.ended_at is null), '{}');

create function posthorn.process_alive(holder bigint) returns boolean
  language sql stable
  return exists (select from posthorn.process p where p.token = holder and p.ended_at is null);

------------------------------------------------------------------------------------------------- tenancy: applications

create table posthorn.application (
  id                uuid        primary key,
  uid               text collate "C",
  name              text        not null check (name <> ''),
  -- Deliveries per second of all the endpoints of the application; null: unlimited.
  throttle_rate     integer     check (throttle_rate between 1 and 65535),
  -- Quotas; null: the installation's setting applies.
  events_per_second integer     check (events_per_second > 0),
  endpoints_max     integer     check (endpoints_max > 0),
  payload_bytes_max integer     check (payload_bytes_max > 0),
  metadata          jsonb       not null default '{}' check (jsonb_typeof(metadata) = 'object'),
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  -- A deleted application is invisible at once; upkeep stops what it is owed, and its events go with the retention.
  deleted_at        timestamptz
);
create unique index application_uid on posthorn.application (uid) where deleted_at is null and uid is not null;

-- The append's own look at what it believes of its applications (id, uid, throttle, as it last saw them): a transaction that
-- was sent in one go, on the word of a cache, fails here when the word is outdated, and is then done step by step.
create function posthorn.expect_applications(ids uuid[], uids text[], throttle_rates integer[]) returns void
  language plpgsql as $$
begin
  if (select count(*) from unnest(ids, uids, throttle_rates) e(id, uid, throttle_rate)
        join posthorn.application a on a.id = e.id and a.deleted_at is null
                                   and a.uid is not distinct from e.uid and a.throttle_rate is not distinct from e.throttle_rate)
     <> cardinality(ids) then
    raise exception 'an application is not as expected' using errcode = 'PH001';
  end if;
end $$;

-- First answers to POSTs that carried an Idempotency-Key (all but message creation, which has posthorn.dedupe).
create table posthorn.idempotency (
  key         uuid        primary key,  -- first 128 bits of SHA-256 over (principal, method, path, key)
  body_hash   bytea       not null,     -- SHA-256 over (path and query, body)
  status      smallint,                 -- null while the first request is still being answered
  response    bytea,
  expires_at  timestamptz not null,
  check ((status is null) = (response is null))
);
create index idempotency_expires on posthorn.idempotency (expires_at);

------------------------------------------------------------------------------------------------------------ events: log

create table posthorn.event_type (
  name         text collate "C" primary key,
  description  text        not null default '',
  archived     boolean     not null default false,
  deprecated   boolean     not null default false,
  feature_flag text,
  schemas      jsonb,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now()
);

create table posthorn.event (
  app_id       uuid     not null,
  id           uuid     not null,
  type         text     not null,
  -- The producer's own id of the event (`eventId` on the wire), unique per application while posthorn.dedupe remembers it.
  uid          text,
  channels     text[],
  content_type text     not null,
  -- The source it came through; null when it came through the API.
  source_id    uuid,
  -- How many Posthorn deliveries led to this event: cuts loops.
  hops         smallint not null default 0,
  -- The exact bytes. Null only after its owner had them erased.
  payload      bytea,
  primary key (app_id, id)
) partition by range (id);

-- What must not be accepted twice: (application, scope, key), all in one 128-bit digest, to the event it became.
-- Scopes: an Idempotency-Key, an event's uid, a provider's own delivery id at one source.
create table posthorn.dedupe (
  key        uuid        not null primary key,
  event_id   uuid        not null,
  body_hash  uuid        not null, -- first 128 bits of SHA-256 over what was asked, to tell a repeat from a conflict
  expires_at timestamptz not null
) partition by hash (key);
do $$ begin
  for i in 0..7 loop
    execute format('create table posthorn.dedupe_%s partition of posthorn.dedupe for values with (modulus 8, remainder %s)', i, i);
    execute format('create index dedupe_%s_expires on posthorn.dedupe_%s using brin (expires_at) with (pages_per_range = 16)', i, i);
  end loop;
end $$;

-- Claims keys for events that are sent in one go: all of them, or fails.
create function posthorn.claim_keys(keys uuid[], event_ids uuid[], body_hashes uuid[], windows_ms bigint[]) returns void
  language plpgsql as $$
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
end $$;

------------------------------------------------------------------------------------------------- delivery: where it goes

-- Bumped by every change of an application's endpoints, in the same transaction. The planner compares it with what it has
-- cached inside the transaction of the append, so a change counts for the very next event, through whichever process.
create table posthorn.endpoint_set (
  app_id  uuid   primary key,
  version bigint not null
);

create function posthorn.expect_endpoint_sets(ids uuid[], versions bigint[]) returns void
  language plpgsql as $$
begin
  if exists (select from unnest(ids, versions) e(id, version)
               left join posthorn.endpoint_set s on s.app_id = e.id
              where coalesce(s.version, 0) <> e.version) then
    raise exception 'the endpoints of an application are not as expected' using errcode = 'PH001';
  end if;
end $$;

create table posthorn.endpoint (
  id              uuid        primary key,
  app_id          uuid        not null,
  uid             text collate "C",
  -- Grows with every change; attempts name it, so that what was sent can be told after the configuration moved on.
  version         integer     not null default 1,
  url             text        not null,
  description     text        not null default '',
  event_types     text[]      check (cardinality(event_types) > 0),
  channels        text[]      check (cardinality(channels) between 1 and 10),
  -- Whether it takes new events: 'enabled'; 'paused' (holds what is owed and what comes); 'disabled' (what comes is not owed).
  mode            text        not null default 'enabled' check (mode in ('enabled', 'paused', 'disabled')),
  mode_reason     text        check (mode_reason in ('operator', 'gone', 'gone_again', 'failing')),
  mode_since      timestamptz,
  throttle_rate   integer     check (throttle_rate between 1 and 65535), -- requests started per second, exact
  concurrency     integer     check (concurrency between 1 and 10000),   -- requests in flight, over all processes
  timeout_ms      integer     check (timeout_ms between 1000 and 60000),
  retry_policy    text        not null default 'default' check (retry_policy in ('default', 'svix', 'strict')),
  retry_schedule  integer[],                                             -- seconds; null: the default schedule
  expires_after_s integer     check (expires_after_s > 0),               -- a delivery older than this is not sent any more
  -- Beside webhook-*: 'svix' adds the svix-* triple, 'plain' adds X-Signature and X-Timestamp.
  extra_headers   text[]      not null default '{}' check (extra_headers <@ array['svix', 'plain']),
  -- Custom headers, sealed as one JSON object: they often carry credentials.
  headers_sealed  bytea,
  metadata        jsonb       not null default '{}' check (jsonb_typeof(metadata) = 'object'),
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  deleted_at      timestamptz,
  check ((mode = 'enabled') = (mode_reason is null))
);
create unique index endpoint_uid on posthorn.endpoint (app_id, uid) where deleted_at is null and uid is not null;
create index endpoint_of on posthorn.endpoint (app_id, id) where deleted_at is null;
create index endpoint_deleted on posthorn.endpoint (deleted_at) where deleted_at is not null;

-- What each version of an endpoint looked like on the wire (secret values masked). Attempts refer to it.
create table posthorn.endpoint_version (
  endpoint_id uuid    not null,
  version     integer not null,
  url         text    not null,
  headers     jsonb   not null, -- [[name, masked value], …] in the order sent
  extra_headers text[] not null default '{}',
  created_at  timestamptz not null default now(),
  primary key (endpoint_id, version)
);

create table posthorn.endpoint_secret (
  id          uuid        primary key,
  endpoint_id uuid        not null,
  kind        text        not null check (kind in ('v1', 'v1a')),
  sealed      bytea       not null,
  created_at  timestamptz not null default now(),
  -- Null: current. Otherwise it still signs beside the current one until then.
  expires_at  timestamptz
);
create index endpoint_secret_of on posthorn.endpoint_secret (endpoint_id);
create unique index endpoint_secret_current on posthorn.endpoint_secret (endpoint_id) where expires_at is null;

-- What the engine knows of an endpoint's health. Written on transitions only, by the process that sees them.
create table posthorn.endpoint_state (
  endpoint_id   uuid        primary key,
  breaker       text        not null default 'closed' check (breaker in ('closed', 'open', 'half_open')),
  breaker_until timestamptz, -- when an open breaker lets a probe through
  breaker_opens integer     not null default 0, -- times opened in a row; the wait grows with it
  hold_until    timestamptz, -- Retry-After asked for quiet until then
  -- When it began to do nothing but fail, how long of that a breaker was open, and how often it was tried meanwhile.
  failing_since timestamptz,
  failing_open_ms bigint    not null default 0,
  failing_attempts integer  not null default 0,
  gone_at       timestamptz, -- first 410
  updated_at    timestamptz not null default now(),
  check ((breaker = 'open') <= (breaker_until is not null))
);

-- Who may start requests where a limit holds over all processes: `subject_id` is an endpoint, or an application whose
-- endpoints share a throttle.
create table posthorn.limit_owner (
  subject_id uuid        primary key,
  owner      bigint      not null, -- process.token; void when that process ended
  -- Requests of an owner that was lost may still be under way until then: the next owner waits, so a handover may pause
  -- and never exceeds.
  usable_at  timestamptz not null default now()
);

--------------------------------------------------------------------------------------------------- delivery: what is owed

-- In the hands of a process, which sends it now or in a moment. Inserted by the append, deleted by the settle: the table
-- is as long as what is in flight. Found by id only.
create table posthorn.delivery_leased (
  id          uuid        primary key,
  event_id    uuid        not null,
  app_id      uuid        not null,
  endpoint_id uuid        not null,
  owner       bigint      not null, -- process.token
  attempts    smallint    not null default 0, -- requests made
  step        smallint    not null default 0, -- steps of the retry schedule used up
  trigger     text        not null check (trigger in ('scheduled', 'resend', 'replay', 'probe')),
  expires_at  timestamptz
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000, autovacuum_vacuum_cost_delay = 0);

-- Waiting for its time, or for a process with room. Claimed per endpoint, in order of due time.
create table posthorn.delivery_owed (
  id          uuid        primary key,
  event_id    uuid        not null,
  app_id      uuid        not null,
  endpoint_id uuid        not null,
  due_at      timestamptz not null,
  attempts    smallint    not null default 0,
  step        smallint    not null default 0,
  trigger     text        not null check (trigger in ('scheduled', 'resend', 'replay', 'probe')),
  expires_at  timestamptz
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000, autovacuum_vacuum_cost_delay = 0);
create index delivery_owed_due on posthorn.delivery_owed (endpoint_id, due_at, id);
-- Few endpoints set an expiry: for all others this costs nothing.
create index delivery_owed_expires on posthorn.delivery_owed (expires_at) where expires_at is not null;

-- Settled without success, kept for its owner to see, requeue or expire. (A delivery that succeeded is its last attempt.)
create table posthorn.delivery_dead (
  event_id    uuid        not null,
  id          uuid        not null,
  app_id      uuid        not null,
  endpoint_id uuid        not null,
  attempts    smallint    not null,
  reason      text        not null check (reason in
                ('exhausted', 'permanent', 'expired', 'endpoint_deleted', 'application_deleted', 'endpoint_disabled', 'held_too_long', 'held_too_many', 'cancelled', 'erased')),
  settled_at  timestamptz not null default now(),
  primary key (event_id, id)
) partition by range (event_id);
create index delivery_dead_of on posthorn.delivery_dead (endpoint_id, event_id);

-- An event owed to very many endpoints: one row, expanded in chunks after the commit.
create table posthorn.fan_out (
  event_id   uuid        primary key,
  app_id     uuid        not null,
  type       text        not null,
  channels   text[],
  -- Endpoints with an id up to this one have been planned.
  cursor     uuid        not null default '00000000-0000-0000-0000-000000000000',
  -- Endpoints created after the event are not owed it.
  created_at timestamptz not null default now()
);

-- Every request on the wire, with its outcome; and what became of requests whose process was lost.
create table posthorn.attempt (
  event_id         uuid     not null,
  id               uuid     not null, -- UUIDv7 of the moment the request was started
  delivery_id      uuid     not null,
  app_id           uuid     not null,
  endpoint_id      uuid     not null,
  endpoint_version integer  not null,
  number           smallint not null, -- 1 for the first request of the delivery
  trigger          text     not null check (trigger in ('scheduled', 'resend', 'replay', 'probe')),
  outcome          text     not null check (outcome in
                     ('delivered', 'retryable', 'permanent', 'gone', 'timeout', 'ambiguous', 'signature_error', 'endpoint_config_error', 'internal_error')),
  reason           text     not null,
  -- What became of the delivery with it.
  settled_as       text     not null check (settled_as in ('delivered', 'owed', 'dead', 'late')),
  next_at          timestamptz,
  status           smallint,
  remote_address   text,
  dns_us           integer,
  connect_us       integer, -- TCP and TLS, where known
  first_byte_us    integer,
  total_us         integer  not null,
  signature        text,    -- webhook-signature as sent
  response_headers text,    -- JSON [[name, value], …]
  response_body    bytea,
  response_truncated boolean not null default false,
  primary key (event_id, id),
  check (settled_as <> 'owed' or next_at is not null),
  check ((settled_as = 'delivered') <= (outcome = 'delivered'))
) partition by range (event_id);
create index attempt_of_endpoint on posthorn.attempt (endpoint_id, id);

------------------------------------------------------------------------------------------------------ ingest: what comes in

create table posthorn.source (
  id          uuid        primary key,
  app_id      uuid        not null,
  uid         text collate "C",
  name        text        not null default '',
  -- The secret part of its URL, as SHA-256: a reader of the database cannot post to it.
  token_hash  bytea       not null unique,
  token_sealed bytea      not null,
  preset      text        not null check (preset in ('stripe', 'github', 'shopify', 'slack', 'standard-webhooks', 'hmac', 'none')),
  options     jsonb       not null default '{}',
  disabled    boolean     not null default false,
  metadata    jsonb       not null default '{}' check (jsonb_typeof(metadata) = 'object'),
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  deleted_at  timestamptz
);
create unique index source_uid on posthorn.source (app_id, uid) where deleted_at is null and uid is not null;
create index source_of on posthorn.source (app_id, id) where deleted_at is null;

create table posthorn.source_secret (
  id         uuid        primary key,
  source_id  uuid        not null,
  sealed     bytea       not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
create index source_secret_of on posthorn.source_secret (source_id);

-- Bumped by every change of any source: processes compare it before they trust what they cached.
create table posthorn.source_version (
  one     boolean primary key default true check (one),
  version bigint  not null
);
insert into posthorn.source_version (version) values (0);

-- Strangers write this: the newest few per source are kept, bodies are cut, secrets and signatures are not stored.
create table posthorn.source_rejection (
  id           uuid        primary key,
  source_id    uuid        not null,
  reason       text        not null,
  detail       text        not null,
  remote_address text,
  headers      jsonb       not null,
  body_excerpt bytea       not null,
  body_bytes   integer     not null
);
create index source_rejection_of on posthorn.source_rejection (source_id, id);
