import { type Queryable, SealError, type Sealer, textArray } from "#kernel";
import { presetOf } from "./presets/index.ts";
import type { Incoming, Key, Preset, PresetName, Verdict } from "./presets/preset.ts";
import { openSecret } from "./source-secret.ts";
import { hashToken } from "./token.ts";

/** A source made ready to believe requests: options read, secrets opened. */
export interface ReadySource {
  readonly id: string;
  readonly uid: string | undefined;
  readonly appId: string;
  readonly disabled: boolean;
  readonly preset: Preset;
  /** Headers that this source's preset signs with, to be masked wherever a request is shown. */
  readonly signatureHeader: string | undefined;
  readonly keys: readonly { readonly key: Key; readonly expiresAtMs: number }[];
  readonly verify: (incoming: Incoming, keys: readonly Key[]) => Verdict;
}

export type Found =
  | { readonly kind: "found"; readonly source: ReadySource }
  /** No living source has this token. */
  | { readonly kind: "unknown" }
  /** It was not looked up: strangers guess too fast. */
  | { readonly kind: "busy"; readonly detail: string }
  /** What is stored of it cannot be opened or read. */
  | { readonly kind: "broken"; readonly detail: string };

export interface SourceCache {
  /**
   * The source of a token. Rejects with DatabaseError.
   *
   * What is cached is trusted for `TRUST_MS` after the version of all sources was last compared. So a change that shuts
   * somebody out (delete, disable, a secret revoked) counts within a second in other processes. A change that lets somebody
   * in counts at once: an unknown token is always looked up, and before a request is refused the caller asks again with
   * `compare: "now"`.
   */
  find(token: string, compare?: "now"): Promise<Found>;
  /** Compares before the next use: for the process that made a change itself. */
  changed(): void;
}

export const TRUST_MS = 1_000;
/** "Now" is a comparison begun at most so long ago, so that refused requests cost the database at most 20 statements a second. */
export const COMPARE_MIN_MS = 50;
const SOURCES_CACHED_MAX = 10_000;
const UNKNOWN_CACHED_MAX = 10_000;
/** Look-ups of tokens never seen before, per second: a guess in 2^256 never hits, and must not cost much either. */
const GUESSES_PER_SECOND = 100;

interface Entry {
  readonly version: number;
  readonly found: Extract<Found, { kind: "found" | "broken" }>;
}

interface Row {
  hash: string;
  version: string;
  id: string;
  app_id: string;
  uid: string | null;
  preset: PresetName;
  options: Record<string, unknown>;
  disabled: boolean;
  secret_ids: string[];
  /** Base64. */
  secrets: string[];
  expires_ms: (string | null)[];
}

// The version is read in the snapshot of the rows: what was loaded is exactly as new as it says.
const LOAD = `
  select encode(s.token_hash, 'hex') as hash, v.version, s.id, s.uid, s.app_id, s.preset, s.options, s.disabled,
         coalesce(k.ids, '[]') as secret_ids, coalesce(k.sealed, '[]') as secrets, coalesce(k.expires_ms, '[]') as expires_ms
    from posthorn.source s
   cross join posthorn.source_version v
    left join lateral (
      select json_agg(id order by id desc) as ids, json_agg(encode(sealed, 'base64') order by id desc) as sealed,
             json_agg((extract(epoch from expires_at) * 1000)::bigint order by id desc) as expires_ms
        from posthorn.source_secret where source_id = s.id and (expires_at is null or expires_at > now())
    ) k on true
   where s.token_hash = any(array(select decode(h, 'hex') from unnest($1::text[]) h)) and s.deleted_at is null`;

export interface SourceCacheOptions {
  readonly q: Queryable;
  readonly sealer: Sealer;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicMs?: () => number;
  /** Told when a stored secret or option cannot be read. */
  readonly onBroken?: (sourceId: string, error: unknown) => void;
}

export function createSourceCache(options: SourceCacheOptions): SourceCache {
  const { q, sealer, monotonicMs = performance.now.bind(performance), onBroken } = options;
  const entries = new Map<string, Entry>();
  const unknown = new Set<string>();
  const loading = new Map<string, Promise<Entry | undefined>>();
  let version = -1;
  let comparedAtMs = Number.NEGATIVE_INFINITY;
  let comparing: Promise<void> | undefined;
  let changes = 0;
  let guesses = GUESSES_PER_SECOND;
  let guessesAtMs = monotonicMs();

  /** Resolves when a comparison that began after `sinceMs` is done; all who wait share one. */
  async function compareSince(sinceMs: number): Promise<void> {
    while (comparedAtMs < sinceMs) {
      // One that began too early says nothing about a change since; it is waited for, so that there is never a second.
      comparing ??= beginComparison();
      await comparing;
    }
  }

  async function beginComparison(): Promise<void> {
    const sinceMs = monotonicMs();
    const changesBefore = changes;
    try {
      const [row] = await q.query<{ version: string }>("select version from posthorn.source_version");
      version = Math.max(version, Number(row?.version ?? 0));
      // The answer to a question from before our own change proves nothing about it.
      if (changes === changesBefore) comparedAtMs = sinceMs;
    } finally {
      comparing = undefined;
    }
  }

  /** A token bucket that fills by `GUESSES_PER_SECOND`. */
  function mayGuess(): boolean {
    const nowMs = monotonicMs();
    guesses = Math.min(GUESSES_PER_SECOND, guesses + ((nowMs - guessesAtMs) / 1000) * GUESSES_PER_SECOND);
    guessesAtMs = nowMs;
    if (guesses < 1) return false;
    guesses -= 1;
    return true;
  }

  async function load(hash: string): Promise<Entry | undefined> {
    const [row] = await q.query<Row>(LOAD, [textArray([hash])]);
    entries.delete(hash);
    if (row === undefined) {
      unknown.add(hash);
      if (unknown.size > UNKNOWN_CACHED_MAX) for (const oldest of unknown.values().take(1)) unknown.delete(oldest);
      return undefined;
    }
    version = Math.max(version, Number(row.version));
    const entry: Entry = { version: Number(row.version), found: ready(row) };
    entries.set(hash, entry);
    if (entries.size > SOURCES_CACHED_MAX) for (const oldest of entries.keys().take(1)) entries.delete(oldest);
    return entry;
  }

  function ready(row: Row): Entry["found"] {
    try {
      const preset = presetOf(row.preset);
      const configured = preset.configure(row.options);
      if (!configured.ok) throw new Error(configured.faults.map(({ message }) => message).join(" "));
      const keys = row.secrets.map((sealed, i) => {
        const text = openSecret(sealer, row.secret_ids[i] ?? "", Buffer.from(sealed, "base64"));
        const parsed = preset.parseSecret(text, configured.options);
        if (!parsed.ok) throw new Error(parsed.message);
        return { key: parsed.key, expiresAtMs: Number(row.expires_ms[i] ?? Number.POSITIVE_INFINITY) };
      });
      const header = configured.options["signatureHeader"];
      return {
        kind: "found",
        source: {
          id: row.id,
          uid: row.uid ?? undefined,
          appId: row.app_id,
          disabled: row.disabled,
          preset,
          signatureHeader: typeof header === "string" ? header.toLowerCase() : undefined,
          keys,
          verify: configured.verify,
        },
      };
    } catch (error) {
      // One source whose secret no configured master key opens must not cost the others anything.
      onBroken?.(row.id, error);
      return {
        kind: "broken",
        detail: error instanceof SealError ? error.message : "Its stored settings cannot be read.",
      };
    }
  }

  return {
    async find(token, compare) {
      const hash = hashToken(token).toString("hex");
      if (unknown.has(hash)) return { kind: "unknown" };
      const nowMs = monotonicMs();
      const trustedSinceMs = nowMs - (compare === "now" ? COMPARE_MIN_MS : TRUST_MS);
      const cached = entries.get(hash);
      if (cached !== undefined) {
        if (comparedAtMs < trustedSinceMs) await compareSince(compare === "now" ? nowMs : trustedSinceMs);
        if (cached.version >= version) return cached.found;
      } else if (!loading.has(hash) && !mayGuess()) {
        return { kind: "busy", detail: "Too many unknown URLs were asked for; ask again." };
      }
      let running = loading.get(hash);
      if (running === undefined) {
        running = load(hash).finally(() => loading.delete(hash));
        loading.set(hash, running);
      }
      return (await running)?.found ?? { kind: "unknown" };
    },
    changed() {
      changes += 1;
      comparedAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}
