import { bareArray, newId, parsePublicId, type Queryable } from "#kernel";
import { type Keyset, keysetSql } from "./keyset.ts";
import { OPERATIONAL_APP_ID } from "./operational.ts";
import { endAccessTo } from "./portal-session.ts";

/** What an application may use; absent: the installation's setting applies. */
export interface Quotas {
  readonly eventsPerSecond: number | undefined;
  readonly endpointsMax: number | undefined;
  readonly payloadBytesMax: number | undefined;
}

/** What its owner may change of an application. */
export interface ApplicationFields {
  readonly name: string;
  readonly uid: string | undefined;
  /** Deliveries per second of all its endpoints; absent: unlimited. */
  readonly throttleRate: number | undefined;
  readonly quotas: Quotas;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A tenant: the customer whose events, endpoints and sources these are. */
export interface Application extends ApplicationFields {
  readonly id: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What the append must know of an application. */
export interface LiveApplication {
  readonly uid: string | null;
  readonly throttleRate: number | null;
}

/** A uid that another application has: uids are unique among the living. */
export type UidTaken = "uid_taken";

interface Row {
  id: string;
  uid: string | null;
  name: string;
  throttle_rate: number | null;
  events_per_second: number | null;
  endpoints_max: number | null;
  payload_bytes_max: number | null;
  metadata: Record<string, string>;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS =
  "id, uid, name, throttle_rate, events_per_second, endpoints_max, payload_bytes_max, metadata, created_at, updated_at";

function applicationOf(row: Row): Application {
  return {
    id: row.id,
    uid: row.uid ?? undefined,
    name: row.name,
    throttleRate: row.throttle_rate ?? undefined,
    quotas: {
      eventsPerSecond: row.events_per_second ?? undefined,
      endpointsMax: row.endpoints_max ?? undefined,
      payloadBytesMax: row.payload_bytes_max ?? undefined,
    },
    metadata: row.metadata,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function parametersOf(id: string, fields: ApplicationFields): (string | number | null)[] {
  return [
    id,
    fields.uid ?? null,
    fields.name,
    fields.throttleRate ?? null,
    fields.quotas.eventsPerSecond ?? null,
    fields.quotas.endpointsMax ?? null,
    fields.quotas.payloadBytesMax ?? null,
    JSON.stringify(fields.metadata),
  ];
}

/** Creates an application, or says that its uid is taken. */
export async function createApplication(q: Queryable, fields: ApplicationFields): Promise<Application | UidTaken> {
  const [row] = await q.query<Row>(
    `insert into posthorn.application (id, uid, name, throttle_rate, events_per_second, endpoints_max, payload_bytes_max, metadata)
     values ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb)
     on conflict (uid) where deleted_at is null and uid is not null do nothing
     returning ${COLUMNS}`,
    parametersOf(newId(), fields),
  );
  return row === undefined ? "uid_taken" : applicationOf(row);
}

/**
 * The living application with this public id or uid. A text that is an id is looked up as an id only: uids may not look
 * like ids (see `isReservedUid`), so neither can hide the other.
 *
 * `hold` keeps it from being deleted or renamed until the transaction ends: what is written into an application is written
 * while it lives.
 */
export async function findApplication(
  q: Queryable,
  idOrUid: string,
  hold?: "hold" | "change",
): Promise<Application | undefined> {
  const id = parsePublicId("app", idOrUid);
  const [row] = await q.query<Row>(
    `select ${COLUMNS}
       from posthorn.application
      where ${id === undefined ? "uid = $1" : "id = $1::uuid"} and deleted_at is null
      ${hold === undefined ? "" : hold === "hold" ? "for share" : "for no key update"}`,
    [id ?? idOrUid],
  );
  return row === undefined ? undefined : applicationOf(row);
}

/** Living applications in order of creation. */
export async function listApplications(q: Queryable, keyset: Keyset): Promise<Application[]> {
  const { where, order } = keysetSql(keyset, "id", 1, "uuid");
  const rows = await q.query<Row>(
    `select ${COLUMNS} from posthorn.application where deleted_at is null ${where} ${order} limit $2`,
    [keyset.after ?? null, keyset.limit],
  );
  return rows.map(applicationOf);
}

/** Writes all fields of a living application that the transaction holds for change. */
export async function updateApplication(
  tx: Queryable,
  id: string,
  fields: ApplicationFields,
): Promise<Application | UidTaken> {
  if (fields.uid !== undefined) {
    // A race with another writer of the same uid still ends in the unique index; this says it politely in every other case.
    const taken = await tx.query(
      "select from posthorn.application where uid = $2 and id <> $1 and deleted_at is null",
      [id, fields.uid],
    );
    if (taken.length > 0) return "uid_taken";
  }
  const [row] = await tx.query<Row>(
    `update posthorn.application
        set uid = $2, name = $3, throttle_rate = $4, events_per_second = $5, endpoints_max = $6, payload_bytes_max = $7,
            metadata = $8::text::jsonb, updated_at = now()
      where id = $1 and deleted_at is null
  returning ${COLUMNS}`,
    parametersOf(id, fields),
  );
  if (row === undefined) throw new Error(`The application ${id} was to be changed, but nobody holds it: it is deleted`);
  return applicationOf(row);
}

/** Makes an application invisible at once, and its keys and portal sessions void. What it is owed is stopped in the background; its events go with the retention. False: there is none. */
export async function deleteApplication(tx: Queryable, id: string): Promise<boolean> {
  const rows = await tx.query(
    "update posthorn.application set deleted_at = now(), updated_at = now() where id = $1 and deleted_at is null returning id",
    [id],
  );
  if (rows.length > 0) await endAccessTo(tx, id);
  return rows.length > 0;
}

/**
 * Which of these applications are alive, and under which uid, in one statement. The append asks inside its transaction, so
 * that an address that was cached before the application was deleted or renamed leads to no write.
 *
 * It takes no lock (the append locks nothing that is shared): an append that looked just before a deletion committed counts
 * as before it, and the background removal, which begins later, finds what it wrote.
 */
export async function liveApplications(tx: Queryable, ids: readonly string[]): Promise<Map<string, LiveApplication>> {
  const rows = await tx.query<{ id: string; uid: string | null; throttle_rate: number | null }>(
    "select id, uid, throttle_rate from posthorn.application where id = any($1::uuid[]) and deleted_at is null",
    [bareArray(ids)],
  );
  const live = new Map(rows.map((row) => [row.id, { uid: row.uid, throttleRate: row.throttle_rate }]));
  if (ids.includes(OPERATIONAL_APP_ID)) live.set(OPERATIONAL_APP_ID, { uid: null, throttleRate: null });
  return live;
}
