import { type Chore, type Db, dropPartitions, ensurePartitions, type Log, type Partition } from "#kernel";
import { RESUME } from "./flow-store.ts";

export interface FlowUpkeepOptions {
  readonly db: Db;
  readonly log: Log;
  readonly now: () => number;
  readonly retentionMs: number;
}

/** Before the first run, and daily: where runs end and their journals go. */
export async function ensureFlowPartitions(db: Db, nowMs: number): Promise<void> {
  await ensurePartitions(db, "run_ended", "id", nowMs);
  await ensurePartitions(db, "run_step", "run_id", nowMs);
}

const GOING_ON = `
  select exists (select from posthorn.run_waiting where id >= $1::uuid and id < $2::uuid)
      or exists (select from posthorn.run_leased where id >= $1::uuid and id < $2::uuid) as needed`;

/** Whether runs that began in these days go on (P11: retention drops no journal of theirs). */
async function goesOn(db: Db, partition: Partition): Promise<boolean> {
  const [row] = await db.query<{ needed: boolean }>(GOING_ON, [partition.low, partition.high]);
  return row?.needed ?? true;
}

// By the event, not by the run: a run that waits for its room may be younger. As long as what goes on and was begun by an event.
const NEEDS_EVENT = `
  select exists (select from posthorn.run_waiting where event_id >= $1::uuid and event_id < $2::uuid)
      or exists (select from posthorn.run_leased where event_id >= $1::uuid and event_id < $2::uuid) as needed`;

/** Whether any event of the partition is the input of a run that goes on. */
export async function isInputOfRuns(db: Db, partition: Partition): Promise<boolean> {
  const [row] = await db.query<{ needed: boolean }>(NEEDS_EVENT, [partition.low, partition.high]);
  return row?.needed ?? true;
}

const CHUNK = 5_000;

// Whoever takes one up finds that its flow is gone, cancels it and compensates what it did.
const OF_DELETED = `
  update posthorn.run_waiting w set due_at = now(), waiting_for = 'room'
   where w.id in (select r.id
                    from posthorn.flow f
                    join posthorn.run_waiting r on r.flow_id = f.id and (r.due_at is null or r.due_at > now())
                   where f.deleted_at > now() - $1::float8 * interval '1 ms'
                   limit ${CHUNK} for update of r skip locked)
  returning 1`;

const RESUMABLE = `select f.id from posthorn.flow f
   where f.mode <> 'paused' and f.deleted_at is null and f.updated_at > now() - interval '1 hour'
     and exists (select from posthorn.run_waiting w where w.flow_id = f.id and w.waiting_for = 'paused')`;

// A minute: the run may be about to be written where the signal finds it.
const STRAY_SIGNALS = `
  delete from posthorn.run_signal s
   where s.id in (select g.id from posthorn.run_signal g
                   where g.created_at < now() - interval '1 minute'
                     and not exists (select from posthorn.run_waiting w where w.id = g.run_id)
                     and not exists (select from posthorn.run_leased l where l.id = g.run_id)
                   limit ${CHUNK})
  returning 1`;

const EXPIRED_KEYS = `
  delete from posthorn.run_key where key in (select key from posthorn.run_key where expires_at <= now() limit ${CHUNK}) returning 1`;

const FORGOTTEN_FLOWS = `
  delete from posthorn.flow f
   where f.deleted_at < now() - $1::float8 * interval '1 ms'
     and not exists (select from posthorn.run_waiting w where w.flow_id = f.id)
     and not exists (select from posthorn.run_ended e where e.flow_id = f.id)`;

export function flowChores(options: FlowUpkeepOptions): Chore[] {
  const { db, log, now, retentionMs } = options;
  const inChunks = async (statement: string, params: readonly (number | string)[] = []): Promise<number> => {
    for (let total = 0; ; ) {
      const n = (await db.query(statement, params)).length;
      total += n;
      if (n < CHUNK) return total;
    }
  };
  const retire = async (table: string) => {
    const dropped = await dropPartitions(db, table, now() - retentionMs, (partition) => goesOn(db, partition));
    if (dropped.length > 0) {
      const message = `Dropped ${dropped.length} days of runs that are older than the retention.`;
      log.info("runs_retired", message, { dropped });
    }
  };
  return [
    { name: "flow_partitions", everyMs: 3_600_000, run: () => ensureFlowPartitions(db, now()) },
    { name: "run_ended_retention", everyMs: 3_600_000, run: () => retire("run_ended") },
    { name: "run_step_retention", everyMs: 3_600_000, run: () => retire("run_step") },
    {
      name: "run_keys",
      everyMs: 60_000,
      pending: "exists (select from posthorn.run_key where expires_at <= now())",
      run: async () => void (await inChunks(EXPIRED_KEYS)),
    },
    {
      name: "stray_run_signals",
      everyMs: 60_000,
      pending: "exists (select from posthorn.run_signal)",
      run: async () => void (await inChunks(STRAY_SIGNALS)),
    },
    {
      name: "deleted_flows",
      everyMs: 30_000,
      pending: "exists (select from posthorn.flow where deleted_at > now() - interval '1 day')",
      run: async () => void (await inChunks(OF_DELETED, [86_400_000])),
    },
    {
      name: "resumed_runs",
      everyMs: 30_000,
      pending: `exists (${RESUMABLE})`,
      run: async () => {
        for (const { id } of await db.query<{ id: string }>(RESUMABLE)) await inChunks(RESUME, [id]);
      },
    },
    {
      name: "forgotten_flows",
      everyMs: 3_600_000,
      run: async () => void (await db.query(FORGOTTEN_FLOWS, [retentionMs])),
    },
  ];
}
