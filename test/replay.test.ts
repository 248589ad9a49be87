import { describe, expect, test } from "bun:test";
import { parsePublicId } from "#kernel";
import { receiver, testDatabase } from "#test";
import {
  type ApiAnswer,
  apiOf,
  byEvent,
  installation,
  type Ledger,
  openLedger,
  type TestApi,
  until,
} from "./kit/index.ts";

/** Fills the log with events that nobody was owed, as if they had come before the endpoint; their message ids. */
async function past(api: TestApi, app: string, n: number): Promise<string[]> {
  return api.sendMany(
    app,
    Array.from({ length: n }, (_, i) => ({ payload: { i } })),
  );
}

const taskOf = (api: TestApi, id: string): Promise<ApiAnswer> => api.call("GET", `/api/v1/background-task/${id}`);

async function ended(api: TestApi, id: string, timeoutMs = 60_000) {
  return until(
    `${id} had ended`,
    async () => {
      const { body } = await taskOf(api, id);
      return ["finished", "failed", "cancelled"].includes(body.status) && body;
    },
    timeoutMs,
  );
}

/** Replays of one event to one endpoint that were recorded, by delivery: more than one delivery would be owed twice. */
async function deliveriesOf(ledger: Ledger): Promise<Map<string, Set<string>>> {
  const rows = await ledger.rows<{ event_id: string; delivery_id: string }>(
    "select event_id, delivery_id from posthorn.attempt where trigger = 'replay'",
  );
  const byId = new Map<string, Set<string>>();
  for (const { event_id, delivery_id } of rows) byId.set(event_id, (byId.get(event_id) ?? new Set()).add(delivery_id));
  return byId;
}

describe("replay", () => {
  test("P2, P10: an engine killed in the middle of a replay goes on where it stopped: all owed once, repeated only what was in flight", async () => {
    await using database = await testDatabase();
    await using ledger = openLedger(database.superuserUrl);
    const { start } = installation(database.url);
    await using target = receiver();
    let engine = await start();
    try {
      let api = apiOf(engine);
      const app = await api.app();
      const sent = await past(api, app, 3_000);
      await api.endpoint(app, { url: target.url });
      const { body: task } = await api.call("POST", `/api/v1/app/${app}/replay`, {
        what: "missing",
        since: new Date(Date.now() - 3_600_000).toISOString(),
        ratePerSecond: 1_000,
      });
      expect(task).toMatchObject({ status: "running", task: "endpoint.bulk-replay" });
      const inHands = new Set<string>();
      for (const count of [400, 1_500]) {
        await target.waitFor(count, { timeoutMs: 30_000 });
        engine.kill("SIGKILL");
        await engine.exited;
        await ledger.alone(false);
        for (const delivery of await ledger.leased()) inHands.add(delivery);
        engine = await start();
        api = apiOf(engine);
      }
      const done = await ended(api, task.id);
      await ledger.drained(30_000);
      expect(done).toMatchObject({
        status: "finished",
        data: { matched: 3_000, done: 3_000, skipped: 0, error: null },
      });
      // Each was owed once: one delivery each, whatever was tried how often.
      const deliveries = await deliveriesOf(ledger);
      expect(deliveries.size).toBe(3_000);
      expect([...deliveries.values()].filter(({ size }) => size > 1)).toEqual([]);
      const got = byEvent(target.requests);
      expect(sent.filter((id) => !got.has(id))).toEqual([]);
      // What came twice was in the hands of a process at a kill.
      const twice = [...got.values()].filter((requests) => requests.length > 1).flat();
      expect(twice.filter((request) => !inHands.has(request.header("x-delivery-id") ?? ""))).toEqual([]);
      expect(await ledger.contradictions()).toEqual([]);
    } finally {
      engine.kill();
      await engine.exited;
    }
  }, 120_000);

  test("P3, P10: when the process that works on it dies, the other one goes on within seconds", async () => {
    await using database = await testDatabase();
    await using ledger = openLedger(database.superuserUrl);
    const { start } = installation(database.url);
    await using target = receiver();
    const [a, b] = await Promise.all([start(), start()]);
    try {
      const app = await apiOf(a).app();
      await past(apiOf(a), app, 600);
      const endpoint = await apiOf(a).endpoint(app, { url: target.url });
      const { body: task } = await apiOf(b).call("POST", `/api/v1/app/${app}/endpoint/${endpoint}/replay-missing`, {
        since: new Date(Date.now() - 3_600_000).toISOString(),
      });
      await target.waitFor(50);
      const [row] = await ledger.rows<{ name: string }>(
        "select p.name from posthorn.job j join posthorn.process p on p.token = j.owner where j.id = $1::uuid",
        [parsePublicId("qtask", task.id) ?? ""],
      );
      const dying = row?.name.endsWith(`:${a.pid}`) ? a : b;
      const living = dying === a ? b : a;
      const killedAt = performance.now();
      dying.kill("SIGKILL");
      await living.waitForEvent("job_taken_over", 15_000);
      expect(performance.now() - killedAt).toBeLessThan(8_000);
      expect(await ended(apiOf(living), task.id)).toMatchObject({ status: "finished", data: { done: 600 } });
      await ledger.drained(30_000);
      const deliveries = await deliveriesOf(ledger);
      expect([deliveries.size, [...deliveries.values()].filter(({ size }) => size > 1).length]).toEqual([600, 0]);
    } finally {
      for (const engine of [a, b]) await engine[Symbol.asyncDispose]();
    }
  }, 90_000);

  test("P7, P10: what is sent live to an endpoint goes before a replay that fills it", async () => {
    await using database = await testDatabase();
    const { start } = installation(database.url);
    await using target = receiver();
    await using engine = await start();
    const api = apiOf(engine);
    const app = await api.app();
    await past(api, app, 1_200);
    // Twenty a second: the replay alone would take a minute, and holds hundreds in memory and in the table.
    await api.endpoint(app, { url: target.url, throttleRate: 20 });
    const { body: task } = await api.call("POST", `/api/v1/app/${app}/replay`, {
      what: "missing",
      since: new Date(Date.now() - 3_600_000).toISOString(),
      ratePerSecond: 10_000,
    });
    await until("the endpoint was owed as much as a job owes", async () => {
      const { body } = await taskOf(api, task.id);
      return body.data.waiting === "backlog" && body.data.done;
    });
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      const before = target.requests.length;
      const live = await api.send(app, { eventType: "live.now" });
      const [request] = await target.waitFor(1, {
        fits: ({ header }) => header("webhook-id") === live,
        timeoutMs: 15_000,
      });
      waits.push(target.requests.indexOf(request as (typeof target.requests)[number]) - before);
    }
    // Of hundreds that were owed before it, few went first: what the throttle lets out while it is accepted and claimed.
    expect(Math.max(...waits)).toBeLessThan(45);
    const { body: cancelled } = await api.call("POST", `/api/v1/background-task/${task.id}/cancel?withdraw=true`);
    const { done, owed: left } = cancelled.data;
    expect([cancelled.status, done >= left]).toEqual(["cancelled", true]);
    expect(left).toBeGreaterThan(100);
    await until("what it owed was withdrawn", async () => (await taskOf(api, task.id)).body.data.owed === 0, 5_000);
  }, 90_000);

  test("P10: each attempt made because of a replay says so", async () => {
    await using database = await testDatabase();
    const { start } = installation(database.url);
    await using target = receiver({ answer: { status: 500 } });
    await using engine = await start();
    const api = apiOf(engine);
    const app = await api.app();
    const endpoint = await api.endpoint(app, { url: target.url, retrySchedule: [] });
    const message = await api.send(app);
    const dead = async () => {
      const { body } = await api.call("GET", `/api/v1/app/${app}/attempt/msg/${message}`);
      return body.data.length > 0 && body.data[0].settledAs === "dead" && body.data;
    };
    await until("it was given up", dead);
    target.answer({});
    const { body: task } = await api.call("POST", `/api/v1/app/${app}/endpoint/${endpoint}/recover`, {
      since: new Date(Date.now() - 3_600_000).toISOString(),
    });
    expect(await ended(api, task.id)).toMatchObject({ status: "finished", data: { matched: 1, done: 1 } });
    const attempts = await until("it was delivered", async () => {
      const { body } = await api.call("GET", `/api/v1/app/${app}/attempt/msg/${message}`);
      return body.data.length === 2 && body.data;
    });
    expect(attempts.map(({ trigger, outcome }: Record<string, string>) => `${trigger} ${outcome}`)).toEqual([
      "replay delivered",
      "scheduled retryable",
    ]);
    // Delivered: there is nothing left to recover.
    const { body: again } = await api.call("POST", `/api/v1/app/${app}/endpoint/${endpoint}/recover`, {
      since: new Date(Date.now() - 3_600_000).toISOString(),
    });
    expect(await ended(api, again.id)).toMatchObject({ data: { matched: 0, done: 0 } });
  }, 60_000);
});
