import { join } from "node:path";

export const MIGRATIONS = join(import.meta.dir, "../../migrations");

/** Test data dies with the run: nothing is flushed, nothing is vacuumed behind a test's back. */
export const TEST_SETTINGS: Readonly<Record<string, string>> = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  max_connections: "200",
  shared_buffers: "64MB",
  max_wal_size: "256MB",
  // In files of the data folder: a server killed for good would leave segments in memory behind.
  dynamic_shared_memory_type: "mmap",
  // Databases are cloned and dropped all the time; each of them would otherwise wake a worker.
  autovacuum_naptime: "60s",
};

const ignore = () => {};
/** The server's life is no news in a test; what went wrong is thrown. */
export const QUIET = { info: ignore, warn: ignore, error: ignore };
