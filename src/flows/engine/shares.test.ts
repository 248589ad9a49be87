import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Definition } from "#language";
import { testDatabase } from "#test";
import type { Executors, StepResult } from "./executors.ts";
import { type FlowWorld, world } from "./world.ts";

const FLIGHTS_MAX = 10;
/** Programs at once, of one application. */
const PROGRAMS_SHARE = 128;

/** Steps under way, which the test ends by hand. */
const asked = new Map<string, { readonly appId: string; answer(result: StepResult): void }[]>();
let isOver = false;
const ask = (kind: string, appId: string): Promise<StepResult> => {
  if (isOver) return Promise.resolve({ ok: true, output: null });
  const { promise, resolve } = Promise.withResolvers<StepResult>();
  asked.set(kind, [...(asked.get(kind) ?? []), { appId, answer: resolve }]);
  return promise;
};
const executors: Executors = {
  http: (_command, run) => ask("http", run.appId),
  code: (_command, run) => ask("code", run.appId),
};
const under = (kind: string, appId: string) => (asked.get(kind) ?? []).filter((each) => each.appId === appId).length;

let database: Awaited<ReturnType<typeof testDatabase>>;
let w: FlowWorld;
beforeAll(async () => {
  database = await testDatabase();
  const limits = { runsMax: 10_000, bytesMax: 64 * 1024 * 1024, flightsMax: FLIGHTS_MAX };
  w = await world(database.url, { executors, limits });
});
afterAll(async () => {
  isOver = true;
  for (const steps of asked.values()) for (const { answer } of steps) answer({ ok: true, output: null });
  await w[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const http: Definition["steps"] = [{ id: "ask", http: { url: "https://example.com/" } }];
const code: Definition["steps"] = [{ id: "compute", code: "return 1" }];

async function flood(steps: Definition["steps"], runs: number): Promise<string> {
  const app = await w.application();
  await w.put(app, { posthorn: 1, flow: "flood", steps });
  const one = { appId: app, flow: { name: "flood" }, trigger: "api" } as const;
  await w.flows.startRuns(Array.from({ length: runs }, () => one));
  return app;
}

test("P7: requests of an application that hang leave half of the places to others", async () => {
  const flooding = await flood(http, 4 * FLIGHTS_MAX);
  await w.until(async () => under("http", flooding) === FLIGHTS_MAX / 2);
  const other = await flood(http, 1);
  await w.until(async () => under("http", other) === 1);
  expect(under("http", flooding)).toBe(FLIGHTS_MAX / 2);
});

test("P7: programs that compute for long keep neither the requests nor the programs of others waiting", async () => {
  const flooding = await flood(code, 2 * PROGRAMS_SHARE);
  await w.until(async () => under("code", flooding) === PROGRAMS_SHARE);
  const [asking, computing] = [await flood(http, 1), await flood(code, 1)];
  await w.until(async () => under("http", asking) === 1 && under("code", computing) === 1);
  expect(under("code", flooding)).toBe(PROGRAMS_SHARE);
});
