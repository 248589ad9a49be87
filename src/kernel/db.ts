import { SQL } from "bun";

/**
 * What went wrong with a statement, as far as it changes what we do next.
 * - `unavailable`: it never reached the server; nothing happened.
 * - `unknown`: the connection broke or the deadline passed after it was sent; it may have happened, or may still.
 * - `full`: the server cannot write (disk, WAL, or read-only): intake must stop until it can.
 * - `conflict`: a unique or exclusion constraint. `contention`: deadlock, serialization, lock timeout; may be tried again.
 * - `rejected`: the statement or its values are wrong; trying again is useless.
 */
export type DatabaseFault = "unavailable" | "unknown" | "full" | "conflict" | "contention" | "rejected";

export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly fault: DatabaseFault;
  readonly sqlState: string | undefined;
  readonly constraint: string | undefined;
  constructor(
    fault: DatabaseFault,
    message: string,
    options: { cause?: unknown; sqlState?: string | undefined; constraint?: string | undefined } = {},
  ) {
    super(message, { cause: options.cause });
    this.fault = fault;
    this.sqlState = options.sqlState;
    this.constraint = options.constraint;
  }
}

type Param = string | number | boolean | null | Uint8Array | Date;

/** Runs statements: the pool itself, or one transaction of it. */
export interface Queryable {
  // biome-ignore lint/suspicious/noExplicitAny: rows are shaped by the statement; each caller names the row type it selects.
  query<Row = any>(text: string, params?: readonly Param[]): Promise<Row[]>;
}

export interface Statement {
  /** By which later parts of the same `asOne` may select what this one returns. */
  readonly name?: string;
  readonly text: string;
  readonly params: readonly Param[];
}

export interface Db extends Queryable {
  /**
   * One transaction of statements that do not depend on each other's answers or effects, sent as one: one way to the server
   * and back instead of one for each. The first that fails undoes all. Rejects like `transaction`.
   */
  atOnce(statements: readonly Statement[]): Promise<void>;
  /** One transaction on one connection. A throw from `work` rolls back. Rejects with `unknown` when the commit's fate is not known. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** False from a fault of the connection until a statement succeeds again: intake answers 503 at once instead of waiting. */
  readonly available: boolean;
  /** Since the last fault it was the server that could not write: a full disk, or a replica. */
  readonly full: boolean;
  /** Calls `listener` each time the database comes back. */
  onRecovered(listener: () => void): void;
  close(): Promise<void>;
}

export interface DbOptions {
  readonly url: string;
  readonly poolMax: number;
  /** A statement or transaction that takes longer is given up with `unknown`. Default 5,000 ms. */
  readonly timeoutMs?: number;
  /**
   * True behind a pooler in transaction mode, which may hand each transaction another server connection: statements are then
   * sent unnamed, because a name made on one connection means nothing, or something else, on the next. Ask `isPooled`.
   */
  readonly pooled?: boolean;
  /** Counts what is asked. */
  readonly meter?: DbMeter | undefined;
}

export interface DbMeter {
  begun(): void;
  ended(ms: number, fault: DatabaseFault | undefined): void;
}

/** PostgreSQL's error classes: https://www.postgresql.org/docs/18/errcodes-appendix.html */
function faultOf(sqlState: string): DatabaseFault {
  switch (sqlState.slice(0, 2)) {
    case "08": // connection exception
    case "57": // operator intervention: shutdown, crash of another backend, cannot connect now
      if (sqlState === "57P03") return "unavailable";
      return sqlState === "57014" ? "contention" : "unknown";
    case "53": // insufficient resources
      return sqlState === "53300" ? "unavailable" : "full";
    case "25": // read-only transaction: a replica, or a server that protects itself
      return sqlState === "25006" ? "full" : "rejected";
    case "58": // system error: PostgreSQL could not read or write a file
      return "full";
    case "40":
    case "55":
      return "contention";
    case "23":
      return sqlState === "23505" || sqlState === "23P01" ? "conflict" : "rejected";
    default:
      return "rejected";
  }
}

/** Rolls back what nobody waits for any more. Only a commit that was sent before the deadline may still come true. */
function givenUp(): DatabaseError {
  return new DatabaseError("unknown", "The transaction was given up at its deadline and is rolled back.");
}

const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "ENOTFOUND",
  "ERR_POSTGRES_CONNECTION_REFUSED",
  "ERR_POSTGRES_CONNECTION_FAILED",
]);

function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  if (!(error instanceof SQL.SQLError)) throw error; // A fault of our own code, not of the database.
  const { code, errno, constraint } = error as { code?: string; errno?: string | number; constraint?: string };
  if (code === "ERR_POSTGRES_SERVER_ERROR" && typeof errno === "string") {
    return new DatabaseError(faultOf(errno), error.message, { cause: error, sqlState: errno, constraint });
  }
  if (code !== undefined && NEVER_SENT.has(code))
    return new DatabaseError("unavailable", error.message, { cause: error });
  if (
    code?.startsWith("ERR_POSTGRES_CONNECTION") ||
    code?.startsWith("ERR_POSTGRES_IDLE") ||
    code?.startsWith("ERR_POSTGRES_LIFETIME")
  ) {
    return new DatabaseError("unknown", error.message, { cause: error });
  }
  return new DatabaseError("rejected", error.message, { cause: error });
}

/** After so long without one good answer the pool is replaced: its connections may lead to a host that is gone. */
const REPLACE_POOL_AFTER_MS = 30_000;

const PARAMETER = /\$(\d+)/g;

/**
 * Several statements as the parts of one: all see the same snapshot, and whatever fails fails all. A part that writes is
 * always run to its end; one that only asks is run because the whole asks for its answer.
 * https://www.postgresql.org/docs/18/queries-with.html#QUERIES-WITH-MODIFYING
 */
export function asOne(statements: readonly Statement[]): Statement {
  const params: Param[] = [];
  const parts: string[] = [];
  const asked: string[] = [];
  for (const [n, statement] of statements.entries()) {
    const before = params.length;
    const text = statement.text.replace(PARAMETER, (_, i: string) => `$${before + Number(i)}`);
    params.push(...statement.params);
    const name = statement.name ?? `p${n}`;
    parts.push(`${name} as ${isQuestion(statement.text) ? "materialized " : ""}(${text})`);
    if (isQuestion(statement.text)) asked.push(name);
  }
  return { text: `with ${parts.join(",\n")}\nselect ${asked.length === 0 ? "" : `from ${asked.join(", ")}`}`, params };
}

function isQuestion(text: string): boolean {
  return text.trimStart().slice(0, 6).toLowerCase() === "select";
}

/** A pool of connections to PostgreSQL. */
export function openDb(options: DbOptions): Db {
  const timeoutMs = options.timeoutMs ?? 5_000;
  const connect = () =>
    new SQL({
      url: options.url,
      max: options.poolMax,
      prepare: !options.pooled,
      connectionTimeout: 5,
      idleTimeout: 0,
      onclose: () => {},
    });
  let pool = connect();
  let downSince: number | undefined;
  let full = false;
  const listeners: (() => void)[] = [];

  const succeeded = () => {
    if (downSince === undefined) return;
    downSince = undefined;
    full = false;
    for (const listener of listeners) listener();
  };
  const failed = (error: DatabaseError) => {
    if (error.fault !== "unavailable" && error.fault !== "unknown" && error.fault !== "full") return succeeded();
    const now = performance.now();
    downSince ??= now;
    full = error.fault === "full";
    if (now - downSince > REPLACE_POOL_AFTER_MS) {
      const old = pool;
      downSince = now;
      pool = connect();
      // The old pool may never answer; what becomes of it is of no interest any more.
      old.close({ timeout: 0 }).catch(() => undefined);
    }
  };

  async function bounded<T>(what: string, run: (deadlinePassed: () => boolean) => Promise<T>): Promise<T> {
    let timer: Timer | undefined;
    let isOver = false;
    const beganAt = performance.now();
    options.meter?.begun();
    const work = run(() => isOver);
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isOver = true;
        work.catch(() => undefined); // Given up: whoever asked has been told that the fate is unknown.
        reject(new DatabaseError("unknown", `The database did not answer ${what} within ${timeoutMs} ms.`));
      }, timeoutMs);
    });
    try {
      const result = await Promise.race([work, deadline]);
      succeeded();
      options.meter?.ended(performance.now() - beganAt, undefined);
      return result;
    } catch (error) {
      if (!(error instanceof DatabaseError) && !(error instanceof SQL.SQLError)) {
        options.meter?.ended(performance.now() - beganAt, undefined);
        throw error;
      }
      const fault = toDatabaseError(error);
      options.meter?.ended(performance.now() - beganAt, fault.fault);
      failed(fault);
      throw fault;
    } finally {
      clearTimeout(timer);
    }
  }

  async function sendAsOne(statements: readonly Statement[], deadlinePassed: () => boolean): Promise<void> {
    const { text, params } = asOne(statements);
    const connection = await pool.reserve();
    try {
      if (deadlinePassed()) throw givenUp(); // No connection was free in time: now nobody waits for this any more.
      await connection.unsafe(text, params as unknown[]);
    } finally {
      connection.release();
    }
  }

  return {
    atOnce: (statements) => bounded("a transaction", (deadlinePassed) => sendAsOne(statements, deadlinePassed)),
    query: (text, params) => bounded("a statement", () => pool.unsafe(text, params as unknown[] | undefined)),
    transaction: (work) =>
      bounded("a transaction", (deadlinePassed) =>
        pool.begin(async (tx) => {
          // Whoever asked has acted on the failure: work that went on would commit what he has undone in memory.
          const query: Queryable["query"] = async (text, params) => {
            if (deadlinePassed()) throw givenUp();
            return tx.unsafe(text, params as unknown[] | undefined);
          };
          const result = await work({ query });
          if (deadlinePassed()) throw givenUp();
          return result;
        }),
      ),
    get available() {
      return downSince === undefined;
    },
    get full() {
      return full;
    },
    onRecovered: (listener) => {
      listeners.push(listener);
    },
    close: () => pool.close({ timeout: 2 }),
  };
}

/** Each look at a pooler misses only when somebody else moves its connections in the middle of it. */
const POOLER_LOOKS = 20;

/**
 * Whether this URL leads to a pooler in transaction mode: there two connections are served by one backend, or one connection
 * by two. While the second is inside a transaction its backend serves nobody else; a pooler that hands out connections last
 * in, first out shows itself at the first look when nobody else uses it, and otherwise at one of the next.
 */
export async function isPooled(url: string): Promise<boolean> {
  const [one, other] = [1, 2].map(() => new SQL({ url, max: 1, prepare: false, connectionTimeout: 5 }));
  if (one === undefined || other === undefined) return false;
  const backendOf = async (q: Bun.SQL | Bun.TransactionSQL): Promise<number> => {
    const [row] = await q.unsafe("select pg_backend_pid() as pid");
    return row.pid;
  };
  try {
    for (let look = 0; look < POOLER_LOOKS; look++) {
      const before = await backendOf(one);
      const isShared = await other.begin(async (tx) => {
        if ((await backendOf(tx)) === before) return true;
        // A pooler with a single server connection would make us wait for ourselves.
        const late = Bun.sleep(1_000).then(() => undefined);
        return (await Promise.race([backendOf(one), late])) !== before;
      });
      if (isShared) return true;
    }
    return false;
  } finally {
    await Promise.all([one.close({ timeout: 0 }), other.close({ timeout: 0 })]);
  }
}

/** A PostgreSQL array literal of values that need no quoting: uuids, numbers, booleans, null. */
export function bareArray(values: readonly (string | number | boolean | bigint | null)[]): string {
  return `{${values.map((value) => value ?? "NULL").join(",")}}`;
}

const NEEDS_ESCAPE = /["\\]/g;

/** A PostgreSQL array literal of texts. */
export function textArray(values: readonly (string | null)[]): string {
  let out = "{";
  for (let i = 0; i < values.length; i++) {
    if (i > 0) out += ",";
    const value = values[i];
    out += value == null ? "NULL" : `"${value.replace(NEEDS_ESCAPE, "\\$&")}"`;
  }
  return `${out}}`;
}

/** Many byte strings as one parameter: the joined bytes, and literals of offsets (from 1) and lengths (-1: null) for `substring($1::bytea from o for l)`. */
export function packBytes(values: readonly (Uint8Array | null)[]): { bytes: Buffer; offsets: string; lengths: string } {
  const parts: Uint8Array[] = [];
  const offsets: number[] = [];
  const lengths: number[] = [];
  let offset = 1;
  for (const value of values) {
    offsets.push(offset);
    lengths.push(value === null ? -1 : value.length);
    if (value === null) continue;
    parts.push(value);
    offset += value.length;
  }
  return { bytes: Buffer.concat(parts), offsets: bareArray(offsets), lengths: bareArray(lengths) };
}
