// What tests of the engine stand on: a database of their own, and any number of processes on it.

import { createEventLog, ensureEventPartitions, type JoinableLog, walkEvents } from "#events";
import { createMembership, type Db, type Log, type Membership, newId, openDb, uuidLowerBound } from "#kernel";
import { compile, createMachine, type Definition, type Json } from "#language";
import { createApplication, liveApplications } from "#tenancy";
import { putFlow } from "../flow-store.ts";
import { createFlows, type Flows, type FlowsOptions } from "../service.ts";
import { ensureFlowPartitions } from "../upkeep.ts";

const QUIET: Log = new Proxy({} as Log, { get: () => () => undefined });
const NO_QUOTAS = { eventsPerSecond: undefined, endpointsMax: undefined, payloadBytesMax: undefined };

export interface Process {
  readonly db: Db;
  readonly membership: Membership;
  readonly flows: Flows;
  readonly events: JoinableLog;
  /** As a SIGKILL would: nothing is written any more. */
  vanish(): Promise<void>;
  leave(): Promise<void>;
}

export interface EndedRow {
  readonly id: string;
  readonly state: string;
  readonly trigger: string;
  readonly depth: number;
  readonly steps: number;
  readonly result: Json;
}

export interface FlowWorld extends Process, AsyncDisposable {
  application(): Promise<string>;
  /** Answers with the flow's id. */
  put(appId: string, definition: Definition): Promise<string>;
  ended(flowId: string, runId: string): Promise<EndedRow | undefined>;
  endedOf(flowId: string): Promise<EndedRow[]>;
  journal(runId: string): Promise<{ kind: string; path: string; attempt: number; value: Json }[]>;
  /** Runs that have not ended. */
  live(): Promise<number>;
  waitingOf(flowId: string): Promise<{ id: string; waiting_for: string; due_in_ms: number | null }[]>;
  /** Types of the application's events, in order. */
  eventsOf(appId: string): Promise<string[]>;
  /** Another process on the same database. */
  process(options?: Partial<FlowsOptions>): Promise<Process>;
  until(is: () => Promise<boolean>): Promise<void>;
}

/** A process that runs flows. `options` replace its parts. */
async function processOn(url: string, options: Partial<FlowsOptions>): Promise<Process> {
  const db = openDb({ url, poolMax: 6 });
  const now = Date.now;
  const monotonic = performance.now.bind(performance);
  const membership = createMembership({
    db,
    name: "test",
    roles: ["flows"],
    version: "0",
    exclusive: false,
    monotonic,
    onError: () => undefined,
  });
  await membership.start();
  const flows = createFlows({
    db,
    membership,
    log: QUIET,
    runs: true,
    events: () => events,
    compile,
    createMachine,
    executors: {},
    limits: { runsMax: 10_000, bytesMax: 64 * 1024 * 1024, flightsMax: 100 },
    idleMs: 200,
    now,
    monotonic,
    random: () => 0.5,
    ...options,
  });
  const events = createEventLog({ db, planners: [flows.planner], liveApplications });
  flows.start();
  return {
    db,
    membership,
    flows,
    events,
    vanish: async () => {
      membership.stop();
      await db.close();
    },
    leave: async () => {
      await events.idle();
      await flows.drain();
      await flows.stop();
      await membership.leave();
      await db.close();
    },
  };
}

/** A process, and more on demand, on a migrated database of the test's own. */
export async function world(url: string, options: Partial<FlowsOptions> = {}): Promise<FlowWorld> {
  const own = openDb({ url, poolMax: 4 });
  await ensureEventPartitions(own, Date.now());
  await ensureFlowPartitions(own, Date.now());
  const first = await processOn(url, options);
  const left = new Set<Process>([first]);
  const parsed = (value: Uint8Array | null): Json =>
    value === null ? null : JSON.parse(Buffer.from(value).toString());
  const ended = async (flowId: string, runId: string | null): Promise<EndedRow[]> => {
    const rows = await own.query<Omit<EndedRow, "result"> & { result: Uint8Array | null }>(
      `select id, state, trigger, depth, steps, result from posthorn.run_ended
        where flow_id = $1 and ($2::uuid is null or id = $2::uuid) order by id`,
      [flowId, runId],
    );
    return rows.map((row) => ({ ...row, result: parsed(row.result) }));
  };
  return {
    ...first,
    db: own,
    application: async () => {
      const made = await createApplication(own, {
        name: newId(),
        uid: undefined,
        throttleRate: undefined,
        quotas: NO_QUOTAS,
        metadata: {},
      });
      if (made === "uid_taken") throw new Error("An application without a uid has one that is taken.");
      return made.id;
    },
    put: async (appId, definition) => {
      const put = await own.transaction((tx) => putFlow(tx, { appId, definition }));
      if (put.kind !== "put") throw new Error(`The flow was not stored: ${put.kind}.`);
      return put.flow.id;
    },
    ended: async (flowId, runId) => (await ended(flowId, runId))[0],
    endedOf: (flowId) => ended(flowId, null),
    journal: async (runId) => {
      const rows = await own.query<{ kind: string; path: string; attempt: number; value: Uint8Array | null }>(
        "select kind, path, attempt, value from posthorn.run_step where run_id = $1 order by seq",
        [runId],
      );
      return rows.map((row) => ({ ...row, value: parsed(row.value) }));
    },
    live: async () => {
      const [row] = await own.query<{ n: number }>(
        "select ((select count(*) from posthorn.run_leased) + (select count(*) from posthorn.run_waiting))::int as n",
      );
      return row?.n ?? -1;
    },
    waitingOf: async (flowId) => [
      ...(await own.query<{ id: string; waiting_for: string; due_in_ms: number | null }>(
        `select id, waiting_for, (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as due_in_ms
           from posthorn.run_waiting where flow_id = $1 order by id`,
        [flowId],
      )),
    ],
    eventsOf: async (appId) => {
      const all = { after: uuidLowerBound(0), before: uuidLowerBound(2 ** 47), limit: 100_000 };
      return (await walkEvents(own, appId, all)).map(({ type }) => type);
    },
    process: async (more = {}) => {
      const made = await processOn(url, { ...options, ...more });
      left.add(made);
      return {
        ...made,
        vanish: () => {
          left.delete(made);
          return made.vanish();
        },
        leave: () => {
          left.delete(made);
          return made.leave();
        },
      };
    },
    until: async (is) => {
      const end = performance.now() + 20_000;
      while (!(await is())) {
        if (performance.now() > end) throw new Error("It did not come true within 20 s.");
        await Bun.sleep(10);
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const process of left) await process.leave();
      await own.close();
    },
  };
}
