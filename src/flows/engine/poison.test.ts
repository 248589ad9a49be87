import { afterAll, beforeAll, expect, test } from "bun:test";
import { createMachine, type Definition, type Json, type StepError } from "#language";
import { testDatabase } from "#test";
import type { CommitPart, RunCommit } from "../commit-part.ts";
import { sendSignals } from "../signal.ts";
import { type FlowWorld, world } from "./world.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let w: FlowWorld;
/** Told of what was recorded. */
let onEntries: (runId: string, paths: readonly string[]) => void = () => undefined;

/** Machines of flows called `breaks-…` throw: at once, at their second question, or when they take their second entry. */
const fragile: typeof createMachine = (flow, start) => {
  const machine = createMachine(flow, start);
  const { flow: name } = flow.definition;
  if (!name.startsWith("breaks")) return machine;
  let asked = 0;
  let taken = 0;
  const breaks = (now: boolean) => {
    if (now) throw new Error("broken on purpose");
  };
  return new Proxy(machine, {
    get: (target, property) => {
      const member = Reflect.get(target, property, target);
      if (property === "next")
        return (nowMs: number) => {
          asked++;
          breaks(name === "breaks-at-once" || (name === "breaks-when-asked" && asked === 2));
          return target.next(nowMs);
        };
      if (property === "apply")
        return (entry: Parameters<typeof target.apply>[0]) => {
          taken++;
          breaks(name === "breaks-when-told" && taken === 2);
          target.apply(entry);
        };
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
};

/** Cannot make what the steps called `spoils` of a commit ask for: a fault of the program, not of the database. */
const spoiled = (commits: readonly RunCommit[]) => {
  for (const { entries } of commits) {
    if (entries.some(({ path }) => path === "spoils")) throw new RangeError("spoiled on purpose");
  }
  return { committed: () => undefined, abandoned: () => undefined };
};
const spoilable: CommitPart = {
  name: "spoilable",
  concerns: () => true,
  foresee: (commits) => ({ statements: [], plan: spoiled(commits) }),
  write: async (_, commits) => spoiled(commits),
};

beforeAll(async () => {
  database = await testDatabase();
  w = await world(database.url, {
    parts: [spoilable],
    createMachine: fragile,
    executors: { http: async () => ({ ok: true, output: "answered" }) },
    onEntries: (run, entries) =>
      onEntries(
        run.id,
        entries.map(({ path }) => path),
      ),
  });
});
afterAll(async () => {
  await w[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const steps: Definition["steps"] = [
  { id: "a", map: 1, durable: true },
  { id: "b", map: 2, durable: true },
  { id: "c", map: 3, durable: true },
];

test("P7: a run whose machine breaks, wherever, fails alone and says why", async () => {
  const app = await w.application();
  const good = await w.put(app, { posthorn: 1, flow: "good", steps });
  const names = ["breaks-at-once", "breaks-when-asked", "breaks-when-told"];
  const bad = await Promise.all(names.map((flow) => w.put(app, { posthorn: 1, flow, steps })));
  const requests = [...names, "good"].flatMap((name) =>
    Array.from({ length: 50 }, () => ({ appId: app, flow: { name }, trigger: "api" as const })),
  );
  await w.flows.startRuns(requests);
  await w.until(async () => (await w.live()) === 0);
  const ended = await w.endedOf(good);
  expect(ended.length).toBe(50);
  expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(["completed"]));
  for (const flowId of bad) {
    const broken = await w.endedOf(flowId);
    expect(broken.length).toBe(50);
    for (const { state, result } of broken) {
      expect(state).toBe("failed");
      const error = result as unknown as StepError;
      expect(error.code).toBe("engine_fault");
      expect(error.message).toContain("broken on purpose");
    }
  }
}, 30_000);

test("P7: a commit that cannot be made fails the run that it is of, and no other of its batch stands still", async () => {
  const app = await w.application();
  const good = await w.put(app, { posthorn: 1, flow: "good", steps });
  const bad = await w.put(app, {
    posthorn: 1,
    flow: "spoiled",
    steps: [...steps, { id: "spoils", map: 4, durable: true }],
  });
  const requests = Array.from({ length: 60 }, (_, n) => ({
    appId: app,
    flow: { name: n % 20 === 7 ? "spoiled" : "good" },
    trigger: "api" as const,
  }));
  await w.flows.startRuns(requests);
  await w.until(async () => (await w.live()) === 0);
  expect((await w.endedOf(good)).map(({ state }) => state)).toEqual(Array.from({ length: 57 }, () => "completed"));
  const failed = await w.endedOf(bad);
  expect(failed.map(({ state, result }) => [state, result] as const)).toEqual(
    Array.from({ length: 3 }, () => [
      "failed",
      {
        class: "invalid",
        code: "engine_fault",
        message: "What the run did cannot be recorded: spoiled on purpose",
      },
    ]),
  );
}, 30_000);

test("a run that is cancelled after any of its entries ends cancelled, and undoes what it did", async () => {
  const app = await w.application();
  await w.put(app, { posthorn: 1, flow: "child", steps: [{ id: "rest", wait: { for: "50ms" } }] });
  const points = ["a", "told", "rest", "asked", "called"];
  const flowId = await w.put(app, {
    posthorn: 1,
    flow: "long",
    steps: [
      { id: "a", map: 1, durable: true, compensate: [{ id: "undo_a", emit: { type: "a.undone", data: 1 } }] },
      { id: "told", emit: { type: "a.told", data: 1 } },
      { id: "rest", wait: { for: "30ms" } },
      { id: "asked", http: { method: "POST", url: "https://example.com/" } },
      { id: "called", call: { flow: "child" } },
      { id: "end", wait: { for: "1h" } },
    ],
  });
  const cancelled = new Map<string, string>();
  onEntries = (runId, paths) => {
    const point = cancelled.get(runId);
    if (point === undefined || !paths.includes(point)) return;
    cancelled.delete(runId);
    void sendSignals(w.db, [{ runId, path: "", kind: "cancel", value: point }]).then(() => w.flows.lookNow());
  };
  for (const point of points) {
    const [started] = await w.flows.startRuns([{ appId: app, flow: { name: "long" }, trigger: "api", delayMs: 50 }]);
    if (started?.kind !== "started") throw new Error("Not started.");
    cancelled.set(started.id, point);
  }
  await w.until(async () => (await w.endedOf(flowId)).length === points.length && (await w.live()) === 0);
  onEntries = () => undefined;
  const ended = await w.endedOf(flowId);
  expect(ended.map(({ state, result }) => [state, result] as [string, Json])).toEqual(
    points.map((point) => ["cancelled", point] as [string, Json]),
  );
  const types = await w.eventsOf(app);
  expect(types.filter((type) => type === "a.undone").length).toBe(points.length);
}, 30_000);
