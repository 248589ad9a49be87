import { type Queryable, textArray, uuidLowerBound } from "#kernel";
import { type Keyset, keysetSql } from "#tenancy";
import { digest } from "./dedupe.ts";

/** An accepted fact, as it is read back. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly uid: string | undefined;
  readonly channels: readonly string[] | undefined;
  readonly tags: readonly string[] | undefined;
  readonly contentType: string;
  readonly sourceId: string | undefined;
  /** Through how many of us it came. */
  readonly hops: number;
  /** The trace it is part of: 32 hexadecimal digits. */
  readonly traceId: string | undefined;
  /** The exact bytes; absent when not asked for, or erased by its owner. */
  readonly payload: Uint8Array | undefined;
}

export interface EventFilter {
  readonly types?: readonly string[] | undefined;
  readonly channel?: string | undefined;
  readonly tag?: string | undefined;
}

interface Row {
  id: string;
  type: string;
  uid: string | null;
  channels: string[] | null;
  tags: string[] | null;
  content_type: string;
  source_id: string | null;
  hops: number;
  trace_id: string | null;
  payload: Uint8Array | null;
}

const columns = (withPayload: boolean) =>
  `id, type, uid, channels, tags, content_type, source_id, hops, substring(trace from 4 for 32) as trace_id, ${withPayload ? "payload" : "null::bytea as payload"}`;

function eventOf(row: Row): StoredEvent {
  return {
    id: row.id,
    type: row.type,
    uid: row.uid ?? undefined,
    channels: row.channels ?? undefined,
    tags: row.tags ?? undefined,
    contentType: row.content_type,
    sourceId: row.source_id ?? undefined,
    hops: row.hops,
    traceId: row.trace_id ?? undefined,
    payload: row.payload ?? undefined,
  };
}

export async function findEvent(
  q: Queryable,
  appId: string,
  id: string,
  withPayload: boolean,
): Promise<StoredEvent | undefined> {
  const [row] = await q.query<Row>(`select ${columns(withPayload)} from posthorn.event where app_id = $1 and id = $2`, [
    appId,
    id,
  ]);
  return row === undefined ? undefined : eventOf(row);
}

/**
 * The event with this id of its producer's (`eventId`), as long as posthorn.dedupe remembers it: the window in which the
 * id is unique is also the window in which it is a name.
 */
export async function findEventByUid(
  q: Queryable,
  appId: string,
  uid: string,
  withPayload: boolean,
): Promise<StoredEvent | undefined> {
  const [known] = await q.query<{ event_id: string }>("select event_id from posthorn.dedupe where key = $1", [
    digest(appId, "uid", uid),
  ]);
  const event = known === undefined ? undefined : await findEvent(q, appId, known.event_id, withPayload);
  return event?.uid === uid ? event : undefined;
}

/** Several events of one application at once; those that do not exist are absent. */
export async function findEvents(
  q: Queryable,
  appId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredEvent>> {
  const rows = await q.query<Row>(
    `select ${columns(false)} from posthorn.event where app_id = $1 and id = any($2::uuid[])`,
    [appId, `{${ids.join(",")}}`],
  );
  return new Map(rows.map((row) => [row.id, eventOf(row)]));
}

/**
 * Events of an application by id, without their payloads (`readPayloads` brings as many as fit). A filter by type runs along the index (app_id, type, id) of each type; a filter by
 * channel or tag reads along the primary key until it has enough.
 */
export async function listEvents(
  q: Queryable,
  appId: string,
  keyset: Keyset,
  filter: EventFilter,
): Promise<StoredEvent[]> {
  const { where, order } = keysetSql(keyset, "id", 2, "uuid");
  const conditions = [where];
  const parameters: (string | number | null)[] = [appId, keyset.after ?? null, keyset.limit];
  if (filter.channel !== undefined) {
    parameters.push(filter.channel);
    conditions.push(`and $${parameters.length} = any(channels)`);
  }
  if (filter.tag !== undefined) {
    parameters.push(filter.tag);
    conditions.push(`and $${parameters.length} = any(tags)`);
  }
  const types = filter.types;
  const rest = conditions.join("\n          ");
  if (types === undefined) {
    const rows = await q.query<Row>(
      `select ${columns(false)} from posthorn.event where app_id = $1 ${rest} ${order} limit $3`,
      parameters,
    );
    return rows.map(eventOf);
  }
  // One bounded walk per type and a merge: `type = any(…)` with an order by id would read and sort every row of the types.
  parameters.push(textArray([...new Set(types)]));
  const rows = await q.query<Row>(
    `select ${columns(false)}
       from unnest($${parameters.length}::text[]) wanted(name)
      cross join lateral (
        select * from posthorn.event e where e.app_id = $1 and e.type = wanted.name
          ${rest.replaceAll("and id", "and e.id")} ${order} limit $3
      ) e
      ${order} limit $3`,
    parameters,
  );
  return rows.map(eventOf);
}

/** How long before its transaction began an event may have got its id: the id is made just before, clocks differ a little. */
const ID_BEFORE_TRANSACTION_MS = 250;
/** Transactions of ours are given up long before; a stranger's may not stop our readers. */
const HORIZON_AGE_MAX_MS = 60_000;

/**
 * An id below which no event will appear any more: all transactions that could still commit one began later. Whoever goes
 * on reading from where he stopped must not stop above it, because the order of ids is not the order of commits; and must
 * ask for it before he reads.
 *
 * `backend_xid` is set once a transaction writes; sessions of other roles are invisible here, but do not append events.
 */
export async function settledHorizon(q: Queryable, nowMs: number): Promise<string> {
  const [row] = await q.query<{ age_ms: number | null }>(
    `select (extract(epoch from clock_timestamp() - min(xact_start)) * 1000)::float8 as age_ms
       from pg_stat_activity
      where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()`,
  );
  const ageMs = Math.min(Math.max(row?.age_ms ?? 0, 0) + ID_BEFORE_TRANSACTION_MS, HORIZON_AGE_MAX_MS);
  return uuidLowerBound(Math.floor(nowMs - ageMs));
}
