import { afterAll, beforeAll, expect, test } from "bun:test";
import { runCli } from "#cli";
import { startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { apiOf } from "./kit/index.ts";

let database: TestDatabase;
let engine: TestEngine;

beforeAll(async () => {
  database = await testDatabase();
  engine = await startEngine({ env: { DATABASE_URL: database.url } });
  await apiOf(engine).app({ uid: "shop" });
});
afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

/** A command as somebody types it who has a URL, a token and an application. */
async function type(...words: string[]) {
  let [out, err] = ["", ""];
  const nobody = () => Promise.reject(new Error("Nothing is served here."));
  const code = await runCli(
    [...words, "--app", "shop"],
    { serve: nobody, migrate: nobody, worker: nobody },
    {
      env: { POSTHORN_URL: engine.url, POSTHORN_TOKEN: engine.token },
      fetch,
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
    },
  );
  return { code, out, err };
}

const worker = (path: string, body: object) => apiOf(engine).call("POST", `/api/v1/app/shop/worker/${path}`, body);

test("a task is enqueued, listed, fails, is shown with its attempts, tried again and cancelled", async () => {
  const made = await type("task", "enqueue", "mail.send", "--input", '{"to":"a"}', "--queue", "mail", "--unique", "k");
  expect(made.code).toBe(0);
  const [id = ""] = /task_[0-9a-z]{26}/.exec(made.out) ?? [];
  const twin = await type("task", "enqueue", "mail.send", "--queue", "mail", "--unique", "k");
  expect(twin.out).toBe(`${id} holds that key already; nothing was enqueued.\n`);
  expect((await type("task", "list", "--queue", "mail")).out).toMatch(new RegExp(`${id} +mail\\.send +mail +waiting`));
  const profile = { name: "w", queues: ["mail"], names: ["mail.send"], concurrency: 1 };
  const leased = await worker("lease", { worker: profile, max: 1, waitSeconds: 10 });
  const error = { class: "permanent", code: "no_such_box", message: "There is none" };
  await worker("report", { token: leased.body.worker.token, results: [{ id, attempt: 1, ok: false, error }] });
  const shown = await type("task", "show", id);
  expect(shown.out).toMatch(/state +failed\n/);
  expect(shown.out).toMatch(/1 +failed +wkr_\S+ +\S+ +no_such_box: There is none\n/);
  expect((await type("task", "retry")).code).toBe(1);
  expect(await type("task", "retry", "--name", "mail.send")).toMatchObject({
    out: "1 tasks that failed would be tried again.\n",
    err: "Nothing was done; --yes does it.\n",
  });
  expect((await type("task", "retry", "--name", "mail.send", "--yes")).out).toBe("1 tasks are tried again.\n");
  expect((await type("task", "cancel", id, "--reason", "no more")).out).toBe(`${id} is cancelled.\n`);
  expect((await type("task", "retry", id)).out).toBe(`${id} is tried again.\n`);
}, 30_000);

test("a delay is a span of time; what is none is told", async () => {
  const made = await type("task", "enqueue", "later", "--delay", "2h", "--json");
  const { id } = JSON.parse(made.out);
  const { body } = await apiOf(engine).call("GET", `/api/v1/app/shop/task/${id}`);
  expect(Date.parse(body.dueAt) - Date.now()).toBeGreaterThan(3_600_000);
  const wrong = await type("task", "enqueue", "later", "--delay", "soon");
  expect(wrong).toMatchObject({ code: 1, err: '--delay is "soon"; it should be a span of time: 90s, 15m, 6h, 2d.\n' });
}, 30_000);

test("queues are paused, limited and resumed", async () => {
  await type("task", "enqueue", "x", "--queue", "slow");
  await type("queue", "pause", "slow");
  expect((await type("queue", "list")).out).toMatch(/slow +1 +0 +any +any +paused\n/);
  await type("queue", "limit", "slow", "--concurrency", "2", "--rate", "10");
  await type("queue", "resume", "slow");
  expect((await type("queue", "list")).out).toMatch(/slow +1 +0 +2 +10 +open\n/);
  await type("queue", "limit", "slow", "--rate", "none");
  expect((await type("queue", "list")).out).toMatch(/slow +1 +0 +2 +any +open\n/);
}, 30_000);
