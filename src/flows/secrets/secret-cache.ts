import { bareArray, type Queryable, SealError, type Sealer } from "#kernel";
import type { StepError } from "#language";
import { secretContext } from "./secret-store.ts";

export type Resolved =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  /** Of class `invalid`: asking again would change nothing, unless somebody grants it. */
  | { readonly ok: false; readonly error: StepError };

/** The values of secrets, for the moment in which a request leaves. */
export interface FlowSecrets {
  /**
   * Those of these names that the flow may use. Rejects with DatabaseError.
   *
   * What is remembered is trusted for `TRUST_MS` after the version of all secrets was last compared: a value that was replaced and a
   * grant that was taken back count within a second in other processes. What lets a flow in counts at once: before a name is
   * refused the version is compared anew.
   */
  resolve(appId: string, flowName: string, names: readonly string[]): Promise<Resolved>;
  /** Compares before the next use: for the process that made a change itself. */
  changed(): void;
  /** Writes on which day secrets were last used. Called by a chore. */
  writeUses(): Promise<void>;
}

export const TRUST_MS = 1_000;
/** "Anew" is a comparison begun at most so long ago: flows that are refused cost the database at most 20 statements a second. */
export const COMPARE_MIN_MS = 50;
const APPLICATIONS_CACHED_MAX = 1_000;

export interface FlowSecretsOptions {
  readonly q: Queryable;
  readonly sealer: Sealer;
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  /** Told when a stored value cannot be opened. */
  readonly onUnreadable?: (appId: string, name: string, error: unknown) => void;
}

interface Row {
  readonly loaded: string;
  readonly id: string | null;
  readonly name: string;
  readonly sealed: Uint8Array;
  readonly flows: string[] | null;
}

interface Known {
  readonly id: string;
  readonly sealed: Uint8Array;
  readonly flows: ReadonlySet<string> | undefined;
  /** Opened at its first use. */
  value: string | undefined;
}

interface OfApplication {
  readonly version: number;
  readonly secrets: ReadonlyMap<string, Known>;
}

// The version is read in the snapshot of the rows: what was loaded is exactly as new as it says.
const LOAD = `
  select v.version as loaded, s.id, s.name, s.sealed, s.flows
    from posthorn.flow_secret_version v
    left join posthorn.flow_secret s on s.app_id = $1`;

export function createFlowSecrets(options: FlowSecretsOptions): FlowSecrets {
  const { q, sealer, now, monotonic, onUnreadable } = options;
  const cached = new Map<string, OfApplication>();
  const loading = new Map<string, Promise<OfApplication>>();
  /** Secret to the day it was used on and that is not written yet. */
  const uses = new Map<string, string>();
  /** What was written already, so that each is written once a day. */
  const written = new Map<string, string>();
  let version = -1;
  let comparedAtMs = Number.NEGATIVE_INFINITY;
  let comparing: Promise<void> | undefined;
  let changes = 0;

  /** Resolves when a comparison that began after `sinceMs` is done; all who wait share one. */
  async function compareSince(sinceMs: number): Promise<void> {
    while (comparedAtMs < sinceMs) {
      comparing ??= compare();
      await comparing;
    }
  }

  async function compare(): Promise<void> {
    const beganMs = monotonic();
    const changesBefore = changes;
    try {
      const [row] = await q.query<{ version: string }>("select version from posthorn.flow_secret_version");
      version = Math.max(version, Number(row?.version ?? 0));
      // The answer to a question from before our own change proves nothing about it.
      if (changes === changesBefore) comparedAtMs = beganMs;
    } finally {
      comparing = undefined;
    }
  }

  async function load(appId: string): Promise<OfApplication> {
    const rows = await q.query<Row>(LOAD, [appId]);
    const loaded = Number(rows[0]?.loaded ?? 0);
    const secrets = new Map<string, Known>();
    for (const { id, name, sealed, flows } of rows) {
      if (id !== null)
        secrets.set(name, { id, sealed, flows: flows === null ? undefined : new Set(flows), value: undefined });
    }
    version = Math.max(version, loaded);
    const entry = { version: loaded, secrets };
    cached.delete(appId);
    cached.set(appId, entry);
    if (cached.size > APPLICATIONS_CACHED_MAX) for (const oldest of cached.keys().take(1)) cached.delete(oldest);
    return entry;
  }

  async function secretsOf(appId: string, trustedSinceMs: number): Promise<OfApplication> {
    await compareSince(trustedSinceMs);
    const entry = cached.get(appId);
    if (entry !== undefined && entry.version >= version) return entry;
    let running = loading.get(appId);
    if (running === undefined) {
      running = load(appId).finally(() => loading.delete(appId));
      loading.set(appId, running);
    }
    return running;
  }

  function take(appId: string, flowName: string, names: readonly string[], known: OfApplication): Resolved {
    const values = new Map<string, string>();
    for (const name of names) {
      const secret = known.secrets.get(name);
      if (secret === undefined)
        return refused(
          "secret_unknown",
          `The application has no secret "${name}"; it is set with PUT /flow-secret/${name}`,
        );
      if (secret.flows !== undefined && !secret.flows.has(flowName))
        return refused("secret_not_granted", `The secret "${name}" is not granted to the flow "${flowName}"`);
      try {
        secret.value ??= sealer.open(secret.sealed, secretContext(secret.id)).toString("utf8");
      } catch (error) {
        if (!(error instanceof SealError)) throw error;
        onUnreadable?.(appId, name, error);
        return refused("secret_unreadable", `No configured master key opens the secret "${name}"`);
      }
      values.set(name, secret.value);
    }
    const day = new Date(now()).toISOString().slice(0, 10);
    for (const name of values.keys()) {
      const id = known.secrets.get(name)?.id;
      if (id !== undefined && written.get(id) !== day) uses.set(id, day);
    }
    return { ok: true, values };
  }

  return {
    async resolve(appId, flowName, names) {
      if (names.length === 0) return { ok: true, values: new Map() };
      const nowMs = monotonic();
      const resolved = take(appId, flowName, names, await secretsOf(appId, nowMs - TRUST_MS));
      if (resolved.ok) return resolved;
      return take(appId, flowName, names, await secretsOf(appId, nowMs - COMPARE_MIN_MS));
    },
    changed() {
      changes++;
      comparedAtMs = Number.NEGATIVE_INFINITY;
    },
    async writeUses() {
      const due = [...uses];
      if (due.length === 0) return;
      const days = [...new Set(due.map(([, day]) => day))].sort();
      for (const day of days) {
        const ids = due.filter(([, on]) => on === day).map(([id]) => id);
        await q.query(
          `update posthorn.flow_secret set last_used_on = $2::date
            where id = any($1::uuid[]) and (last_used_on is null or last_used_on < $2::date)`,
          [bareArray(ids), day],
        );
        for (const id of ids) {
          written.set(id, day);
          if (uses.get(id) === day) uses.delete(id);
        }
      }
      // Those of days gone by are known no more: it is as large as what was used today.
      const today = days.at(-1);
      for (const [id, day] of written) if (day !== today) written.delete(id);
    },
  };
}

function refused(code: string, message: string): Resolved {
  return { ok: false, error: { class: "invalid", code, message } };
}
