-- What is measured, for people who look. Nothing here is truth: that stands in the event log and in the attempts. A
-- process that is killed loses what it had not written yet (at most ten seconds), and nobody's decision depends on it.

-------------------------------------------------------------------------------------------------- kernel: process samples

-- What one process did in a span of time: every ten seconds one row, and every five minutes one more that sums them up, so
-- that a chart of a week reads two thousand rows and not sixty thousand. Ten-second rows are kept for two days, the others
-- for eight.
--
-- The three histograms count latencies in buckets on a logarithmic scale (src/kernel/telemetry/histogram.ts), as
-- {first bucket, count, count, …} with empty ends cut off: histograms of many processes and spans are added, and
-- percentiles read off the sum.
create table posthorn.process_sample (
  span_s          smallint    not null check (span_s in (10, 300)),
  at              timestamptz not null, -- the end of the span
  process         bigint      not null, -- process.token
  span_ms         integer     not null check (span_ms > 0), -- how long it really was
  roles           text[]      not null,
  events_in       integer     not null, -- appended
  rejected        integer     not null, -- requests refused at the door: bad, not believed, over a quota
  attempts        integer     not null,
  delivered       integer     not null,
  failed          integer     not null, -- attempts that did not deliver
  dead            integer     not null,
  ack             integer[]   not null, -- request to acknowledgement
  delivery        integer[]   not null, -- accepted to recorded as delivered
  receiver        integer[]   not null, -- request out to answer in
  memory_bytes    bigint      not null,
  cpu_ms          integer     not null,
  loop_lag_us     integer     not null, -- the longest of the span
  in_flight       integer     not null,
  held            integer     not null,
  -- Of the whole installation, measured by one of its processes.
  owed            bigint,
  owed_exact      boolean,
  oldest_owed_at  timestamptz,
  primary key (span_s, at, process),
  check ((owed is null) = (owed_exact is null))
);

------------------------------------------------------------------------------------------------ kernel: the tail of many

-- Who watches what happens: while a row lives, the processes tell what happens to them. The pulse reads it along.
create table posthorn.tail_watch (
  id      uuid        primary key,
  app_id  uuid,        -- null: all applications
  ends_at timestamptz not null
);

-- What happened, in bundles, on its way from one process to those that somebody watches through. Unlogged: it is worth
-- nothing after a crash, and costs no write-ahead log. Each process writes its own at most four times a second, numbers
-- them, and removes them after a few seconds.
create unlogged table posthorn.tail_bundle (
  process bigint      not null, -- process.token
  number  bigint      not null,
  at      timestamptz not null default clock_timestamp(),
  bundle  text        not null, -- JSON
  primary key (process, number)
);

---------------------------------------------------------------------------------------------------- delivery, events: tallies

-- What a process did for an endpoint in a minute. Rows are written over with the minute's sums so far, so that a write may
-- be repeated. The endpoint 0 stands for those that were too many to be counted one by one.
create table posthorn.endpoint_tally (
  endpoint_id uuid        not null,
  minute      timestamptz not null,
  process     bigint      not null, -- process.token
  app_id      uuid        not null,
  attempts    integer     not null,
  delivered   integer     not null,
  failed      integer     not null,
  ambiguous   integer     not null, -- of the failed: nobody knows whether the receiver acted
  latency     integer[]   not null, -- as in process_sample
  primary key (endpoint_id, minute, process)
) with (fillfactor = 70);
-- Rows come in the order of time: for what is oldest, and for the last hour, a summary of the pages is enough.
create index endpoint_tally_minute on posthorn.endpoint_tally using brin (minute) with (pages_per_range = 8, autosummarize = on);

-- How many events an application sent in a minute, through one process. The application 0 as above.
create table posthorn.event_tally (
  app_id  uuid        not null,
  minute  timestamptz not null,
  process bigint      not null,
  events  integer     not null,
  bytes   bigint      not null,
  primary key (app_id, minute, process)
) with (fillfactor = 70);
create index event_tally_minute on posthorn.event_tally using brin (minute) with (pages_per_range = 8, autosummarize = on);

------------------------------------------------------------------------------------------------- what needs attention

-- Few endpoints are in trouble at any time: they are found without a look at the others.
create index endpoint_state_broken on posthorn.endpoint_state (endpoint_id) where breaker <> 'closed';
create index endpoint_state_failing on posthorn.endpoint_state (failing_since) where failing_since is not null;
create index endpoint_stopped on posthorn.endpoint (mode_since) where mode <> 'enabled' and deleted_at is null;
