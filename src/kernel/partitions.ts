import type { Db, Queryable } from "./db.ts";
import { uuidLowerBound } from "./ids.ts";

const DAY_MS = 86_400_000;
/** So far ahead partitions stand ready: a process that cannot create one for three days has larger troubles. */
const AHEAD_DAYS = 3;

/** A day of a table that is partitioned by the time inside a UUIDv7 column. */
export interface Partition {
  readonly name: string;
  /** Start of the UTC day, ms since 1970. */
  readonly startsAtMs: number;
  /** The ids of the day: `low` <= id < `high`. */
  readonly low: string;
  readonly high: string;
}

function partitionOf(table: string, startsAtMs: number): Partition {
  const day = new Date(startsAtMs).toISOString().slice(0, 10).replaceAll("-", "");
  return {
    name: `${table}_${day}`,
    startsAtMs,
    low: uuidLowerBound(startsAtMs),
    high: uuidLowerBound(startsAtMs + DAY_MS),
  };
}

const EXISTING = `
  select c.relname as name
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = to_regclass($1) and c.relname ~ '_[0-9]{8}$'`;

/** The daily partitions of `posthorn.<table>`, oldest first. */
export async function listPartitions(db: Queryable, table: string): Promise<Partition[]> {
  const rows = await db.query<{ name: string }>(EXISTING, [`posthorn.${table}`]);
  return rows
    .map(({ name }) => {
      const day = name.slice(-8);
      return partitionOf(table, Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`));
    })
    .sort((a, b) => a.startsAtMs - b.startsAtMs);
}

/**
 * Sees to it that partitions of `posthorn.<table>` by `column` exist from yesterday to three days ahead, and a default one
 * for ids of a clock that stepped further than that. Safe from many processes at once. Rejects with `contention` behind a
 * long reader; to be asked again later.
 */
export async function ensurePartitions(db: Db, table: string, column: string, nowMs: number): Promise<void> {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const there = new Set((await listPartitions(db, table)).map(({ name }) => name));
  const missing: Partition[] = [];
  for (let day = -1; day <= AHEAD_DAYS; day++) {
    const partition = partitionOf(table, today + day * DAY_MS);
    if (!there.has(partition.name)) missing.push(partition);
  }
  if (missing.length === 0) return;
  await db.transaction(async (tx) => {
    await lock(tx, table);
    await giveUpSoon(tx);
    await tx.query(`create table if not exists posthorn.${table}_default partition of posthorn.${table} default`);
    for (const partition of missing) await create(tx, table, column, partition);
  });
}

async function create(tx: Queryable, table: string, column: string, { name, low, high }: Partition): Promise<void> {
  const [row] = await tx.query<{ there: boolean }>("select to_regclass($1) is not null as there", [`posthorn.${name}`]);
  if (row?.there) return;
  // Made apart and attached: that waits for nobody who writes the table, as creating it in place would. It does wait for
  // those who read the default partition (https://www.postgresql.org/docs/18/sql-altertable.html, ATTACH PARTITION).
  await tx.query(
    `create table posthorn.${name} (like posthorn.${table} including defaults including constraints including storage)`,
  );
  // Rows of a clock that stepped ahead and back stand in the default partition, and would forbid the attachment.
  await tx.query(`
    with stray as (delete from posthorn.${table}_default where ${column} >= '${low}' and ${column} < '${high}' returning *)
    insert into posthorn.${name} select * from stray`);
  await tx.query(
    `alter table posthorn.${table} attach partition posthorn.${name} for values from ('${low}') to ('${high}')`,
  );
}

/**
 * Drops the partitions that ended before `olderThanMs`, oldest first, but those for which `needed` answers true. Answers
 * with the names dropped. What is dropped takes no time to speak of, however large it is.
 */
export async function dropPartitions(
  db: Db,
  table: string,
  olderThanMs: number,
  needed: (partition: Partition) => Promise<boolean>,
): Promise<string[]> {
  const dropped: string[] = [];
  for (const partition of await listPartitions(db, table)) {
    if (partition.startsAtMs + DAY_MS > olderThanMs || (await needed(partition))) continue;
    await db.transaction(async (tx) => {
      await lock(tx, table);
      await giveUpSoon(tx);
      await tx.query(`drop table if exists posthorn.${partition.name}`);
    });
    dropped.push(partition.name);
  }
  return dropped;
}

/** Behind us, waiting for a long reader, everybody else would queue up: rather give up and come back. */
function giveUpSoon(tx: Queryable): Promise<unknown> {
  return tx.query("set local lock_timeout = '1s'");
}

function lock(tx: Queryable, table: string): Promise<unknown> {
  return tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`posthorn partitions ${table}`]);
}
