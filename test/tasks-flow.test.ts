import { afterAll, beforeAll, expect, test } from "bun:test";
import { openDb } from "#kernel";
import { type TestDatabase, type TestEngine, testDatabase } from "#test";
import { apiOf, installation, startWorker, taskFolder, until, type WorkerProcess } from "./kit/index.ts";

// Steps of kind `task`, from the start of a run through a worker's process and back.

const FIRST_TIME = `
  import { existsSync, writeFileSync } from "node:fs";
  /** Whether this is the first attempt of a step, over all processes: of each attempt there is another task, under the same key. */
  export function isFirstTime(key: string): boolean {
    const mark = import.meta.dir + "/" + key.replaceAll(/[^a-z0-9]/g, "-") + ".mark";
    if (existsSync(mark)) return false;
    writeFileSync(mark, "");
    return true;
  }`;
const MODULES: Readonly<Record<string, string>> = {
  "first-time.ts": FIRST_TIME,
  "double.ts": `import { task } from "posthorn/tasks";
    export default task({}, ({ n }: { n: number }, { key }) => ({ n: n * 2, key }));`,
  "fails.ts": `import { PermanentError, task } from "posthorn/tasks";
    import { isFirstTime } from "./first-time.ts";
    export const once = task({}, (_: unknown, { key, attempt }) => {
      if (isFirstTime(key)) throw new Error("not now");
      return { attempt };
    });
    export const forever = task({}, () => { throw new PermanentError("no such card", { code: "card_unknown" }); });`,
  "slow.ts": `import { task } from "posthorn/tasks";
    export default task({}, async () => { await Bun.sleep(600_000); });`,
  "hang.ts": `import { task } from "posthorn/tasks";
    import { isFirstTime } from "./first-time.ts";
    export default task({}, (_: unknown, { key, signal, log }) => {
      if (!isFirstTime(key)) return "second time";
      log.info("begun");
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });`,
  "patient.ts": `import { existsSync } from "node:fs";
    import { task } from "posthorn/tasks";
    export default task({}, async ({ until }: { until: string }, { log }) => {
      log.info("begun");
      while (!existsSync(until)) await Bun.sleep(20);
      return "done once";
    });`,
};

interface World extends AsyncDisposable {
  engine: TestEngine;
  readonly app: string;
  readonly folder: string;
  readonly start: (more?: Readonly<Record<string, string>>) => Promise<TestEngine>;
  worker(): Promise<WorkerProcess>;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON; what is not there fails the test.
  ask(method: string, path: string, body?: unknown): Promise<any>;
  /** Deploys a flow of these steps and starts a run of it; its id. */
  run(flow: string, steps: readonly object[], more?: object, input?: unknown): Promise<string>;
  /** The run, once it has ended. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  ended(id: string): Promise<any>;
  /** No task of a run is waiting or under way. */
  nothingLeft(): Promise<void>;
}

async function world(): Promise<World> {
  const database: TestDatabase = await testDatabase();
  const house = installation(database.url);
  const folder = await taskFolder(MODULES);
  const engine = await house.start();
  const app = await apiOf(engine).app();
  const db = openDb({ url: database.url, poolMax: 1 });
  const here: World = {
    engine,
    app,
    folder: folder.path,
    start: house.start,
    worker: () => startWorker({ folder: folder.path, engine: here.engine, app, args: ["--concurrency", "50"] }),
    ask: async (method, path, body) => {
      const answer = await apiOf(here.engine).call(method, `/api/v1/app/${app}${path}`, body);
      if (answer.status >= 300) {
        throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      return answer.body;
    },
    run: async (flow, steps, more = {}, input = null) => {
      await here.ask("PUT", `/flow/${flow}`, { definition: { posthorn: 1, flow, steps, ...more } });
      return (await here.ask("POST", `/flow/${flow}/run`, { input })).id;
    },
    ended: (id) =>
      until(
        `the run ${id} has ended`,
        async () => {
          const run = await here.ask("GET", `/run/${id}`);
          return run.endedAt === null ? undefined : run;
        },
        30_000,
      ),
    nothingLeft: () =>
      until(
        "no task is left",
        async () => {
          const rows = await db.query(`
            select from posthorn.task_owed union all select from posthorn.task_leased
             union all select from posthorn.run_waiting union all select from posthorn.run_leased`);
          return rows.length === 0;
        },
        30_000,
      ).then(() => undefined),
    async [Symbol.asyncDispose]() {
      await db.close();
      await here.engine[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
  return here;
}

let shared: World;
let worker: WorkerProcess;

beforeAll(async () => {
  shared = await world();
  worker = await shared.worker();
});
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]();
  await shared?.[Symbol.asyncDispose]();
});

const stepOf = (run: { steps: { path: string }[] }, path: string) => run.steps.find((step) => step.path === path);

/** The task that a run made, as the list of tasks shows it. */
async function taskOf(here: World, name: string) {
  return until(`there is a task ${name}`, async () => (await here.ask("GET", `/task?name=${name}`)).data[0]);
}

test("a step's output is what the worker's function returned; its key is the step's", async () => {
  const id = await shared.run(
    "doubles",
    [{ id: "twice", task: { name: "double", input: { n: { $: "input.n" } } } }],
    {
      output: { $: "steps.twice" },
    },
    { n: 21 },
  );
  expect(await shared.ended(id)).toMatchObject({ state: "completed", output: { n: 42, key: `${id}/twice` } });
}, 40_000);

test("a task that fails is tried again by the step's own retries, each attempt a task that is tried once", async () => {
  const id = await shared.run("retries", [
    { id: "work", task: { name: "fails.once" }, retry: { attempts: 2, wait: "10ms" } },
  ]);
  const run = await shared.ended(id);
  expect(run.state).toBe("completed");
  expect(stepOf(run, "work")).toMatchObject({
    attempts: [
      { number: 1, outcome: "failed", error: { class: "retryable", code: "task_failed", message: "not now" } },
      { number: 2, outcome: "completed", output: { attempt: 1 } },
    ],
  });
}, 40_000);

test("a step's timeout counts from its attempt, and takes the task with it, whether it waits or runs", async () => {
  const retry = { attempts: 2, wait: "10ms" };
  for (const task of [{ name: "slow" }, { name: "nobody.does.soon", queue: "unserved" }]) {
    const id = await shared.run("late", [{ id: "work", task, timeout: "200ms", retry }]);
    expect(await shared.ended(id)).toMatchObject({ state: "failed", error: { class: "timeout", path: "work" } });
    const tasks = await until("both tasks have ended", async () => {
      const { data } = await shared.ask("GET", `/task?name=${task.name}`);
      const over = data.filter(({ state }: { state: string }) => state === "failed" || state === "cancelled");
      return over.length === 2 ? data : undefined;
    });
    expect(tasks).toHaveLength(2);
  }
}, 40_000);

test("a permanent error is not tried again, and on_failure sees it", async () => {
  const id = await shared.run(
    "cards",
    [
      {
        id: "charge",
        task: { name: "fails.forever" },
        on_failure: [{ id: "note", map: { code: { $: "error.code" }, class: { $: "error.class" } } }],
      },
    ],
    { output: { $: "steps.charge" } },
  );
  const run = await shared.ended(id);
  expect(run).toMatchObject({ state: "completed", output: { code: "card_unknown", class: "permanent" } });
  expect(stepOf(run, "charge")).toMatchObject({ attempts: [{ number: 1, outcome: "failed" }] });
}, 40_000);

test("for_each does two hundred tasks, twenty at a time, and keeps their order", async () => {
  const id = await shared.run(
    "many",
    [
      {
        id: "all",
        for_each: "input.list",
        parallel: 20,
        do: [{ id: "twice", task: { name: "double", input: { n: { $: "item" } } } }],
        output: { $: "steps.twice.n" },
      },
    ],
    { output: { $: "steps.all" } },
    { list: Array.from({ length: 200 }, (_, n) => n) },
  );
  const run = await shared.ended(id);
  expect(run.state).toBe("completed");
  expect(run.output).toEqual(Array.from({ length: 200 }, (_, n) => n * 2));
}, 60_000);

test("a run that is cancelled while its task waits for a worker takes the task with it", async () => {
  const id = await shared.run("unserved", [{ id: "work", task: { name: "nobody.does", queue: "unserved" } }]);
  await taskOf(shared, "nobody.does");
  await shared.ask("POST", `/run/${id}/cancel`, {});
  expect((await shared.ended(id)).state).toBe("cancelled");
  expect((await shared.ask("GET", "/task?name=nobody.does")).data).toMatchObject([
    { state: "cancelled", error: { class: "cancelled", code: "not_awaited" }, attempts: 0 },
  ]);
}, 40_000);

test("P2: engine and worker killed in the middle: what was begun is reported once, or done again under the same key", async () => {
  await using here = await world();
  const first = await here.worker();
  const gate = `${here.folder}/gate`;
  const id = await here.run(
    "crash",
    [
      { id: "patient", task: { name: "patient", input: { until: gate } } },
      { id: "hang", task: { name: "hang" }, retry: { wait: "10ms" } },
    ],
    { output: { first: { $: "steps.patient" }, second: { $: "steps.hang" } } },
  );
  await first.says("begun");
  const port = new URL(here.engine.url).port;
  here.engine.kill("SIGKILL");
  await here.engine.exited;
  here.engine = await here.start({ POSTHORN_LISTEN: `127.0.0.1:${port}` });
  // The worker never stopped: what it tells the new engine is the end of the first and only attempt.
  await Bun.write(gate, "");
  await first.says("begun", 2);
  await using _ = await here.worker();
  first.kill("SIGKILL");
  const run = await here.ended(id);
  expect(run).toMatchObject({ state: "completed", output: { first: "done once", second: "second time" } });
  expect(stepOf(run, "patient")).toMatchObject({ attempts: [{ number: 1, outcome: "completed" }] });
  expect(stepOf(run, "hang")).toMatchObject({
    attempts: [
      { number: 1, outcome: "failed", error: { class: "ambiguous", code: "worker_lost" } },
      { number: 2, outcome: "completed" },
    ],
  });
  await here.nothingLeft();
  const { data } = await here.ask("GET", "/task?name=patient");
  expect(data).toMatchObject([{ state: "completed", attempts: 1 }]);
}, 90_000);

test("a run that is cancelled while its task runs stops the worker's function; so does a branch that is given up", async () => {
  await using here = await world();
  await using hands = await here.worker();
  const cancelled = await here.run("stops", [{ id: "work", task: { name: "hang" } }]);
  await hands.says("begun");
  await here.ask("POST", `/run/${cancelled}/cancel`, {});
  expect((await here.ended(cancelled)).state).toBe("cancelled");
  const gate = `${here.folder}/gate`;
  const failed = await here.run("branches", [
    {
      id: "both",
      parallel: {
        hanging: [{ id: "hanging", task: { name: "hang" } }],
        failing: [
          { id: "first", task: { name: "patient", input: { until: gate } } },
          { id: "then", fail: { message: "enough" } },
        ],
      },
    },
  ]);
  await hands.says("begun", 3);
  await Bun.write(gate, "");
  expect((await here.ended(failed)).state).toBe("failed");
  await here.nothingLeft();
  expect((await here.ask("GET", "/task?name=hang")).data).toMatchObject([
    { state: "cancelled", error: { class: "cancelled" } },
    { state: "cancelled", error: { class: "cancelled" } },
  ]);
}, 60_000);

test("a task that no run waits for is cancelled in time, also when its run's commit did not say so", async () => {
  await using here = await world();
  const id = await here.run("orphan", [{ id: "work", task: { name: "nobody.does", queue: "unserved" } }]);
  await taskOf(here, "nobody.does");
  await here.ask("DELETE", "/flow/orphan");
  expect((await here.ended(id)).state).toBe("cancelled");
  await here.nothingLeft();
}, 60_000);

test("of all that came to an end no row is left", async () => {
  await shared.nothingLeft();
});
