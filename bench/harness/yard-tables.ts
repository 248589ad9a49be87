import type { SQL } from "bun";

/**
 * The yardstick's three tables and two statements: the least that can be called a durable delivery. An event with its bytes,
 * a delivery that is leased when it is inserted and deleted when it is settled, an attempt that stays.
 */
export async function createYardTables(sql: SQL): Promise<void> {
  await sql.unsafe(`
    drop schema if exists yard cascade;
    create schema yard;
    create table yard.event (
      id         uuid        primary key,
      app        integer     not null,
      type       text        not null,
      payload    bytea       not null,
      created_at timestamptz not null default now()
    );
    create table yard.delivery (
      id          uuid        primary key,
      event_id    uuid        not null,
      endpoint    integer     not null,
      state       smallint    not null,
      attempt     smallint    not null default 0,
      due_at      timestamptz not null,
      lease_until timestamptz
    );
    create index on yard.delivery (due_at) where state = 0;
    create table yard.attempt (
      id          uuid        primary key,
      delivery_id uuid        not null,
      outcome     smallint    not null,
      status      smallint,
      ms          integer,
      response    text,
      at          timestamptz not null default now()
    );
    create index on yard.attempt (delivery_id)`);
}

const APPEND = `
  with appended as (
    insert into yard.event (id, app, type, payload)
    select id, 1, 'order.placed', substring($2::bytea from first for length)
    from unnest($1::uuid[], $3::int[], $4::int[]) as t (id, first, length)
  )
  insert into yard.delivery (id, event_id, endpoint, state, due_at, lease_until)
  select id, event_id, endpoint, 1, now(), now() + interval '60 s'
  from unnest($5::uuid[], $6::uuid[], $7::int[]) as t (id, event_id, endpoint)`;

const SETTLE = `
  with recorded as (
    insert into yard.attempt (id, delivery_id, outcome, status, ms, response)
    select id, delivery_id, 1, status, ms, response
    from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::text[]) as t (id, delivery_id, status, ms, response)
  )
  delete from yard.delivery where id = any ($2::uuid[])`;

export interface YardEvent {
  readonly id: string;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly deliveries: readonly { readonly id: string; readonly endpoint: number }[];
}

export interface YardAttempt {
  readonly deliveryId: string;
  readonly status: number;
  readonly ms: number;
  readonly response: string;
}

const array = (values: readonly (string | number)[]): string => `{${values.join(",")}}`;
const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** One commit: the events and the deliveries that follow. The payloads travel as one byte string, sliced by the server. */
export async function append(sql: SQL, events: readonly YardEvent[]): Promise<void> {
  let at = 1;
  const firsts = events.map(({ payload }) => {
    const first = at;
    at += payload.byteLength;
    return first;
  });
  const deliveries = events.flatMap((event) =>
    event.deliveries.map((delivery) => ({ ...delivery, eventId: event.id })),
  );
  await sql.unsafe(APPEND, [
    array(events.map((event) => event.id)),
    Buffer.concat(events.map((event) => event.payload)),
    array(firsts),
    array(events.map((event) => event.payload.byteLength)),
    array(deliveries.map((delivery) => delivery.id)),
    array(deliveries.map((delivery) => delivery.eventId)),
    array(deliveries.map((delivery) => delivery.endpoint)),
  ]);
}

/** One commit: the attempts, and the deliveries gone. */
export async function settle(sql: SQL, attempts: readonly YardAttempt[]): Promise<void> {
  await sql.unsafe(SETTLE, [
    array(attempts.map(() => Bun.randomUUIDv7())),
    array(attempts.map((attempt) => attempt.deliveryId)),
    array(attempts.map((attempt) => attempt.status)),
    array(attempts.map((attempt) => attempt.ms)),
    array(attempts.map((attempt) => quoted(attempt.response))),
  ]);
}
