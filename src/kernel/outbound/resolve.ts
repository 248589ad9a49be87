import { isIP } from "node:net";
import type { Guard } from "./guard.ts";

/** One answer of a resolver. `ttlS` is absent or 0 where the resolver does not know it. */
export interface Answer {
  readonly address: string;
  readonly ttlS?: number;
}
/** Rejects with an error whose `code` tells "no such name" from "could not ask". */
export type Lookup = (hostname: string) => Promise<readonly Answer[]>;

export type Resolution =
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "refused"; readonly detail: string }
  | { readonly kind: "not_found"; readonly detail: string }
  | { readonly kind: "failed"; readonly detail: string };

export interface ResolverOptions {
  readonly guard: Guard;
  readonly lookup?: Lookup;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** An answer is believed as long as its TTL says, within these bounds; a failure is asked again soon. */
const POSITIVE_MS_MAX = 30_000;
const POSITIVE_MS_MIN = 1_000;
const POSITIVE_MS_UNKNOWN = 5_000;
const NEGATIVE_MS = 2_000;
const ENTRIES_MAX = 20_000;
/** Names are chosen by strangers: a resolver that hangs must not gather an endless queue. */
const LOOKUPS_IN_FLIGHT_MAX = 2_000;
const ANSWERS_MAX = 32;

interface Entry {
  readonly expiresAt: number;
  /** What is answered, and for a name with several allowed addresses the others to move to. */
  resolution: Resolution;
  readonly addresses: readonly string[];
}

/** c-ares asks without blocking a thread per name, so a hanging name server costs nobody else's lookups (P7). */
const lookupWithCares: Lookup = async (hostname) => {
  const answers = await Bun.dns.lookup(hostname, { backend: "c-ares" });
  return answers.map(({ address, ttl }) => ({ address, ttlS: ttl }));
};

/**
 * Turns host names into addresses that may be reached, with the guard's word on each (P8).
 *
 * The address that is answered is the one that is connected to, so a name whose next answer differs (rebinding) gains
 * nothing. A name with allowed and refused addresses is served by the allowed ones: since nothing but the checked address
 * is ever connected to that is safe, and names that carry a unique-local IPv6 address beside a public one are common.
 *
 * An address is kept for a name until its TTL ends, because connections are pooled by address; after {@link Resolver.avoid}
 * the next one is used. There is no second try inside one request: each request on the wire is a recorded attempt (P4).
 */
export class Resolver {
  readonly #guard: Guard;
  readonly #lookup: Lookup;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #pending = new Map<string, Promise<Resolution>>();

  constructor(options: ResolverOptions) {
    this.#guard = options.guard;
    this.#lookup = options.lookup ?? lookupWithCares;
    this.#now = options.now ?? (() => performance.now());
  }

  /** What is known without asking anybody: literal addresses always, names while their answer is fresh. */
  known(hostname: string, now: number = this.#now()): Resolution | undefined {
    const entry = this.#entries.get(hostname);
    if (entry !== undefined && now < entry.expiresAt) return entry.resolution;
    if (isIP(hostname) === 0) return undefined;
    return this.#remember(hostname, [hostname], POSITIVE_MS_MAX);
  }

  /** Never rejects. Callers that ask for one name at one time share one lookup. */
  resolve(hostname: string): Promise<Resolution> {
    const known = this.known(hostname);
    if (known !== undefined) return Promise.resolve(known);
    const pending = this.#pending.get(hostname);
    if (pending !== undefined) return pending;
    if (this.#pending.size >= LOOKUPS_IN_FLIGHT_MAX) {
      const detail = `Resolving "${hostname}": ${LOOKUPS_IN_FLIGHT_MAX} other lookups are waiting for an answer.`;
      return Promise.resolve({ kind: "failed", detail });
    }
    const asked = this.#ask(hostname).finally(() => this.#pending.delete(hostname));
    this.#pending.set(hostname, asked);
    return asked;
  }

  /** Tells that connecting to the address failed, so that the next request to the name tries another one. */
  avoid(hostname: string, address: string): void {
    const entry = this.#entries.get(hostname);
    if (entry === undefined || entry.addresses.length < 2) return;
    if (entry.resolution.kind !== "address" || entry.resolution.address !== address) return;
    const next = entry.addresses[(entry.addresses.indexOf(address) + 1) % entry.addresses.length];
    if (next !== undefined) entry.resolution = { kind: "address", address: next };
  }

  async #ask(hostname: string): Promise<Resolution> {
    try {
      const answers = (await this.#lookup(hostname)).slice(0, ANSWERS_MAX);
      if (answers.length === 0)
        return this.#fail(hostname, { kind: "not_found", detail: `"${hostname}" has no address.` });
      const ttlS = Math.min(...answers.map((answer) => answer.ttlS ?? 0));
      const freshMs =
        ttlS > 0 ? Math.min(Math.max(ttlS * 1000, POSITIVE_MS_MIN), POSITIVE_MS_MAX) : POSITIVE_MS_UNKNOWN;
      return this.#remember(
        hostname,
        answers.map((answer) => answer.address),
        freshMs,
      );
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
      const absent = /ENOTFOUND|ENODATA|ENONAME|EAI_NODATA/.test(code);
      if (absent) return this.#fail(hostname, { kind: "not_found", detail: `"${hostname}" does not exist (${code}).` });
      return this.#fail(hostname, { kind: "failed", detail: `Resolving "${hostname}" failed (${code}).` });
    }
  }

  #fail(hostname: string, resolution: Resolution): Resolution {
    return this.#store(hostname, { expiresAt: this.#now() + NEGATIVE_MS, resolution, addresses: [] });
  }

  #remember(hostname: string, answers: readonly string[], freshMs: number): Resolution {
    const allowed: string[] = [];
    const reasons: string[] = [];
    for (const address of answers) {
      const verdict = this.#guard.check(address);
      if (verdict.allowed) allowed.push(address);
      else reasons.push(`${address} is not allowed (${verdict.why})`);
    }
    const first = allowed[0];
    const expiresAt = this.#now() + freshMs;
    if (first !== undefined) {
      return this.#store(hostname, { expiresAt, resolution: { kind: "address", address: first }, addresses: allowed });
    }
    const detail = answers.length === 1 && answers[0] === hostname ? "" : `"${hostname}" resolves to nothing else: `;
    return this.#store(hostname, {
      expiresAt,
      resolution: { kind: "refused", detail: `${detail}${reasons.join("; ")}.` },
      addresses: [],
    });
  }

  #store(hostname: string, entry: Entry): Resolution {
    this.#entries.delete(hostname);
    if (this.#entries.size >= ENTRIES_MAX) {
      // Oldest first: the map keeps the order of insertion, and a refreshed name moves to the end.
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(hostname, entry);
    return entry.resolution;
  }
}
