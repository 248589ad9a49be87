import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ensureEventPartitions, tellFlows } from "#events";
import { newId, publicId } from "#kernel";
import type { Ending } from "#language";
import { testDatabase } from "#test";
import type { RunCommit } from "../commit-part.ts";
import { openWorld, type TestFlow, type TestProcess, type World } from "../control/test-kit.ts";
import { DEPTH_MAX, type Run } from "../run.ts";
import { createRunEnds } from "./run-ends.ts";
import { syncFlow } from "./sync.ts";
import { startTold } from "./told.ts";

let world: World;
let process: TestProcess;
beforeAll(async () => {
  world = await openWorld(await testDatabase());
  process = await world.process();
  await ensureEventPartitions(world.db, Date.now());
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

interface Row {
  readonly trigger: string;
  readonly phase: string;
  readonly depth: number;
  readonly parent_id: string | null;
  readonly facts: Record<string, unknown>;
  readonly input: Uint8Array;
}
const runs = async (flow: TestFlow) =>
  Array.from(
    await world.db.query<Row>(
      "select trigger, phase, depth, parent_id, facts, input from posthorn.run_waiting where flow_id = $1 order by id",
      [flow.id],
    ),
  );
const told = async () => (await world.db.query("select from posthorn.flow_told")).length;
const json = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString());

describe("what became of a delivery", () => {
  const about = (appId: string, endpointId = newId(), hops = 0) => ({
    appId,
    endpointId,
    attempt: { eventId: newId(), id: newId(), status: 503 },
    hops,
  });
  async function listening(trigger: Record<string, unknown> = {}, appId?: string): Promise<TestFlow> {
    const flow = await world.flow({ on: [{ delivery: ["exhausted"], ...trigger }] }, appId);
    await syncFlow(world.db, flow.id);
    return flow;
  }

  test("is told only where a flow of the same application listens, and starts a run of each that does", async () => {
    const flow = await listening();
    const second = await listening({}, flow.appId);
    const foreign = await listening();
    const failure = about(flow.appId);
    await tellFlows(world.db, "exhausted", failure);
    await tellFlows(world.db, "recovered", failure);
    await tellFlows(world.db, "exhausted", about(newId()));
    expect(await told()).toBe(1);
    await startTold(world.db);
    const [run] = await runs(flow);
    expect(run).toMatchObject({
      trigger: "delivery",
      phase: "running",
      depth: 1,
      facts: { event: { type: "message.attempt.exhausted" }, on: [0] },
    });
    expect(json((run as Row).input)).toMatchObject({
      endpointId: publicId("ep", failure.endpointId),
      msgId: publicId("msg", failure.attempt.eventId),
      lastAttempt: { responseStatusCode: 503 },
    });
    expect((await runs(second)).length).toBe(1);
    expect(await runs(foreign)).toEqual([]);
    expect(await told()).toBe(0);
  });

  test("is undone with the transaction that would have made it true", async () => {
    const flow = await listening();
    const undone = world.db.transaction(async (tx) => {
      await tellFlows(tx, "exhausted", about(flow.appId));
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await told()).toBe(0);
  });

  test("concerns a flow that names another endpoint not at all, and two processes start one run", async () => {
    const endpointId = newId();
    const flow = await listening({ endpoint: publicId("ep", endpointId) });
    await tellFlows(world.db, "exhausted", about(flow.appId));
    await tellFlows(world.db, "exhausted", about(flow.appId, endpointId));
    await Promise.all([startTold(world.db), startTold(process.db)]);
    await startTold(world.db);
    expect((await runs(flow)).length).toBe(1);
  });

  test("of what runs emitted is deeper than they were; one too deep is left to admission to end", async () => {
    const flow = await listening();
    await tellFlows(world.db, "exhausted", about(flow.appId, newId(), DEPTH_MAX));
    await startTold(world.db);
    expect(await runs(flow)).toMatchObject([{ depth: DEPTH_MAX + 1, phase: "matched" }]);
  });

  test("is not told any more once the flow is disabled or gone", async () => {
    const flow = await listening();
    await world.db.query("update posthorn.flow set mode = 'disabled' where id = $1", [flow.id]);
    await syncFlow(world.db, flow.id);
    await tellFlows(world.db, "exhausted", about(flow.appId));
    expect(await told()).toBe(0);
  });
});

describe("the end of another run", () => {
  const ends = (run: Run, of: TestFlow, ending: Ending): RunCommit => ({
    run,
    flow: of.flow,
    seq: 0,
    entries: [],
    effects: [],
    consumed: [],
    // biome-ignore lint/suspicious/noThenProperty: what a run does then, as in RunCommit.
    then: { kind: "ends", ending },
  });
  const COMPLETED: Ending = { state: "completed", output: { sum: 3 } };
  async function pair(fields: Record<string, unknown> = {}) {
    const first = await world.flow({});
    const flow = await world.flow({ on: [{ run: first.name, state: ["completed"], ...fields }] }, first.appId);
    await syncFlow(world.db, flow.id);
    return { first, flow, ...createRunEnds({ db: world.db, onDue: () => undefined }) };
  }

  test("starts the flows that listen to it, one generation deeper, and no others", async () => {
    const { first, flow, part } = await pair();
    const foreign = await world.flow({ on: [{ run: first.name, state: ["completed"] }] });
    await syncFlow(world.db, foreign.id);
    const run = await process.lease(first, { depth: 3 });
    await part.write(world.db, [
      ends(run, first, COMPLETED),
      ends(await process.lease(first), first, { state: "cancelled", reason: "" }),
    ]);
    const [begun, ...more] = await runs(flow);
    expect(begun).toMatchObject({
      trigger: "run",
      phase: "running",
      depth: 4,
      parent_id: run.id,
      facts: { flow: first.name, state: "completed", on: [0] },
    });
    expect(json((begun as Row).input)).toEqual({
      run: publicId("run", run.id),
      flow: first.name,
      state: "completed",
      output: { sum: 3 },
    });
    expect(more).toEqual([]);
    expect(await runs(foreign)).toEqual([]);
  });

  test("a flow that begins to listen hears of the very next end, whatever was known before", async () => {
    const { first, part, look } = await pair();
    const other = await world.flow({}, first.appId);
    const end = async (flow: typeof other) => [ends(await process.lease(flow), flow, COMPLETED)];
    await look.run();
    // Known: nobody listens to the other, and its end starts nothing and owes nobody a look.
    const unheard = part.foresee(await end(other));
    expect(unheard?.statements.map(({ text }) => text)).toEqual([expect.stringContaining("expect_unheard")]);
    for (const { text, params } of unheard?.statements ?? []) await world.db.query(text, params);
    expect(part.foresee(await end(first))?.statements.map(({ text }) => text)).toEqual([
      expect.stringContaining("insert into posthorn.run_waiting"),
    ]);
    const late = await world.flow({ on: [{ run: other.name, state: ["completed"] }] }, first.appId);
    await syncFlow(world.db, late.id);
    const commits = await end(other);
    const [expectation] = part.foresee(commits)?.statements ?? [];
    await expect(world.db.query(expectation?.text ?? "", expectation?.params)).rejects.toMatchObject({
      sqlState: "PH001",
    });
    await part.write(world.db, commits);
    expect(await runs(late)).toHaveLength(1);
  });

  test("of two flows that start each other is cut, and both are named", async () => {
    const appId = newId();
    const ping = await world.flow({ flow: "ping-end", on: [{ run: "pong-end", state: ["completed"] }] }, appId);
    const pong = await world.flow({ flow: "pong-end", on: [{ run: "ping-end", state: ["completed"] }] }, appId);
    for (const flow of [ping, pong]) await syncFlow(world.db, flow.id);
    const { part } = createRunEnds({ db: world.db, onDue: () => undefined });
    let run = await process.lease(ping, { phase: "running" });
    let flow = ping;
    for (let generation = 1; generation <= DEPTH_MAX; generation++) {
      await part.write(world.db, [ends(run, flow, COMPLETED)]);
      flow = flow === ping ? pong : ping;
      const [next, ...more] = await process.goOn(flow);
      expect(more).toEqual([]);
      run = next as Run;
      expect(run.depth).toBe(generation);
    }
    await part.write(world.db, [ends(run, flow, COMPLETED)]);
    const [last] = await runs(pong);
    expect(last).toMatchObject({ depth: DEPTH_MAX + 1, phase: "matched" });
    const deep = await process.lease(pong, { depth: DEPTH_MAX + 1, parentId: run.id, trigger: "run" });
    const [verdict] = await process.admit(pong, [deep]);
    expect(verdict).toMatchObject({ kind: "ends", ending: { state: "failed", error: { code: "flow_cycle" } } });
    expect(JSON.stringify(verdict)).toContain("flows start each other: ping-end, pong-end");
  });
});
