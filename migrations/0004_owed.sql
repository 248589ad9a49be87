-- What an operator's hands need: deliveries that somebody holds, a probe that is asked for, and times that are told honestly.

---------------------------------------------------------------------------------------------------- delivery: held by hand

-- When the delivery would be due, had nobody held it; null: nobody does. A held one is due never, so that no statement
-- that looks for what is due has to know of it: it stands behind all others in delivery_owed_due.
alter table posthorn.delivery_owed
  add column held_due_at timestamptz,
  add constraint delivery_owed_held_check check ((held_due_at is not null) = (due_at = 'infinity'));
-- For the bound on how long anything is held: over all endpoints, and as long as what is held by hand.
create index delivery_owed_held on posthorn.delivery_owed (held_due_at) where held_due_at is not null;
-- What is owed of one event: its timeline, its erasure, and the retention's question whether a day is still needed. Ids
-- grow with time, so what is new goes to the right edge; a delivery that succeeds at once never comes here.
create index delivery_owed_of_event on posthorn.delivery_owed (event_id);

-- A dead letter by the id that people have in hand. Few deliveries die; each day's index is asked.
create index delivery_dead_id on posthorn.delivery_dead (id);

-- Why an endpoint was deleted, and so what becomes of what it is owed: dead reasons tell the two apart.
alter table posthorn.endpoint
  add column deleted_as text check (deleted_as in ('endpoint_deleted', 'application_deleted'));

-- Somebody wants to know now whether the endpoint is back. Whichever process may start requests for it takes the wish, by
-- setting it null, and lets one request through.
alter table posthorn.endpoint_state
  add column probe_at timestamptz;

------------------------------------------------------------------------------------------------------ times, as they were

-- When the row was written, inside the transaction that made it a fact, by the database's clock. A default that is set after
-- the column was added rewrites nothing: rows from before have null, which is the truth about them. clock_timestamp(),
-- because now() is when the transaction began, which may be a group commit ago.
alter table posthorn.event add column stored_at timestamptz;
alter table posthorn.event alter column stored_at set default clock_timestamp();
alter table posthorn.attempt add column recorded_at timestamptz;
alter table posthorn.attempt alter column recorded_at set default clock_timestamp();
