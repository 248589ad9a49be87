import { digest } from "#events";
import {
  bareArray,
  DatabaseError,
  type Db,
  type GroupCommitOptions,
  groupCommit,
  idTimeMs,
  newId,
  packBytes,
  type Queryable,
  type Statement,
  textArray,
} from "#kernel";
import { type Entry, type InputFault, inputFaults, type Json, type TriggerFacts } from "#language";
import { type LiveApplication, liveApplications } from "#tenancy";
import type { PartPlan } from "./commit-part.ts";
import { entryValue } from "./engine/commit-sql.ts";
import type { FlowCache, KnownFlow } from "./flow-cache.ts";
import type { FlowVersions } from "./flow-versions.ts";
import { DEPTH_MAX, type Run } from "./run.ts";

export interface StartRequest {
  readonly appId: string;
  readonly flow: { readonly id: string } | { readonly name: string };
  /** Made beforehand by whoever must know it before the commit (a UUIDv7). */
  readonly id?: string | undefined;
  /** Absent: the one that new runs begin with. */
  readonly version?: number | undefined;
  readonly trigger: TriggerFacts["kind"];
  /** JSON, as bytes or as a value; with `eventId`: that event's data is it. */
  readonly input?: Uint8Array | Json | undefined;
  readonly eventId?: string | undefined;
  /** Of TriggerFacts, what the event does not say. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
  readonly parentId?: string | undefined;
  readonly depth?: number | undefined;
  /** Begins so much later. */
  readonly delayMs?: number | undefined;
  /** Starting it again under the same key within a day gives the same run. */
  readonly key?: string | undefined;
  /** Its journal's first entries, with attempt 0: what steps before the one that a rerun begins from came to. */
  readonly pinned?: readonly Entry[] | undefined;
  readonly trace?: string | undefined;
  /** The application as it is believed to be, held against the truth in the transaction that starts the run. Absent: it is not looked at. */
  readonly application?: LiveApplication | undefined;
  /** The input as a value, held against the flow's schema before anything is written. Absent: a run that it does not fit fails as it begins. */
  readonly checked?: { readonly input: Json } | undefined;
}

export type Started =
  | { readonly kind: "started"; readonly id: string; readonly flowId: string }
  /** Started before under the same key with the same input. */
  | { readonly kind: "repeated"; readonly id: string; readonly flowId: string }
  /** The key belongs to a run with another input. */
  | { readonly kind: "conflict"; readonly id: string }
  | { readonly kind: "no_flow" }
  /** The flow is disabled: no new runs are made. */
  | { readonly kind: "disabled" }
  /** It was asked for the input to be held against the flow's schema, and it does not fit. */
  | { readonly kind: "invalid"; readonly faults: readonly InputFault[] }
  /** The application is not the one that was asked for any more. */
  | { readonly kind: "no_application" };

/** A run that this process may begin once its commit is in. */
export interface StartedRun {
  readonly run: Run;
  /** Its journal's first entries, which are committed with it. */
  readonly pinned: readonly Entry[];
  /** Those are of its own doing. */
  readonly isBegun: boolean;
  readonly bytes: number;
}

export interface StartRoom {
  hasRoom(bytes: number): boolean;
  reserve(runId: string, bytes: number): void;
  cancelReservation(runId: string, bytes: number): void;
  /** What a run can do before anything of it is committed. */
  prelude(run: Run): readonly Entry[];
  takeStarted(started: StartedRun, owner: string): void;
}

export interface StartsOptions {
  readonly db: Db;
  readonly flows: FlowCache;
  readonly versions: FlowVersions;
  /** Absent in a process that does not run flows. */
  readonly room: StartRoom | undefined;
  readonly token: () => string;
  /** After a commit that left runs to whoever has room, or to a time (in so many ms). */
  readonly onWaiting: (dueInMs: number) => void;
  readonly meter?: GroupCommitOptions<StartRequest, Started>["meter"];
}

export interface JoinedStart {
  readonly statements: readonly Statement[];
  readonly results: readonly Started[];
  readonly plan: PartPlan;
}

export interface Starts {
  /** Starts them in a commit that is shared with others. Rejects with a fault of the database: after `unknown` they may be there. */
  start(requests: readonly StartRequest[]): Promise<Started[]>;
  /** As a part of somebody else's transaction sent in one go; undefined: not enough is known. Without keys. */
  foresee(requests: readonly StartRequest[]): JoinedStart | undefined;
  /** The same inside an open transaction. The plan is to be told how that ended; when this rejects it was told already. */
  startWithin(tx: Queryable, requests: readonly StartRequest[]): Promise<Omit<JoinedStart, "statements">>;
  readonly pending: number;
  idle(): Promise<void>;
}

/** Where more start at once their own commits are shared by many, and evaluating would hold up the rest. */
const PRELUDES_MAX = 4;
const KEY_WINDOW_MS = 24 * 3_600_000;
const OUTDATED = "PH001";

const COLUMNS =
  "id, app_id, flow_id, version, phase, trigger, event_id, input, facts, parent_id, depth, started_at, trace";
const VALUES = `id, app_id, flow_id, version, phase, trigger, event_id, case when l >= 0 then substring($1::bytea from o for l) end,
         facts::jsonb, parent_id, depth, uuid_extract_timestamp(id), trace`;
const ROWS = `unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::uuid[], $9::int[], $10::int[], $11::text[],
              $12::uuid[], $13::int2[], $14::text[]) t(id, app_id, flow_id, version, phase, trigger, event_id, o, l, facts, parent_id, depth, trace)`;

const LEASE = `insert into posthorn.run_leased (owner, ${COLUMNS}) select $15::bigint, ${VALUES} from ${ROWS}`;
const WAIT = `
  insert into posthorn.run_waiting (waiting_for, due_at, ${COLUMNS})
  select waiting_for, now() + wait_ms * interval '1 ms', ${VALUES}
    from ${ROWS}
    join unnest($2::uuid[], $15::text[], $16::float8[]) w(run_id, waiting_for, wait_ms) on w.run_id = t.id`;
const PIN = `
  insert into posthorn.run_step (run_id, seq, kind, path, attempt, at, value)
  select run_id, seq, kind, path, attempt, to_timestamp(at_ms / 1000.0), case when l >= 0 then substring($1::bytea from o for l) end
    from unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::int2[], $7::float8[], $8::int[], $9::int[]) t(run_id, seq, kind, path, attempt, at_ms, o, l)`;

const EXPECT_APPLICATIONS = "select posthorn.expect_applications($1::uuid[], $2::text[], $3::int[])";
const EXPECT_SETS = "select posthorn.expect_flow_sets($1::uuid[], $2::bigint[])";
const CLAIM_KEYS = "select posthorn.claim_run_keys($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[])";
const CLAIM = `
  insert into posthorn.run_key as k (key, run_id, body_hash, expires_at)
  select key, run_id, hash, now() + window_ms * interval '1 ms'
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[]) t(key, run_id, hash, window_ms)
   order by key
  on conflict (key) do update
     set run_id = excluded.run_id, body_hash = excluded.body_hash, expires_at = excluded.expires_at
   where k.expires_at <= now()
  returning key`;
const HOLDERS = "select key, run_id, body_hash from posthorn.run_key where key = any($1::uuid[])";

interface Key {
  readonly key: string;
  readonly runId: string;
  readonly bodyHash: string;
}

/** A request for which there is a flow, as the row that it becomes. */
interface Planned extends StartedRun {
  readonly index: number;
  readonly waiting: { readonly for: string; readonly ms: number | null } | undefined;
  readonly key: Key | undefined;
}

/** Starts runs otherwise than by events. */
export function createStarts(options: StartsOptions): Starts {
  const { db, flows, versions: compiled } = options;
  const commits = groupCommit<StartRequest, Started>({
    commit: commitBatch,
    rowsMax: 1_000,
    bytesMax: 8 * 1024 * 1024,
    bytesOf: ({ input }) => 512 + (input instanceof Uint8Array ? input.length : 0),
    commitsMax: 2,
    waitMsMax: 2_000,
    meter: options.meter,
  });

  async function commitBatch(batch: readonly StartRequest[], answered: () => void): Promise<readonly Started[]> {
    const foreseen = foresee(batch);
    if (foreseen !== undefined) {
      try {
        await db.atOnce(foreseen.statements);
        answered();
        foreseen.plan.committed();
        return foreseen.results;
      } catch (error) {
        foreseen.plan.abandoned();
        if (!(error instanceof DatabaseError) || error.sqlState !== OUTDATED) throw error;
      }
    }
    let joined: Omit<JoinedStart, "statements"> | undefined;
    let isOver = false;
    try {
      await db.transaction(async (tx) => {
        joined = await startWithin(tx, batch);
        if (isOver) joined.plan.abandoned();
      });
    } catch (error) {
      isOver = true;
      joined?.plan.abandoned();
      throw error;
    }
    joined?.plan.committed();
    return joined?.results ?? [];
  }

  function foresee(batch: readonly StartRequest[]): JoinedStart | undefined {
    const versions = flows.versions(new Set(batch.map(({ appId }) => appId)));
    if (versions === undefined || versions === "none") return undefined;
    if (checkedVersions(batch).some((ref) => compiled.peek(ref) === undefined)) return undefined;
    const { results, rows } = rowsOf(batch);
    const keys = rows.flatMap(({ key }) => key ?? []);
    if (new Set(keys.map(({ key }) => key)).size < keys.length) return undefined; // Twins within the batch.
    const params = [bareArray([...versions.keys()]), bareArray([...versions.values()])];
    const { statements, plan } = planned(rows);
    const claim = keys.length === 0 ? [] : [{ text: CLAIM_KEYS, params: keyParams(keys) }];
    const expected = [...expectedApplications(batch), { text: EXPECT_SETS, params }];
    return { statements: [...expected, ...claim, ...statements], results, plan };
  }

  /** The versions whose schemas these inputs are held against. */
  function checkedVersions(batch: readonly StartRequest[]): { flowId: string; version: number }[] {
    return batch.flatMap(({ appId, flow, checked, version }) => {
      const known = checked === undefined ? undefined : flows.find(appId, flow);
      return known === undefined ? [] : { flowId: known.id, version: version ?? known.version };
    });
  }

  async function startWithin(tx: Queryable, batch: readonly StartRequest[]): Promise<Omit<JoinedStart, "statements">> {
    await flows.refresh(tx, new Set(batch.map(({ appId }) => appId)));
    await compiled.load(tx, checkedVersions(batch));
    const { results, rows } = rowsOf(batch, await goneApplications(tx, batch));
    const kept = await claimed(tx, rows, results);
    const { statements, plan } = planned(kept);
    try {
      for (const { text, params } of statements) await tx.query(text, params);
    } catch (error) {
      plan.abandoned();
      throw error;
    }
    return { results, plan };
  }

  /** Leaves out those whose key is taken, by an earlier run or by an earlier one of the batch. */
  async function claimed(tx: Queryable, rows: readonly Planned[], results: Started[]): Promise<Planned[]> {
    const first = new Map<string, Key>();
    for (const { key } of rows) if (key !== undefined && !first.has(key.key)) first.set(key.key, key);
    if (first.size === 0) return [...rows];
    const won = await tx.query<{ key: string }>(CLAIM, keyParams([...first.values()]));
    const holders = new Map<string, Key>(first);
    const lost = new Set(first.keys()).difference(new Set(won.map(({ key }) => key)));
    if (lost.size > 0) {
      // A statement of its own: the snapshot of the insert may be older than the row that it lost to.
      const taken = await tx.query<{ key: string; run_id: string; body_hash: string }>(HOLDERS, [bareArray([...lost])]);
      for (const row of taken) holders.set(row.key, { key: row.key, runId: row.run_id, bodyHash: row.body_hash });
    }
    return rows.filter(({ key, index, run }) => {
      const holder = key === undefined ? undefined : holders.get(key.key);
      if (key === undefined || holder === undefined || holder.runId === key.runId) return true;
      const isSame = holder.bodyHash === key.bodyHash;
      const id = holder.runId;
      results[index] = isSame ? { kind: "repeated", id, flowId: run.flowId } : { kind: "conflict", id };
      return false;
    });
  }

  function rowsOf(batch: readonly StartRequest[], gone = NONE_GONE): { results: Started[]; rows: Planned[] } {
    const rows: Planned[] = [];
    const results = batch.map((request, index): Started => {
      if (gone.has(request.appId)) return { kind: "no_application" };
      const flow = flows.find(request.appId, request.flow);
      if (flow === undefined) return { kind: "no_flow" };
      if (flow.mode === "disabled" && request.trigger !== "rerun") return { kind: "disabled" };
      const row = rowOf(request, flow, index);
      const faults = faultsOf(request, row.run);
      if (faults.length > 0) return { kind: "invalid", faults };
      rows.push(row);
      return { kind: "started", id: row.run.id, flowId: flow.id };
    });
    return { results, rows };
  }

  /** What is not in memory by now (there are many, or large ones) is held against its schema when the run begins. */
  function faultsOf({ checked }: StartRequest, run: Run): readonly InputFault[] {
    const known = checked === undefined ? undefined : compiled.peek(run);
    return checked !== undefined && known?.ok === true ? inputFaults(known.flow, checked.input) : [];
  }

  /** What becomes of these rows, and what to do when they are committed. */
  function planned(rows: readonly Planned[]): { statements: Statement[]; plan: PartPlan } {
    const { room } = options;
    const token = options.token();
    const leased: Planned[] = [];
    const waiting: (Planned & { readonly waiting: NonNullable<Planned["waiting"]> })[] = [];
    const isQuiet = rows.length <= PRELUDES_MAX;
    for (const row of rows) {
      if (row.waiting !== undefined) waiting.push({ ...row, waiting: row.waiting });
      else if (room?.hasRoom(row.bytes)) {
        room.reserve(row.run.id, row.bytes);
        leased.push(isQuiet ? begun(row, room) : row);
      } else waiting.push({ ...row, waiting: { for: "room", ms: 0 } });
    }
    const statements: Statement[] = [];
    if (leased.length > 0) statements.push({ text: LEASE, params: [...columns(leased), token] });
    if (waiting.length > 0) {
      const why = [textArray(waiting.map((row) => row.waiting.for)), bareArray(waiting.map((row) => row.waiting.ms))];
      statements.push({ text: WAIT, params: [...columns(waiting), ...why] });
    }
    const pins = pinStatement([...leased, ...waiting]);
    if (pins !== undefined) statements.push(pins);
    return {
      statements,
      plan: {
        committed: () => {
          for (const row of leased) room?.takeStarted(row, token);
          for (const { waiting: why } of waiting) if (why.ms !== null) options.onWaiting(why.ms);
        },
        abandoned: () => {
          for (const { run, bytes } of leased) room?.cancelReservation(run.id, bytes);
        },
      },
    };
  }

  return {
    start: (requests) => Promise.all(requests.map((request) => commits.add(request))),
    foresee,
    startWithin,
    get pending() {
      return commits.pending;
    },
    idle: () => commits.idle(),
  };
}

const NONE_GONE: ReadonlySet<string> = new Set();

function expectedApplications(batch: readonly StartRequest[]): Statement[] {
  const expected = new Map(batch.flatMap(({ appId, application }) => (application ? [[appId, application]] : [])));
  if (expected.size === 0) return [];
  const apps = [...expected.values()];
  const uids = textArray(apps.map(({ uid }) => uid));
  const params = [bareArray([...expected.keys()]), uids, bareArray(apps.map(({ throttleRate }) => throttleRate))];
  return [{ text: EXPECT_APPLICATIONS, params }];
}

/** Applications that are deleted, or have another uid than was believed: somebody else may be meant by it now. */
async function goneApplications(tx: Queryable, batch: readonly StartRequest[]): Promise<ReadonlySet<string>> {
  const expected = new Map(batch.flatMap(({ appId, application }) => (application ? [[appId, application]] : [])));
  if (expected.size === 0) return NONE_GONE;
  const live = await liveApplications(tx, [...expected.keys()]);
  return new Set([...expected].flatMap(([id, { uid }]) => (live.get(id)?.uid === uid ? [] : [id])));
}

function rowOf(request: StartRequest, flow: KnownFlow, index: number): Planned {
  const id = request.id ?? newId();
  const depth = request.depth ?? 0;
  const input = request.eventId !== undefined ? undefined : inputOf(request.input);
  const isCertain = !flow.isControlled && depth <= DEPTH_MAX && request.trigger !== "schedule";
  const run: Run = {
    id,
    appId: flow.appId,
    flowId: flow.id,
    version: request.version ?? flow.version,
    phase: isCertain ? "running" : "matched",
    trigger: request.trigger,
    eventId: request.eventId,
    input,
    facts: request.facts,
    parentId: request.parentId,
    depth,
    priority: 0,
    gates: [],
    startedAtMs: idTimeMs(id),
    trace: request.trace,
  };
  const key =
    request.key === undefined
      ? undefined
      : {
          key: digest(flow.appId, flow.id, request.key),
          runId: id,
          bodyHash: digest(input ?? "", String(request.delayMs ?? 0)),
        };
  const delayMs = request.delayMs ?? 0;
  const waiting =
    flow.mode === "paused"
      ? { for: "paused", ms: null }
      : delayMs > 0
        ? { for: "time", ms: delayMs }
        : // Its event has to be read first.
          request.eventId !== undefined
          ? { for: "room", ms: 0 }
          : undefined;
  return {
    index,
    run,
    pinned: request.pinned ?? [],
    isBegun: false,
    bytes: 512 + (input?.length ?? 0),
    waiting,
    key,
  };
}

function inputOf(input: StartRequest["input"]): Uint8Array | undefined {
  if (input === undefined || input === null) return undefined;
  return input instanceof Uint8Array ? input : Buffer.from(JSON.stringify(input));
}

/** With what it can do at once: a lone run saves a commit. */
function begun(row: Planned, room: StartRoom): Planned {
  const entries = row.pinned.length === 0 ? room.prelude(row.run) : [];
  return entries.length === 0 ? row : { ...row, pinned: entries, isBegun: true };
}

function keyParams(keys: readonly Key[]): string[] {
  return [
    bareArray(keys.map(({ key }) => key)),
    bareArray(keys.map(({ runId }) => runId)),
    bareArray(keys.map(({ bodyHash }) => bodyHash)),
    bareArray(keys.map(() => KEY_WINDOW_MS)),
  ];
}

function columns(rows: readonly Planned[]): (string | Buffer)[] {
  const inputs = packBytes(rows.map(({ run }) => run.input ?? null));
  return [
    inputs.bytes,
    bareArray(rows.map(({ run }) => run.id)),
    bareArray(rows.map(({ run }) => run.appId)),
    bareArray(rows.map(({ run }) => run.flowId)),
    bareArray(rows.map(({ run }) => run.version)),
    bareArray(rows.map(({ run }) => run.phase)),
    bareArray(rows.map(({ run }) => run.trigger)),
    bareArray(rows.map(({ run }) => run.eventId ?? null)),
    inputs.offsets,
    inputs.lengths,
    textArray(rows.map(({ run }) => (run.facts === undefined ? null : JSON.stringify(run.facts)))),
    bareArray(rows.map(({ run }) => run.parentId ?? null)),
    bareArray(rows.map(({ run }) => run.depth)),
    textArray(rows.map(({ run }) => run.trace ?? null)),
  ];
}

function pinStatement(rows: readonly Planned[]): Statement | undefined {
  const pins = rows.flatMap(({ run, pinned }) => pinned.map((entry, seq) => ({ runId: run.id, seq, entry })));
  if (pins.length === 0) return undefined;
  const values = packBytes(pins.map(({ entry }) => entryValue(entry)));
  return {
    text: PIN,
    params: [
      values.bytes,
      bareArray(pins.map(({ runId }) => runId)),
      bareArray(pins.map(({ seq }) => seq)),
      bareArray(pins.map(({ entry }) => entry.kind)),
      textArray(pins.map(({ entry }) => entry.path)),
      bareArray(pins.map(({ entry }) => ("attempt" in entry ? entry.attempt : 0))),
      bareArray(pins.map(({ entry }) => entry.atMs)),
      values.offsets,
      values.lengths,
    ],
  };
}
