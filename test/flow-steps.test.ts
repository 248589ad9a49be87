import { afterAll, beforeAll, expect, test } from "bun:test";
import { startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { until } from "./kit/index.ts";

const VALUE = "sk_live_never_in_history";

let database: TestDatabase;
let engine: TestEngine;
let app = "";

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails when it is not there.
async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
  const response = await fetch(`${engine.url}/api/v1/app${path}`, {
    method,
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

async function put(definition: { readonly flow: string }): Promise<void> {
  const answer = await ask("PUT", `/${app}/flow/${definition.flow}`, { definition });
  if (answer.status >= 300) throw new Error(`PUT was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

/** Starts a run and waits for its end. */
async function run(flow: string, input: unknown) {
  const answer = await ask("POST", `/${app}/flow/${flow}/run`, { input, wait: 20 });
  const { id } = answer.body.run;
  const ended = await until("the run has ended", async () => {
    const found = await ask("GET", `/${app}/run/${id}`);
    return ["completed", "failed", "cancelled"].includes(found.body?.state) ? found.body : undefined;
  });
  return ended;
}

beforeAll(async () => {
  database = await testDatabase();
  engine = await startEngine({ env: { DATABASE_URL: database.url, POSTHORN_ALLOW_NETWORKS: "127.0.0.0/8" } });
  app = (await ask("POST", "", { name: "Shop" })).body.id;
});

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

test("P8 a secret leaves in its header, and what echoes it is masked in the history", async () => {
  const sent: (string | null)[] = [];
  const echo = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ headers }) => {
      sent.push(headers.get("authorization"));
      return Response.json({ told: headers.get("authorization") });
    },
  });
  await put({
    posthorn: 1,
    flow: "echo",
    secrets: ["key"],
    steps: [{ id: "ask", http: { url: echo.url.href, headers: { Authorization: { $: '"Bearer " + secrets.key' } } } }],
    output: { told: { $: "steps.ask.body.told" } },
  } as never);

  const unknown = await run("echo", {});
  expect([unknown.state, unknown.error.code]).toEqual(["failed", "secret_unknown"]);
  await ask("PUT", `/${app}/flow-secret/key`, { value: VALUE, flows: ["somebody-else"] });
  expect((await run("echo", {})).error.code).toBe("secret_not_granted");
  expect(sent).toEqual([]);

  await ask("PUT", `/${app}/flow-secret/key`, { flows: ["echo"] });
  const done = await run("echo", {});
  expect([done.state, done.output]).toEqual(["completed", { told: "Bearer •••" }]);
  expect(sent).toEqual([`Bearer ${VALUE}`]);
  expect(JSON.stringify(done)).not.toContain(VALUE);
  await echo.stop(true);
});

test("P7 a code step runs in the sandbox, and an endless one fails its run and no other", async () => {
  const code = (flow: string, text: string) =>
    put({
      posthorn: 1,
      flow,
      steps: [{ id: "compute", code: text, input: { $: "input" } }],
      output: { $: "steps.compute" },
    } as never);
  await code("double", "return { twice: input.n * 2 }");
  await code("endless", "for (;;) {}");
  const [endless, double] = await Promise.all([run("endless", {}), run("double", { n: 21 })]);
  expect([endless.state, endless.error.code]).toEqual(["failed", "code_timeout"]);
  expect([double.state, double.output]).toEqual(["completed", { twice: 42 }]);
});

test("what runs did is counted, by outcome and without naming anybody", async () => {
  const metrics = await (
    await fetch(`${engine.url}/metrics`, { headers: { authorization: `Bearer ${engine.token}` } })
  ).text();
  const counted = (series: string) =>
    Number(
      metrics
        .split("\n")
        .find((line) => line.startsWith(`${series} `))
        ?.split(" ")[1],
    );
  expect(counted('posthorn_runs_ended_total{state="completed",trigger="api"}')).toBe(2);
  expect(counted('posthorn_runs_ended_total{state="failed",trigger="api"}')).toBe(3);
  expect(counted('posthorn_runs_started_total{trigger="api"}')).toBe(5);
  expect(counted('posthorn_run_step_attempts_total{kind="code",outcome="completed"}')).toBe(1);
  expect(counted('posthorn_run_step_attempts_total{kind="code",outcome="code"}')).toBe(1);
  expect(counted('posthorn_sandbox_programs_total{outcome="ok"}')).toBe(1);
  expect(counted('posthorn_commit_rows_count{commit="run"}')).toBeGreaterThan(0);
  expect(metrics).not.toContain(app);
  expect(metrics).not.toContain("endless");
});
