-- Traces. An event that is part of a trace keeps the context that its deliveries go on with, days later and in other processes: the
-- W3C `traceparent` whose parent id is the span in which the event was accepted, and behind a space its `tracestate`, if any. The spans of
-- deliveries and attempts are named by their own ids and need no column. Null, and free, for every event that is not traced.
alter table posthorn.event add column trace text;

-- Not valid: every row that is written from now on is held to it, and the log, which may be long, is not read for rows that cannot
-- break it.
alter table posthorn.event add constraint event_trace_check check (length(trace) between 55 and 600) not valid;
