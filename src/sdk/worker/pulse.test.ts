import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// A worker whose function holds its loop, on each runtime that there is: the engine is told by the thread that it lives, or is not told any more.

const folder = mkdtempSync(join(tmpdir(), "posthorn-pulse-"));
const HEARTBEAT_MS = 40;

/** Until the file is there, and without giving the loop a turn. */
const PROGRAM = `
import { existsSync } from "node:fs";
import { createWorker, task } from "./tasks.mjs";

const [url, file] = process.argv.slice(2);
const quiet = () => undefined;
const hold = task({ name: "hold" }, ({ spin }) => {
  if (spin) while (!existsSync(file));
  return "done";
});
const worker = createWorker({
  url,
  token: "t",
  app: "acme",
  name: "w",
  tasks: [hold],
  concurrency: 1,
  graceMs: 1_000,
  log: { debug: quiet, info: quiet, warn: (message, fields) => console.error(message, fields), error: console.error },
});
process.on("SIGTERM", () => worker.stop());
await worker.run();
`;

beforeAll(async () => {
  const built = await Bun.build({ entrypoints: [join(import.meta.dir, "../tasks.ts")], target: "node", format: "esm" });
  const [module] = built.outputs;
  if (module === undefined) throw new Error("The worker was built into nothing.");
  writeFileSync(join(folder, "tasks.mjs"), await module.text());
  writeFileSync(join(folder, "worker.mjs"), PROGRAM);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** An engine that has one task, and tells of each request what it asked and whether the worker itself or its thread spoke. */
function engine(on: { beat(byThread: boolean): Response | undefined }) {
  const reports: unknown[] = [];
  const reported = Promise.withResolvers<void>();
  let joined = 0;
  let handed = false;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const body = (await request.json()) as Record<string, unknown>;
      switch (new URL(request.url).pathname.split("/").at(-1)) {
        case "lease": {
          if (!("token" in (body["worker"] as object))) joined++;
          const isFirst = body["max"] !== 0 && !handed;
          if (isFirst) handed = true;
          else if (body["max"] !== 0) await Promise.race([reported.promise, Bun.sleep(HEARTBEAT_MS)]);
          const task = {
            id: "task_1",
            name: "hold",
            queue: "default",
            attempt: 1,
            priority: 0,
            key: "k",
            timeoutMs: null,
          };
          return Response.json({
            worker: { id: "wkr_1", token: String(joined) },
            tasks: isFirst ? [{ ...task, input: { spin: true } }] : [],
            cancelled: [],
            heartbeatMs: HEARTBEAT_MS,
            lostAfterMs: HEARTBEAT_MS * 4,
          });
        }
        case "heartbeat":
          return on.beat(!("holding" in body)) ?? Response.json({ cancelled: [] });
        case "report":
          reports.push(...(body["results"] as unknown[]));
          reported.resolve();
          return Response.json({
            results: (body["results"] as { id: string }[]).map(({ id }) => ({ id, state: "completed" })),
          });
        default:
          return Response.json({});
      }
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    reports,
    reported: reported.promise,
    joins: () => joined,
    stop: () => server.stop(true),
  };
}

async function diesEarly(worker: Bun.Subprocess<"ignore", "inherit", "pipe">): Promise<never> {
  const code = await worker.exited;
  throw new Error(`The worker ended with ${code}: ${await new Response(worker.stderr).text()}`);
}

const RUNTIMES = [
  ["Bun", process.execPath],
  ["Node", Bun.which("node")],
] as const;

for (const [runtime, command] of RUNTIMES) {
  const start = (url: string, file: string) =>
    Bun.spawn([command ?? "", join(folder, "worker.mjs"), url, file], { stdout: "inherit", stderr: "pipe" });

  test.skipIf(command === null)(
    `a thread says that the worker lives while a function holds its loop, and it keeps its task (${runtime})`,
    async () => {
      const file = join(folder, `${runtime}-kept`);
      let byThread = 0;
      const told = engine({
        beat: (isThread) => {
          // As many as a lease lasts and more, of the thread alone: only then the function may end.
          if (isThread && ++byThread === 6) writeFileSync(file, "");
          return undefined;
        },
      });
      const worker = start(told.url, file);
      await Promise.race([told.reported, diesEarly(worker)]);
      worker.kill("SIGTERM");
      expect(await worker.exited).toBe(0);
      expect(told.reports).toEqual([{ id: "task_1", attempt: 1, ok: true, output: "done" }]);
      expect([told.joins(), byThread >= 6]).toEqual([1, true]);
      await told.stop();
    },
    60_000,
  );

  test.skipIf(command === null)(
    `a worker that was lost while a function held its loop joins anew (${runtime})`,
    async () => {
      const file = join(folder, `${runtime}-lost`);
      const joinedAnew = Promise.withResolvers<void>();
      let isLost = false;
      const told = engine({
        beat: (isThread) => {
          if (isThread) {
            isLost = true;
            writeFileSync(file, "");
          } else if (isLost && told.joins() > 1) joinedAnew.resolve();
          return isLost && told.joins() === 1
            ? Response.json({ code: "worker_lost", detail: "It was not heard of." }, { status: 409 })
            : undefined;
        },
      });
      const worker = start(told.url, file);
      await Promise.race([joinedAnew.promise, diesEarly(worker)]);
      worker.kill("SIGTERM");
      expect(await worker.exited).toBe(0);
      expect(told.joins()).toBe(2);
      await told.stop();
    },
    60_000,
  );
}
