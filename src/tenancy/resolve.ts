import type { Queryable } from "#kernel";
import { type Application, findApplication } from "./application.ts";

export interface ApplicationResolver {
  /** The living application with this public id or uid, perhaps as it was up to `ttlMs` ago. */
  resolve(idOrUid: string): Promise<Application | undefined>;
  /** To be called when a look-up turned out stale, and with every name of an application that this process changed. */
  forget(...names: readonly (string | undefined)[]): void;
}

export interface ResolverOptions {
  readonly q: Queryable;
  /** Names remembered at most. */
  readonly max?: number;
  /** How old quotas may be. Identity never is: see `liveApplications`. */
  readonly ttlMs?: number;
  readonly nowMs?: () => number;
}

/**
 * Names to applications for the road of events, where a look-up per request would be a statement per event.
 *
 * What is remembered may be stale: another process may have deleted or renamed the application. Whoever writes asks
 * `liveApplications` in the transaction of the write, compares, and on a difference calls `forget` and resolves anew. "There
 * is none" is never remembered: an application created through one process is found through another at once.
 */
export function createApplicationResolver(options: ResolverOptions): ApplicationResolver {
  const { q, max = 10_000, ttlMs = 5_000, nowMs = performance.now.bind(performance) } = options;
  const known = new Map<string, { readonly application: Application; readonly untilMs: number }>();
  const asked = new Map<string, Promise<Application | undefined>>();

  async function ask(name: string): Promise<Application | undefined> {
    // Counted from before the question: the answer cannot be fresher than that.
    const untilMs = nowMs() + ttlMs;
    const application = await findApplication(q, name);
    // Forgotten meanwhile: the answer may be from before whatever made it stale.
    if (asked.has(name) && application !== undefined) {
      known.delete(name);
      known.set(name, { application, untilMs });
      if (known.size > max) for (const [oldest] of known.entries().take(1)) known.delete(oldest);
    }
    return application;
  }

  return {
    async resolve(name) {
      const found = known.get(name);
      if (found !== undefined && nowMs() < found.untilMs) return found.application;
      const running = asked.get(name);
      if (running !== undefined) return running;
      const answer = ask(name);
      asked.set(name, answer);
      try {
        return await answer;
      } finally {
        if (asked.get(name) === answer) asked.delete(name);
      }
    },
    forget(...names) {
      for (const name of names) {
        if (name === undefined) continue;
        known.delete(name);
        asked.delete(name);
      }
    },
  };
}
