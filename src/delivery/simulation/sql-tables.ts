import { bareArray, type Db, MEMBERSHIP_STATEMENTS, openDb, uuidLowerBound } from "#kernel";
import { claimDue, dueEndpoints, releaseOfEnded, releaseUnknown, takeOverLeases } from "../claim.ts";
import { type Lane, newLane, type Task } from "../lane.ts";
import { changeOwed, type OwedAct } from "../owed-acts.ts";
import { LEASE } from "../planner.ts";
import { settleBatch } from "../settle.ts";
import type { AttemptRecord, Fate } from "../settlement.ts";
import type { ProcessToken } from "../state.ts";
import { ensureDeliveryPartitions } from "../upkeep.ts";
import { LEASE_MS } from "./process.ts";
import type { Held, Other, Row, Tables } from "./tables.ts";

/** When each world begins, by the clock of the database. */
const EPOCH_MS = Date.UTC(2030, 0, 1);
/** The ids of all events, as of one moment: the partitions of one day hold them. */
const IDS_MS = Date.UTC(2026, 0, 1);
const ID_PREFIX = uuidLowerBound(IDS_MS).slice(0, -12);
/** Within a world, attempts are numbered from here. */
const ATTEMPTS_FROM = 0x100000;
const LANE: Lane = newLane(uuidOf(0, 1), uuidOf(0, 2));

// The statements call now() and clock_timestamp() by their plain names; these are found before those of pg_catalog. Were
// the rows shifted instead, the time that a run really takes would be added to the time it simulates, and one seed would
// not be one run. Time is a setting of the session, so there is one session.
const OUR_CLOCK = [
  "create schema if not exists simulated",
  "create or replace function simulated.now() returns timestamptz language sql stable return current_setting('simulated.now')::timestamptz",
  "create or replace function simulated.clock_timestamp() returns timestamptz language sql stable return current_setting('simulated.now')::timestamptz",
  "set search_path = simulated, pg_catalog",
  "set timezone = 'UTC'",
];

const SNAPSHOT = `
  select 'leased' as place, id as delivery_id, owner::text as owner, attempts, null::uuid as attempt_id, null as settled_as
    from posthorn.delivery_leased
  union all
  select case when held_due_at is null then 'owed' else 'held' end, id, null, attempts, null, null from posthorn.delivery_owed
  union all
  select 'dead', id, null, attempts, null, null from posthorn.delivery_dead where event_id >= $1::uuid and event_id < $2::uuid
  union all
  select * from (
    select 'attempt', delivery_id, null, number, id, settled_as from posthorn.attempt
     where event_id >= $1::uuid and event_id < $2::uuid order by number, id
  ) a`;

interface SnapshotRow {
  readonly place: "leased" | "owed" | "held" | "dead" | "attempt";
  readonly delivery_id: string;
  readonly owner: string | null;
  readonly attempts: number;
  readonly attempt_id: string | null;
  readonly settled_as: string | null;
}

interface Snapshot {
  readonly rows: Map<string, Row[]>;
  readonly attempts: Map<string, AttemptRow[]>;
}

interface AttemptRow {
  readonly id: string;
  readonly number: number;
  readonly settledAs: string;
}

/** One connection to a database of the test's own, whose clock is ours; worlds use it one after another. */
export async function openSimulated(url: string): Promise<Db> {
  const db = openDb({ url, poolMax: 1, timeoutMs: 30_000 });
  await ensureDeliveryPartitions(db, IDS_MS);
  for (const statement of OUR_CLOCK) await db.query(statement);
  return db;
}

/** The statements that the engine runs, on a real PostgreSQL. One per world; `end` before the next. */
export class SqlTables implements Tables {
  static #worlds = 0;
  readonly #db: Db;
  readonly #world: number;
  readonly #joined: ProcessToken[] = [];
  readonly #attemptIds = new Map<string, string>();
  readonly #attemptNames = new Map<string, string>();
  #passedMs = 0;
  #told = "";
  /** What the tables hold, until something may have changed it. */
  #snapshot: Snapshot | undefined;

  constructor(db: Db) {
    SqlTables.#worlds += 1;
    this.#db = db;
    this.#world = SqlTables.#worlds;
  }

  /** Nothing of this world is in the way of the next one. */
  async end(): Promise<void> {
    for (const token of this.#joined) await this.leave(token);
    await this.#db.query("delete from posthorn.delivery_leased");
    await this.#db.query("delete from posthorn.delivery_owed");
  }

  async join(): Promise<ProcessToken> {
    const db = await this.#now();
    const [row] = await db.query<{ token: string }>(MEMBERSHIP_STATEMENTS.join, ["simulated", "{}", "0", LEASE_MS]);
    if (row === undefined) throw new Error("The insertion of the process row returned nothing.");
    this.#joined.push(String(row.token));
    return String(row.token);
  }

  async pulse(token: ProcessToken): Promise<{ alive: boolean; others: Other[] }> {
    const db = await this.#now();
    const rows = await db.query<{ token: string; mine: boolean; seen: string }>(MEMBERSHIP_STATEMENTS.pulse, [
      token,
      LEASE_MS,
    ]);
    if (!rows.some(({ mine }) => mine)) return { alive: false, others: [] };
    const others = rows
      .filter(({ mine }) => !mine)
      .map((row) => ({ token: row.token, beat: row.seen, expired: microsecondsOf(row.seen) < this.#nowUs }))
      .sort((a, b) => Number(a.token) - Number(b.token));
    return { alive: true, others };
  }

  async takeOver(dead: ProcessToken, beat: string): Promise<boolean> {
    const db = await this.#changing();
    return db.transaction(async (tx) => {
      if ((await tx.query(MEMBERSHIP_STATEMENTS.declareDead, [dead, beat])).length === 0) return false;
      await takeOverLeases(tx, dead);
      return true;
    });
  }

  async leave(token: ProcessToken): Promise<void> {
    const db = await this.#now();
    await db.query(MEMBERSHIP_STATEMENTS.leave, [token]);
  }

  async accept(owner: ProcessToken, id: string): Promise<void> {
    const db = await this.#changing();
    const uuid = this.#uuid(id);
    await db.query(LEASE, [
      owner,
      ...[uuid, uuid, LANE.appId, LANE.endpointId, null].map((value) => bareArray([value])),
    ]);
  }

  async claim(owner: ProcessToken, max: number): Promise<Held[]> {
    const db = await this.#changing();
    const { due } = await dueEndpoints(db);
    const rows = await claimDue(
      db,
      owner,
      due.map(({ endpointId }) => ({ endpointId, n: max })),
    );
    // In what order a statement returns rows is not promised.
    return rows
      .map(({ id, attempts, step }) => ({ id: nameOf(id), attempts, step }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async settle(owner: ProcessToken, held: Held, attemptId: string, fate: Fate): Promise<boolean> {
    const db = await this.#changing();
    const attempt = attemptOf(this.#attemptUuid(attemptId), fate);
    const [ours] = await settleBatch(db, [{ task: this.#task(owner, held), attempt, fate }]);
    return ours === true;
  }

  async release(owner: ProcessToken, held: Held): Promise<void> {
    const db = await this.#changing();
    await settleBatch(db, [{ task: this.#task(owner, held), fate: { kind: "owed", waitMs: 0, step: held.step } }]);
  }

  async releaseUnknown(owner: ProcessToken, known: readonly string[], olderThan: string): Promise<void> {
    const db = await this.#changing();
    await releaseUnknown(
      db,
      owner,
      known.map((id) => this.#uuid(id)),
      this.#uuid(olderThan),
    );
  }

  async releaseOfEnded(): Promise<void> {
    await releaseOfEnded(await this.#changing());
  }

  async act(act: OwedAct, id: string): Promise<boolean> {
    const db = await this.#changing();
    const ids = [this.#uuid(id)];
    const place = { appId: LANE.appId, endpointId: LANE.endpointId };
    const { count } = await db.transaction((tx) => changeOwed(tx, place, act, { kind: "ids", ids }, false));
    return count === 1;
  }

  async advance(ms: number): Promise<void> {
    this.#passedMs += ms;
  }

  async rowsOf(id: string): Promise<Row[]> {
    return (await this.#look()).rows.get(id) ?? [];
  }

  async attemptsOf(id: string): Promise<AttemptRow[]> {
    return (await this.#look()).attempts.get(id) ?? [];
  }

  async #look(): Promise<Snapshot> {
    if (this.#snapshot !== undefined) return this.#snapshot;
    const found = await this.#db.query<SnapshotRow>(SNAPSHOT, [uuidOf(this.#world, 0), uuidOf(this.#world + 1, 0)]);
    const snapshot: Snapshot = { rows: new Map(), attempts: new Map() };
    for (const row of found) {
      const id = nameOf(row.delivery_id);
      if (row.place !== "attempt") {
        const owner = row.owner === null ? {} : { owner: row.owner };
        entry(snapshot.rows, id).push({ state: row.place, attempts: row.attempts, ...owner });
        continue;
      }
      const settledAs = row.settled_as ?? "";
      const attempt = this.#attemptNames.get(row.attempt_id ?? "") ?? `lost after ${row.attempts - 1}`;
      entry(snapshot.attempts, id).push({ id: attempt, number: row.attempts, settledAs });
      if (settledAs === "delivered") entry(snapshot.rows, id).push({ state: "delivered", attempts: row.attempts });
    }
    this.#snapshot = snapshot;
    return snapshot;
  }

  get #nowUs(): number {
    return EPOCH_MS * 1_000 + Math.round(this.#passedMs * 1_000);
  }

  /** The database, at our time. */
  async #now(): Promise<Db> {
    const now = timestampOf(this.#nowUs);
    if (now !== this.#told) await this.#db.query("select set_config('simulated.now', $1, false)", [now]);
    this.#told = now;
    return this.#db;
  }

  #changing(): Promise<Db> {
    this.#snapshot = undefined;
    return this.#now();
  }

  #task(owner: ProcessToken, { id, attempts, step }: Held): Task {
    const uuid = this.#uuid(id);
    return {
      id: uuid,
      eventId: uuid,
      appId: LANE.appId,
      lane: LANE,
      owner,
      attempts,
      step,
      trigger: "scheduled",
      owedAtMs: 0,
      expiresAtMs: undefined,
      payload: new Uint8Array(0),
      contentType: "application/json",
      hops: 0,
    };
  }

  /** Of `d007`. */
  #uuid(id: string): string {
    return uuidOf(this.#world, Number(id.slice(1)));
  }

  #attemptUuid(name: string): string {
    const known = this.#attemptIds.get(name);
    if (known !== undefined) return known;
    const uuid = uuidOf(this.#world, ATTEMPTS_FROM + this.#attemptIds.size);
    this.#attemptIds.set(name, uuid);
    this.#attemptNames.set(uuid, name);
    return uuid;
  }
}

/** Ids grow from world to world, and within one with their number. */
function uuidOf(world: number, number: number): string {
  return `${ID_PREFIX}${hex(world)}${hex(number)}`;
}

/** The name that the simulation has for the delivery of `uuid`. */
function nameOf(uuid: string): string {
  return `d${String(Number.parseInt(uuid.slice(-6), 16)).padStart(3, "0")}`;
}

function hex(number: number): string {
  return number.toString(16).padStart(6, "0");
}

function entry<T>(map: Map<string, T[]>, key: string): T[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}

/** `2030-01-01T00:00:03.000250Z` */
function timestampOf(us: number): string {
  const ms = Math.floor(us / 1_000);
  return new Date(ms).toISOString().replace("Z", `${String(us - ms * 1_000).padStart(3, "0")}Z`);
}

/** Of a timestamptz as PostgreSQL prints it in UTC: `2030-01-01 00:00:03.00025+00`. */
function microsecondsOf(text: string): number {
  const [seconds = "", fraction = ""] = text.replace("+00", "").split(".");
  return Date.parse(`${seconds.replace(" ", "T")}Z`) * 1_000 + Number(fraction.padEnd(6, "0"));
}

function attemptOf(id: string, fate: Fate): AttemptRecord {
  const succeeded = fate.kind === "delivered";
  return {
    id,
    endpointVersion: 1,
    outcome: succeeded ? "delivered" : "retryable",
    reason: succeeded ? "http_200" : "http_503",
    status: succeeded ? 200 : 503,
    remoteAddress: "127.0.0.1",
    dnsUs: undefined,
    connectUs: undefined,
    firstByteUs: undefined,
    totalUs: 1,
    signature: undefined,
    responseHeaders: undefined,
    responseBody: undefined,
    responseTruncated: false,
  };
}
