// One process that enqueues tasks in batches and works on them, as the peers' programs do; with what users import.
import { createClient, createWorker, task } from "posthorn/tasks";
import { CONCURRENCY, measureTasks, sleep } from "../peers/measure.mjs";

const place = {
  url: process.env["BENCH_ORIGIN"] ?? "",
  token: process.env["BENCH_TOKEN"] ?? "",
  app: process.env["BENCH_APP"] ?? "",
};
const client = createClient(place);
const one = task<{ at: number }>({ name: "one" }, async ({ at }) => {
  tasks.onStart(at);
  await sleep(1);
  tasks.onDone();
});
const tasks = await measureTasks({
  add: (n) =>
    client.tasks.enqueueBatch(
      one,
      Array.from({ length: n }, () => ({ at: Date.now() })),
    ),
});
const quiet = () => undefined;
const worker = createWorker({
  ...place,
  name: "bench",
  tasks: [one],
  concurrency: CONCURRENCY,
  graceMs: 1_000,
  log: { debug: quiet, info: quiet, warn: console.error, error: console.error },
});
const working = worker.run();
await tasks.measure();
worker.stop();
await working;
process.exit(0);
