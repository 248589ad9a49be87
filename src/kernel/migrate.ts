import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import engine from "../../package.json" with { type: "json" };
import { DatabaseError, type Db, openDb, type Queryable } from "./db.ts";

/** One numbered file of the migrations folder. */
interface Migration {
  readonly number: number;
  readonly name: string;
  /** SHA-256 of its text, hexadecimal; line ends as git on another system may write them do not count. */
  readonly checksum: string;
  readonly text: string;
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly engineVersion: string;
}

/**
 * The schema of a database as this code sees it. `current`: they fit. `behind`: `migrate` has something to do.
 * `refused`: this code must not be started on it (a newer engine migrated it, `isNewer`, or its history is not ours); `why` says
 * what to do.
 */
export type SchemaStatus =
  | { readonly state: "current"; readonly number: number }
  | { readonly state: "behind"; readonly number: number; readonly pending: readonly string[] }
  | { readonly state: "refused"; readonly number: number; readonly why: string; readonly isNewer: boolean };

/** The database's history and the code's migrations contradict each other. Its message is meant for the operator. */
export class SchemaRefused extends Error {
  override readonly name = "SchemaRefused";
}

/** "posthorn" as a number: one lock for all who would migrate this database. */
const LOCK = "8102098904037126766";

/** A migration may rewrite a table; nobody waits for it but the operator. */
const TIMEOUT_MS = 60 * 60_000;

/** A file whose locks collided with what other processes do meanwhile is tried so often. */
const TRIES = 10;
const TRY_AGAIN_MS = 250;

/**
 * Brings the database to this code's schema and returns the names of the files it applied. Each file runs in one transaction
 * that also writes its row of `posthorn.migration` and holds a transaction-level advisory lock, so any number of processes may
 * call this at once, also through a pooler in transaction mode. Processes of an older version may be at work meanwhile: they
 * wait for a file that changes their tables, and a file that deadlocks with them is tried again. Throws SchemaRefused, or
 * DatabaseError with the file's name.
 */
export async function migrate(target: string | Db, folder: string): Promise<string[]> {
  const migrations = readMigrations(folder);
  const db = typeof target === "string" ? openDb({ url: target, poolMax: 1, timeoutMs: TIMEOUT_MS }) : target;
  try {
    const done: string[] = [];
    for (let tries = 1; ; tries++) {
      try {
        const name = await db.transaction((tx) => applyNext(tx, migrations, tries > 1));
        if (name === undefined) return done;
        done.push(name);
        tries = 0;
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.fault !== "contention" || tries === TRIES) throw error;
        await Bun.sleep(TRY_AGAIN_MS * tries);
      }
    }
  } finally {
    if (typeof target === "string") await db.close();
  }
}

/** For the health check: reads, never writes, and waits for nobody. */
export async function schemaStatus(db: Queryable, folder: string): Promise<SchemaStatus> {
  return compare(readMigrations(folder), await readApplied(db));
}

/** Applies the first file that is not applied yet; undefined when there is none. */
async function applyNext(
  tx: Queryable,
  migrations: readonly Migration[],
  lockFirst: boolean,
): Promise<string | undefined> {
  await tx.query(`select pg_advisory_xact_lock(${LOCK})`);
  const applied = await readApplied(tx);
  const status = compare(migrations, applied);
  if (status.state === "refused") throw new SchemaRefused(status.why);
  const next = migrations[applied.length];
  if (next === undefined) return undefined;
  // A lock that a migration waits for blocks everyone behind it: better to fail, and to be tried again at a calmer moment.
  await tx.query("set local lock_timeout = '30s'");
  await tx.query("set local statement_timeout = 0");
  try {
    if (applied.length === 0) await tx.query(HISTORY);
    if (lockFirst) await tx.query(LOCK_EVERYTHING);
    await tx.query(next.text);
  } catch (error) {
    if (error instanceof Error) error.message = `Migration ${next.name} failed: ${error.message}`;
    throw error;
  }
  await tx.query(
    `insert into posthorn.migration (number, name, checksum, engine_version)
     values ($1, $2, $3, $4)`,
    [next.number, next.name, next.checksum, engine.version],
  );
  return next.name;
}

/**
 * An owner of the database may have made the schema for a role that may not make one itself, which is asked for by
 * `create schema` even where it exists.
 */
const HISTORY = `
  do $$ begin
    if to_regnamespace('posthorn') is null then create schema posthorn; end if;
  end $$;
  create table posthorn.migration (
    number         integer     primary key,
    name           text        not null,
    checksum       text        not null,
    applied_at     timestamptz not null default now(),
    engine_version text        not null
  )`;

/**
 * Takes all locks before anything is done, in the order in which the tables were made, which is nearly that in which events go
 * through them. A file that takes one, builds an index for seconds, and then wants another would meet in a deadlock, each time
 * anew, whoever came to hold that other one meanwhile and waits for the first. Without the leases, which live on.
 */
const LOCK_EVERYTHING = `
  do $$
  declare every text;
  begin
    select string_agg(format('%I.%I', n.nspname, c.relname), ', ' order by c.oid) into every
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'posthorn' and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname not in ('process', 'migration');
    if every is not null then execute 'lock table ' || every || ' in access exclusive mode'; end if;
  end $$`;

export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly appliedAt: Date;
  /** Of the Posthorn that applied it. */
  readonly engineVersion: string;
}

/** What was applied to a database, the first first. */
export async function schemaHistory(db: Queryable): Promise<AppliedMigration[]> {
  return db.query<AppliedMigration>(
    `select number, name, applied_at as "appliedAt", engine_version as "engineVersion"
       from posthorn.migration
      order by number`,
  );
}

async function readApplied(db: Queryable): Promise<Applied[]> {
  const [found] = await db.query<{ there: boolean }>("select to_regclass('posthorn.migration') is not null as there");
  if (found?.there !== true) return [];
  return db.query<Applied>(
    `select number, name, checksum, engine_version as "engineVersion"
       from posthorn.migration
      order by number`,
  );
}

/** Whether the history of a database is the beginning of the code's list. */
function compare(migrations: readonly Migration[], applied: readonly Applied[]): SchemaStatus {
  const number = applied.at(-1)?.number ?? 0;
  const refused = (why: string, isNewer = false): SchemaStatus => ({ state: "refused", number, why, isNewer });
  const newest = applied.at(-1);
  if (newest !== undefined && newest.number > migrations.length)
    return refused(
      `The database has migration ${newest.name}, applied by Posthorn ${newest.engineVersion}; this is Posthorn ` +
        `${engine.version}, which knows migrations up to ${migrations.at(-1)?.name ?? "none"}. Run the newer Posthorn.`,
      true,
    );
  for (const [index, row] of applied.entries()) {
    const file = migrations[index];
    if (file === undefined || row.number !== file.number)
      return refused(
        `The database lacks migration ${file?.name ?? index + 1} but has ${row.name}: its history is not ours.`,
      );
    if (row.name !== file.name || row.checksum !== file.checksum)
      return refused(
        `Migration ${file.name} was changed after it was applied to this database (there as ${row.name} with checksum ` +
          `${row.checksum.slice(0, 12)}, by Posthorn ${row.engineVersion}; the file has ${file.checksum.slice(0, 12)}). Restore ` +
          "the file, and put the change into a new one.",
      );
  }
  const pending = migrations.slice(applied.length).map(({ name }) => name);
  return pending.length === 0 ? { state: "current", number } : { state: "behind", number, pending };
}

/** `0001_name.sql` and so on, without a gap. Other files of the folder (the dump of the schema) are not migrations. */
function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d/.test(name) && name.endsWith(".sql"));
  return names.sort().map((name, index) => {
    const number = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1]);
    if (number !== index + 1)
      throw new Error(
        `${join(folder, name)} is not a migration that can stand here: wanted is ${String(index + 1).padStart(4, "0")}_name.sql.`,
      );
    const text = readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n");
    return { number, name: name.slice(0, -4), checksum: createHash("sha256").update(text).digest("hex"), text };
  });
}
