-- Operational webhooks: what happens to endpoints, sources and backlogs, told to whoever runs the installation.
--
-- A transition gives notice in its own transaction; a chore turns notices into events of an application that nobody can
-- see, and from there they go the way of every event. See docs/decisions/0013-operational-webhooks.md.

------------------------------------------------------------------------------------------- tenancy: the application of ours

-- Whose endpoints the operational ones are. No row of posthorn.application has this id, so no list and no look-up finds it.
create function posthorn.operational_app() returns uuid
  language sql immutable parallel safe
  return '00000000-0000-7000-8000-000000000001'::uuid;

-- It lives though it has no row: the append's look at what it believes of its applications must not miss it.
create or replace function posthorn.expect_applications(ids uuid[], uids text[], throttle_rates integer[]) returns void
  language plpgsql as $$
begin
  if (select count(*) from unnest(ids, uids, throttle_rates) e(id, uid, throttle_rate)
        join posthorn.application a on a.id = e.id and a.deleted_at is null
                                   and a.uid is not distinct from e.uid and a.throttle_rate is not distinct from e.throttle_rate)
     <> cardinality(array_remove(ids, posthorn.operational_app())) then
    raise exception 'an application is not as expected' using errcode = 'PH001';
  end if;
end $$;

------------------------------------------------------------------------------------------------- delivery: who listens to it

-- Whether an operational endpoint wants this type. A paused one does: what comes is held for it.
create function posthorn.notice_wanted(wanted_type text) returns boolean
  language sql stable
  return exists (select from posthorn.endpoint e
                  where e.app_id = posthorn.operational_app() and e.deleted_at is null and e.mode <> 'disabled'
                    and (e.event_types is null or wanted_type = any(e.event_types)));

---------------------------------------------------------------------------------------------------------- events: notices

-- What is to become an event of the operational application. As long as what was not appended yet: nearly always empty.
create table posthorn.notice (
  id             uuid        primary key, -- UUIDv7 of the transition; the key under which its event is accepted once
  type           text        not null,
  -- Whom it is about; null: the whole installation, or the part that is not concerned.
  app_id         uuid,
  endpoint_id    uuid,
  endpoint_uid   text,
  event_id       uuid,
  attempt_id     uuid,
  attempt_status smallint,
  -- Of the event that led to it, counted on: a webhook of ours that comes back through a source of ours is cut in the end.
  hops           smallint    not null default 0,
  -- What else its payload says, as it is sent.
  data           jsonb       not null default '{}' check (jsonb_typeof(data) = 'object'),
  -- A process appends it until then; afterwards another may.
  taken_until    timestamptz
);

-- Gives notice of a transition, inside its transaction: one row when somebody listens, otherwise nothing. What happens to
-- the operational application itself is never told, or a receiver that is down would be told so through itself.
-- Bounded, should nobody take notices away for long: 10,000 of them tell as much as a million.
create function posthorn.give_notice(
  notice_type text, about_app uuid, about_endpoint uuid, about_event uuid, last_attempt uuid, last_status integer,
  hops_before integer, extra jsonb
) returns boolean
  language sql volatile as $$
  insert into posthorn.notice (id, type, app_id, endpoint_id, endpoint_uid, event_id, attempt_id, attempt_status, hops, data)
  select uuidv7(), notice_type, about_app, about_endpoint,
         (select e.uid from posthorn.endpoint e where e.id = about_endpoint),
         about_event, last_attempt, last_status, least(hops_before, 32766) + 1, extra
   where about_app is distinct from posthorn.operational_app()
     and posthorn.notice_wanted(notice_type)
     and (select count(*) from (select from posthorn.notice limit 10000) known) < 10000
  returning true
$$;

--------------------------------------------------------------------------------------------- states that are told only once

-- When it was last told that the endpoint fails, and whether it was not told since that it recovered: one notice of each per
-- episode, through whichever process.
alter table posthorn.endpoint_state
  add column told_failing    boolean not null default false,
  add column told_failing_at timestamptz;

-- What lasts and was told: today only a backlog that grew old.
create table posthorn.delivery_alarm (
  kind  text        primary key check (kind in ('backlog_aged')),
  since timestamptz not null default now()
);

-- A source that refuses much more than it takes. It was told once, and is over when no process sees it until then any more.
create table posthorn.source_spike (
  source_id uuid        primary key,
  since     timestamptz not null default now(),
  lasts_until timestamptz not null
);
