import { createLog, createMembership, type Db, idTimeMs, newId, newIdAt, openDb } from "#kernel";
import { type CompiledFlow, compile, type Definition, type Json, type TriggerFacts } from "#language";
import type { RunCommit } from "../commit-part.ts";
import type { Run } from "../run.ts";
import { type Admission, createAdmission } from "./admission.ts";
import { releasePart } from "./release.ts";
import type { Admitted } from "./write-decided.ts";

/** For tests: flows and runs as rows, and processes that admit and end them, without the engine. */
export interface TestFlow {
  readonly id: string;
  readonly appId: string;
  readonly name: string;
  readonly version: number;
  readonly flow: CompiledFlow;
}

export interface TestProcess extends AsyncDisposable {
  readonly db: Db;
  readonly token: string;
  /** As when others declare it ended. */
  lose(): Promise<void>;
  readonly admission: Admission;
  /** Runs leased to it, as the planner inserts them. */
  lease(flow: TestFlow, fields?: Partial<Run>): Promise<Run>;
  admit(flow: TestFlow, runs: readonly Run[]): Promise<Admitted[]>;
  /** Takes what is due of a flow, and admits what must be; answers which runs begin. */
  goOn(flow: TestFlow): Promise<Run[]>;
  end(runs: readonly Run[]): Promise<void>;
}

export const SILENT = createLog({ level: "silent", format: "json" });

/** `database`: of this test alone. */
export async function openWorld(database: AsyncDisposable & { readonly url: string }) {
  const db = openDb({ url: database.url, poolMax: 4 });
  const open: AsyncDisposable[] = [];
  return {
    url: database.url,
    db,
    flow: (definition: Partial<Definition>, appId?: string) => putFlow(db, definition, appId),
    process: async () => {
      const made = await startProcess(database.url);
      open.push(made);
      return made;
    },
    async [Symbol.asyncDispose]() {
      for (const one of open) await one[Symbol.asyncDispose]();
      await db.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
export type World = Awaited<ReturnType<typeof openWorld>>;

let flows = 0;

export async function putFlow(db: Db, fields: Partial<Definition>, appId = newId()): Promise<TestFlow> {
  const definition: Definition = {
    posthorn: 1,
    flow: `flow-${++flows}`,
    on: [{ event: "order.placed" }],
    steps: [{ id: "done", map: null }],
    ...fields,
  };
  const id = newId();
  await db.query("insert into posthorn.flow (id, app_id, name, version) values ($1, $2, $3, 1)", [
    id,
    appId,
    definition.flow,
  ]);
  await db.query(
    "insert into posthorn.flow_version (flow_id, version, definition, digest) values ($1, 1, $2::text::jsonb, '\\x00')",
    [id, JSON.stringify(definition)],
  );
  return { id, appId, name: definition.flow, version: 1, flow: compile(definition) };
}

export function eventFacts(type: string, data: Json): TriggerFacts {
  return { kind: "event", event: { id: "msg_x", type, channels: [], data, receivedAtMs: Date.now() } };
}

interface Row {
  readonly id: string;
  readonly app_id: string;
  readonly flow_id: string;
  readonly version: number;
  readonly phase: Run["phase"];
  readonly trigger: Run["trigger"];
  readonly event_id: string | null;
  readonly input: Uint8Array | null;
  readonly facts: Record<string, unknown> | null;
  readonly parent_id: string | null;
  readonly depth: number;
  readonly priority: number;
  readonly gates: string[] | null;
}

const runOf = (row: Row): Run => ({
  id: row.id,
  appId: row.app_id,
  flowId: row.flow_id,
  version: row.version,
  phase: row.phase,
  trigger: row.trigger,
  eventId: row.event_id ?? undefined,
  input: row.input ?? undefined,
  facts: row.facts ?? undefined,
  parentId: row.parent_id ?? undefined,
  depth: row.depth,
  priority: row.priority,
  gates: row.gates ?? [],
  startedAtMs: idTimeMs(row.id),
  trace: undefined,
});

const COLUMNS =
  "id, app_id, flow_id, version, phase, trigger, event_id, input, facts, parent_id, depth, priority, gates";
const CLAIM = `
  with due as (
    select id from posthorn.run_waiting w
     where flow_id = $2::uuid and (due_at <= now() or exists (select from posthorn.run_signal s where s.run_id = w.id))
     for update skip locked
  ), moved as (
    delete from posthorn.run_waiting w using due where w.id = due.id returning w.*
  )
  insert into posthorn.run_leased (${COLUMNS}, started_at, owner)
  select ${COLUMNS}, started_at, $1::bigint from moved
  returning ${COLUMNS}`;

function inputOf(run: Run): Json {
  return run.input === undefined ? null : JSON.parse(Buffer.from(run.input).toString());
}

export function factsOf(run: Run): TriggerFacts {
  if (run.trigger === "batch") return { kind: "batch", count: Number(run.facts?.["count"]) };
  if (run.trigger === "schedule") return { kind: "schedule", scheduledAtMs: Number(run.facts?.["scheduledAtMs"]) };
  if (run.trigger === "api") return { kind: "api" };
  if (run.trigger === "run") return { kind: "run", runId: "run_x", flow: "other", state: "completed" };
  return eventFacts("order.placed", inputOf(run));
}

const endOf = (run: Run): RunCommit => ({
  run,
  flow: undefined,
  seq: 0,
  entries: [],
  effects: [],
  consumed: [],
  // biome-ignore lint/suspicious/noThenProperty: what a run does then, as in RunCommit.
  then: { kind: "ends", ending: { state: "completed", output: null } },
});

async function startProcess(url: string): Promise<TestProcess> {
  const db = openDb({ url, poolMax: 4 });
  const membership = createMembership({
    db,
    name: "test",
    roles: ["flows"],
    version: "0",
    exclusive: false,
    monotonic: performance.now.bind(performance),
    onError: () => undefined,
  });
  await membership.join();
  const { token } = membership;
  const admission = createAdmission({ db, log: SILENT, token: () => token, onDue: () => undefined });
  const release = releasePart({ onDue: () => undefined });
  const self: TestProcess = {
    db,
    token,
    lose: () => membership.leave(),
    admission,
    async lease(flow, fields = {}) {
      const id = fields.id ?? (fields.startedAtMs === undefined ? newId() : newIdAt(fields.startedAtMs));
      const run: Run = {
        id,
        appId: flow.appId,
        flowId: flow.id,
        version: 1,
        phase: "matched",
        trigger: "event",
        eventId: undefined,
        input: Buffer.from("null"),
        facts: undefined,
        parentId: undefined,
        depth: 0,
        priority: 0,
        gates: [],
        trace: undefined,
        ...fields,
        startedAtMs: idTimeMs(id),
      };
      await db.query(
        `insert into posthorn.run_leased (id, app_id, flow_id, version, owner, phase, trigger, input, facts, parent_id, depth, started_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10, $11, uuid_extract_timestamp($1::uuid))`,
        [
          run.id,
          run.appId,
          run.flowId,
          run.version,
          token,
          run.phase,
          run.trigger,
          run.input ?? null,
          run.facts === undefined ? null : JSON.stringify(run.facts),
          run.parentId ?? null,
          run.depth,
        ],
      );
      return run;
    },
    admit: (flow, runs) =>
      admission.admit(runs.map((run) => ({ run, flow: flow.flow, facts: factsOf(run), input: inputOf(run) }))),
    async goOn(flow) {
      const claimed = (await db.query<Row>(CLAIM, [token, flow.id])).map(runOf);
      const begun = claimed.filter(({ phase }) => phase === "running");
      const admitted = await self.admit(
        flow,
        claimed.filter(({ phase }) => phase === "matched"),
      );
      return [...begun, ...admitted.flatMap((one) => (one.kind === "starts" ? [one.run] : []))];
    },
    async end(runs) {
      if (runs.length === 0) return;
      await db.transaction(async (tx) => {
        await tx.query("select posthorn.expect_lease($1::bigint)", [token]);
        await tx.query("delete from posthorn.run_leased where id = any($1::uuid[])", [
          `{${runs.map(({ id }) => id).join(",")}}`,
        ]);
        const commits = runs.map(endOf);
        const concerned = commits.filter((commit) => release.concerns(commit));
        if (concerned.length > 0) await release.write(tx, concerned);
      });
    },
    async [Symbol.asyncDispose]() {
      await db.close();
    },
  };
  return self;
}
