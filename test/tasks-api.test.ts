import { afterAll, beforeAll, expect, test } from "bun:test";
import { startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";

let database: TestDatabase;
let engine: TestEngine;

beforeAll(async () => {
  database = await testDatabase();
  engine = await startEngine({ env: { DATABASE_URL: database.url } });
  await ask("post", "/api/v1/app", { name: "Acme", uid: "acme" });
});
afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

// biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON; what is not there fails the test.
type Answered = { readonly status: number; readonly body: any };

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(`${engine.url}${path}`, {
    method: method.toUpperCase(),
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json", ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

const app = "/api/v1/app/acme";
const profile = (queue: string, names = ["mail.send"]) => ({ name: "w", queues: [queue], names, concurrency: 10 });

test("a task goes from the API to a worker and back, and is shown with its attempts", async () => {
  const made = await ask("post", `${app}/task`, {
    name: "mail.send",
    queue: "one",
    input: { to: "ä\u0000" },
    priority: 3,
  });
  expect(made).toMatchObject({ status: 202, body: { created: true } });
  const leased = await ask("post", `${app}/worker/lease`, { worker: profile("one"), max: 5 });
  expect(leased.body.tasks).toMatchObject([
    { id: made.body.id, name: "mail.send", attempt: 1, priority: 3, key: made.body.id, input: { to: "ä\u0000" } },
  ]);
  const { token } = leased.body.worker;
  const running = await ask("get", `${app}/task/${made.body.id}`);
  expect(running.body).toMatchObject({ state: "running", workerId: leased.body.worker.id, history: [] });
  const failed = await ask("post", `${app}/worker/report`, {
    token,
    results: [
      { id: made.body.id, attempt: 1, ok: false, error: { message: "not now", retryAt: new Date(0).toISOString() } },
    ],
  });
  expect(failed.body.results).toEqual([{ id: made.body.id, state: "retrying" }]);
  const again = await ask("post", `${app}/worker/lease`, { worker: { token }, max: 5, waitSeconds: 10 });
  expect(again.body.tasks).toMatchObject([{ id: made.body.id, attempt: 2 }]);
  const beat = await ask("post", `${app}/worker/heartbeat`, {
    token,
    holding: [made.body.id],
    progress: [{ id: made.body.id, attempt: 2, value: { percent: 40, note: "\u0000" } }],
  });
  expect(beat).toMatchObject({ status: 200, body: { cancelled: [] } });
  expect((await ask("get", `${app}/task/${made.body.id}`)).body.progress).toEqual({ percent: 40, note: "\u0000" });
  await ask("post", `${app}/worker/report`, {
    token,
    results: [{ id: made.body.id, attempt: 2, ok: true, output: [1] }],
  });
  const done = await ask("get", `${app}/task/${made.body.id}`);
  expect(done.body).toMatchObject({
    state: "completed",
    attempts: 2,
    output: [1],
    history: [
      { number: 1, outcome: "failed", error: { class: "retryable", message: "not now" } },
      { number: 2, outcome: "completed" },
    ],
  });
  const listed = await ask("get", `${app}/task?state=completed&queue=one`);
  expect(listed.body.data.map(({ id }: { id: string }) => id)).toEqual([made.body.id]);
});

test("an Idempotency-Key makes one task of a request that is repeated", async () => {
  const once = () => ask("post", `${app}/task`, { name: "mail.send", queue: "keyed" }, { "idempotency-key": "k1" });
  const [first, second] = [await once(), await once()];
  expect(first.status).toBe(202);
  expect(second.body.id).toBe(first.body.id);
  const queues = await ask("get", `${app}/task-queue`);
  expect(queues.body.data).toContainEqual(expect.objectContaining({ name: "keyed", waiting: 1 }));
});

test("a task that waits is cancelled at once; the worker of one that runs is told while it waits for more", async () => {
  const [waits, runs] = (
    await ask("post", `${app}/task/batch`, {
      tasks: [
        { name: "mail.send", queue: "c1" },
        { name: "mail.send", queue: "c2" },
      ],
    })
  ).body.data;
  expect((await ask("post", `${app}/task/${waits.id}/cancel`, {})).body).toEqual({ state: "cancelled" });
  expect((await ask("get", `${app}/task/${waits.id}`)).body).toMatchObject({
    state: "cancelled",
    error: { class: "cancelled" },
  });
  const { token } = (await ask("post", `${app}/worker/lease`, { worker: profile("c2"), max: 1 })).body.worker;
  const waiting = ask("post", `${app}/worker/lease`, { worker: { token }, max: 1, waitSeconds: 20 });
  expect((await ask("post", `${app}/task/${runs.id}/cancel`, { reason: "no more" })).body).toEqual({
    state: "cancelling",
  });
  expect((await waiting).body.cancelled).toEqual([{ id: runs.id, attempt: 1, reason: "no more" }]);
  const told = await ask("post", `${app}/worker/report`, {
    token,
    results: [
      { id: runs.id, attempt: 1, ok: false, error: { class: "cancelled", code: "cancelled", message: "stopped" } },
    ],
  });
  expect(told.body.results).toEqual([{ id: runs.id, state: "cancelled" }]);
  expect(await ask("post", `${app}/task/${runs.id}/cancel`, {})).toMatchObject({
    status: 409,
    body: { code: "task_ended" },
  });
});

test("what was asked to be cancelled and then fails, or is given back, is not tried again", async () => {
  const { id } = (await ask("post", `${app}/task`, { name: "mail.send", queue: "c3" })).body;
  const { token } = (await ask("post", `${app}/worker/lease`, { worker: profile("c3"), max: 1 })).body.worker;
  await ask("post", `${app}/task/${id}/cancel`, {});
  const told = await ask("post", `${app}/worker/report`, {
    token,
    results: [{ id, attempt: 1, ok: false, error: { message: "x" } }],
  });
  expect(told.body.results).toEqual([{ id, state: "cancelled" }]);
});

test("failed tasks are counted, and tried again with as many attempts as before", async () => {
  const { id } = (await ask("post", `${app}/task`, { name: "again", queue: "r", retry: { attempts: 1 } })).body;
  const { token } = (await ask("post", `${app}/worker/lease`, { worker: profile("r", ["again"]), max: 1 })).body.worker;
  const fail = (attempt: number) =>
    ask("post", `${app}/worker/report`, { token, results: [{ id, attempt, ok: false, error: { message: "x" } }] });
  expect((await fail(1)).body.results).toEqual([{ id, state: "failed" }]);
  expect((await ask("post", `${app}/task/retry`, { name: "again", dryRun: true })).body).toEqual({
    count: 1,
    done: true,
    dryRun: true,
  });
  expect((await ask("post", `${app}/task/retry`, { name: "again" })).body).toEqual({
    count: 1,
    done: true,
    dryRun: false,
  });
  const leased = await ask("post", `${app}/worker/lease`, { worker: { token }, max: 1, waitSeconds: 10 });
  expect(leased.body.tasks).toMatchObject([{ id, attempt: 2 }]);
  expect((await fail(2)).body.results).toEqual([{ id, state: "failed" }]);
  expect(await ask("post", `${app}/task/${id}/retry`, undefined)).toMatchObject({ status: 202 });
  expect(await ask("post", `${app}/task/${id}/retry`, undefined)).toMatchObject({
    status: 409,
    body: { code: "task_not_failed" },
  });
});

test("a paused queue hands out nothing until it is resumed, and then at once", async () => {
  await ask("patch", `${app}/task-queue/p`, { paused: true });
  const { token } = (await ask("post", `${app}/worker/lease`, { worker: profile("p"), max: 1 })).body.worker;
  const waiting = ask("post", `${app}/worker/lease`, { worker: { token }, max: 1, waitSeconds: 20 });
  const { id } = (await ask("post", `${app}/task`, { name: "mail.send", queue: "p" })).body;
  expect((await ask("get", `${app}/task/${id}`)).body.state).toBe("waiting");
  await ask("patch", `${app}/task-queue/p`, { paused: false });
  expect((await waiting).body.tasks).toMatchObject([{ id }]);
});

test("P7: what is too large is refused with its reason, and the engine goes on", async () => {
  const large = "x".repeat(9 * 1024 * 1024);
  expect((await ask("post", `${app}/task`, { name: "mail.send", input: large })).status).toBe(422);
  const { id } = (await ask("post", `${app}/task`, { name: "mail.send", queue: "large" })).body;
  const { token } = (await ask("post", `${app}/worker/lease`, { worker: profile("large"), max: 1 })).body.worker;
  const told = await ask("post", `${app}/worker/report`, {
    token,
    results: [{ id, attempt: 1, ok: true, output: large }],
  });
  expect(told.body.results).toEqual([{ id, state: "failed" }]);
  expect((await ask("get", `${app}/task/${id}`)).body.error).toMatchObject({
    class: "invalid",
    code: "result_too_large",
  });
  // A hundred megabytes are not even read.
  const hundred = await fetch(`${engine.url}${app}/worker/report`, {
    method: "POST",
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
    body: "x".repeat(100 * 1024 * 1024),
  });
  expect(hundred.status).toBe(413);
  expect((await ask("get", `${app}/worker`)).status).toBe(200);
});

test("tasks of all states are listed together, the newest first, page by page", async () => {
  const other = "/api/v1/app/listed";
  await ask("post", "/api/v1/app", { name: "Listed", uid: "listed" });
  const { data } = (
    await ask("post", `${other}/task/batch`, { tasks: [1, 2, 3, 4].map((input) => ({ name: "x", input })) })
  ).body;
  const { token } = (await ask("post", `${other}/worker/lease`, { worker: profile("default", ["x"]), max: 2 })).body
    .worker;
  await ask("post", `${other}/worker/report`, { token, results: [{ id: data[0].id, attempt: 1, ok: true }] });
  await ask("post", `${other}/task/${data[3].id}/cancel`, {});
  const seen: string[] = [];
  let iterator: string | null = null;
  do {
    const page: Answered = await ask("get", `${other}/task?limit=3${iterator === null ? "" : `&iterator=${iterator}`}`);
    expect(page.status).toBe(200);
    seen.push(
      ...page.body.data.map(
        ({ id, state }: { id: string; state: string }) =>
          `${data.findIndex((one: { id: string }) => one.id === id)} ${state}`,
      ),
    );
    iterator = page.body.done ? null : page.body.iterator;
  } while (iterator !== null);
  expect(seen).toEqual(["3 cancelled", "2 waiting", "1 running", "0 completed"]);
});

test("names, priorities and times that cannot be are told with their place", async () => {
  const told = async (task: unknown) =>
    (await ask("post", `${app}/task/batch`, { tasks: [{ name: "ok" }, task] })).body.detail;
  expect(await told({ name: "no spaces" })).toMatchObject([{ loc: ["body", "tasks", "1", "name"] }]);
  expect(await told({ name: "x", priority: 101 })).toMatchObject([{ loc: ["body", "tasks", "1", "priority"] }]);
  expect(await told({ name: "x", runAt: "2999-01-01T00:00:00Z" })).toMatchObject([
    { loc: ["body", "tasks", "1", "runAt"] },
  ]);
});
