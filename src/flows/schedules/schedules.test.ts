import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Definition } from "#language";
import { testDatabase } from "#test";
import { openWorld, SILENT, type TestFlow, type TestProcess, type World } from "../control/test-kit.ts";
import type { Run } from "../run.ts";
import { syncFlow } from "../triggers/sync.ts";
import { bringForward, listMoments, startScheduled } from "./schedules.ts";

let world: World;
let one: TestProcess;
let other: TestProcess;
beforeAll(async () => {
  world = await openWorld(await testDatabase());
  one = await world.process();
  other = await world.process();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

type Schedule = Extract<NonNullable<Definition["on"]>[number], { schedule: string }>;

async function scheduled(trigger: Partial<Schedule>): Promise<TestFlow> {
  const flow = await world.flow({ on: [{ schedule: "0 * * * *", ...trigger }] });
  await syncFlow(world.db, flow.id);
  return flow;
}
/** As if the moment that comes next were so long ago. */
const ago = (flow: TestFlow, ms: number) =>
  world.db.query(
    "update posthorn.flow_schedule set next_at = now() - $2::int * interval '1 ms', due_at = now() - $2::int * interval '1 ms' where flow_id = $1",
    [flow.id, ms],
  );
const runs = async (flow: TestFlow) =>
  Array.from(
    await world.db.query<{
      facts: { scheduledAtMs: number; on: number[] };
      input: Uint8Array;
      trigger: string;
      phase: string;
    }>("select trigger, phase, facts, input from posthorn.run_waiting where flow_id = $1 order by id", [flow.id]),
  );
const outcomes = async (flow: TestFlow) =>
  (await listMoments(world.db, flow.id, 5_000)).map(({ outcome, why }) => why || outcome);
const drain = async () => {
  while ((await startScheduled(world.db)) > 0);
};

describe("a schedule", () => {
  test("is there with the flow, comes when it is due, and goes on with its next moment", async () => {
    const flow = await scheduled({ input: { all: true } });
    await drain();
    expect(await runs(flow)).toEqual([]);
    await ago(flow, 500);
    await drain();
    const [run] = await runs(flow);
    expect(run).toMatchObject({ trigger: "schedule", phase: "matched", facts: { on: [0] } });
    expect(JSON.parse(Buffer.from((run as { input: Uint8Array }).input).toString())).toEqual({ all: true });
    const [row] = await world.db.query<{ ahead: boolean }>(
      "select next_at > now() and next_at <= now() + interval '1 hour' as ahead from posthorn.flow_schedule where flow_id = $1",
      [flow.id],
    );
    expect(row?.ahead).toBe(true);
    expect(await outcomes(flow)).toEqual(["started"]);
  });

  test("no moment has two runs, whoever asks at once and however clocks step back", async () => {
    const flow = await scheduled({ schedule: "* * * * *" });
    await ago(flow, 500);
    const before = await world.db.query("select next_at from posthorn.flow_schedule where flow_id = $1", [flow.id]);
    await Promise.all([startScheduled(one.db), startScheduled(other.db), startScheduled(one.db)]);
    expect((await runs(flow)).length).toBe(1);
    await world.db.query("update posthorn.flow_schedule set next_at = $2, due_at = $2 where flow_id = $1", [
      flow.id,
      (before[0] as { next_at: Date }).next_at,
    ]);
    await drain();
    expect(
      (await runs(flow)).filter(
        ({ facts }) => facts.scheduledAtMs === (before[0] as { next_at: Date }).next_at.getTime(),
      ).length,
    ).toBe(1);
  });

  test("that waits for a moment of a clock that was ahead is brought forward", async () => {
    const flow = await scheduled({ schedule: "* * * * *" });
    await ago(flow, (-365 * 86_400_000) / 20);
    expect(await bringForward(world.db, SILENT)).toBe(1);
    const [row] = await world.db.query<{ soon: boolean }>(
      "select due_at <= now() + interval '1 minute' as soon from posthorn.flow_schedule where flow_id = $1",
      [flow.id],
    );
    expect(row?.soon).toBe(true);
    expect(await bringForward(world.db, SILENT)).toBe(0);
  });

  test("what a new version leaves as it was goes on; what it changes begins anew; what it drops is gone", async () => {
    const flow = await world.flow({ on: [{ schedule: "0 * * * *" }, { schedule: "30 5 * * *" }] });
    await syncFlow(world.db, flow.id);
    await world.db.query("update posthorn.flow_schedule set next_at = next_at + interval '1 s' where flow_id = $1", [
      flow.id,
    ]);
    const at = () =>
      world.db.query<{ trigger: number; s: number }>(
        "select trigger, extract(second from next_at)::int as s from posthorn.flow_schedule where flow_id = $1 order by trigger",
        [flow.id],
      );
    const redefine = async (on: Definition["on"]) => {
      await world.db.query(
        "update posthorn.flow_version set definition = jsonb_set(definition, '{on}', $2::text::jsonb) where flow_id = $1",
        [flow.id, JSON.stringify(on)],
      );
      await syncFlow(world.db, flow.id);
    };
    await redefine([{ schedule: "0 * * * *" }, { schedule: "31 5 * * *" }]);
    expect([...(await at())]).toEqual([
      { trigger: 0, s: 1 },
      { trigger: 1, s: 0 },
    ]);
    await redefine([{ schedule: "0 * * * *" }]);
    expect((await at()).length).toBe(1);
    await world.db.query("update posthorn.flow set mode = 'disabled' where id = $1", [flow.id]);
    await syncFlow(world.db, flow.id);
    expect((await at()).length).toBe(0);
  });

  test("of a paused flow makes runs that wait", async () => {
    const flow = await scheduled({});
    await world.db.query("update posthorn.flow set mode = 'paused' where id = $1", [flow.id]);
    await ago(flow, 100);
    await drain();
    const rows = await world.db.query("select waiting_for, due_at from posthorn.run_waiting where flow_id = $1", [
      flow.id,
    ]);
    expect([...rows]).toEqual([{ waiting_for: "paused", due_at: null }]);
  });
});

describe("moments that passed while nothing ran", () => {
  const HOURS = 3_600_000;
  test("skip: each is recorded, none is run", async () => {
    const flow = await scheduled({ missed: "skip" });
    await ago(flow, 5 * HOURS - 600_000);
    await drain();
    expect((await outcomes(flow)).filter((why) => why === "missed").length).toBeGreaterThanOrEqual(4);
    expect((await runs(flow)).length).toBeLessThanOrEqual(1);
  });
  test("one: one run for all of them, over however many rounds", async () => {
    const flow = await scheduled({ schedule: "*/10 * * * * *", missed: "one" });
    await ago(flow, 3 * HOURS);
    await drain();
    const all = await outcomes(flow);
    expect(all.filter((why) => why === "joined").length).toBeGreaterThan(1_000);
    const late = (await runs(flow)).filter(({ facts }) => Date.now() - facts.scheduledAtMs > 60_000);
    expect(late.length).toBe(1);
  });
  test("all: a run each within the window", async () => {
    const flow = await scheduled({ schedule: "*/10 * * * *", missed: "all", within: "1h" });
    await ago(flow, 3 * HOURS);
    await drain();
    const late = (await runs(flow)).filter(({ facts }) => Date.now() - facts.scheduledAtMs > 60_000);
    expect(late.length).toBeGreaterThanOrEqual(5);
    expect(late.length).toBeLessThanOrEqual(6);
    expect((await outcomes(flow)).filter((why) => why === "missed").length).toBeGreaterThan(10);
  });
});

describe("when the run of the moment before still goes on", () => {
  async function twice(overlap: NonNullable<Schedule["overlap"]>) {
    const flow = await scheduled({ schedule: "* * * * *", overlap });
    await ago(flow, 200);
    await drain();
    const [first] = await one.goOn(flow);
    await ago(flow, 100);
    await drain();
    const second = await other.goOn(flow);
    return { flow, first: first as Run, second };
  }
  test("skip: the next is skipped, and its moment says so", async () => {
    const { flow, first, second } = await twice("skip");
    expect(second).toEqual([]);
    expect((await outcomes(flow)).sort()).toEqual(["overlap", "started"]);
    await one.end([first]);
    await ago(flow, 50);
    await drain();
    expect((await one.goOn(flow)).length).toBe(1);
  });
  test("queue: the next begins when it has ended", async () => {
    const { flow, first, second } = await twice("queue");
    expect(second).toEqual([]);
    await one.end([first]);
    expect((await other.goOn(flow)).length).toBe(1);
  });
  test("cancel: it is told to end, and the next begins when it has", async () => {
    const { flow, first, second } = await twice("cancel");
    expect(second).toEqual([]);
    expect(
      (await world.db.query("select from posthorn.run_signal where run_id = $1 and kind = 'cancel'", [first.id]))
        .length,
    ).toBe(1);
    await one.end([first]);
    expect((await other.goOn(flow)).length).toBe(1);
  });
});
