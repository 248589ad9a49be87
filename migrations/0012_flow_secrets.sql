-- Secrets that flows use in the headers of their requests: sealed, granted, never shown.

create table posthorn.flow_secret (
  id           uuid        primary key,
  app_id       uuid        not null,
  -- As expressions name it: `secrets.<name>`.
  name         text collate "C" not null,
  sealed       bytea       not null,
  -- Names of the flows that may use it, whether they exist yet or not; null: every flow of the application.
  flows        text[],
  -- Raised by each new value.
  version      integer     not null default 1,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  updated_by   text        not null default '',
  -- The last day on which a request left with it; null: none yet.
  last_used_on date,
  unique (app_id, name)
);

-- Raised by every change of any of them, in the same transaction: what a process remembers is compared with it.
create table posthorn.flow_secret_version (
  one     boolean primary key default true check (one),
  version bigint  not null
);
insert into posthorn.flow_secret_version (version) values (0);
