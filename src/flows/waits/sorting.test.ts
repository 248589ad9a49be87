import { expect, test } from "bun:test";
import { createEventLog, ensureEventPartitions } from "#events";
import { migrate, openDb } from "#kernel";
import { createApplication, liveApplications } from "#tenancy";
import { testDatabase } from "#test";
import type { RunCommit } from "../commit-part.ts";
import { openWorld } from "../control/test-kit.ts";
import { createFlowCache } from "../flow-cache.ts";
import { createFlowPlanner } from "../planner.ts";
import { syncFlow } from "../triggers/sync.ts";
import { matchArrivals } from "./match.ts";
import { WaitExpressions } from "./wait-expressions.ts";
import { waitPart } from "./wait-part.ts";

/** A database whose text sorts as people do: `a` before `B`, where programs have it behind `C`. */
async function sortedByPeople() {
  const base = await testDatabase({ empty: true });
  const admin = openDb({ url: base.superuserUrl, poolMax: 1 });
  const name = `${base.name}_sorted`;
  await admin.query(
    `create database ${name} owner posthorn template template0 locale_provider icu icu_locale 'en-US' locale 'C'`,
  );
  const url = Object.assign(new URL(base.url), { pathname: `/${name}` }).href;
  await migrate(url, `${import.meta.dir}/../../../migrations`);
  return {
    url,
    async [Symbol.asyncDispose]() {
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.close();
      await base[Symbol.asyncDispose]();
    },
  };
}

test("an event of many waits in one run finds all of them, however the database sorts text", async () => {
  await using world = await openWorld(await sortedByPeople());
  const process = await world.process();
  await ensureEventPartitions(world.db, Date.now());
  const quotas = { eventsPerSecond: undefined, endpointsMax: undefined, payloadBytesMax: undefined };
  const app = await createApplication(world.db, {
    name: "Acme",
    uid: undefined,
    throttleRate: undefined,
    quotas,
    metadata: {},
  });
  if (app === "uid_taken") throw new Error("Another application has the uid.");
  const paths = ["B", "C", "a"];
  const steps = paths.map((id) => ({ id, wait_for_event: { type: "order.paid" } }));
  const flow = await world.flow({ on: [], steps }, app.id);
  await world.db.query("insert into posthorn.flow_set (app_id, version) values ($1, 1)", [app.id]);
  await syncFlow(world.db, flow.id);
  const run = await process.lease(flow, { phase: "running" });
  const atMs = Date.now();
  const commit: RunCommit = {
    run,
    flow: flow.flow,
    seq: 0,
    entries: paths.map((path) => ({ kind: "waiting", path, attempt: 1, atMs })),
    effects: paths.map((path) => ({
      kind: "wait_for_event",
      path,
      attempt: 1,
      key: "k",
      types: ["order.paid"],
      untilMs: undefined,
      equals: undefined,
    })),
    consumed: [],
    // biome-ignore lint/suspicious/noThenProperty: what a run does then, as in RunCommit.
    then: { kind: "parks", waitingFor: "event", dueAtMs: undefined },
  };
  await waitPart({ onRegistered: () => undefined }).write(world.db, [commit]);
  const planner = createFlowPlanner({
    flows: createFlowCache(),
    room: undefined,
    token: () => process.token,
    onWaiting: () => undefined,
  });
  const log = createEventLog({ db: world.db, planners: [planner], liveApplications });
  // Two of them fill what one transaction tells.
  const payload = Buffer.from(JSON.stringify("x".repeat(1_500_000)));
  await log.append({ appId: app.id, type: "order.paid", payload, contentType: "application/json" });
  const keys = new WaitExpressions();
  while ((await matchArrivals(world.db, keys)) > 0);
  const told = await world.db.query<{ path: string }>("select path from posthorn.run_signal where run_id = $1", [
    run.id,
  ]);
  expect(told.map(({ path }) => path).sort()).toEqual(paths);
});
