import { Database } from "bun:sqlite";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedPostgresError } from "./errors.ts";

export interface FolderLock {
  release(): void;
}

/**
 * One engine per data folder. The lock is the operating system's on an open file, so it ends with the process however that
 * ends, and no number of a process is ever taken for the wrong one. SQLite is the way Bun offers to such a lock; nothing is
 * stored in it. Throws `in_use` with the pid of the holder.
 */
export function lockFolder(dataDir: string): FolderLock {
  const pidFile = join(dataDir, "engine.pid");
  const database = new Database(join(dataDir, "engine.lock"));
  try {
    database.run("pragma busy_timeout = 0");
    // Nothing is written, so that a full disk does not keep an engine from starting.
    database.run("pragma journal_mode = memory");
    database.run("begin exclusive");
  } catch (cause) {
    database.close();
    if (!(cause instanceof Error && "code" in cause && cause.code === "SQLITE_BUSY")) throw cause;
    throw new EmbeddedPostgresError(
      "in_use",
      `The data folder ${dataDir} is in use by another Posthorn engine (pid ${pidOf(pidFile)}). Stop that one, give this ` +
        "one a folder of its own with POSTHORN_DATA, or let several engines share one PostgreSQL through DATABASE_URL.",
      { cause },
    );
  }
  const release = () => {
    if (database.inTransaction) database.run("rollback");
    database.close();
  };
  try {
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

function pidOf(file: string): string {
  try {
    return readFileSync(file, "utf8").trim() || "not yet written";
  } catch {
    return "not yet written"; // It holds the lock, and is between that and telling who it is.
  }
}
