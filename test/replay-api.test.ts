import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { BackgroundTaskStatus, BackgroundTaskType, Svix } from "svix";
import { type Receiver, receiver, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { apiOf, installation, type TestApi, until } from "./kit/index.ts";

const HOUR_AGO = new Date(Date.now() - 3_600_000);
const since = HOUR_AGO.toISOString();

let database: TestDatabase;
let engine: TestEngine;
let target: Receiver;
let api: TestApi;
let svix: Svix;
beforeAll(async () => {
  database = await testDatabase();
  engine = await installation(database.url).start();
  target = receiver();
  api = apiOf(engine);
  svix = new Svix(engine.token, { serverUrl: engine.url, numRetries: 0 });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const ended = (id: string) =>
  until(`${id} had ended`, async () => {
    const task = await svix.backgroundTask.get(id);
    return task.status !== "running" && task;
  });

describe("background tasks", () => {
  test("Svix's client replays what is missing, recovers what failed, and reads its tasks", async () => {
    const app = await api.app();
    await api.sendMany(app, [{}, {}, {}]);
    const endpoint = await api.endpoint(app, { url: target.url });
    const begun = await svix.endpoint.replayMissing(app, endpoint, { since: HOUR_AGO });
    expect([begun.task, begun.status, begun.id.slice(0, 6)]).toEqual(["endpoint.replay", "running", "qtask_"]);
    const done = await ended(begun.id);
    expect(done).toMatchObject({ id: begun.id, task: "endpoint.replay", status: "finished" });
    expect(done.data).toMatchObject({
      matched: 3,
      done: 3,
      skipped: 0,
      error: null,
      filter: { what: "missing", since },
    });
    expect(done.updatedAt.getTime()).toBeGreaterThan(HOUR_AGO.getTime());

    const recovered = await svix.endpoint.recover(app, endpoint, { since: HOUR_AGO, until: new Date() });
    expect(recovered).toMatchObject({ task: "endpoint.recover" });
    expect((await ended(recovered.id)).data).toMatchObject({ matched: 0, done: 0 });

    const list = await svix.backgroundTask.list({ limit: 1 });
    expect(list.data.map(({ id }) => id)).toEqual([recovered.id]);
    const next = await svix.backgroundTask.list({ limit: 1, iterator: list.iterator ?? "" });
    expect(next.data.map(({ id }) => id)).toEqual([begun.id]);
    const { data } = await svix.backgroundTask.list({
      task: BackgroundTaskType.EndpointReplay,
      status: BackgroundTaskStatus.Finished,
    });
    expect(data.map(({ id }) => id)).toEqual([begun.id]);
    expect((await svix.backgroundTask.list({ status: BackgroundTaskStatus.Failed })).data).toEqual([]);
  });

  test("P10: a replay is counted beforehand, and owes what was counted", async () => {
    const app = await api.app();
    await api.sendMany(app, [
      { eventType: "a.one", tags: ["import"] },
      { eventType: "a.one", channels: ["eu"] },
      { eventType: "a.two", tags: ["import", "x"] },
    ]);
    const [one, other] = [
      await api.endpoint(app, { url: target.url }),
      await api.endpoint(app, { url: target.url, channels: ["eu"] }),
    ];
    await api.endpoint(app, { url: target.url, mode: "disabled" });
    await until("the messages were settled", async () => {
      const { body } = await api.call("POST", `/api/v1/app/${app}/replay`, { what: "all", since, dryRun: true });
      return body.matched === 4;
    });
    const replay = (fields: Record<string, unknown>) =>
      api.call("POST", `/api/v1/app/${app}/replay`, { what: "missing", since, ...fields });
    for (const [fields, matched] of [
      [{}, 4],
      [{ endpointIds: [one] }, 3],
      [{ endpointIds: [other] }, 1],
      [{ eventTypes: ["a.one"] }, 3],
      [{ channels: ["eu", "us"] }, 2],
      [{ tags: ["import"] }, 2],
      [{ outcomes: ["delivered"] }, 0],
      [{ reasons: ["http_503"] }, 0],
      [{ what: "failed" }, 0],
      [{ until: since, since: new Date(HOUR_AGO.getTime() - 1_000).toISOString() }, 0],
    ] as const) {
      const { status, body } = await replay({ ...fields, dryRun: true });
      expect([fields, status, body.dryRun, body.matched, body.matchedIsExact]).toEqual([
        fields,
        200,
        true,
        matched,
        true,
      ]);
    }
    const { body: dry } = await replay({ dryRun: true });
    const byId = (a: { endpointId: string }, b: { endpointId: string }) => (a.endpointId < b.endpointId ? -1 : 1);
    expect(dry.byEndpoint.sort(byId)).toEqual(
      [
        { endpointId: one, matched: 3 },
        { endpointId: other, matched: 1 },
      ].sort(byId),
    );
    const { status, body: task } = await replay({ ratePerSecond: 50 });
    expect([status, task.status, task.appId, task.endpointId, task.data.ratePerSecond]).toEqual([
      202,
      "running",
      app,
      null,
      50,
    ]);
    const done = await ended(task.id);
    expect(done.data.done).toBe(4);
    expect(done.data.byEndpoint.map((part: { done: number }) => part.done).sort()).toEqual([1, 3]);
  });

  test("a task is paused, resumed and cancelled, and an ended one is not", async () => {
    const app = await api.app();
    await api.sendMany(app, Array(30).fill({}));
    await api.endpoint(app, { url: target.url });
    const { body: task } = await api.call("POST", `/api/v1/app/${app}/replay`, {
      what: "all",
      since,
      ratePerSecond: 1,
    });
    const command = (name: string, path = "background-task") => api.call("POST", `/api/v1/${path}/${task.id}/${name}`);
    const within = `app/${app}/background-task`;
    const said: unknown[] = [];
    for (const [name, path] of [
      ["pause"],
      ["pause"],
      ["resume", within],
      ["pause", within],
      ["cancel"],
      ["cancel", within],
      ["resume"],
    ] as const) {
      const { status, body } = await command(name, path);
      said.push([name, status, body.status ?? body.code]);
    }
    expect(said).toEqual([
      ["pause", 200, "paused"],
      ["pause", 200, "paused"],
      ["resume", 200, "running"],
      ["pause", 200, "paused"],
      ["cancel", 200, "cancelled"],
      ["cancel", 200, "cancelled"],
      ["resume", 409, "task_ended"],
    ]);
    const { body } = await api.call("GET", `/api/v1/background-task/${task.id}`);
    expect([body.status, body.data.done < 30, body.finishedAt === null]).toEqual(["cancelled", true, false]);
  });

  test("P8: an application sees and touches its own tasks and endpoints only", async () => {
    const [mine, theirs] = [await api.app(), await api.app()];
    const endpoint = await api.endpoint(theirs, { url: target.url });
    const task = await svix.endpoint.recover(theirs, endpoint, { since: HOUR_AGO });
    const answers = [
      await api.call("GET", `/api/v1/app/${mine}/background-task/${task.id}`),
      await api.call("POST", `/api/v1/app/${mine}/background-task/${task.id}/cancel`),
      await api.call("POST", `/api/v1/app/${mine}/endpoint/${endpoint}/recover`, { since }),
      await api.call("POST", `/api/v1/app/${mine}/endpoint/${endpoint}/replay-missing`, { since }),
      await api.call("GET", "/api/v1/background-task/qtask_00000000000000000000000000"),
    ];
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(Array(5).fill("404 not_found"));
    expect((await api.call("GET", `/api/v1/app/${mine}/background-task`)).body.data).toEqual([]);
    expect((await api.call("GET", `/api/v1/app/${theirs}/background-task`)).body.data).toMatchObject([{ id: task.id }]);
    expect((await api.call("GET", `/api/v1/background-task?app_id=${theirs}`)).body.data).toHaveLength(1);
    const foreign = await api.call("POST", `/api/v1/app/${mine}/replay`, {
      what: "all",
      since,
      endpointIds: [endpoint],
    });
    expect([foreign.status, foreign.body.detail[0].loc]).toEqual([422, ["body", "endpointIds", "0"]]);
  });

  test.each([
    ["no period", { what: "all" }, "since"],
    ["an end before its beginning", { what: "all", since, until: "2020-01-01T00:00:00Z" }, "until"],
    ["another kind", { what: "some", since }, "what"],
    ["no pace at all", { what: "all", since, ratePerSecond: 0 }, "ratePerSecond"],
    ["too fast a pace", { what: "all", since, ratePerSecond: 10_001 }, "ratePerSecond"],
    ["an unknown outcome", { what: "all", since, outcomes: ["fine"] }, "outcomes"],
    ["no endpoints at all", { what: "all", since, endpointIds: [] }, "endpointIds"],
  ])("refuses a replay with %s", async (_, body, where) => {
    const app = await api.app();
    const { status, body: answer } = await api.call("POST", `/api/v1/app/${app}/replay`, body);
    expect([status, answer.detail[0].loc[1]]).toEqual([422, where]);
  });

  test("a disabled endpoint is told so at once", async () => {
    const app = await api.app();
    const endpoint = await api.endpoint(app, { url: target.url, mode: "disabled" });
    for (const [path, body] of [
      [`endpoint/${endpoint}/recover`, { since }],
      [`endpoint/${endpoint}/replay-missing`, { since }],
      ["replay", { what: "all", since, endpointIds: [endpoint] }],
    ] as const) {
      const answer = await api.call("POST", `/api/v1/app/${app}/${path}`, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, 409, "endpoint_disabled"]);
    }
  });

  test("P7: an application has so many tasks at once and no more; cancelling one makes room, and nobody else is kept", async () => {
    const app = await api.app();
    const other = await api.app();
    for (const of of [app, other]) await api.endpoint(of, { url: target.url });
    // One a second: none of these ends by itself while the others are begun.
    await api.sendMany(
      app,
      Array.from({ length: 300 }, () => ({})),
    );
    const begin = (of: string) =>
      api.call("POST", `/api/v1/app/${of}/replay`, { what: "all", since, ratePerSecond: 1 });
    const first = await begin(app);
    for (let begun = 1; begun < 100; begun += 20)
      await Promise.all(Array.from({ length: Math.min(20, 100 - begun) }, () => begin(app)));
    const refused = await begin(app);
    expect([refused.status, refused.body.code]).toEqual([429, "tasks_max_reached"]);
    expect((await begin(other)).status).toBe(202);
    expect((await api.call("POST", `/api/v1/background-task/${first.body.id}/cancel`)).status).toBe(200);
    expect((await begin(app)).status).toBe(202);
  });

  test("an Idempotency-Key begins one task, however often it is asked for", async () => {
    const app = await api.app();
    const ask = () =>
      api.call("POST", `/api/v1/app/${app}/replay`, { what: "all", since }, { "idempotency-key": `once-${app}` });
    const [first, second] = [await ask(), await ask()];
    expect([first.status, second.status, second.body.id]).toEqual([202, 202, first.body.id]);
    expect((await api.call("GET", `/api/v1/app/${app}/background-task`)).body.data).toHaveLength(1);
  });
});

describe("tags", () => {
  test("Svix's client gives messages tags and lists by them", async () => {
    const app = await api.app();
    const payload = { n: 1 };
    const tagged = await svix.message.create(app, { eventType: "a", payload, tags: ["import-1", "x"] });
    await svix.message.create(app, { eventType: "a", payload });
    expect(tagged.tags).toEqual(["import-1", "x"]);
    expect(await svix.message.get(app, tagged.id)).toMatchObject({ tags: ["import-1", "x"] });
    const { data } = await svix.message.list(app, { tag: "import-1" });
    expect(data.map(({ id, tags }) => [id, tags])).toEqual([[tagged.id, ["import-1", "x"]]]);
    expect((await svix.message.list(app, { tag: "y" })).data).toEqual([]);
  });

  test.each([
    ["no list", "x"],
    ["none", []],
    ["the same twice", ["x", "x"]],
    ["a comma", ["x,y"]],
    ["too many", Array.from({ length: 11 }, (_, i) => `t${i}`)],
  ])("refuses tags that are %s", async (_, tags) => {
    const app = await api.app();
    const { status, body } = await api.call("POST", `/api/v1/app/${app}/msg`, { eventType: "a", payload: {}, tags });
    expect([status, body.detail[0].loc]).toEqual([422, ["body", "tags"]]);
  });
});
