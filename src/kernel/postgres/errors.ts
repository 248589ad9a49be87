/**
 * Why the embedded server could not be started.
 * - `unsupported`: no package for this platform, or its programs do not run here. `no_account`: root, and nobody to run it as.
 * - `unreachable`: the programs or the data cannot be made accessible to that account.
 * - `in_use`: another engine holds the data folder. `other_version`: the data belongs to another major version.
 * - `disk_full`, `no_memory`, `no_permission`, `port_taken`: what the server said. `failed`: anything else, with its words.
 */
export type EmbeddedPostgresFault =
  | "unsupported"
  | "no_account"
  | "unreachable"
  | "in_use"
  | "other_version"
  | "disk_full"
  | "no_memory"
  | "no_permission"
  | "port_taken"
  | "failed";

/** Its message says what was attempted, what is, and what to do; it is meant to be printed as it stands. */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
  readonly fault: EmbeddedPostgresFault;
  constructor(fault: EmbeddedPostgresFault, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.fault = fault;
  }
}

const ELSE = "or set DATABASE_URL to a PostgreSQL 18 of your own";

/** Reads the words of a server that ended (its messages are in English: `lc_messages` is C) as a fault with advice. */
export function faultFromWords(doing: string, words: string, dir: string): EmbeddedPostgresError {
  const said = words.trim() === "" ? "It said nothing." : `It said:\n${indent(lastLines(words, 12))}`;
  const error = (fault: EmbeddedPostgresFault, advice: string) =>
    new EmbeddedPostgresError(fault, `${doing} failed. ${advice}\n${said}`);
  if (/could not bind|Address already in use|could not create any TCP\/IP sockets/.test(words))
    return error("port_taken", "Another program took its port.");
  if (/No space left on device|Disk quota exceeded/.test(words))
    return error("disk_full", `The disk that holds ${dir} is full: free some space and start again.`);
  if (/Cannot allocate memory|could not (create|resize|map) (anonymous )?shared memory/.test(words))
    return error("no_memory", `The machine has no memory left for it: free some and start again, ${ELSE}.`);
  if (
    /Permission denied|Operation not permitted|Read-only file system|has wrong ownership|has invalid permissions/.test(
      words,
    )
  )
    return error("no_permission", `It may not read or write its data in ${dir}: check who owns that folder, ${ELSE}.`);
  if (/database files are incompatible with server|was initialized by PostgreSQL version/.test(words))
    return error("other_version", `The data in ${dir} was made by another build of PostgreSQL: move it away, ${ELSE}.`);
  return error("failed", `Its data is in ${dir}.`);
}

/** What the system said about our own files in the data folder; anything else is returned as it is. */
export function faultOfFolder(error: unknown, dataDir: string): unknown {
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return error;
  const told = (fault: EmbeddedPostgresFault, advice: string) =>
    new EmbeddedPostgresError(fault, `The data folder ${dataDir} cannot be used (${error.message}). ${advice}`, {
      cause: error,
    });
  if (["ENOSPC", "EDQUOT", "SQLITE_FULL"].includes(error.code))
    return told("disk_full", "Its disk is full: free some space.");
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "SQLITE_CANTOPEN", "SQLITE_READONLY"].includes(error.code))
    return told("no_permission", "Start Posthorn as who it belongs to, or name another folder with POSTHORN_DATA.");
  return error;
}

function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join("\n");
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
