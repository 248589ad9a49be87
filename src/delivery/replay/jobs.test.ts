import { describe, expect, test } from "bun:test";
import { newId, publicId } from "#kernel";
import { replayWorld, START } from "../../../test/kit/replay-world.ts";
import { countReplay } from "./count.ts";
import { DUE_MAX } from "./step.ts";
import { commandJob, findJob, type Job, type ReplaySpec, startReplay } from "./store.ts";

const world = replayWorld();
const { attempted, dead, deliver, endpoint, events, owed, reload, spec, worker } = world;

describe("a job", () => {
  test("P10: owes each event once, in order, within its bounds of time, and finishes", async () => {
    await events(3, {}, START - 2_000);
    const ids = await events(700);
    await events(3, {}, START + 5_000);
    const job = await startReplay(world.db, spec());
    const { run, told } = await worker();
    const seen: string[] = [];
    for (let i = 0; i < 20 && (await reload(job)).state.state === "running"; i++) {
      await run(300);
      seen.push(...(await owed()));
      await deliver();
    }
    expect(seen).toEqual(ids);
    expect(told()).toBeGreaterThan(0);
    const done = await reload(job);
    expect(done.state.state).toBe("finished");
    expect(done.parts).toMatchObject([{ phase: "finished", matched: 700, done: 700, skipped: 0 }]);
  });

  test("P10: the dry run counts what is then owed, for every choice", async () => {
    const other = await endpoint("enabled", "{a}");
    const [plain, typed, channeled, tagged, erased, failed, timedOut, delivered, withdrawn] = [
      await events(5),
      await events(4, { type: "b" }, START + 100),
      await events(3, { channels: "{eu,us}" }, START + 200),
      await events(6, { tags: "{import}" }, START + 300),
      await events(2, { erased: true }, START + 400),
      await events(7, {}, START + 500),
      await events(4, {}, START + 600),
      await events(8, {}, START + 700),
      await events(2, {}, START + 800),
    ];
    await attempted(failed, "retryable", "http_503");
    await dead(failed);
    await attempted(timedOut, "timeout", "timeout_body");
    await dead(timedOut, "permanent");
    await attempted(delivered, "retryable", "http_503");
    await attempted(delivered, "delivered", "http_200");
    await dead(withdrawn, "cancelled");
    await dead(erased);
    const all =
      plain.length +
      channeled.length +
      tagged.length +
      failed.length +
      timedOut.length +
      delivered.length +
      withdrawn.length;
    const choices: [Partial<ReplaySpec>, number, number][] = [
      [{ what: "all" }, all + typed.length, 2],
      [{ what: "missing" }, all + typed.length - delivered.length, 2],
      [{ what: "failed" }, failed.length + timedOut.length, 2],
      [{ what: "all", endpointIds: [world.endpointId, other] }, 2 * all + typed.length, 4],
      [{ what: "all", eventTypes: ["b", "c"] }, typed.length, 0],
      [{ what: "all", channels: ["us"] }, channeled.length, 0],
      [{ what: "missing", tags: ["import", "x"] }, tagged.length, 0],
      [{ what: "all", outcomes: ["timeout"] }, timedOut.length, 0],
      [{ what: "failed", reasons: ["http_503"] }, failed.length, 0],
      [{ what: "failed", reasons: ["permanent", "cancelled"] }, timedOut.length + withdrawn.length, 0],
      [{ what: "failed", sinceMs: START + 550 }, timedOut.length, 0],
      [{ what: "failed", untilMs: START + 550 }, failed.length, 2],
    ];
    for (const [over, matched, skipped] of choices) {
      const chosen = spec(over);
      const counted = await countReplay(world.db, chosen, {
        budgetMs: 5_000,
        monotonic: performance.now.bind(performance),
      });
      expect([over, counted.matched, counted.matchedIsExact]).toEqual([over, matched, true]);
      // Owed for a try, and then as it was.
      const { run } = await worker();
      const deadBefore = await world.db.query("select * from posthorn.delivery_dead where app_id = $1", [world.appId]);
      const job = await startReplay(world.db, chosen);
      await run(2_000);
      const done = await reload(job);
      expect(done.state.state).toBe("finished");
      expect([over, (await owed()).length + (await owed(other)).length]).toEqual([over, matched]);
      const sum = (value: (part: Job["parts"][number]) => number) => done.parts.reduce((n, part) => n + value(part), 0);
      expect([over, sum((p) => p.matched), sum((p) => p.done), sum((p) => p.skipped)]).toEqual([
        over,
        matched,
        matched,
        skipped,
      ]);
      await world.db.query("delete from posthorn.delivery_owed where app_id = $1", [world.appId]);
      await world.db.query("delete from posthorn.delivery_dead where app_id = $1", [world.appId]);
      for (const row of deadBefore as { event_id: string; endpoint_id: string; reason: string }[])
        await dead([row.event_id], row.reason, row.endpoint_id);
    }
  });

  test("P10: a dry run that may not take long says at least how many", async () => {
    await events(2_500);
    let ticks = 0;
    const counted = await countReplay(world.db, spec(), { budgetMs: 1, monotonic: () => ticks++ });
    expect(counted).toMatchObject({ matched: 1_000, matchedIsExact: false });
  });

  test("P10: what is owed anew is no dead letter any more", async () => {
    const ids = await events(3);
    await dead(ids);
    await dead(ids, "permanent");
    const job = await startReplay(world.db, spec({ what: "failed" }));
    await (await worker()).run(500);
    expect((await reload(job)).parts[0]?.done).toBe(3);
    expect(await owed()).toEqual(ids);
    expect(await world.db.query("select from posthorn.delivery_dead where app_id = $1", [world.appId])).toHaveLength(0);
  });

  test("P10: two jobs at once owe nothing twice that is owed already", async () => {
    await events(300);
    const { run } = await worker();
    const jobs = [
      await startReplay(world.db, spec({ what: "missing" })),
      await startReplay(world.db, spec({ what: "missing" })),
    ];
    await run(2_000);
    expect((await owed()).length).toBe(300);
    const done = await Promise.all(jobs.map(reload));
    expect(done.map(({ state }) => state.state)).toEqual(["finished", "finished"]);
    expect(done.reduce((n, { made }) => n + made, 0)).toBe(300);
  });

  test("P10: what is in somebody's hands, or about to be owed, is not owed beside", async () => {
    const [waiting, inHands, expanded, unexpanded, free] = (await events(5)) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const [low, high] = ["00000000-0000-7000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"];
    await world.db.query(
      `insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger) values (uuidv7(), $1, $2, $3, now() + interval '1 day', 'scheduled')`,
      [waiting, world.appId, world.endpointId],
    );
    await world.db.query(
      `insert into posthorn.delivery_leased (id, event_id, app_id, endpoint_id, owner, trigger) values (uuidv7(), $1, $2, $3, 1, 'scheduled')`,
      [inHands, world.appId, world.endpointId],
    );
    await world.db.query(
      "insert into posthorn.fan_out (event_id, app_id, type, cursor) values ($1, $3, 'a', $4::uuid), ($2, $3, 'a', $5::uuid)",
      [expanded, unexpanded, world.appId, high, low],
    );
    await startReplay(world.db, spec({ what: "all" }));
    await (await worker()).run(500);
    expect(await owed()).toEqual([expanded, free]);
    await world.db.query("delete from posthorn.fan_out where app_id = $1", [world.appId]);
  });

  test("P10: to a paused endpoint it owes what is held, up to its bound; then it waits", async () => {
    const paused = await endpoint("paused");
    await events(DUE_MAX + 10);
    const job = await startReplay(world.db, spec({ endpointIds: [paused, world.endpointId] }));
    const { run } = await worker();
    for (let i = 0; i < 5; i++) {
      await run(1_000);
      await deliver();
    }
    const [one, other] = [paused, world.endpointId].map(async (id) =>
      (await reload(job)).parts.find((p) => p.endpointId === id),
    );
    expect(await one).toMatchObject({ phase: "owing", waiting: "paused", done: DUE_MAX });
    // And keeps no other endpoint from its turn.
    expect(await other).toMatchObject({ phase: "finished", done: DUE_MAX + 10 });
  });

  test.each([
    [
      "disabled",
      "update posthorn.endpoint set mode = 'disabled', mode_reason = 'operator' where id = $1",
      "was disabled",
    ],
    ["deleted", "update posthorn.endpoint set deleted_at = now() where id = $1", "was deleted"],
  ])(
    "P10: fails with the reason when its endpoint is %s meanwhile, after the others have had theirs",
    async (_, sql, text) => {
      const other = await endpoint();
      await events(300);
      const job = await startReplay(world.db, spec({ endpointIds: [world.endpointId, other], ratePerSecond: 100 }));
      const { run } = await worker();
      await run(500);
      await world.db.query(sql, [world.endpointId]);
      await run(8_000);
      const done = await reload(job);
      expect(done.state).toMatchObject({ state: "failed", error: expect.stringContaining(text) });
      expect(done.parts.find((part) => part.endpointId === other)).toMatchObject({ phase: "finished", done: 300 });
      expect((await owed(other)).length).toBe(300);
    },
  );

  test("P8: nothing of another application is owed, whoever's endpoint is named", async () => {
    await events(3);
    const job = await startReplay(world.db, spec({ appId: newId() }));
    await (await worker()).run(500);
    expect((await reload(job)).state).toMatchObject({ state: "failed" });
    expect(await owed()).toEqual([]);
    expect(await findJob(world.db, publicId("qtask", job.id), world.appId)).toBeUndefined();
    expect(
      await commandJob(world.db, publicId("qtask", job.id), { kind: "pause" }, Date.now(), world.appId),
    ).toBeUndefined();
  });

  test("P11: does not read above what is settled, and finishes once it is", async () => {
    await events(5);
    const job = await startReplay(world.db, spec({ untilMs: Date.now() + 600 }));
    const { run } = await worker();
    await run(300);
    expect((await reload(job)).parts[0]).toMatchObject({ phase: "owing", done: 5 });
    const [later] = await events(1, {}, Date.now());
    while (Date.now() < (await reload(job)).selection.untilMs + 400) await run(200);
    await run(500);
    expect((await reload(job)).state.state).toBe("finished");
    expect((await owed()).at(-1)).toBe(later);
  });
});

test("the table refuses what the states do not allow", async () => {
  const job = await startReplay(world.db, spec());
  const set = (text: string) =>
    world.db.query(`update posthorn.job set ${text} where id = $1`, [job.id]).then(
      () => "done",
      (error: Error) => error.message,
    );
  for (const text of [
    "state = 'finished'",
    "state = 'failed', finished_at = now()",
    "error = 'x'",
    "withdrawing = true",
    "state = 'paused', owner = 1",
    "rate_per_second = 0",
    "state = 'done'",
  ])
    expect([text, await set(text)]).toEqual([text, expect.stringContaining("violates check constraint")]);
  expect(await set("state = 'cancelled', finished_at = now(), withdrawing = true")).toBe("done");
});
