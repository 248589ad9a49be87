import { DatabaseError, publicId, type Queryable, textArray } from "#kernel";
import { type KeyRole, PORTAL_READ_ONLY, ROLE_PERMISSIONS } from "./access.ts";
import { type Authentication, BUSY, EXPIRED, type Principal, type TokenSource, WRONG } from "./principal.ts";

/** So long a comparison of versions is trusted. A change that shuts somebody out counts within it in every process. */
export const TRUST_MS = 1_000;
/** A key's last use is written at most so often. */
export const USE_WRITTEN_EVERY_MS = 60_000;
const KNOWN_MAX = 10_000;
const UNKNOWN_MAX = 10_000;
const LOOKED_UP_AT_ONCE = 500;
const WAITING_MAX = 5_000;

export interface TokenCache extends TokenSource {
  /** To be called after the commit of every change of tokens that this process made: then it counts here at once. */
  changed(): void;
  /** Writes when keys were last used, those due. Called by a chore. */
  writeUses(): Promise<void>;
}

export interface TokenCacheOptions {
  readonly q: Queryable;
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  /** Tokens remembered at most. */
  readonly max?: number;
}

interface Entry {
  readonly version: number;
  readonly answer: Extract<Authentication, { ok: true }>;
  readonly expiresAtMs: number;
  /** The key, as the database names it; undefined: no key, whose use nobody asks for. */
  readonly keyId: string | undefined;
  usedAtMs: number;
  writtenAtMs: number;
}

interface Row {
  hash: string;
  version: string;
  kind: "key" | "portal";
  id: string;
  name: string;
  role: KeyRole;
  read_only: boolean;
  app_id: string | null;
  expires_ms: string | null;
}

// Each hash is found through a unique index. The version is read in the snapshot of the rows: what was loaded is exactly as
// new as it says.
const LOOK_UP = `
  select v.version::text as version, found.*
    from posthorn.access_version v
   cross join lateral (
      select encode(t.hash, 'hex') as hash, 'key' as kind, k.id, k.name, k.role, false as read_only, k.app_id,
             floor(extract(epoch from least(k.expires_at, t.expires_at)) * 1000)::bigint::text as expires_ms
        from posthorn.api_token t
        join posthorn.api_key k on k.id = t.key_id
       where t.hash in (select decode(h, 'hex') from unnest($1::text[]) h)
      union all
      select encode(s.hash, 'hex'), 'portal', s.id, coalesce(s.name, 'Portal'), 'portal', s.read_only, s.app_id,
             floor(extract(epoch from s.expires_at) * 1000)::bigint::text
        from posthorn.portal_session s
       where s.hash in (select decode(h, 'hex') from unnest($1::text[]) h)
   ) found
   where found.app_id is null
      or exists (select from posthorn.application a where a.id = found.app_id and a.deleted_at is null)`;

const WRITE_USES = `
  update posthorn.api_key k
     set last_used_at = u.at
    from (select id, to_timestamp(max(ms) / 1000.0) as at from unnest($1::uuid[], $2::bigint[]) used(id, ms) group by id) u
   where k.id = u.id and (k.last_used_at is null or k.last_used_at < u.at - $3::int * interval '1 ms')`;

/**
 * Tokens in memory, so that the road of events asks nobody who sends.
 *
 * What is remembered is trusted for `TRUST_MS` after the version of all access was last compared, counted from before the
 * question. Under steady traffic the comparison is made in the background when half of that is over, so nobody waits for it.
 * That there is no such token may be remembered for good: tokens are random, so one that is not there never will be.
 *
 * Strangers cost one statement at a time, whatever they send: hashes that are not remembered are looked up together.
 */
export function createTokenCache(options: TokenCacheOptions): TokenCache {
  const { q, now, monotonic, max = KNOWN_MAX } = options;
  const known = new Map<string, Entry>();
  const unknown = new Set<string>();
  let version = -1;
  let comparedAtMs = Number.NEGATIVE_INFINITY;
  /** Grows with every change made here: an answer to what was asked before a change proves nothing after it. */
  let epoch = 0;
  let comparing: Promise<void> | undefined;
  let asked = new Map<string, PromiseWithResolvers<Authentication>>();
  let waiting: string[] = [];
  let looking = false;

  function seen(found: number, askedAtMs: number, askedIn: number): void {
    version = Math.max(version, found);
    if (askedIn === epoch && found === version) comparedAtMs = Math.max(comparedAtMs, askedAtMs);
  }

  async function compareOnce(): Promise<void> {
    const [askedAtMs, askedIn] = [monotonic(), epoch];
    const [row] = await q.query<{ version: string }>("select version::text as version from posthorn.access_version");
    seen(Number(row?.version ?? 0), askedAtMs, askedIn);
  }

  function compare(): Promise<void> {
    if (comparing !== undefined) return comparing;
    const running = compareOnce().finally(() => {
      if (comparing === running) comparing = undefined;
    });
    comparing = running;
    return running;
  }

  const isTrusted = (entry: Entry) => entry.version === version && monotonic() - comparedAtMs < TRUST_MS;

  function use(entry: Entry): Authentication {
    const ms = now();
    if (ms >= entry.expiresAtMs) return EXPIRED;
    entry.usedAtMs = ms;
    return entry.answer;
  }

  async function findAnew(hash: string, entry: Entry | undefined): Promise<Authentication> {
    if (entry !== undefined) {
      await compare();
      if (isTrusted(entry)) return use(entry);
    }
    return lookUp(hash);
  }

  function lookUp(hash: string): Promise<Authentication> {
    const before = asked.get(hash);
    if (before !== undefined) return before.promise;
    if (waiting.length >= WAITING_MAX) return Promise.resolve(BUSY);
    const mine = Promise.withResolvers<Authentication>();
    asked.set(hash, mine);
    waiting.push(hash);
    if (!looking) void lookUpAll();
    return mine.promise;
  }

  async function lookUpAll(): Promise<void> {
    looking = true;
    while (waiting.length > 0) {
      const hashes = waiting.splice(0, LOOKED_UP_AT_ONCE);
      // Taken along, because a change begins with a new map: who asks after it gets an answer from after it.
      const waiters = asked;
      const answers = new Map<string, Authentication>();
      try {
        const [askedAtMs, askedIn] = [monotonic(), epoch];
        for (const row of await q.query<Row>(LOOK_UP, [textArray(hashes)])) {
          const entry = entryOf(row);
          seen(entry.version, askedAtMs, askedIn);
          entry.writtenAtMs = known.get(row.hash)?.writtenAtMs ?? entry.writtenAtMs;
          remember(row.hash, entry);
          answers.set(row.hash, use(entry));
        }
        for (const hash of hashes) if (!answers.has(hash)) forget(hash);
        for (const hash of hashes) waiters.get(hash)?.resolve(answers.get(hash) ?? WRONG);
      } catch (error) {
        for (const hash of hashes) waiters.get(hash)?.reject(error);
      } finally {
        for (const hash of hashes) waiters.delete(hash);
      }
    }
    looking = false;
  }

  function remember(hash: string, entry: Entry): void {
    known.delete(hash);
    known.set(hash, entry);
    if (known.size > max) for (const oldest of known.keys().take(1)) known.delete(oldest);
  }

  function forget(hash: string): void {
    known.delete(hash);
    unknown.add(hash);
    if (unknown.size > UNKNOWN_MAX) for (const oldest of unknown.keys().take(1)) unknown.delete(oldest);
  }

  return {
    find(hash) {
      const entry = known.get(hash);
      if (entry === undefined) return unknown.has(hash) ? WRONG : lookUp(hash);
      if (!isTrusted(entry)) return findAnew(hash, entry);
      if (monotonic() - comparedAtMs > TRUST_MS / 2 && comparing === undefined) {
        compare().catch((error) => {
          // Whoever comes when the trust is over meets the fault, and is told.
          if (!(error instanceof DatabaseError)) throw error;
        });
      }
      return use(entry);
    },

    changed() {
      epoch++;
      comparedAtMs = Number.NEGATIVE_INFINITY;
      comparing = undefined;
      // Those who wait already asked before the change, and are answered as of then.
      const before = asked;
      const unsent = waiting;
      asked = new Map();
      waiting = [];
      for (const hash of unsent) {
        const waiter = before.get(hash);
        if (waiter === undefined) continue;
        before.delete(hash);
        lookUp(hash).then(waiter.resolve, waiter.reject);
      }
    },

    async writeUses() {
      const due = [...known.values()].filter(
        ({ keyId, usedAtMs, writtenAtMs }) => keyId !== undefined && usedAtMs >= writtenAtMs + USE_WRITTEN_EVERY_MS,
      );
      if (due.length === 0) return;
      const times = due.map(({ usedAtMs }) => usedAtMs);
      const ids = due.map(({ keyId }) => keyId ?? null);
      // Another process may have written a use of the same minute.
      await q.query(WRITE_USES, [`{${ids.join(",")}}`, `{${times.join(",")}}`, USE_WRITTEN_EVERY_MS - 1_000]);
      for (const [i, entry] of due.entries()) entry.writtenAtMs = times[i] ?? 0;
    },
  };
}

function entryOf(row: Row): Entry {
  const expiresAtMs = row.expires_ms === null ? undefined : Number(row.expires_ms);
  const principal: Principal = Object.freeze({
    kind: row.kind,
    id: publicId(row.kind === "key" ? "key" : "psn", row.id),
    name: row.name,
    role: row.role,
    permissions: row.read_only ? PORTAL_READ_ONLY : ROLE_PERMISSIONS[row.role],
    appId: row.app_id ?? undefined,
    expiresAtMs,
  });
  return {
    version: Number(row.version),
    answer: Object.freeze({ ok: true, principal }),
    expiresAtMs: expiresAtMs ?? Number.POSITIVE_INFINITY,
    keyId: row.kind === "key" ? row.id : undefined,
    usedAtMs: 0,
    writtenAtMs: 0,
  };
}
