import { expect, test } from "bun:test";
import { testDatabase } from "#test";
import { apiOf, installation, PGBOUNCER, startPgbouncer, startWorker, taskFolder, until } from "./kit/index.ts";

const DOUBLE = `
  import { task } from "posthorn/tasks";
  export default task({}, ({ n }: { n: number }) => n * 2);`;

const missing = PGBOUNCER === null ? " (skipped: pgbouncer is not installed)" : "";

test.skipIf(PGBOUNCER === null)(
  `behind pgbouncer in transaction mode a run emits, waits in the table, and takes what a worker returned${missing}`,
  async () => {
    await using database = await testDatabase();
    await using pooler = await startPgbouncer(database.url);
    await using engine = await installation(pooler.through(database.url)).start();
    const api = apiOf(engine);
    const app = await api.app();
    // biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON; what is not there fails the test.
    const ask = async (method: string, path: string, body?: unknown): Promise<any> => {
      const answer = await api.call(method, `/api/v1/app/${app}${path}`, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
    await using folder = await taskFolder({ "double.ts": DOUBLE });
    await using worker = await startWorker({ folder: folder.path, engine, app, args: [] });
    expect(worker).toBeDefined();
    const put = (flow: string, more: object) =>
      ask("PUT", `/flow/${flow}`, { definition: { posthorn: 1, flow, ...more } });
    await put("first", {
      steps: [
        { id: "tell", emit: { type: "number.told", data: { n: { $: "input.n" } } } },
        // Longer than what sleeps in memory.
        { id: "rest", wait: { for: "2500ms" } },
        { id: "twice", task: { name: "double", input: { n: { $: "input.n" } } } },
      ],
      output: { $: "steps.twice" },
    });
    await put("second", {
      on: [{ event: "number.told" }],
      steps: [{ id: "see", map: { $: "event.data.n" }, durable: true }],
      output: { $: "steps.see" },
    });
    const ended = (flow: string) =>
      until(
        `a run of ${flow} has ended`,
        async () =>
          (await ask("GET", `/run?flow=${flow}`)).data.find((run: { endedAt: unknown }) => run.endedAt !== null),
        30_000,
      );
    await Promise.all([1, 2, 3].map((n) => ask("POST", "/flow/first/run", { input: { n } })));
    const first = await ended("first");
    const second = await ended("second");
    expect([first.state, second.state]).toEqual(["completed", "completed"]);
    const detail = await ask("GET", `/run/${first.id}`);
    expect(detail.output).toBe(detail.input.n * 2);
  },
  60_000,
);
