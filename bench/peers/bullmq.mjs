// BullMQ on Redis (REDIS_PORT) or on PostgreSQL (DATABASE_URL). Completed jobs are kept, its default.
import { createPostgresBackend, Queue, Worker } from "bullmq";
import { CONCURRENCY, measureTasks, sleep } from "./measure.mjs";

const onRedis = process.env.REDIS_PORT !== undefined;
const connection = onRedis
  ? { host: "127.0.0.1", port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null }
  : { connectionString: process.env.DATABASE_URL, max: 20, migrate: true };
const backend = onRedis ? [] : [createPostgresBackend];
const queue = new Queue("one", { connection }, ...backend);
await queue.waitUntilReady();
const tasks = await measureTasks({
  add: (n) => queue.addBulk(Array.from({ length: n }, () => ({ name: "one", data: { at: Date.now() } }))),
  stored: async () => (await queue.getJobCounts("completed")).completed,
});
const worker = new Worker(
  "one",
  async (job) => {
    tasks.onStart(job.data.at);
    await sleep(1);
    tasks.onDone();
  },
  { connection, concurrency: CONCURRENCY },
  ...backend,
);
worker.on("error", (error) => console.error(error));
await tasks.measure();
process.exit(0);
