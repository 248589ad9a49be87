-- Access: keys and their tokens, portal sessions, what the portal looks like, and the record of who changed what.
--
-- Tokens are 256 random bits, so a plain SHA-256 is all that is kept of them: there is nothing to guess, and a slow hash would
-- only slow the road of events. The hash is the primary key: a token is found with one look into one index.

-- What a key is. Its tokens come and go with rotation.
create table posthorn.api_key (
  id           uuid        primary key,
  name         text        not null check (name <> ''),
  role         text        not null check (role in ('admin', 'operator', 'viewer', 'ingest', 'portal')),
  -- The application it is for; null: the organisation.
  app_id       uuid,
  created_by   text        not null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  -- Written at most once a minute.
  last_used_at timestamptz,
  check (app_id is null or role <> 'admin'),
  check (app_id is not null or role <> 'portal')
);
create index api_key_of on posthorn.api_key (app_id, id) where app_id is not null;

create table posthorn.api_token (
  hash       bytea       primary key check (octet_length(hash) = 32),
  key_id     uuid        not null,
  -- The beginning of the token, for people to tell tokens apart.
  prefix     text        not null,
  created_at timestamptz not null default now(),
  -- Null: current. Otherwise it was rotated and is good beside the current one until then.
  expires_at timestamptz
);
create index api_token_of on posthorn.api_token (key_id);
create unique index api_token_current on posthorn.api_token (key_id) where expires_at is null;

-- An application's own user at the portal: one token, for one application, for some time.
create table posthorn.portal_session (
  id         uuid        primary key,
  hash       bytea       not null unique check (octet_length(hash) = 32),
  app_id     uuid        not null,
  -- Whoever asked for it may name it, to end it by that name.
  name       text,
  read_only  boolean     not null,
  theme      jsonb       not null default '{}' check (jsonb_typeof(theme) = 'object'),
  created_by text        not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index portal_session_of on posthorn.portal_session (app_id, id);
create index portal_session_expires on posthorn.portal_session (expires_at);

-- Bumped by every change that shuts somebody out, in its transaction. A process compares it before it trusts what it
-- remembers of tokens for another second: one small statement, however many tokens are in use.
create table posthorn.access_version (
  one     boolean primary key default true check (one),
  version bigint  not null
);
insert into posthorn.access_version (version) values (0);

-- How the portal looks: of the organisation (app_id is null), and what an application has different.
create table posthorn.portal_theme (
  app_id     uuid        unique nulls not distinct,
  theme      jsonb       not null check (jsonb_typeof(theme) = 'object'),
  updated_at timestamptz not null default now()
);

-- Who did what: written in the transaction of the change, so that neither is there without the other. Not partitioned: it is
-- as long as people are busy, not as long as the log; a page of it is read by an index, newest first.
create table posthorn.audit (
  id             uuid     primary key, -- UUIDv7 of the moment
  actor_kind     text     not null check (actor_kind in ('root', 'key', 'portal', 'console', 'stranger')),
  actor_id       text     not null,
  actor_name     text     not null,
  operation      text     not null,
  method         text     not null,
  path           text     not null,
  app_id         uuid,
  target         text,
  status         smallint not null,
  request_id     uuid     not null,
  remote_address text,
  -- What was asked, without what may be secret.
  detail         jsonb    not null default '{}' check (jsonb_typeof(detail) = 'object')
);
create index audit_actor on posthorn.audit (actor_id, id);
create index audit_app on posthorn.audit (app_id, id) where app_id is not null;
create index audit_target on posthorn.audit (target, id) where target is not null;
create index audit_operation on posthorn.audit (operation, id);

-- The record is only added to. What keeps it so is here and not in the program, so that a fault of the program cannot bend
-- it. Retention goes through `retire_audit` alone, and even that takes nothing that is younger than a day.
create function posthorn.keep_audit() returns trigger
  language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('posthorn.retiring_audit', true) = 'on'
     and uuid_extract_timestamp(old.id) < now() - interval '1 day' then
    return old;
  end if;
  raise exception 'the audit log is only added to: % is refused', tg_op using errcode = 'PH002';
end $$;
create trigger audit_kept before update or delete on posthorn.audit
  for each row execute function posthorn.keep_audit();
create trigger audit_not_emptied before truncate on posthorn.audit
  for each statement execute function posthorn.keep_audit();

-- Removes up to so many records that are older than an id; how many it were.
create function posthorn.retire_audit(older_than uuid, at_most integer) returns integer
  language plpgsql as $$
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
end $$;
