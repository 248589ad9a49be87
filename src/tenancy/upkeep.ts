import type { Chore, Db, Log } from "#kernel";
import { retireAudit } from "./audit.ts";
import { removeExpiredSessions } from "./portal-session.ts";

const AT_ONCE = 1_000;

/** What goes when its time is over: portal sessions, and records of the audit log. */
export function tenancyChores(options: {
  readonly db: Db;
  readonly log: Log;
  readonly now: () => number;
  readonly auditRetentionMs: number;
}): Chore[] {
  const { db, log } = options;
  return [
    {
      name: "portal_sessions",
      everyMs: 60_000,
      pending: "exists (select from posthorn.portal_session where expires_at <= now())",
      run: async () => {
        while ((await removeExpiredSessions(db, AT_ONCE)) === AT_ONCE);
      },
    },
    {
      name: "audit_retention",
      everyMs: 3_600_000,
      run: async () => {
        let retired = 0;
        for (let last = AT_ONCE; last === AT_ONCE; retired += last) {
          last = await retireAudit(db, options.now() - options.auditRetentionMs, AT_ONCE);
        }
        if (retired > 0)
          log.info("audit_retired", `Removed ${retired} audit records that are older than their retention.`, {
            retired,
          });
      },
    },
  ];
}
