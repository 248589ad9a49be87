import type { Queryable } from "../db.ts";

/** A server as it is, for people who look after it. */
export interface ServerFacts {
  /** `18.1` */
  readonly version: string;
  readonly versionNumber: number;
  /** By PostgreSQL's names, as SHOW tells them. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What the promises rest on, and what decides how well they are kept. */
const TOLD = [
  "autovacuum",
  "default_transaction_read_only",
  "fsync",
  "full_page_writes",
  "idle_in_transaction_session_timeout",
  "max_connections",
  "max_wal_size",
  "server_encoding",
  "shared_buffers",
  "statement_timeout",
  "synchronous_commit",
  "synchronous_standby_names",
  "TimeZone",
  "transaction_timeout",
  "wal_level",
] as const;

const FACTS = `
  select current_setting('server_version') as version, current_setting('server_version_num')::int as version_number,
         (select json_object_agg(name, current_setting(name, true) order by name) from unnest($1::text[]) t(name)) as settings`;

export async function serverFacts(q: Queryable): Promise<ServerFacts> {
  const [row] = await q.query<{ version: string; version_number: number; settings: Record<string, string> }>(FACTS, [
    `{${TOLD.join(",")}}`,
  ]);
  if (row === undefined) throw new Error("A select without a table returned no row.");
  return {
    version: row.version.split(" ")[0] ?? row.version,
    versionNumber: row.version_number,
    settings: row.settings,
  };
}
