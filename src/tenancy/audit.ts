import { newId, publicId, type Queryable, uuidLowerBound } from "#kernel";
import { type Keyset, keysetSql } from "./keyset.ts";
import type { Principal } from "./principal.ts";

/** Who did something, or tried to: a principal, or somebody without a token that is good. */
export interface Actor {
  readonly kind: Principal["kind"] | "stranger";
  readonly id: string;
  readonly name: string;
}

export const STRANGER: Actor = Object.freeze({ kind: "stranger", id: "stranger", name: "Nobody known" });

/** What is recorded of one request. */
export interface AuditEntry {
  readonly actor: Actor;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** The application it was about; `appName`: as the path named it, when nobody looked it up. */
  readonly appId: string | undefined;
  readonly appName?: string | undefined;
  readonly target: string | undefined;
  readonly status: number;
  readonly requestId: string;
  readonly remoteAddress: string | undefined;
  /** Without secrets, tokens and payloads. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditRecord extends Omit<AuditEntry, "appName"> {
  readonly id: string;
}

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly operation?: string | undefined;
  readonly appId?: string | undefined;
  readonly target?: string | undefined;
  /** Ms since 1970, `since` included and `until` not. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

interface Row {
  id: string;
  actor_kind: Actor["kind"];
  actor_id: string;
  actor_name: string;
  operation: string;
  method: string;
  path: string;
  app_id: string | null;
  target: string | null;
  status: number;
  request_id: string;
  remote_address: string | null;
  detail: Record<string, unknown>;
}

/** PostgreSQL stores neither NUL nor half a surrogate pair, and strangers write some of this. */
const storable = (text: string, lengthMax: number) =>
  text
    .toWellFormed()
    .replace(/\p{Cc}/gu, "\u{fffd}")
    .slice(0, lengthMax)
    .toWellFormed();

/** Adds a record; in the transaction of a change, so that neither is there without the other. */
export async function recordAudit(q: Queryable, entry: AuditEntry): Promise<void> {
  await q.query(
    `insert into posthorn.audit
       (id, actor_kind, actor_id, actor_name, operation, method, path, app_id, target, status, request_id, remote_address, detail)
     values ($1, $2, $3, $4, $5, $6, $7,
             coalesce($8::uuid, (select a.id from posthorn.application a where a.uid = $9 and a.deleted_at is null)),
             $10, $11, $12, $13, $14::text::jsonb)`,
    [
      newId(),
      entry.actor.kind,
      entry.actor.id,
      storable(entry.actor.name, 512),
      entry.operation,
      entry.method,
      storable(entry.path, 2_048),
      entry.appId ?? null,
      entry.appName === undefined ? null : storable(entry.appName, 256),
      entry.target === undefined ? null : storable(entry.target, 256),
      entry.status,
      entry.requestId,
      entry.remoteAddress ?? null,
      JSON.stringify(entry.detail),
    ],
  );
}

/** A page of the record. Every filter has an index that is in the order of the list, so a page costs what it shows. */
export async function listAudit(q: Queryable, keyset: Keyset, filter: AuditFilter): Promise<AuditRecord[]> {
  const { where, order } = keysetSql(keyset, "id", 1, "uuid");
  const params: (string | number | null)[] = [keyset.after ?? null, keyset.limit];
  const and = (condition: (parameter: string) => string, value: string | undefined) => {
    if (value === undefined) return "";
    params.push(value);
    return `and ${condition(`$${params.length}`)}`;
  };
  const rows = await q.query<Row>(
    `select id, actor_kind, actor_id, actor_name, operation, method, path, app_id, target, status, request_id,
            remote_address, detail
       from posthorn.audit
      where true ${where}
            ${and((p) => `actor_id = ${p}`, filter.actor)}
            ${and((p) => `operation = ${p}`, filter.operation)}
            ${and((p) => `app_id = ${p}::uuid`, filter.appId)}
            ${and((p) => `target = ${p}`, filter.target)}
            ${and((p) => `id >= ${p}::uuid`, filter.since === undefined ? undefined : boundOf(filter.since))}
            ${and((p) => `id < ${p}::uuid`, filter.until === undefined ? undefined : boundOf(filter.until))}
      ${order} limit $2`,
    params,
  );
  return rows.map((row) => ({
    id: row.id,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    operation: row.operation,
    method: row.method,
    path: row.path,
    appId: row.app_id ?? undefined,
    target: row.target ?? undefined,
    status: row.status,
    requestId: row.request_id,
    remoteAddress: row.remote_address ?? undefined,
    detail: row.detail,
  }));
}

const boundOf = (ms: number) => uuidLowerBound(Math.min(Math.max(Math.floor(ms), 0), 2 ** 48 - 1));

export const auditId = (record: Pick<AuditRecord, "id">) => publicId("aud", record.id);

/** Removes up to `limit` records from before a moment, through the one function that may; returns how many. */
export async function retireAudit(q: Queryable, beforeMs: number, limit: number): Promise<number> {
  const [row] = await q.query<{ retired: number }>("select posthorn.retire_audit($1::uuid, $2::int) as retired", [
    boundOf(beforeMs),
    limit,
  ]);
  return row?.retired ?? 0;
}
