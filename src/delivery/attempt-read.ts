import { HOPS_HEADER, idTimeMs, type OutcomeClass, publicId, type Queryable } from "#kernel";
import { type Keyset, keysetSql } from "#tenancy";
import type { ExtraHeaders } from "./endpoint.ts";
import { type Headers, MASK } from "./endpoint-headers.ts";

/** One request on the wire, as it was recorded. */
export interface Attempt {
  readonly id: string;
  readonly eventId: string;
  readonly deliveryId: string;
  readonly endpointId: string;
  /** 0: what was sent is not known, because the process that sent it was lost. */
  readonly endpointVersion: number;
  /** As the endpoint was when the request was made; its present URL where that is not known. */
  readonly url: string;
  readonly number: number;
  readonly trigger: "scheduled" | "resend" | "replay" | "probe";
  readonly outcome: OutcomeClass;
  readonly reason: string;
  readonly settledAs: "delivered" | "owed" | "dead" | "late";
  readonly nextAt: Date | undefined;
  readonly status: number | undefined;
  readonly remoteAddress: string | undefined;
  readonly dnsUs: number | undefined;
  readonly connectUs: number | undefined;
  readonly firstByteUs: number | undefined;
  readonly totalUs: number;
  /** When its row was written, with what became of the delivery; its id tells when it was started. Undefined: before that was kept. */
  readonly recordedAt: Date | undefined;
  readonly signature: string | undefined;
  /** Custom headers as sent, masked, and which extra ones. */
  readonly customHeaders: Headers;
  readonly extraHeaders: readonly ExtraHeaders[];
  readonly responseHeaders: Headers | undefined;
  /** Undefined also when it was not asked for. */
  readonly responseBody: Uint8Array | undefined;
  readonly responseTruncated: boolean;
}

export interface AttemptFilter {
  /** Whether it was answered with success. */
  readonly delivered?: boolean | undefined;
  /** 200 for 200 to 299, and so on; 0: no status came. */
  readonly statusClass?: number | undefined;
  readonly endpointId?: string | undefined;
  readonly outcome?: OutcomeClass | undefined;
  readonly reason?: string | undefined;
  readonly trigger?: Attempt["trigger"] | undefined;
  readonly settledAs?: Attempt["settledAs"] | undefined;
}

/** Attempts that pass a filter, as far as was looked. */
export interface AttemptScan {
  readonly attempts: readonly Attempt[];
  /** The id at which looking stopped, though more may pass beyond it; undefined: nothing does, or the list is full. */
  readonly stoppedAt: string | undefined;
}

/** Rows looked through for one answer. A reason that nothing has would otherwise be looked for in the whole history. */
export const ATTEMPTS_SCANNED_MAX = 2_000;

interface Row {
  id: string;
  event_id: string;
  delivery_id: string;
  endpoint_id: string;
  endpoint_version: number;
  url: string | null;
  number: number;
  trigger: Attempt["trigger"];
  outcome: OutcomeClass;
  reason: string;
  settled_as: Attempt["settledAs"];
  next_at: Date | null;
  status: number | null;
  remote_address: string | null;
  dns_us: number | null;
  connect_us: number | null;
  first_byte_us: number | null;
  total_us: number;
  recorded_at: Date | null;
  signature: string | null;
  headers: Headers | null;
  extra_headers: ExtraHeaders[] | null;
  response_headers: string | null;
  response_body: Uint8Array | null;
  response_truncated: boolean;
}

// What belongs to the page only is joined to it: the inner query walks an index and stops at its limit.
const select = (inner: string, withContent: boolean) => `
  select a.id, a.event_id, a.delivery_id, a.endpoint_id, a.endpoint_version, a.number, a.trigger, a.outcome, a.reason,
         a.settled_as, a.next_at, a.status, a.remote_address, a.dns_us, a.connect_us, a.first_byte_us, a.total_us, a.recorded_at, a.signature,
         a.response_truncated,
         ${withContent ? "a.response_headers, a.response_body" : "null as response_headers, null::bytea as response_body"},
         coalesce(v.url, e.url) as url, v.headers, v.extra_headers
    from (${inner}) a
    left join posthorn.endpoint_version v on v.endpoint_id = a.endpoint_id and v.version = a.endpoint_version
    left join posthorn.endpoint e on e.id = a.endpoint_id`;

function attemptOf(row: Row): Attempt {
  return {
    id: row.id,
    eventId: row.event_id,
    deliveryId: row.delivery_id,
    endpointId: row.endpoint_id,
    endpointVersion: row.endpoint_version,
    url: row.url ?? "",
    number: row.number,
    trigger: row.trigger,
    outcome: row.outcome,
    reason: row.reason,
    settledAs: row.settled_as,
    nextAt: row.next_at ?? undefined,
    status: row.status ?? undefined,
    remoteAddress: row.remote_address ?? undefined,
    dnsUs: row.dns_us ?? undefined,
    connectUs: row.connect_us ?? undefined,
    firstByteUs: row.first_byte_us ?? undefined,
    totalUs: row.total_us,
    recordedAt: row.recorded_at ?? undefined,
    signature: row.signature ?? undefined,
    customHeaders: row.headers ?? [],
    extraHeaders: row.extra_headers ?? [],
    // Written by our own settle as JSON of pairs.
    responseHeaders: row.response_headers === null ? undefined : (JSON.parse(row.response_headers) as Headers),
    responseBody: row.response_body ?? undefined,
    responseTruncated: row.response_truncated,
  };
}

function conditions(filter: AttemptFilter, from: number): { sql: string; parameters: (string | number | boolean)[] } {
  const parameters: (string | number | boolean)[] = [];
  let sql = "";
  if (filter.delivered !== undefined) {
    parameters.push(filter.delivered);
    sql += ` and (outcome = 'delivered') = $${from + parameters.length}`;
  }
  if (filter.endpointId !== undefined) {
    parameters.push(filter.endpointId);
    sql += ` and endpoint_id = $${from + parameters.length}::uuid`;
  }
  for (const [column, value] of [
    ["outcome", filter.outcome],
    ["reason", filter.reason],
    ["trigger", filter.trigger],
    ["settled_as", filter.settledAs],
  ] as const) {
    if (value === undefined) continue;
    parameters.push(value);
    sql += ` and ${column} = $${from + parameters.length}`;
  }
  if (filter.statusClass === 0) sql += " and status is null";
  else if (filter.statusClass !== undefined) {
    parameters.push(filter.statusClass);
    sql += ` and status between $${from + parameters.length}::int and $${from + parameters.length}::int + 99`;
  }
  return { sql, parameters };
}

// The window is what an index gives in the order of the list; what of it passes is found while it is read, so that the
// statement ends at its limit or at the window's end, whichever comes first, and never after the history of a year.
async function scan(
  q: Queryable,
  column: "event_id" | "endpoint_id",
  value: string,
  keyset: Keyset,
  filter: AttemptFilter,
  withContent: boolean,
): Promise<AttemptScan> {
  const beyond = keysetSql(keyset, "id", 2, "uuid");
  const also = conditions(filter, 3);
  const base = `from posthorn.attempt where ${column} = $1::uuid ${beyond.where} ${beyond.order}`;
  const inner =
    also.sql === ""
      ? `select * ${base} limit $3`
      : `select * from (select * ${base} limit ${ATTEMPTS_SCANNED_MAX}) seen where true${also.sql} ${beyond.order} limit $3`;
  const after = keyset.after ?? null;
  const rows = await q.query<Row>(`${select(inner, withContent)} ${beyond.order.replace("id", "a.id")}`, [
    value,
    after,
    keyset.limit,
    ...also.parameters,
  ]);
  const attempts = rows.map(attemptOf);
  if (also.sql === "" || attempts.length >= keyset.limit) return { attempts, stoppedAt: undefined };
  const [edge] = await q.query<{ id: string }>(`select id ${base} limit 1 offset ${ATTEMPTS_SCANNED_MAX - 1}`, [
    value,
    after,
  ]);
  return { attempts, stoppedAt: edge?.id };
}

/**
 * The requests made for one event, by the moment they were started. An attempt appears when it ended, so a page that was
 * read can gain entries for as long as a request may take: this is a record to look things up in, not a feed to follow.
 */
export function listAttemptsOfEvent(
  q: Queryable,
  eventId: string,
  keyset: Keyset,
  filter: AttemptFilter,
  withContent: boolean,
): Promise<AttemptScan> {
  return scan(q, "event_id", eventId, keyset, filter, withContent);
}

/** The requests made to one endpoint, likewise. */
export function listAttemptsOfEndpoint(
  q: Queryable,
  endpointId: string,
  keyset: Keyset,
  filter: AttemptFilter,
  withContent: boolean,
): Promise<AttemptScan> {
  return scan(q, "endpoint_id", endpointId, keyset, filter, withContent);
}

export async function findAttempt(q: Queryable, eventId: string, id: string): Promise<Attempt | undefined> {
  const inner = "select * from posthorn.attempt where event_id = $1::uuid and id = $2::uuid";
  const [row] = await q.query<Row>(select(inner, true), [eventId, id]);
  return row === undefined ? undefined : attemptOf(row);
}

/**
 * The headers of the request as `attemptDelivery` built them, secrets masked; empty when no signed request was made. What
 * the connection adds (Host, framing) is not among them. Of the plain pair the signature was not kept.
 */
export function requestHeadersOf(
  attempt: Attempt,
  event: { readonly contentType: string; readonly hops: number },
  userAgent: string,
): Headers {
  if (attempt.signature === undefined) return [];
  const messageId = publicId("msg", attempt.eventId);
  const timestamp = String(Math.floor(idTimeMs(attempt.id) / 1000));
  const triple = (prefix: string): Headers => [
    [`${prefix}-id`, messageId],
    [`${prefix}-timestamp`, timestamp],
    [`${prefix}-signature`, attempt.signature ?? ""],
  ];
  const plain: Headers = [
    ["X-Signature", MASK],
    ["X-Timestamp", timestamp],
  ];
  return [
    ["Content-Type", event.contentType],
    ["User-Agent", userAgent],
    ...attempt.customHeaders,
    ...triple("webhook"),
    ...(attempt.extraHeaders.includes("svix") ? triple("svix") : []),
    ...(attempt.extraHeaders.includes("plain") ? plain : []),
    ["X-Event-Id", messageId],
    ["X-Delivery-Id", publicId("dlv", attempt.deliveryId)],
    ["X-Attempt", String(attempt.number)],
    [HOPS_HEADER, String(event.hops + 1)],
  ];
}
