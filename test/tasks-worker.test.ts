import { afterAll, beforeAll, expect, test } from "bun:test";
import { createClient, EngineError, task } from "posthorn/tasks";
import { startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { startWorker as startProcess, taskFolder } from "./kit/index.ts";

// Workers as their operators start them: processes of their own, killed, stopped and taken over.

let database: TestDatabase;
let engine: TestEngine;
let folder: Awaited<ReturnType<typeof taskFolder>>;

const MODULES: Readonly<Record<string, string>> = {
  "echo.ts": `import { task } from "posthorn/tasks"; export default task({}, async (input, { attempt }) => ({ input, attempt }));`,
  "hang.ts": `import { task } from "posthorn/tasks";
    export default task({}, (input: unknown, { attempt, signal, progress, log }) => {
      if (attempt > 1) return "second time";
      progress({ begun: true });
      log.info("begun");
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });`,
  "stubborn.ts": `import { task } from "posthorn/tasks";
    export default task({ timeout: "200ms", retry: { attempts: 1 } }, async () => { await Bun.sleep(600_000); });`,
  "poison.ts": `import { task } from "posthorn/tasks"; export default task({}, () => process.kill(process.pid, "SIGKILL"));`,
  "fails.ts": `import { PermanentError, RetryableError, task } from "posthorn/tasks";
    export const permanent = task({}, () => { throw new PermanentError("never", { code: "never" }); });
    export const soon = task({}, (_: unknown, { attempt }) => { if (attempt === 1) throw new RetryableError("wait", { code: "wait", retryAfterMs: 0 }); return attempt; });`,
  "strict.ts": `import { task } from "posthorn/tasks";
    const input = { "~standard": { version: 1, vendor: "test", validate: (value: any) => typeof value?.n === "number" ? { value } : { issues: [{ message: "should be a number", path: ["n"] }] } } } as const;
    export default task({ input: input as any }, (value: any) => value.n + 1);`,
  "busy.ts": `import { task } from "posthorn/tasks";
    export default task({}, (_: unknown, { attempt, log }) => {
      log.info("begun");
      const until = performance.now() + 7_000;
      let n = 0;
      while (performance.now() < until) n++;
      return { attempt, counted: n > 0 };
    });`,
  "large.ts": `import { task } from "posthorn/tasks"; export default task({}, () => "x".repeat(100 * 1024 * 1024));`,
};

// biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON; what is not there fails the test.
async function ask(method: string, path: string, body?: unknown, of: { url: string } = engine): Promise<any> {
  const response = await fetch(`${of.url}/api/v1/app/acme${path}`, {
    method,
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Looks until the task is as wanted; the caller's time is the test's. */
async function until(id: string, fits: (task: { state: string; [name: string]: unknown }) => boolean) {
  for (;;) {
    const task = await ask("GET", `/task/${id}`);
    if (fits(task)) return task;
    await Bun.sleep(20);
  }
}
const ended = (id: string) => until(id, ({ state }) => state !== "waiting" && state !== "running");

const enqueue = async (name: string, queue: string, more: object = {}): Promise<string> =>
  (await ask("POST", "/task", { name, queue, ...more })).id;

/** Starts `posthorn worker` for one queue and waits until it has joined. */
const startWorker = (queue: string, more: readonly string[] = [], of: { url: string } = engine) =>
  startProcess({
    folder: folder.path,
    engine: { url: of.url, token: engine.token },
    app: "acme",
    args: ["--queues", queue, ...more],
  });

beforeAll(async () => {
  database = await testDatabase();
  engine = await startEngine({ env: { DATABASE_URL: database.url } });
  await fetch(`${engine.url}/api/v1/app`, {
    method: "POST",
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Acme", uid: "acme" }),
  });
  folder = await taskFolder(MODULES);
});
afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

test("a worker does what a folder's modules export, and tells errors by their classes", async () => {
  await using _ = await startWorker("q1");
  const ids = await Promise.all([
    enqueue("echo", "q1", { input: { a: 1 } }),
    enqueue("fails.permanent", "q1"),
    enqueue("fails.soon", "q1"),
    enqueue("strict", "q1", { input: { n: "x" } }),
    enqueue("strict", "q1", { input: { n: 1 } }),
    enqueue("large", "q1"),
    enqueue("stubborn", "q1", { retry: { attempts: 1 } }),
  ]);
  const tasks = await Promise.all(ids.map(ended));
  expect(
    tasks.map(({ state, output, error, attempts }) => [
      state,
      output ?? error?.code ?? null,
      error?.class ?? null,
      attempts,
    ]),
  ).toEqual([
    ["completed", { input: { a: 1 }, attempt: 1 }, null, 1],
    ["failed", "never", "permanent", 1],
    ["completed", 2, null, 2],
    ["failed", "input_invalid", "permanent", 1],
    ["completed", 2, null, 1],
    ["failed", "result_too_large", "invalid", 1],
    ["failed", "task_timeout", "timeout", 1],
  ]);
}, 30_000);

test.serial(
  "P2: what a killed worker had in hand is done by another within five seconds, and the attempt recorded as lost",
  async () => {
    const first = await startWorker("q2");
    const id = await enqueue("hang", "q2");
    await first.says("begun");
    await using second = await startWorker("q2");
    const killedAt = performance.now();
    first.kill("SIGKILL");
    const task = await ended(id);
    const tookMs = performance.now() - killedAt;
    expect(task).toMatchObject({
      state: "completed",
      output: "second time",
      history: [{ number: 1, outcome: "lost", error: { class: "ambiguous", code: "worker_lost" } }, { number: 2 }],
    });
    expect(tookMs).toBeLessThan(5_500);
    expect(second.pid).not.toBe(first.pid);
  },
  30_000,
);

test("a running task is cancelled through its signal, and shows its progress meanwhile", async () => {
  await using worker = await startWorker("q3");
  const id = await enqueue("hang", "q3");
  await worker.says("begun");
  await until(id, ({ progress }) => JSON.stringify(progress) === '{"begun":true}');
  await ask("POST", `/task/${id}/cancel`, { reason: "no longer wanted" });
  expect(await ended(id)).toMatchObject({
    state: "cancelled",
    error: { class: "cancelled", message: "no longer wanted" },
  });
}, 30_000);

test("P12: told to stop, a worker gives back what outlives the grace, and another goes on with it at once", async () => {
  await using first = await startWorker("q4", ["--grace", "0"]);
  const id = await enqueue("hang", "q4");
  await first.says("begun");
  first.kill("SIGTERM");
  expect(await first.exited).toBe(0);
  await using _ = await startWorker("q4");
  const task = await ended(id);
  expect(task).toMatchObject({
    state: "completed",
    output: "second time",
    history: [{ error: { code: "worker_stopped" } }, {}],
  });
  const { data } = await ask("GET", "/worker");
  expect(data.find(({ queues }: { queues: string[] }) => queues[0] === "q4").endedBy ?? "lives").toBe("lives");
}, 30_000);

test("a poison task that kills its workers fails after its attempts, and its queue goes on", async () => {
  const id = await enqueue("poison", "q5", { retry: { attempts: 2, waitMs: 0 } });
  for (let n = 0; n < 2; n++) {
    const worker = await startWorker("q5");
    expect(await worker.exited).not.toBe(0);
  }
  const task = await ended(id);
  expect(task).toMatchObject({ state: "failed", attempts: 2, history: [{ outcome: "lost" }, { outcome: "lost" }] });
  await using _ = await startWorker("q5");
  expect(await ended(await enqueue("echo", "q5"))).toMatchObject({ state: "completed" });
}, 40_000);

test("a client enqueues different tasks together, waits for them, and looks at them", async () => {
  await using _ = await startWorker("q9");
  const { tasks } = createClient({ url: engine.url, token: engine.token, app: "acme" });
  const strict = task<{ n: number }>({ name: "strict", queue: "q9" }, () => undefined);
  const [echoed, strictly] = await tasks.enqueueAll([
    { task: "echo", input: { a: 1 }, queue: "q9" },
    { task: strict, input: { n: 1 }, priority: 5 },
  ]);
  const patience = AbortSignal.timeout(20_000);
  expect(await tasks.wait(echoed?.id ?? "", patience)).toMatchObject({
    state: "completed",
    output: { input: { a: 1 } },
  });
  expect(await tasks.wait(strictly?.id ?? "", patience)).toMatchObject({ state: "completed", output: 2 });
  const later = await tasks.enqueue("echo", null, { queue: "q9", delay: "1h" });
  expect(await tasks.get(later.id)).toMatchObject({ state: "waiting", attempts: 0 });
  await expect(tasks.wait(later.id, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  await expect(tasks.get("task_00000000000000000000000000")).rejects.toThrow(EngineError);
}, 40_000);

test("P2: a function that computes for seconds is not taken from its worker, though another one waits", async () => {
  await using first = await startWorker("q8");
  const id = await enqueue("busy", "q8");
  await first.says("begun");
  await using _ = await startWorker("q8");
  expect(await ended(id)).toMatchObject({
    state: "completed",
    attempts: 1,
    output: { attempt: 1, counted: true },
    history: [{ number: 1, outcome: "completed" }],
  });
  expect(first.lines.some((line) => line.includes("too late") || line.includes("not heard of"))).toBe(false);
}, 40_000);

test("--watch: a worker whose module changes begins anew and does what it says now", async () => {
  const module = (says: string) =>
    `import { task } from "posthorn/tasks"; export default task({ name: "says" }, () => ${JSON.stringify(says)});`;
  await using own = await taskFolder({ "says.ts": module("before") });
  await using worker = await startProcess({
    folder: own.path,
    engine: { url: engine.url, token: engine.token },
    app: "acme",
    args: ["--queues", "q7", "--watch"],
  });
  expect(await ended(await enqueue("says", "q7"))).toMatchObject({ state: "completed", output: "before" });
  await Bun.write(`${own.path}/says.ts`, module("after"));
  await worker.says("worker_joined", 2);
  expect(await ended(await enqueue("says", "q7"))).toMatchObject({ state: "completed", output: "after" });
  worker.kill("SIGTERM");
  expect(await worker.exited).toBe(0);
}, 40_000);

test("P2: an engine that is killed with leases out loses none; the worker goes on with the next one", async () => {
  await using other = await testDatabase();
  const env = { DATABASE_URL: other.url, POSTHORN_API_TOKEN: engine.token };
  const first = await startEngine({ env });
  await fetch(`${first.url}/api/v1/app`, {
    method: "POST",
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Acme", uid: "acme" }),
  });
  await using worker = await startWorker("q6", [], first);
  const id = (await ask("POST", "/task", { name: "hang", queue: "q6" }, first)).id;
  await worker.says("begun");
  first.kill("SIGKILL");
  await first.exited;
  const port = new URL(first.url).port;
  await using second = await startEngine({ env: { ...env, POSTHORN_LISTEN: `127.0.0.1:${port}` } });
  const echoed = (await ask("POST", "/task", { name: "echo", queue: "q6" }, second)).id;
  const done = async (of: string) => {
    for (;;) {
      const task = await ask("GET", `/task/${of}`, undefined, second);
      if (task.state === "completed") return task;
      await Bun.sleep(20);
    }
  };
  expect(await done(echoed)).toMatchObject({ attempts: 1 });
  await ask("POST", `/task/${id}/cancel`, {}, second);
  for (;;) if ((await ask("GET", `/task/${id}`, undefined, second)).state === "cancelled") break;
}, 40_000);
