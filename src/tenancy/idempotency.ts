import { createHash } from "node:crypto";
import type { Queryable } from "#kernel";

export const IDEMPOTENCY_KEY_LENGTH_MAX = 256;
export const IDEMPOTENCY_WINDOW_HOURS = 24;
const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;

/** Whether a text may be an Idempotency-Key: 1 to 256 characters of printable ASCII. */
export function isIdempotencyKey(text: string): boolean {
  return text.length <= IDEMPOTENCY_KEY_LENGTH_MAX && PRINTABLE_ASCII.test(text);
}

/** What a key is bound to: who asked for what, and the exact bytes. */
export interface IdempotentRequest {
  readonly principal: string;
  readonly method: string;
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  readonly key: string;
  readonly body: Uint8Array;
}

/** The first answer, to be given again byte for byte. */
export interface StoredAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

export type Claim =
  /** Nobody asked before: do it, then `storeAnswer` in the same transaction. */
  | { readonly kind: "first"; readonly key: string }
  | { readonly kind: "repeat"; readonly answer: StoredAnswer }
  /** The key was used for another request within the window. */
  | { readonly kind: "other_request" };

/** How long a twin of a running request waits for it before it is told to come back. */
export const TWIN_WAIT_MS = 2_000;

/**
 * Takes the key inside the transaction that does what is asked. Answer and deed commit together: after a crash, or a commit
 * whose fate is unknown, the same request either finds its answer or finds nothing done.
 *
 * A twin that comes while the first is still running waits on the unique index, by PostgreSQL itself, and then reads the
 * first's answer; after `twinWaitMs` its statement fails with a fault of `contention`.
 */
export async function claimKey(tx: Queryable, request: IdempotentRequest, twinWaitMs = TWIN_WAIT_MS): Promise<Claim> {
  const key = keyOf(request);
  const bodyHash = bodyHashOf(request);
  await tx.query(`set local lock_timeout = '${twinWaitMs}ms'`);
  const taken = await tx.query(
    `insert into posthorn.idempotency as known (key, body_hash, expires_at)
     values ($1, $2, now() + make_interval(hours => ${IDEMPOTENCY_WINDOW_HOURS}))
     on conflict (key) do update
        set body_hash = excluded.body_hash, status = null, response = null, expires_at = excluded.expires_at
      where known.expires_at <= now()
     returning 1`,
    [key, bodyHash],
  );
  await tx.query("set local lock_timeout to default");
  if (taken.length > 0) return { kind: "first", key };
  const [known] = await tx.query<{ same: boolean; status: number | null; response: Uint8Array | null }>(
    "select body_hash = $2 as same, status, response from posthorn.idempotency where key = $1",
    [key, bodyHash],
  );
  if (known?.status == null || known.response === null) {
    throw new Error(`The idempotency key ${key} is known but has no answer: answers are committed with their keys`);
  }
  return known.same ? { kind: "repeat", answer: decode(known.status, known.response) } : { kind: "other_request" };
}

/** Keeps the answer of a first request for its repeats. An answer of 500 or more is not kept: roll back instead. */
export async function storeAnswer(tx: Queryable, key: string, answer: StoredAnswer): Promise<void> {
  await tx.query("update posthorn.idempotency set status = $2, response = $3 where key = $1", [
    key,
    answer.status,
    encode(answer),
  ]);
}

/** In SQL: whether any answer's window is over. */
export const EXPIRED_ANSWERS = "exists (select from posthorn.idempotency where expires_at <= now())";

/** Removes up to `limit` answers whose window is over; returns how many. Upkeep calls it until it returns less. */
export async function removeExpiredAnswers(q: Queryable, limit: number): Promise<number> {
  const rows = await q.query(
    `delete from posthorn.idempotency
      where key in (select key from posthorn.idempotency where expires_at <= now() order by expires_at limit $1 for update skip locked)
  returning 1`,
    [limit],
  );
  return rows.length;
}

function keyOf(request: IdempotentRequest): string {
  // Joined by what none of them can contain, so that no two different requests read alike.
  const digest = createHash("sha256")
    .update([request.principal, request.method, request.path, request.key].join("\n"))
    .digest("hex");
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-${digest.slice(12, 16)}-${digest.slice(16, 20)}-${digest.slice(20, 32)}`;
}

function bodyHashOf(request: IdempotentRequest): Buffer {
  return createHash("sha256").update(`${request.path}${request.query}\n`).update(request.body).digest();
}

/** Headers as one line of JSON, a line feed (which JSON never contains bare), and the body's bytes as they were. */
function encode(answer: StoredAnswer): Buffer {
  const head = JSON.stringify({ contentType: answer.contentType, headers: answer.headers });
  return Buffer.concat([Buffer.from(`${head}\n`), answer.body]);
}

function decode(status: number, response: Uint8Array): StoredAnswer {
  const end = response.indexOf(0x0a);
  const head: { contentType?: string; headers: [string, string][] } = JSON.parse(
    Buffer.from(response.subarray(0, end)).toString(),
  );
  return { status, contentType: head.contentType, headers: head.headers, body: response.subarray(end + 1) };
}
