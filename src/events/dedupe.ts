import { bareArray, type Queryable } from "#kernel";

/** What must be unique, within an application. */
export type DedupeScope = "idempotency_key" | "batch_item" | "uid" | "notice" | `source:${string}`;

/** A key that must not be accepted twice within its window. `bodyHash` tells a repeat from a conflict. */
export interface DedupeKey {
  readonly scope: DedupeScope;
  readonly key: string;
  /** As `digest` makes it. */
  readonly bodyHash: string;
  readonly windowMs: number;
}

/**
 * First 128 bits of SHA-256 over the parts, as uuid text. The parts are told apart by their lengths, so that no two lists
 * of parts share a digest by joining differently.
 */
export function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const part of parts) {
    const bytes = typeof part === "string" ? Buffer.from(part) : part;
    hasher.update(`${bytes.length}:`);
    hasher.update(bytes);
  }
  const hex = hasher.digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

export interface Claim {
  readonly key: string;
  readonly eventId: string;
  readonly bodyHash: string;
  readonly windowMs: number;
}

export interface Holder {
  readonly eventId: string;
  readonly bodyHash: string;
}

// In key order, so that two batches that share keys wait for each other instead of deadlocking. An expired key is free.
const CLAIM = `
  insert into posthorn.dedupe as d (key, event_id, body_hash, expires_at)
  select key, event_id, body_hash, now() + window_ms * interval '1 ms'
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[]) t(key, event_id, body_hash, window_ms)
   order by key
  on conflict (key) do update
     set event_id = excluded.event_id, body_hash = excluded.body_hash, expires_at = excluded.expires_at
   where d.expires_at <= now()
  returning key`;

// A statement of its own: the snapshot of the insert may be older than the row that it lost to.
const HOLDERS = `select key, event_id, body_hash from posthorn.dedupe where key = any($1::uuid[])`;

const GIVE_BACK = `
  delete from posthorn.dedupe d using unnest($1::uuid[], $2::uuid[]) t(key, event_id)
   where d.key = t.key and d.event_id = t.event_id`;

/** Keys, events, body hashes and windows, as the claiming statements take them. */
export function claimParams(claims: readonly Claim[]): [string, string, string, string] {
  return [
    bareArray(claims.map((claim) => claim.key)),
    bareArray(claims.map((claim) => claim.eventId)),
    bareArray(claims.map((claim) => claim.bodyHash)),
    bareArray(claims.map((claim) => claim.windowMs)),
  ];
}

/** Claims keys (each at most once in `claims`); answers with those that were taken already, and by what. */
export async function claimKeys(tx: Queryable, claims: readonly Claim[]): Promise<Map<string, Holder>> {
  const won = await tx.query<{ key: string }>(CLAIM, claimParams(claims));
  const holders = new Map<string, Holder>();
  if (won.length === claims.length) return holders;
  const wonKeys = new Set(won.map((row) => row.key));
  const lost = claims.filter((claim) => !wonKeys.has(claim.key)).map((claim) => claim.key);
  const rows = await tx.query<{ key: string; event_id: string; body_hash: string }>(HOLDERS, [bareArray(lost)]);
  for (const row of rows) holders.set(row.key, { eventId: row.event_id, bodyHash: row.body_hash });
  return holders;
}

/** Frees keys that an event claimed before it lost another of its keys: it will not exist. */
export async function giveBackKeys(tx: Queryable, claims: readonly Claim[]): Promise<void> {
  if (claims.length === 0) return;
  await tx.query(GIVE_BACK, [
    bareArray(claims.map((claim) => claim.key)),
    bareArray(claims.map((claim) => claim.eventId)),
  ]);
}
