import { newId, publicId } from "#kernel";
import { ROLE_PERMISSIONS } from "./access.ts";
import { newToken } from "./bearer.ts";
import { EXPIRED, type Principal, type TokenSource, WRONG } from "./principal.ts";

export const CONSOLE_SESSION_MS = 60 * 60 * 1_000;
const SESSIONS_MAX = 1_000;

/** Short-lived admin tokens for the console in development, where the database is embedded and only this process is there. */
export interface ConsoleSessions extends TokenSource {
  open(): { readonly token: string; readonly expiresAtMs: number };
  /** Ends one by its principal's id. */
  close(id: string): void;
}

/** In memory only: with the process they end, and the console asks for another. */
export function createConsoleSessions(now: () => number): ConsoleSessions {
  const sessions = new Map<string, Principal & { readonly expiresAtMs: number }>();
  return {
    open() {
      const { token, hash } = newToken("console");
      const expiresAtMs = now() + CONSOLE_SESSION_MS;
      const principal = Object.freeze({
        kind: "console",
        id: publicId("psn", newId()),
        name: "Console in development",
        role: "admin",
        permissions: ROLE_PERMISSIONS.admin,
        appId: undefined,
        expiresAtMs,
      } as const);
      sessions.set(hash.toString("hex"), principal);
      if (sessions.size > SESSIONS_MAX) for (const oldest of sessions.keys().take(1)) sessions.delete(oldest);
      return { token, expiresAtMs };
    },
    find(hash) {
      const principal = sessions.get(hash);
      if (principal === undefined) return WRONG;
      if (now() < principal.expiresAtMs) return { ok: true, principal };
      sessions.delete(hash);
      return EXPIRED;
    },
    close(id) {
      for (const [hash, principal] of sessions) if (principal.id === id) sessions.delete(hash);
    },
  };
}
