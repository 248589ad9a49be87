// Restate: a handler of three ctx.run, called through the ingress. Needs RESTATE_INGRESS and RESTATE_ADMIN (URLs of a server).
import * as restate from "@restatedev/restate-sdk";
import * as clients from "@restatedev/restate-sdk-clients";
import { measureRuns } from "./measure.mjs";

const service = restate.service({
  name: "three",
  handlers: {
    run: async (ctx, n) => {
      const a = await ctx.run("one", () => n + 1);
      const b = await ctx.run("two", () => a * 2);
      return ctx.run("three", () => ({ total: b + 1 }));
    },
  },
});
const port = await restate.serve({ services: [service], port: 0 });
const registered = await fetch(`${process.env.RESTATE_ADMIN}/deployments`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ uri: `http://127.0.0.1:${port}`, force: true }),
});
if (!registered.ok)
  throw new Error(`Restate did not take the deployment: ${registered.status} ${await registered.text()}`);

const ingress = clients.connect({ url: process.env.RESTATE_INGRESS });
const client = ingress.serviceClient({ name: "three" });
let n = 0;
await measureRuns(async () => {
  await client.run(n++);
});
process.exit(0);
