// pg-boss with batches, several workers and NOTIFY. Completed jobs are kept for a week, its default.
import pg from "pg";
import { PgBoss } from "pg-boss";
import { CONCURRENCY, measureTasks, sleep } from "./measure.mjs";

const connectionString = process.env.DATABASE_URL;
const boss = new PgBoss({ connectionString, max: 10 });
boss.on("error", (error) => console.error(error));
await boss.start();
await boss.createQueue("one", { notify: true });
const pool = new pg.Pool({ connectionString, max: 1 });
const tasks = await measureTasks({
  add: (n) =>
    boss.insert(
      "one",
      Array.from({ length: n }, () => ({ data: { at: Date.now() } })),
    ),
  stored: async () =>
    Number(
      (await pool.query("select count(*) as n from pgboss.job where name = 'one' and state = 'completed'")).rows[0].n,
    ),
});
const WORKERS = 4;
await boss.work(
  "one",
  {
    batchSize: Math.max(1, Math.floor(CONCURRENCY / WORKERS)),
    localConcurrency: WORKERS,
    burstWhenBatchFull: true,
    pollingIntervalSeconds: 0.5,
  },
  async (jobs) => {
    await Promise.all(
      jobs.map(async ({ data }) => {
        tasks.onStart(data.at);
        await sleep(1);
        tasks.onDone();
      }),
    );
  },
);
await tasks.measure();
await pool.end();
process.exit(0);
