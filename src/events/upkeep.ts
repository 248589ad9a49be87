import { type Chore, type Db, dropPartitions, ensurePartitions, type Log, type Partition } from "#kernel";

export interface EventUpkeepOptions {
  readonly db: Db;
  readonly log: Log;
  readonly now: () => number;
  readonly retentionMs: number;
  /** Asks the rooms that plan from events: whether any of these events is still owed or awaited. */
  readonly needed: (partition: Partition) => Promise<boolean>;
}

/** Before the first append, and daily: where new events go. */
export function ensureEventPartitions(db: Db, nowMs: number): Promise<void> {
  return ensurePartitions(db, "event", "id", nowMs);
}

const EXPIRED_KEYS = `
  delete from posthorn.dedupe where key in (select key from posthorn.dedupe where expires_at <= now() limit 10000) returning 1`;

export function eventChores(options: EventUpkeepOptions): Chore[] {
  const { db, log } = options;
  return [
    { name: "event_partitions", everyMs: 3_600_000, run: () => ensureEventPartitions(db, options.now()) },
    {
      name: "event_retention",
      everyMs: 3_600_000,
      run: async () => {
        const dropped = await dropPartitions(db, "event", options.now() - options.retentionMs, options.needed);
        if (dropped.length > 0)
          log.info("events_retired", `Dropped ${dropped.length} days of events that are older than the retention.`, {
            dropped,
          });
      },
    },
    {
      name: "dedupe_expiry",
      everyMs: 60_000,
      pending: "exists (select from posthorn.dedupe where expires_at <= now())",
      run: async () => {
        while ((await db.query(EXPIRED_KEYS)).length === 10_000);
      },
    },
  ];
}
