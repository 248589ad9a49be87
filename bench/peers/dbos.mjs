// DBOS: a workflow of three steps, each step's result in its table before the next begins. Needs DATABASE_URL (its own database).
import { DBOS } from "@dbos-inc/dbos-sdk";
import pg from "pg";
import { measureRuns } from "./measure.mjs";

const url = process.env.DATABASE_URL;
DBOS.setConfig({
  name: "bench",
  systemDatabaseUrl: url,
  systemDatabasePoolSize: 20,
  logLevel: "error",
});

const workflow = DBOS.registerWorkflow(
  async (n) => {
    const a = await DBOS.runStep(async () => n + 1, { name: "one" });
    const b = await DBOS.runStep(async () => a * 2, { name: "two" });
    return DBOS.runStep(async () => ({ total: b + 1 }), { name: "three" });
  },
  { name: "three" },
);

await DBOS.launch();
const pool = new pg.Pool({ connectionString: url, max: 1 });
let n = 0;
await measureRuns(
  async () => {
    await workflow(n++);
  },
  async () =>
    Number((await pool.query("select count(*) as n from dbos.workflow_status where status = 'SUCCESS'")).rows[0].n),
);
await pool.end();
await DBOS.shutdown();
process.exit(0);
