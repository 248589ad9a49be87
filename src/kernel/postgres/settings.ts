type ServerSetting = readonly [name: string, value: string, reason: string];

/** What an embedded server is told beyond PostgreSQL's defaults, each with its reason. Written to `posthorn.conf`. */
const SETTINGS: readonly ServerSetting[] = [
  ["listen_addresses", "127.0.0.1", "Programs of this machine only."],
  ["unix_socket_directories", "", "No socket files: their folder would have to be open to other accounts."],
  ["password_encryption", "scram-sha-256", "The only method pg_hba.conf admits."],
  ["max_connections", "50", "A few engine processes with a handful each, and room for an operator."],
  ["fsync", "on", "A 2xx means that it is on disk."],
  ["synchronous_commit", "on", "The same; hundreds of events share one flush."],
  ["full_page_writes", "on", "A power cut may tear a page."],
  [
    "wal_compression",
    "off",
    "This build has neither lz4 nor zstd, and pglz costs more time than the page images cost disk.",
  ],
  ["shared_buffers", "128MB", "The hot tables are small; the archive is read through the system's cache."],
  ["wal_buffers", "16MB", "One group commit may write megabytes at once."],
  ["max_wal_size", "4GB", "Under load, checkpoints by time and not by volume: each one makes full page images anew."],
  ["min_wal_size", "256MB", "Recycled segments spare their creation when load begins."],
  ["checkpoint_timeout", "15min", "The same; recovery of so much takes seconds."],
  ["jit", "off", "Our statements are short; compiling costs more than it gives."],
  ["max_parallel_workers_per_gather", "0", "A report must not take the cores from the road of events."],
  ["random_page_cost", "1.1", "Solid state disks."],
  ["autovacuum_naptime", "5s", "The hot tables are inserted and deleted all the time and must stay small."],
  ["autovacuum_vacuum_cost_limit", "2000", "Vacuum that is slower than the deletes never ends."],
  ["idle_in_transaction_session_timeout", "60s", "A forgotten transaction keeps every dead row alive."],
  ["timezone", "UTC", "Times are told the same everywhere."],
  ["log_timezone", "UTC", "The same in its log."],
  ["lc_messages", "C", "The engine reads the reasons why a start failed."],
  ["logging_collector", "off", "It writes to postgres.log in the data folder, which the engine keeps small."],
  ["log_line_prefix", "%m [%p] %q%u@%d ", "When and who."],
  ["log_error_verbosity", "terse", "Details quote the values of a failing row, which may be secret."],
  ["log_parameter_max_length", "0", "Parameters carry payloads and sealed secrets."],
  ["log_parameter_max_length_on_error", "0", "The same."],
  ["log_min_duration_statement", "5s", "What is so slow wants to be known."],
  ["log_lock_waits", "on", "So do waits for locks."],
];

/** The text of `posthorn.conf`; `overrides` win, and may name further settings. */
export function settingsFile(overrides: Readonly<Record<string, string>>): string {
  const lines = [
    "# Written by Posthorn at each start. To change or add settings put them into local.conf in this folder.",
  ];
  for (const [name, value, reason] of SETTINGS) {
    if (!Object.hasOwn(overrides, name)) lines.push(`# ${reason}`, assignment(name, value));
  }
  for (const [name, value] of Object.entries(overrides)) lines.push(assignment(name, value));
  return `${lines.join("\n")}\n`;
}

function assignment(name: string, value: string): string {
  return `${name} = '${value.replaceAll("'", "''")}'`;
}

/** No unencrypted password, no trust, no other machine. */
export const HBA_FILE = `# Written by Posthorn at each start.
host all all 127.0.0.1/32 scram-sha-256
`;
