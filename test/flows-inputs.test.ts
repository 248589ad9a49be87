import { afterAll, beforeAll, expect, test } from "bun:test";
import { startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { apiOf, type TestApi } from "./kit/index.ts";

// How large the input of a start through the API may be: as large as any other value of a run.

const MIB = 1024 * 1024;
const FLOW = "/api/v1/app/shop/flow/sizes";

let database: TestDatabase;
let engine: TestEngine;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  engine = await startEngine({ env: { DATABASE_URL: database.url } });
  api = apiOf(engine);
  await api.app({ uid: "shop" });
  const definition = {
    posthorn: 1,
    flow: "sizes",
    steps: [{ id: "size", map: { $: "size(input.text)" }, durable: true }],
    output: { $: "steps.size" },
  };
  await api.call("PUT", FLOW, { definition });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const input = (bytes: number) => ({ text: "x".repeat(bytes - JSON.stringify({ text: "" }).length) });

test("an input of 8 MiB starts a run, one byte more is refused at its place, and much more is not read", async () => {
  const started = await api.call("POST", `${FLOW}/run`, { input: input(8 * MIB), wait: 20 });
  expect(started).toMatchObject({ status: 200, body: { run: { state: "completed" }, output: 8 * MIB - 11 } });
  expect(await api.call("POST", `${FLOW}/run`, { input: input(8 * MIB + 1) })).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ["body", "input"], msg: expect.stringContaining(String(8 * MIB + 1)) }] },
  });
  expect(await api.call("POST", `${FLOW}/run`, { input: input(9 * MIB) })).toMatchObject({
    status: 413,
    body: { code: "body_too_large" },
  });
});

test("many runs started at once may have 16 MiB together, each 8; a rerun takes as much", async () => {
  const runs = [{ input: input(7 * MIB) }, { input: input(8 * MIB) }];
  const { status, body } = await api.call("POST", `${FLOW}/run/batch`, { runs });
  expect([status, body.data.length]).toEqual([202, 2]);
  expect(await api.call("POST", `${FLOW}/run/batch`, { runs: [{}, { input: input(9 * MIB) }] })).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ["body", "runs", "1", "input"] }] },
  });
  const rerun = await api.call("POST", `/api/v1/app/shop/run/${body.data[0].id}/rerun`, { input: input(8 * MIB) });
  expect(rerun.status).toBe(202);
});

test("an input nested deeper than anybody can read is refused, and the process goes on", async () => {
  const depth = 1_000_000;
  const response = await fetch(`${engine.url}${FLOW}/run`, {
    method: "POST",
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
    body: `{"input":${"[".repeat(depth)}${"]".repeat(depth)}}`,
  });
  expect(response.status).toBe(422);
  expect((await api.call("POST", `${FLOW}/run`, { input: { text: "" }, wait: 20 })).status).toBe(200);
});
