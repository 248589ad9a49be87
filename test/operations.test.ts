import { describe, expect, test } from "bun:test";
import { Svix } from "svix";
import { parsePublicId } from "#kernel";
import { type Receiver, receiver, type TestDatabase, testDatabase } from "#test";
import { type ApiAnswer, apiOf, installation, openLedger, type TestApi, until } from "./kit/index.ts";

/** One engine with an application and an endpoint at a receiver of the test's own. */
async function stage(database: TestDatabase, fields: Record<string, unknown> = {}) {
  const target = receiver();
  const place = installation(database.url);
  const engine = await place.start();
  const api = apiOf(engine);
  const app = await api.app();
  const endpoint = await api.endpoint(app, { url: target.url, ...fields });
  const on = (path: string) => `/api/v1/app/${app}/endpoint/${endpoint}/${path}`;
  return {
    target,
    engine,
    api,
    app,
    endpoint,
    place,
    get: async (path: string) => fine(await api.call("GET", on(path))),
    post: async (path: string, body?: unknown) => fine(await api.call("POST", on(path), body)),
    refused: async (path: string, body?: unknown) => {
      const answer = await api.call("POST", on(path), body);
      return [answer.status, answer.body.code];
    },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
    },
  };
}

function fine(answer: ApiAnswer) {
  if (answer.status >= 300) throw new Error(`Answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const idsOf = (target: Receiver) => target.requests.map((request) => request.header("webhook-id")).sort();
const many = (count: number, eventType = "test.happened") =>
  Array.from({ length: count }, (_, i) => ({ eventType, payload: { i } }));

describe("what is owed", () => {
  test("P2: is held, released and cancelled by id and by filter; what is held is not sent, and nothing is lost", async () => {
    await using database = await testDatabase();
    await using ledger = openLedger(database.superuserUrl);
    await using here = await stage(database);
    expect((await here.post("pause")).mode).toBe("paused");
    expect((await here.post("pause")).modeReason).toBe("operator");
    const [first = "", second = "", ...others] = await here.api.sendMany(here.app, many(4));
    const odd = await here.api.sendMany(here.app, many(2, "test.odd"));
    const listed = await here.get("owed?limit=4");
    expect(listed.data.map((row: { messageId: string }) => row.messageId)).toEqual([first, second, ...others]);
    expect(listed.done).toBe(false);
    const rest = await here.get(`owed?limit=4&iterator=${listed.iterator}`);
    expect(rest.data.map((row: { messageId: string; eventType: string }) => [row.messageId, row.eventType])).toEqual(
      odd.map((id) => [id, "test.odd"]),
    );
    expect(rest.done).toBe(true);
    const back = await here.get(`owed?limit=4&iterator=${rest.prevIterator}`);
    expect(back.data).toEqual(listed.data);
    expect((await here.get("owed?event_types=test.odd")).data).toEqual(rest.data);

    const chosen = listed.data[0].id;
    expect(await here.post("owed/hold", { ids: [chosen], dryRun: true })).toEqual({
      count: 1,
      countIsExact: true,
      done: true,
      skipped: 0,
      dryRun: true,
    });
    expect(await here.post("owed/hold", { ids: [chosen, chosen] })).toMatchObject({ count: 1, skipped: 0 });
    expect(await here.post("owed/hold", { ids: [chosen] })).toMatchObject({ count: 0, skipped: 1 });
    expect(await here.post("owed/hold", { filter: { eventTypes: ["test.odd"] } })).toMatchObject({ count: 2 });
    expect((await here.get("owed?state=held")).data.map((row: { messageId: string }) => row.messageId)).toEqual([
      first,
      ...odd,
    ]);
    expect(await here.get("health")).toMatchObject({ mode: "paused", owed: 3, owedIsExact: true, held: 3, dead: 0 });

    expect((await here.post("resume")).mode).toBe("enabled");
    await here.target.waitFor(3);
    await until("only what is held is owed", async () => (await here.get("health")).owed === 0);
    expect(idsOf(here.target)).toEqual([second, ...others].sort());
    expect(await here.post("owed/cancel", { filter: { eventTypes: ["test.odd"] } })).toMatchObject({ count: 2 });
    expect(await here.post("owed/release", { filter: {} })).toMatchObject({ count: 1, done: true });
    await here.target.waitFor(4);
    await ledger.drained();
    expect(idsOf(here.target)).toEqual([first, second, ...others].sort());
    const dead = await here.get("dead?reason=cancelled");
    expect(dead.data.map((row: { messageId: string }) => row.messageId)).toEqual([...odd].reverse());
    expect(dead.data[0]).toMatchObject({ reason: "cancelled", attempts: 0, eventType: "test.odd", lastAttempt: null });
    expect(await ledger.contradictions()).toEqual([]);
  }, 40_000);

  test("P4: what is in the hands of a process cannot be cancelled, and the answer says so", async () => {
    await using database = await testDatabase();
    await using here = await stage(database);
    const { promise: end, resolve } = Promise.withResolvers<void>();
    here.target.answer(async () => {
      await end;
      return { status: 200 };
    });
    await here.api.send(here.app);
    await here.target.waitFor(1);
    const [leased] = (await here.get("owed?state=leased")).data;
    expect(leased).toMatchObject({ state: "leased", held: false, dueAt: null });
    for (const what of ["hold", "cancel"])
      expect(await here.post(`owed/${what}`, { ids: [leased.id] })).toMatchObject({ count: 0, skipped: 1 });
    expect(await here.refused("owed/cancel", {})).toEqual([422, undefined]);
    expect(await here.refused("owed/cancel", { ids: ["msg_1"] })).toEqual([422, undefined]);
    resolve();
    await until("it was delivered", async () => (await here.get("health")).successRatio === 1);
    expect(await here.get("health")).toMatchObject({ leased: 0, window: { attempts: 1 }, reasons: [] });
  }, 30_000);

  test("P2: a pause survives the end of the process that took it: all that comes is kept, and sent once it is resumed", async () => {
    await using database = await testDatabase();
    await using ledger = openLedger(database.superuserUrl);
    await using here = await stage(database);
    await here.post("pause");
    const before = await here.api.sendMany(here.app, many(5));
    here.engine.kill("SIGKILL");
    await here.engine.exited;
    await using again = await here.place.start();
    const api = apiOf(again);
    const after = await api.sendMany(here.app, many(5));
    expect(here.target.requests.length).toBe(0);
    fine(await api.call("POST", `/api/v1/app/${here.app}/endpoint/${here.endpoint}/resume`));
    await here.target.waitFor(10);
    await ledger.drained();
    expect(idsOf(here.target)).toEqual([...before, ...after].sort());
    expect(await ledger.contradictions()).toEqual([]);
  }, 60_000);
});

describe("dead letters", () => {
  test("P10: two operators at once requeue each of them once, as a replay with the whole schedule; expired ones are gone", async () => {
    await using database = await testDatabase();
    await using ledger = openLedger(database.superuserUrl);
    await using here = await stage(database, { retrySchedule: [] });
    here.target.answer({ status: 503, body: "not now" });
    const ids = await here.api.sendMany(here.app, many(12));
    await until("all are dead", async () => (await here.get("health")).dead === 12);
    const health = await here.get("health");
    expect(health.reasons[0]).toMatchObject({ outcome: "retryable", reason: "http_503" });
    expect(health.latencyMs.p99).toBeGreaterThan(0);
    const page = await here.get("dead?limit=5&reason=exhausted");
    expect(page.data).toHaveLength(5);
    expect(page.data[0]).toMatchObject({
      attempts: 1,
      reason: "exhausted",
      lastAttempt: { reason: "http_503", status: 503 },
    });
    const next = await here.get(`dead?limit=10&iterator=${page.iterator}`);
    expect([...page.data, ...next.data].map((row: { messageId: string }) => row.messageId)).toEqual(
      [...ids].sort().reverse(),
    );
    expect((await here.get(`dead?limit=5&iterator=${next.prevIterator}`)).data).toEqual(page.data);

    const chosen = page.data.map((row: { id: string }) => row.id);
    expect(await here.post("dead/expire", { ids: chosen.slice(0, 2) })).toMatchObject({ count: 2 });
    expect(await here.post("dead/expire", { ids: chosen.slice(0, 2) })).toMatchObject({ count: 0, skipped: 2 });
    expect(await here.post("dead/requeue", { filter: {}, dryRun: true })).toMatchObject({ count: 10, dryRun: true });
    here.target.answer({ status: 200 });
    here.target.clear();
    await here.api.call("POST", `/api/v1/app/${here.app}/endpoint/${here.endpoint}/pause`);
    const both = await Promise.all([
      here.post("dead/requeue", { ids: chosen }),
      here.post("dead/requeue", { filter: {} }),
      here.post("dead/requeue", { filter: { since: "2020-01-01T00:00:00Z" } }),
    ]);
    expect(both.reduce((sum, { count }) => sum + count, 0)).toBe(10);
    expect(await here.get("health")).toMatchObject({ dead: 0, owed: 10 });
    await here.post("resume");
    await here.target.waitFor(10);
    await ledger.drained();
    expect(new Set(idsOf(here.target)).size).toBe(10);
    const replayed = await here.api.call(
      "GET",
      `/api/v1/app/${here.app}/attempt/endpoint/${here.endpoint}?trigger=replay&outcome=delivered&settled_as=delivered`,
    );
    expect(replayed.body.data).toHaveLength(10);
    expect(replayed.body.data[0]).toMatchObject({ number: 2, trigger: "replay", triggerType: 1 });
    expect(await ledger.contradictions()).toEqual([]);

    // What was expired is in no table, and its attempt still tells how it ended.
    const [gone] = page.data;
    const timeline = fine(await here.api.call("GET", `/api/v1/app/${here.app}/msg/${gone.messageId}/timeline`));
    expect(timeline.deliveries).toHaveLength(1);
    expect(timeline.deliveries[0]).toMatchObject({ id: gone.id, state: "dead", deadReason: null });
  }, 60_000);

  test("P10: more than a thousand are requeued by a task, at its rate", async () => {
    await using database = await testDatabase();
    await using ledger = openLedger(database.superuserUrl);
    await using here = await stage(database, { retrySchedule: [] });
    await here.post("pause");
    await here.api.sendMany(here.app, many(1_005));
    expect(await here.post("owed/cancel", { filter: {} })).toMatchObject({ count: 1_005, done: true });
    const body = { filter: { reason: "cancelled" }, ratePerSecond: 5_000 };
    expect(await here.post("dead/requeue", { ...body, dryRun: true })).toMatchObject({ count: 1_005, dryRun: true });
    await here.post("resume");
    const task = await here.post("dead/requeue", body);
    expect(task).toMatchObject({ task: "endpoint.replay", status: "running" });
    await here.target.waitFor(1_005, { timeoutMs: 30_000 });
    await ledger.drained();
    expect(new Set(idsOf(here.target)).size).toBe(1_005);
    expect((await here.get("health")).dead).toBe(0);
  }, 60_000);

  test("say why: the application was deleted, the endpoint stayed disabled, somebody held it too long", async () => {
    await using database = await testDatabase();
    await using ledger = openLedger(database.superuserUrl);
    await using target = receiver();
    const { start } = installation(database.url, { POSTHORN_HELD_FOR: "1h" });
    await using engine = await start();
    const api = apiOf(engine);
    const app = await api.app();
    const off = await api.endpoint(app, { url: target.url, mode: "paused" });
    const held = await api.endpoint(app, { url: target.url, mode: "paused" });
    const other = await api.app();
    await api.endpoint(other, { url: target.url, mode: "paused" });
    await api.send(app);
    await api.send(other);
    fine(await api.call("POST", `/api/v1/app/${app}/endpoint/${held}/owed/hold`, { filter: {} }));
    fine(await api.call("POST", `/api/v1/app/${app}/endpoint/${held}/resume`));
    await api.patchEndpoint(app, off, { mode: "disabled" });
    await ledger.rows(
      `update posthorn.delivery_owed set due_at = case when held_due_at is null then now() - interval '2 hours' else due_at end,
              held_due_at = held_due_at - interval '2 hours' where app_id = $1::uuid`,
      [parsePublicId("app", app) ?? ""],
    );
    expect((await api.call("DELETE", `/api/v1/app/${other}`)).status).toBe(204);
    // Upkeep looks each minute, and at what was deleted within seconds; a new process looks at once.
    await using upkeep = await start({ POSTHORN_ROLES: "upkeep" });
    const dead = await until(
      "all three are dead",
      async () => {
        const rows = await ledger.rows<{ reason: string }>("select reason from posthorn.delivery_dead order by reason");
        return rows.length === 3 && rows;
      },
      100_000,
    );
    expect(dead.map(({ reason }) => reason)).toEqual(["application_deleted", "endpoint_disabled", "held_too_long"]);
    expect(upkeep.logs()).not.toContain('"level":"error"');
    expect(target.requests.length).toBe(0);
  }, 120_000);
});

describe("a probe", () => {
  test("P7: goes through the open breaker within seconds, once, whichever process was asked", async () => {
    await using database = await testDatabase();
    await using target = receiver({ answer: { status: 500 } });
    const { start } = installation(database.url);
    await using asked = await start({ POSTHORN_ROLES: "api" });
    await using one = await start({ POSTHORN_ROLES: "delivery" });
    await using two = await start({ POSTHORN_ROLES: "delivery" });
    const api = apiOf(asked);
    const app = await api.app();
    const endpoint = await api.endpoint(app, { url: target.url, retrySchedule: [3600, 3600, 3600] });
    const path = `/api/v1/app/${app}/endpoint/${endpoint}`;
    const probe = async () => {
      const answer = await api.call("POST", `${path}/probe`);
      return [answer.status, answer.body.code];
    };
    const health = async () => fine(await api.call("GET", `${path}/health`));
    expect(await probe()).toEqual([409, "nothing_to_probe"]);
    await api.sendMany(app, many(30));
    await until("the breaker is open", async () => (await health()).breaker.state === "open", 30_000);
    await until("what was under way is settled", async () => (await health()).leased === 0);
    // Long waits, so that a request that comes soon can be none but the probe.
    await open(database, endpoint, "breaker_until = now() + interval '10 minutes'");
    target.clear();
    target.answer({ status: 200 });
    expect((await health()).owed).toBe(30);
    expect(await probe()).toEqual([202, undefined]);
    await target.waitFor(1, { timeoutMs: 4_000 });
    await until("the breaker is closed", async () => (await health()).breaker.state === "closed");
    // Every delivery that was due when it closed follows; those that wait for their schedule do not.
    fine(await api.call("POST", `${path}/pause`));
    expect(await probe()).toEqual([409, "endpoint_paused"]);
    await api.patchEndpoint(app, endpoint, { mode: "disabled" });
    expect(await probe()).toEqual([409, "endpoint_disabled"]);
    for (const engine of [one, two]) expect(engine.logs()).not.toContain('"level":"error"');
  }, 90_000);

  test("P7: goes through a hold that Retry-After asked for, by one of several processes, and the hold stays", async () => {
    await using database = await testDatabase();
    await using here = await stage(database);
    here.target.answer({ status: 503, headers: { "retry-after": "3600" } });
    await here.api.sendMany(here.app, many(3));
    await until("all wait for the end of the hold", async () => {
      const health = await here.get("health");
      return health.holdUntil !== null && health.owed === 3 && health.leased === 0;
    });
    await using _other = await here.place.start({ POSTHORN_ROLES: "delivery" });
    await using ledger = openLedger(database.superuserUrl);
    // Due, so that the other process has looked at the endpoint and knows of the hold.
    await ledger.rows("update posthorn.delivery_owed set due_at = now()");
    here.target.clear();
    here.target.answer({ status: 200 });
    expect(await here.post("probe")).toEqual({});
    await here.target.waitFor(1, { timeoutMs: 5_000 });
    await until("it was settled", async () => (await here.get("health")).owed === 2);
    expect((await here.get("health")).holdUntil).not.toBeNull();
    await here.post("owed/hold", { filter: {} });
    expect(await here.refused("probe")).toEqual([409, "nothing_owed"]);
    expect(here.target.requests.length).toBe(1);
  }, 40_000);
});

/** Both the row and what processes believe: a version is raised, as by any change of the endpoint's. */
async function open(database: TestDatabase, endpoint: string, set: string): Promise<void> {
  await using ledger = openLedger(database.superuserUrl);
  const id = parsePublicId("ep", endpoint) ?? "";
  await ledger.rows(`update posthorn.endpoint_state set ${set} where endpoint_id = $1::uuid`, [id]);
}

describe("Svix's client", () => {
  test("reads statistics, attempted messages and destinations, sends examples and erases contents (P9)", async () => {
    await using database = await testDatabase();
    await using ledger = openLedger(database.superuserUrl);
    await using here = await stage(database, { retrySchedule: [] });
    const svix = new Svix(here.engine.token, { serverUrl: here.engine.url, numRetries: 0 });
    const { api, app, endpoint, target } = here;
    const good = await api.send(app, { eventType: "test.good", payload: { secret: "of a customer" } });
    await until("it was delivered", async () => (await svix.endpoint.getStats(app, endpoint)).success === 1);
    target.answer({ status: 500, body: "secret of a receiver" });
    const bad = await api.send(app, { eventType: "test.bad", payload: { n: 1 } });
    await until("it is dead", async () => (await svix.endpoint.getStats(app, endpoint)).fail === 1);
    await api.call("POST", `/api/v1/app/${app}/endpoint/${endpoint}/pause`);
    const waiting = await api.send(app, { eventType: "test.waiting" });
    expect(await svix.endpoint.getStats(app, endpoint)).toMatchObject({
      success: 1,
      fail: 1,
      pending: 1,
      sending: 0,
      canceled: 0,
    });

    const messages = await svix.messageAttempt.listAttemptedMessages(app, endpoint, { withContent: true });
    expect(messages.data.map(({ id, status, eventType, payload }) => ({ id, status, eventType, payload }))).toEqual([
      { id: bad, status: 2, eventType: "test.bad", payload: { n: 1 } },
      { id: good, status: 0, eventType: "test.good", payload: { secret: "of a customer" } },
    ]);
    const failed = await svix.messageAttempt.listAttemptedMessages(app, endpoint, { status: 2, withContent: false });
    expect(failed.data.map(({ id, payload }) => [id, payload])).toEqual([[bad, {}]]);
    const destinations = await svix.messageAttempt.listAttemptedDestinations(app, good);
    expect(destinations.data).toMatchObject([{ id: endpoint, url: target.url, status: 0, disabled: false }]);
    expect((await svix.messageAttempt.listAttemptedDestinations(app, waiting)).data).toEqual([]);

    await svix.message.expungeContent(app, good);
    await svix.message.expungeContent(app, waiting);
    expect((await svix.message.get(app, good, { withContent: true })).payload).toEqual({ expired: true });
    const timeline = async (id: string) => fine(await api.call("GET", `/api/v1/app/${app}/msg/${id}/timeline`));
    expect((await timeline(waiting)).deliveries).toMatchObject([{ state: "dead", deadReason: "erased", attempts: [] }]);
    const [attempt] = (await svix.messageAttempt.listByMsg(app, bad, { withContent: true })).data;
    expect(attempt?.response).toBe("secret of a receiver");
    await svix.messageAttempt.expungeContent(app, bad, attempt?.id ?? "");
    expect((await svix.messageAttempt.get(app, bad, attempt?.id ?? "")).response).toBe("");

    await api.call("POST", `/api/v1/app/${app}/endpoint/${endpoint}/resume`);
    target.answer({ status: 200 });
    target.clear();
    const schema = {
      type: "object",
      properties: { amount: { type: "integer", examples: [42] }, at: { type: "string", format: "date" } },
    };
    await svix.eventType.create({ name: "invoice.paid", description: "", schemas: { "1": schema } });
    const sent = await svix.endpoint.sendExample(app, endpoint, { eventType: "invoice.paid" });
    expect(sent.payload).toEqual({ amount: 42, at: "2026-01-01" });
    const [request] = await target.waitFor(1);
    expect(request?.header("webhook-id")).toBe(sent.id);
    expect(JSON.parse(request?.text() ?? "")).toEqual(sent.payload);
    await ledger.drained();
  }, 60_000);
});

describe("a message", () => {
  test("is followed from its arrival to what waits, each time told by what it measures; ids lead to it", async () => {
    await using database = await testDatabase();
    await using here = await stage(database, { retrySchedule: [3600] });
    const { api, app, endpoint, target } = here;
    target.answer({ status: 502 });
    const id = await api.send(app, { eventType: "test.happened", eventId: "order-1" });
    const timeline = async () => fine(await api.call("GET", `/api/v1/app/${app}/msg/${id}/timeline`));
    const told = await until("its attempt is recorded", async () => {
      const found = await timeline();
      return found.deliveries[0]?.attempts.length === 1 && found;
    });
    expect(told).toMatchObject({ message: { id, eventId: "order-1" }, isComplete: true, isExpanding: false });
    const [delivery] = told.deliveries;
    expect(delivery).toMatchObject({
      endpointId: endpoint,
      endpointUrl: target.url,
      state: "owed",
      trigger: "scheduled",
      endpointDeleted: false,
    });
    const { timing, nextAttempt } = delivery.attempts[0];
    const times = [told.acceptedAt, told.storedAt, timing.startedAt, timing.recordedAt, nextAttempt].map(Date.parse);
    // One machine, one clock: each is no earlier than the one before it.
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(timing.totalMs).toBeGreaterThan(0);
    expect(delivery.dueAt).toBe(nextAttempt);
    fine(await api.call("POST", `/api/v1/app/${app}/endpoint/${endpoint}/owed/hold`, { filter: {} }));
    expect((await timeline()).deliveries[0]).toMatchObject({ state: "held", dueAt: delivery.dueAt });

    const find = async (what: string) => (await api.call("GET", `/api/v1/find/${what}`)).body;
    for (const [what, found] of [
      [app, { kind: "application", id: app }],
      [endpoint, { kind: "endpoint", name: target.url }],
      [id, { kind: "message", messageId: id }],
      [delivery.attempts[0].id, { kind: "attempt", messageId: id, endpointId: endpoint }],
      [delivery.id, { kind: "delivery", messageId: id, endpointId: endpoint }],
      [`order-1?app_id=${app}`, { kind: "message", id }],
    ] as const)
      expect(await find(what)).toMatchObject({ ...found, appId: app });
    const quiet = await api.app({ uid: "quiet" });
    const alone = await api.send("quiet");
    expect(await find("quiet")).toMatchObject({ kind: "application", id: quiet });
    expect(await find(alone)).toMatchObject({ kind: "message", appId: quiet });
    expect(await find("nothing")).toMatchObject({ code: "not_found" });
    expect(await find("msg_01h455vb4pex5vsknk084sn02q")).toMatchObject({ code: "not_found" });
  }, 40_000);

  test("attempts are listed by outcome, reason, trigger and what became of the delivery", async () => {
    await using database = await testDatabase();
    await using here = await stage(database, { retrySchedule: [] });
    const { api, app, endpoint, target } = here;
    await api.send(app);
    await until("one was delivered", async () => (await here.get("health")).window.attempts === 1);
    target.answer({ status: 500 });
    await api.send(app);
    await until("one failed", async () => (await here.get("health")).window.attempts === 2);
    const list = async (query: string) => await count(api, `/api/v1/app/${app}/attempt/endpoint/${endpoint}?${query}`);
    expect(await list("outcome=delivered")).toEqual(["http_200"]);
    expect(await list("reason=http_500&settled_as=dead")).toEqual(["http_500"]);
    expect(await list("settled_as=late")).toEqual([]);
    expect(await list("trigger=scheduled")).toEqual(["http_500", "http_200"]);
    expect((await api.call("GET", `/api/v1/app/${app}/attempt/endpoint/${endpoint}?outcome=fine`)).status).toBe(422);
  }, 30_000);
});

async function count(api: TestApi, path: string): Promise<string[]> {
  const page = fine(await api.call("GET", path));
  expect(page.done).toBe(true);
  return page.data.map(({ reason }: { reason: string }) => reason);
}
