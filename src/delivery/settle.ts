import { bareArray, type Db, packBytes, textArray } from "#kernel";
import type { Task } from "./lane.ts";
import type { AttemptRecord, Fate, Settlement } from "./settlement.ts";

type Recorded = Settlement & { readonly attempt: AttemptRecord };

// The fence: a row that another process took over has another owner, and one that we settled without knowing and leased
// again has more attempts. Either way the settle changes no delivery; its attempt is recorded, marked late (P3).
const fencedDelete = (also = "") => `
  settled as (
    delete from posthorn.delivery_leased l
     using s
     where l.id = s.delivery_id and l.owner = s.owner and l.attempts = s.attempts
    returning l.id, l.event_id, l.app_id, l.endpoint_id, l.trigger, l.attempts, l.expires_at${also}
  )`;

// Most of all attempts: what the leased row knows is not sent again. Its attempt cannot have been recorded before, or the
// row would be gone: no look for a conflict, which costs a tenth of the statement.
const DELIVERED = `
  with s as (
    select * from unnest($2::uuid[], $3::bigint[], $4::int2[], $5::uuid[], $6::int[], $7::int2[], $8::text[], $9::int[], $10::int[], $11::int[],
                         $12::int[], $13::text[], $14::int[], $15::int[], $16::int[], $17::int[], $18::boolean[])
      t(delivery_id, owner, attempts, id, endpoint_version, status, remote_address, dns_us, connect_us, first_byte_us,
        total_us, signature, headers_at, headers_bytes, body_at, body_bytes, truncated)
  ), ${fencedDelete()}, recorded as (
    insert into posthorn.attempt (event_id, id, delivery_id, app_id, endpoint_id, endpoint_version, number, trigger, outcome, reason, settled_as,
                                  status, remote_address, dns_us, connect_us, first_byte_us, total_us, signature, response_headers, response_body, response_truncated)
    select settled.event_id, s.id, settled.id, settled.app_id, settled.endpoint_id, s.endpoint_version, settled.attempts + 1, settled.trigger,
           'delivered', 'http_' || s.status, 'delivered',
           s.status, s.remote_address, s.dns_us, s.connect_us, s.first_byte_us, s.total_us, s.signature,
           case when s.headers_bytes >= 0 then convert_from(substring($1::bytea from s.headers_at for s.headers_bytes), 'UTF8') end,
           case when s.body_bytes >= 0 then substring($1::bytea from s.body_at for s.body_bytes) end, s.truncated
      from settled join s on s.delivery_id = settled.id
  )
  select id from settled`;

// What follows is carried through the delete instead of joined to it again: PostgreSQL expects one row of a delete that is
// fenced by three columns, and joins 500 to 500 one by one, which took a tenth of a second.
const CARRIED = ", s.fate, s.wait_ms, s.step, s.dead_reason, s.id as attempt_id, s.status, s.notice, s.hops";

const SETTLED = `
  with s as (
    select * from unnest($2::uuid[], $3::bigint[], $4::int2[], $5::text[], $6::int[], $7::int2[], $8::text[],
                         $9::uuid[], $10::int[], $11::text[], $12::text[], $13::int2[], $14::text[], $15::int[], $16::int[], $17::int[],
                         $18::int[], $19::text[], $20::int[], $21::int[], $22::int[], $23::int[], $24::boolean[],
                         $25::uuid[], $26::uuid[], $27::uuid[], $28::text[], $29::boolean[], $30::int2[])
      t(delivery_id, owner, attempts, fate, wait_ms, step, dead_reason,
        id, endpoint_version, outcome, reason, status, remote_address, dns_us, connect_us, first_byte_us,
        total_us, signature, headers_at, headers_bytes, body_at, body_bytes, truncated,
        event_id, app_id, endpoint_id, trigger, notice, hops)
  ), ${fencedDelete(CARRIED)}, owed as (
    insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, attempts, step, trigger, expires_at)
    select id, event_id, app_id, endpoint_id, now() + wait_ms * interval '1 ms', attempts + (attempt_id is not null)::int, step, trigger, expires_at
      from settled
     where fate = 'owed'
  ), dead as (
    insert into posthorn.delivery_dead (event_id, id, app_id, endpoint_id, attempts, reason)
    select event_id, id, app_id, endpoint_id, attempts + (attempt_id is not null)::int, dead_reason
      from settled
     where fate = 'dead'
  ), recorded as (
    insert into posthorn.attempt (event_id, id, delivery_id, app_id, endpoint_id, endpoint_version, number, trigger, outcome, reason, settled_as, next_at,
                                  status, remote_address, dns_us, connect_us, first_byte_us, total_us, signature, response_headers, response_body, response_truncated)
    select s.event_id, s.id, s.delivery_id, s.app_id, s.endpoint_id, s.endpoint_version, s.attempts + 1, s.trigger, s.outcome, s.reason,
           case when l.id is null then 'late' else s.fate end,
           case when l.id is not null and s.fate = 'owed' then now() + s.wait_ms * interval '1 ms' end,
           s.status, s.remote_address, s.dns_us, s.connect_us, s.first_byte_us, s.total_us, s.signature,
           case when s.headers_bytes >= 0 then convert_from(substring($1::bytea from s.headers_at for s.headers_bytes), 'UTF8') end,
           case when s.body_bytes >= 0 then substring($1::bytea from s.body_at for s.body_bytes) end, s.truncated
      from s left join settled l on l.id = s.delivery_id
     where s.id is not null
    on conflict (event_id, id) do nothing
  ), told as materialized (
    select posthorn.give_notice('message.attempt.exhausted', app_id, endpoint_id, event_id, attempt_id, status, hops, '{}') as given
      from settled
     where notice
  ), heard as materialized (
    select posthorn.tell_flows('exhausted', app_id, endpoint_id, event_id, attempt_id, status, hops) as given
      from settled
     where fate = 'dead' and posthorn.tells_flows(app_id, 'exhausted')
  )
  -- A part that only asks is run because it is asked for.
  select id, (select count(*) from told) as told, (select count(*) from heard) as heard from settled`;

/** The response bytes of a batch as one parameter, with where each begins and ends. */
function packResponses(batch: readonly Settlement[]) {
  const headers = batch.map(({ attempt }) =>
    attempt?.responseHeaders === undefined ? null : Buffer.from(attempt.responseHeaders),
  );
  const bodies = batch.map(({ attempt }) => attempt?.responseBody ?? null);
  const packed = packBytes([...headers, ...bodies]);
  const offsets = packed.offsets.slice(1, -1).split(",");
  const lengths = packed.lengths.slice(1, -1).split(",");
  const n = batch.length;
  return {
    bytes: packed.bytes,
    headersAt: bareArray(offsets.slice(0, n)),
    headersBytes: bareArray(lengths.slice(0, n)),
    bodyAt: bareArray(offsets.slice(n)),
    bodyBytes: bareArray(lengths.slice(n)),
  };
}

async function settleDelivered(db: Db, batch: readonly Recorded[]): Promise<Set<string>> {
  const response = packResponses(batch);
  const rows = await db.query<{ id: string }>(DELIVERED, [
    response.bytes,
    bareArray(batch.map(({ task }) => task.id)),
    bareArray(batch.map(({ task }) => task.owner)),
    bareArray(batch.map(({ task }) => task.attempts)),
    bareArray(batch.map(({ attempt }) => attempt.id)),
    bareArray(batch.map(({ attempt }) => attempt.endpointVersion)),
    bareArray(batch.map(({ attempt }) => attempt.status ?? null)),
    textArray(batch.map(({ attempt }) => attempt.remoteAddress ?? null)),
    bareArray(batch.map(({ attempt }) => attempt.dnsUs ?? null)),
    bareArray(batch.map(({ attempt }) => attempt.connectUs ?? null)),
    bareArray(batch.map(({ attempt }) => attempt.firstByteUs ?? null)),
    bareArray(batch.map(({ attempt }) => attempt.totalUs)),
    textArray(batch.map(({ attempt }) => attempt.signature ?? null)),
    response.headersAt,
    response.headersBytes,
    response.bodyAt,
    response.bodyBytes,
    bareArray(batch.map(({ attempt }) => attempt.responseTruncated)),
  ]);
  return new Set(rows.map((row) => row.id));
}

async function settleAny(db: Db, batch: readonly Settlement[]): Promise<Set<string>> {
  const response = packResponses(batch);
  const task = (value: (task: Task) => string | number) => bareArray(batch.map((settlement) => value(settlement.task)));
  const attempt = <T>(value: (attempt: AttemptRecord) => T | undefined) =>
    batch.map((settlement) => (settlement.attempt === undefined ? null : (value(settlement.attempt) ?? null)));
  const fate = <T>(value: (fate: Fate) => T) => batch.map((settlement) => value(settlement.fate));
  const rows = await db.query<{ id: string }>(SETTLED, [
    response.bytes,
    task(({ id }) => id),
    task(({ owner }) => owner),
    task(({ attempts }) => attempts),
    bareArray(fate(({ kind }) => kind)),
    bareArray(fate((to) => (to.kind === "owed" ? Math.round(to.waitMs) : null))),
    bareArray(fate((to) => (to.kind === "owed" ? to.step : null))),
    bareArray(fate((to) => (to.kind === "dead" ? to.reason : null))),
    bareArray(attempt(({ id }) => id)),
    bareArray(attempt(({ endpointVersion }) => endpointVersion)),
    bareArray(attempt(({ outcome }) => outcome)),
    textArray(attempt(({ reason }) => reason)),
    bareArray(attempt(({ status }) => status)),
    textArray(attempt(({ remoteAddress }) => remoteAddress)),
    bareArray(attempt(({ dnsUs }) => dnsUs)),
    bareArray(attempt(({ connectUs }) => connectUs)),
    bareArray(attempt(({ firstByteUs }) => firstByteUs)),
    bareArray(attempt(({ totalUs }) => totalUs)),
    textArray(attempt(({ signature }) => signature)),
    response.headersAt,
    response.headersBytes,
    response.bodyAt,
    response.bodyBytes,
    bareArray(batch.map(({ attempt: made }) => made?.responseTruncated ?? false)),
    task(({ eventId }) => eventId),
    task(({ appId }) => appId),
    task(({ lane }) => lane.endpointId),
    task(({ trigger }) => trigger),
    bareArray(batch.map((settlement) => settlement.notice === true)),
    task(({ hops }) => hops),
  ]);
  return new Set(rows.map((row) => row.id));
}

/**
 * Writes what became of tasks. Answers, in order, whether each still was ours: false means that the row had been taken
 * over (or that this very settle was committed earlier, unknown to us), and that the attempt, if any, is recorded as late.
 * Safe to repeat after an unknown commit.
 */
export async function settleBatch(db: Db, batch: readonly Settlement[]): Promise<boolean[]> {
  const delivered = batch.filter((settlement): settlement is Recorded => settlement.fate.kind === "delivered");
  const others = batch.filter((settlement) => settlement.fate.kind !== "delivered");
  const ours = delivered.length === 0 ? new Set<string>() : await settleDelivered(db, delivered);
  const late = ours.size === delivered.length ? [] : delivered.filter(({ task }) => !ours.has(task.id));
  if (others.length > 0 || late.length > 0) {
    // A late success finds no row to delete and is recorded as late by the full statement.
    for (const id of await settleAny(db, [...others, ...late])) ours.add(id);
  }
  return batch.map(({ task }) => ours.has(task.id));
}
