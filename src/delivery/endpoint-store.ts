import { giveNotice, type NoticeType } from "#events";
import { bareArray, newId, parsePublicId, type Queryable, type Sealer, textArray } from "#kernel";
import { type Keyset, keysetSql } from "#tenancy";
import type { EndpointMode, EndpointModeReason, ExtraHeaders, SecretKind } from "./endpoint.ts";
import { type Headers, maskHeaders, openHeaders, sealHeaders } from "./endpoint-headers.ts";
import { type NewSecret, putSecret } from "./endpoint-secret.ts";
import type { RetryPreset } from "./policy.ts";

/** What its owner may change of an endpoint. Absent: no filter, no limit, the installation's default. */
export interface EndpointFields {
  readonly url: string;
  readonly uid: string | undefined;
  readonly description: string;
  readonly eventTypes: readonly string[] | undefined;
  readonly channels: readonly string[] | undefined;
  readonly mode: EndpointMode;
  readonly throttleRate: number | undefined;
  readonly concurrency: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly retryPolicy: RetryPreset;
  readonly retrySchedule: readonly number[] | undefined;
  readonly expiresAfterSeconds: number | undefined;
  readonly extraHeaders: readonly ExtraHeaders[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where webhooks go out, as its owner reads it: no secret is in it. */
export interface Endpoint extends EndpointFields {
  readonly id: string;
  readonly appId: string;
  readonly version: number;
  readonly modeReason: EndpointModeReason | undefined;
  readonly modeSince: Date | undefined;
  /** The kind of its current secret. */
  readonly signing: SecretKind;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type EndpointRefusal =
  /** Another living endpoint of the application has it. */
  { readonly kind: "uid_taken" } | { readonly kind: "too_many_endpoints"; readonly max: number };

interface Row {
  id: string;
  app_id: string;
  uid: string | null;
  version: number;
  url: string;
  description: string;
  event_types: string[] | null;
  channels: string[] | null;
  mode: EndpointMode;
  mode_reason: EndpointModeReason | null;
  mode_since: Date | null;
  throttle_rate: number | null;
  concurrency: number | null;
  timeout_ms: number | null;
  retry_policy: RetryPreset;
  retry_schedule: ArrayLike<number> | null;
  expires_after_s: number | null;
  extra_headers: ExtraHeaders[];
  headers_sealed: Uint8Array | null;
  metadata: Record<string, string>;
  signing: SecretKind | null;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = `e.id, e.app_id, e.uid, e.version, e.url, e.description, e.event_types, e.channels, e.mode, e.mode_reason, e.mode_since,
  e.throttle_rate, e.concurrency, e.timeout_ms, e.retry_policy, e.retry_schedule, e.expires_after_s, e.extra_headers,
  e.headers_sealed, e.metadata, e.created_at, e.updated_at,
  (select s.kind from posthorn.endpoint_secret s where s.endpoint_id = e.id and s.expires_at is null) as signing`;

function endpointOf(row: Row): Endpoint {
  return {
    id: row.id,
    appId: row.app_id,
    uid: row.uid ?? undefined,
    version: row.version,
    url: row.url,
    description: row.description,
    eventTypes: row.event_types ?? undefined,
    channels: row.channels ?? undefined,
    mode: row.mode,
    modeReason: row.mode_reason ?? undefined,
    modeSince: row.mode_since ?? undefined,
    throttleRate: row.throttle_rate ?? undefined,
    concurrency: row.concurrency ?? undefined,
    timeoutMs: row.timeout_ms ?? undefined,
    retryPolicy: row.retry_policy,
    retrySchedule: row.retry_schedule === null ? undefined : Array.from(row.retry_schedule),
    expiresAfterSeconds: row.expires_after_s ?? undefined,
    extraHeaders: row.extra_headers,
    metadata: row.metadata,
    signing: row.signing ?? "v1",
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

const textsOrNull = (texts: readonly string[] | undefined) => (texts === undefined ? null : textArray(texts));

function parametersOf(id: string, fields: EndpointFields): (string | number | null | Uint8Array)[] {
  return [
    id,
    fields.uid ?? null,
    fields.url,
    fields.description,
    textsOrNull(fields.eventTypes),
    textsOrNull(fields.channels),
    fields.mode,
    fields.throttleRate ?? null,
    fields.concurrency ?? null,
    fields.timeoutMs ?? null,
    fields.retryPolicy,
    fields.retrySchedule === undefined ? null : bareArray(fields.retrySchedule),
    fields.expiresAfterSeconds ?? null,
    textArray(fields.extraHeaders),
    JSON.stringify(fields.metadata),
  ];
}

/**
 * Says that an application's endpoints change with this transaction, so that the next append everywhere loads them anew.
 * The row's lock also makes changes of one application's endpoints wait for each other: call it first, and what is
 * counted or compared after it stays true until the commit.
 */
export async function bumpEndpointSet(tx: Queryable, appId: string): Promise<void> {
  await tx.query(
    `insert into posthorn.endpoint_set as known (app_id, version) values ($1, 1)
     on conflict (app_id) do update set version = known.version + 1`,
    [appId],
  );
}

async function uidTaken(
  tx: Queryable,
  appId: string,
  uid: string | undefined,
  besides: string | null,
): Promise<boolean> {
  if (uid === undefined) return false;
  const rows = await tx.query(
    `select from posthorn.endpoint
      where app_id = $1 and uid = $2 and deleted_at is null and ($3::uuid is null or id <> $3::uuid)`,
    [appId, uid, besides],
  );
  return rows.length > 0;
}

/** Keeps what this version looks like on the wire, for the attempts that will name it. */
async function recordVersion(tx: Queryable, row: Row, headers: Headers): Promise<void> {
  await tx.query(
    `insert into posthorn.endpoint_version (endpoint_id, version, url, headers, extra_headers)
     values ($1, $2, $3, $4::text::jsonb, $5::text[])`,
    [row.id, row.version, row.url, JSON.stringify(maskHeaders(headers)), textArray(row.extra_headers)],
  );
}

/** Creates an endpoint with its first secret and its custom headers, which the caller has checked. */
export async function createEndpoint(
  tx: Queryable,
  sealer: Sealer,
  appId: string,
  fields: EndpointFields,
  secret: NewSecret,
  endpointsMax: number,
  headers: Headers = [],
): Promise<Endpoint | EndpointRefusal> {
  await bumpEndpointSet(tx, appId);
  if (await uidTaken(tx, appId, fields.uid, null)) return { kind: "uid_taken" };
  const [count] = await tx.query<{ n: number }>(
    "select count(*)::int as n from posthorn.endpoint where app_id = $1 and deleted_at is null",
    [appId],
  );
  if ((count?.n ?? 0) >= endpointsMax) return { kind: "too_many_endpoints", max: endpointsMax };
  const id = newId();
  await putSecret(tx, sealer, id, secret);
  const [row] = await tx.query<Row>(
    `insert into posthorn.endpoint as e
            (id, uid, url, description, event_types, channels, mode, throttle_rate, concurrency, timeout_ms, retry_policy,
             retry_schedule, expires_after_s, extra_headers, metadata, app_id, headers_sealed, mode_reason, mode_since)
     values ($1, $2, $3, $4, $5::text[], $6::text[], $7, $8, $9, $10, $11, $12::integer[], $13, $14::text[], $15::text::jsonb, $16, $17,
             case when $7 <> 'enabled' then 'operator' end, case when $7 <> 'enabled' then now() end)
     returning ${COLUMNS}`,
    [...parametersOf(id, fields), appId, sealHeaders(sealer, id, headers)],
  );
  if (row === undefined) throw new Error(`Creating the endpoint ${id} answered with no row`);
  await recordVersion(tx, row, headers);
  await tell(tx, "endpoint.created", row);
  return endpointOf(row);
}

/**
 * Writes all fields. A mode that differs is the operator's. Enabling it forgets what was known of its failures, because the
 * operator says that it is well (a 410 is remembered: said again after that, it counts); another URL is another receiver,
 * of whom nothing is known.
 */
export async function updateEndpoint(
  tx: Queryable,
  sealer: Sealer,
  before: HeldEndpoint,
  fields: EndpointFields,
): Promise<Endpoint | Extract<EndpointRefusal, { kind: "uid_taken" }>> {
  if (await uidTaken(tx, before.appId, fields.uid, before.id)) return { kind: "uid_taken" };
  const [row] = await tx.query<Row>(
    `update posthorn.endpoint e
        set uid = $2, url = $3, description = $4, event_types = $5::text[], channels = $6::text[], mode = $7,
            throttle_rate = $8, concurrency = $9, timeout_ms = $10, retry_policy = $11, retry_schedule = $12::integer[],
            expires_after_s = $13, extra_headers = $14::text[], metadata = $15::text::jsonb,
            mode_reason = case when $7 = 'enabled' then null when mode = $7 then mode_reason else 'operator' end,
            mode_since = case when mode = $7 then mode_since else now() end,
            version = version + 1, updated_at = now()
      where id = $1 and deleted_at is null
  returning ${COLUMNS}`,
    parametersOf(before.id, fields),
  );
  if (row === undefined) throw gone(before.id);
  if (fields.url !== before.url) {
    await tx.query("delete from posthorn.endpoint_state where endpoint_id = $1", [before.id]);
  } else if (fields.mode === "enabled" && before.mode !== "enabled") {
    await tx.query(
      `update posthorn.endpoint_state
          set breaker = 'closed', breaker_until = null, breaker_opens = 0, hold_until = null,
              failing_since = null, failing_open_ms = 0, failing_attempts = 0, updated_at = now()
        where endpoint_id = $1`,
      [before.id],
    );
  }
  await recordVersion(tx, row, openHeaders(sealer, row.id, row.headers_sealed));
  await tell(tx, "endpoint.updated", row);
  return endpointOf(row);
}

/** What its owner did to an endpoint, for whoever keeps a picture of all endpoints. */
async function tell(
  tx: Queryable,
  type: Extract<NoticeType, "endpoint.created" | "endpoint.updated" | "endpoint.deleted">,
  endpoint: { readonly id: string; readonly app_id: string },
): Promise<void> {
  await giveNotice(tx, { type, appId: endpoint.app_id, endpointId: endpoint.id });
}

const gone = (id: string) => new Error(`The endpoint ${id} was to be changed, but nobody holds it: it is deleted`);

async function bumpVersion(tx: Queryable, sealer: Sealer, endpoint: Pick<Endpoint, "id">): Promise<void> {
  const [row] = await tx.query<Row>(
    `update posthorn.endpoint e set version = version + 1, updated_at = now()
      where id = $1 and deleted_at is null returning ${COLUMNS}`,
    [endpoint.id],
  );
  if (row === undefined) throw gone(endpoint.id);
  await recordVersion(tx, row, openHeaders(sealer, row.id, row.headers_sealed));
}

/** Custom headers as they are sent. Throws SealError. */
export async function readHeaders(q: Queryable, sealer: Sealer, endpointId: string): Promise<Headers> {
  const [row] = await q.query<{ headers_sealed: Uint8Array | null }>(
    "select headers_sealed from posthorn.endpoint where id = $1",
    [endpointId],
  );
  return openHeaders(sealer, endpointId, row?.headers_sealed ?? null);
}

/** Replaces the custom headers by what `change` makes of them; it may refuse by returning undefined. */
export async function changeHeaders(
  tx: Queryable,
  sealer: Sealer,
  endpoint: HeldEndpoint,
  change: (before: Headers) => Headers | undefined,
): Promise<boolean> {
  const headers = change(await readHeaders(tx, sealer, endpoint.id));
  if (headers === undefined) return false;
  await tx.query("update posthorn.endpoint set headers_sealed = $2 where id = $1", [
    endpoint.id,
    sealHeaders(sealer, endpoint.id, headers),
  ]);
  await bumpVersion(tx, sealer, endpoint);
  await tell(tx, "endpoint.updated", { id: endpoint.id, app_id: endpoint.appId });
  return true;
}

/**
 * Makes `secret` the current one. The one before keeps signing beside it for `graceSeconds`; 0: not any more. At most
 * `SECRETS_MAX` live at once: each adds a signature to every request.
 */
export async function rotateSecret(
  tx: Queryable,
  sealer: Sealer,
  endpoint: HeldEndpoint,
  secret: NewSecret,
  graceSeconds: number,
): Promise<"rotated" | "too_many_secrets"> {
  if ((await putSecret(tx, sealer, endpoint.id, secret, graceSeconds)) === "too_many_secrets")
    return "too_many_secrets";
  await bumpVersion(tx, sealer, endpoint);
  await tell(tx, "endpoint.updated", { id: endpoint.id, app_id: endpoint.appId });
  return "rotated";
}

/** The living endpoint of this application with this public id or uid. */
export async function findEndpoint(q: Queryable, appId: string, idOrUid: string): Promise<Endpoint | undefined> {
  const id = parsePublicId("ep", idOrUid);
  const [row] = await q.query<Row>(
    `select ${COLUMNS} from posthorn.endpoint e
      where e.app_id = $1 and ${id === undefined ? "e.uid = $2" : "e.id = $2::uuid"} and e.deleted_at is null`,
    [appId, id ?? idOrUid],
  );
  return row === undefined ? undefined : endpointOf(row);
}

/** An endpoint that is about to change in this transaction, while every other change of its application waits. */
export type HeldEndpoint = Endpoint & { readonly held: true };

/** Finds an endpoint to change it: what is read of it stays true until the commit. */
export async function holdEndpoint(tx: Queryable, appId: string, idOrUid: string): Promise<HeldEndpoint | undefined> {
  await bumpEndpointSet(tx, appId);
  const endpoint = await findEndpoint(tx, appId, idOrUid);
  return endpoint === undefined ? undefined : { ...endpoint, held: true };
}

/** Living endpoints of an application in order of creation. */
export async function listEndpoints(q: Queryable, appId: string, keyset: Keyset): Promise<Endpoint[]> {
  const { where, order } = keysetSql(keyset, "e.id", 2, "uuid");
  const rows = await q.query<Row>(
    `select ${COLUMNS} from posthorn.endpoint e
      where e.app_id = $1 and e.deleted_at is null ${where} ${order} limit $3`,
    [appId, keyset.after ?? null, keyset.limit],
  );
  return rows.map(endpointOf);
}

/** Counting stops here: what is asked is "how much", and a backlog of millions must not be read to answer it. */
export const OWED_COUNT_MAX = 100_000;

/** How many deliveries wait that will not be sent any more; `OWED_COUNT_MAX` means that many or more. */
export type OwedStopped = number;

const COUNT_OWED = `
  select count(*)::int as n
    from (select
            from posthorn.endpoint e
           cross join lateral (
             select from posthorn.delivery_owed o where o.endpoint_id = e.id limit ${OWED_COUNT_MAX}
           ) o
           where e.app_id = $1 and ($2::uuid is null or e.id = $2::uuid) and e.deleted_at is null
           limit ${OWED_COUNT_MAX}) owed`;

async function deleteEndpoints(
  tx: Queryable,
  appId: string,
  id: string | null,
  as: "endpoint_deleted" | "application_deleted",
): Promise<OwedStopped> {
  const [count] = await tx.query<{ n: number }>(COUNT_OWED, [appId, id]);
  await tx.query(
    `update posthorn.endpoint set deleted_at = now(), deleted_as = $3, updated_at = now()
      where app_id = $1 and ($2::uuid is null or id = $2::uuid) and deleted_at is null`,
    [appId, id, as],
  );
  return count?.n ?? 0;
}

/** Makes an endpoint invisible and stops what is owed to it; the rows are moved in the background. */
export async function deleteEndpoint(tx: Queryable, endpoint: HeldEndpoint): Promise<OwedStopped> {
  const stopped = await deleteEndpoints(tx, endpoint.appId, endpoint.id, "endpoint_deleted");
  await tell(tx, "endpoint.deleted", { id: endpoint.id, app_id: endpoint.appId });
  return stopped;
}

/** The same for all endpoints of an application that is being deleted: whoever did that knows, and is not told of each. */
export async function deleteEndpointsOf(tx: Queryable, appId: string): Promise<OwedStopped> {
  await bumpEndpointSet(tx, appId);
  return deleteEndpoints(tx, appId, null, "application_deleted");
}

/**
 * The engine itself takes an endpoint out of service. False: it is deleted, or already stopped as firmly (pausing does not
 * undo a disable).
 */
export async function stopEndpoint(
  tx: Queryable,
  sealer: Sealer,
  endpoint: { readonly id: string; readonly appId: string },
  mode: Exclude<EndpointMode, "enabled">,
  reason: Exclude<EndpointModeReason, "operator">,
): Promise<boolean> {
  await bumpEndpointSet(tx, endpoint.appId);
  const rows = await tx.query(
    `update posthorn.endpoint set mode = $2, mode_reason = $3, mode_since = now()
      where id = $1 and deleted_at is null and (mode = 'enabled' or (mode = 'paused' and $2 = 'disabled')) returning 1`,
    [endpoint.id, mode, reason],
  );
  if (rows.length === 0) return false;
  await bumpVersion(tx, sealer, endpoint);
  return true;
}
