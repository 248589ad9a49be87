// graphile-worker with its local queue and batched completion, as its page on performance says. It keeps no history of what was done.
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { CONCURRENCY, measureTasks, sleep } from "./measure.mjs";

const connectionString = process.env.DATABASE_URL;
// A line for each task would be what is measured.
const logger = new Logger(() => () => undefined);
const utils = await makeWorkerUtils({ connectionString, logger });
await utils.migrate();
const tasks = await measureTasks({
  add: (n) => utils.addJobs(Array.from({ length: n }, () => ({ identifier: "one", payload: { at: Date.now() } }))),
});
const runner = await run({
  connectionString,
  logger,
  noHandleSignals: true,
  preset: {
    worker: {
      connectionString,
      concurrentJobs: CONCURRENCY,
      maxPoolSize: 10,
      pollInterval: 2_000,
      localQueue: { size: Math.max(500, CONCURRENCY + 100), refetchDelay: { durationMs: 10 } },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
  taskList: {
    one: async ({ at }) => {
      tasks.onStart(at);
      await sleep(1);
      tasks.onDone();
    },
  },
});
await tasks.measure();
await runner.stop();
process.exit(0);
