import { describe, expect, test } from "bun:test";
import { publicId } from "#kernel";
import { replayWorld, START } from "../../../test/kit/replay-world.ts";
import { DUE_MAX } from "./step.ts";
import { commandJob, startReplay, stillOwedBy } from "./store.ts";

const world = replayWorld();
const { deliver, delivered, endpoint, events, owed, reload, spec, worker } = world;

describe("the work on jobs", () => {
  test("P10: two processes with a job each for one endpoint owe nothing twice either", async () => {
    await events(600);
    const jobs = [await startReplay(world.db, spec({ what: "missing" }))];
    const a = await worker();
    await a.jobs.round(); // The first job is the first one's.
    jobs.push(await startReplay(world.db, spec({ what: "missing" })));
    const b = await worker();
    for (let i = 0; i < 30; i++) {
      await Promise.all([a.run(100), b.run(100)]);
      await delivered((await owed()).slice(0, 200));
    }
    expect((await Promise.all(jobs.map(reload))).map(({ state }) => state.state)).toEqual(["finished", "finished"]);
    expect((await Promise.all(jobs.map(reload))).reduce((n, { made }) => n + made, 0)).toBe(600);
  });

  test("P10: keeps its pace exactly, by a clock", async () => {
    await events(400);
    const job = await startReplay(world.db, spec({ ratePerSecond: 50 }));
    const { run } = await worker();
    await run(200); // Counting takes no time of this clock.
    const before = (await owed()).length;
    for (const seconds of [1, 2, 3, 4]) {
      await run(1_000);
      expect(Math.abs((await owed()).length - before - 50 * seconds)).toBeLessThanOrEqual(7);
    }
    expect((await owed()).length).toBeLessThanOrEqual(50 * 4.2 + 7);
    expect((await reload(job)).state.state).toBe("running");
  });

  test("P7, P10: owes no more while its endpoint is owed enough, and goes on when that is sent", async () => {
    await events(DUE_MAX + 400);
    const job = await startReplay(world.db, spec());
    const { run } = await worker();
    await run(3_000);
    expect((await owed()).length).toBe(DUE_MAX);
    expect((await reload(job)).parts[0]).toMatchObject({ waiting: "backlog", done: DUE_MAX });
    await deliver();
    await run(2_000);
    expect((await reload(job)).parts[0]).toMatchObject({ phase: "finished", done: DUE_MAX + 400 });
  });

  test("P10: paused it owes nothing, resumed it goes on where it stopped", async () => {
    const ids = await events(200);
    const job = await startReplay(world.db, spec({ ratePerSecond: 50 }));
    const { run } = await worker();
    await run(1_000);
    expect(await commandJob(world.db, publicId("qtask", job.id), { kind: "pause" }, Date.now())).toMatchObject({
      state: { state: "paused" },
    });
    const then = (await owed()).length;
    await run(3_000);
    expect([(await owed()).length, then > 0 && then < 200]).toEqual([then, true]);
    await commandJob(world.db, publicId("qtask", job.id), { kind: "resume" }, Date.now());
    await run(6_000);
    expect((await reload(job)).state.state).toBe("finished");
    expect(await owed()).toEqual(ids);
  });

  test("P10: cancelled it owes nothing more, and tells how much it owed and how much still waits", async () => {
    await events(200);
    const job = await startReplay(world.db, spec({ ratePerSecond: 50 }));
    const { run } = await worker();
    await run(1_000);
    const made = (await owed()).length;
    await world.db.query(
      "delete from posthorn.delivery_owed where id in (select id from posthorn.delivery_owed where endpoint_id = $1 limit 5)",
      [world.endpointId],
    );
    const cancelled = await commandJob(
      world.db,
      publicId("qtask", job.id),
      { kind: "cancel", withdraw: false },
      Date.now(),
    );
    if (cancelled === undefined || cancelled === "ended") throw new Error("It was to be cancelled.");
    await run(3_000);
    expect(cancelled.state.state).toBe("cancelled");
    expect([cancelled.made, await stillOwedBy(world.db, cancelled), (await owed()).length]).toEqual([
      made,
      made - 5,
      made - 5,
    ]);
    expect(await commandJob(world.db, publicId("qtask", job.id), { kind: "resume" }, Date.now())).toBe("ended");
  });

  test("P10: what it owed is withdrawn on demand, also what comes back later, and nothing of anybody else's", async () => {
    const ids = await events(100);
    const { run, withdrawn } = await worker();
    const [one, other] = [
      await startReplay(world.db, spec({ untilMs: START + 60 })),
      await startReplay(world.db, spec({ sinceMs: START + 60 })),
    ];
    await run(1_000);
    expect((await owed()).length).toBe(100);
    // One is being sent, and comes back to be tried again.
    const [hand] = await world.db.query<{ id: string }>(
      `with taken as (delete from posthorn.delivery_owed where event_id = $1 returning *)
       insert into posthorn.delivery_leased (id, event_id, app_id, endpoint_id, owner, trigger) select id, event_id, app_id, endpoint_id, 1, trigger from taken returning id`,
      [ids[0] ?? ""],
    );
    // It has ended, so its owner asks the one that runs; the ended one keeps what it owed.
    expect(await commandJob(world.db, publicId("qtask", one.id), { kind: "cancel", withdraw: true }, Date.now())).toBe(
      "ended",
    );
    await world.db.query("update posthorn.job set state = 'running', finished_at = null where id = $1", [one.id]);
    await commandJob(world.db, publicId("qtask", one.id), { kind: "cancel", withdraw: true }, Date.now());
    await run(1_000);
    expect((await owed()).length).toBe(40);
    // The process in whose hands it is is told, and of nothing else.
    const [{ id: others } = { id: "" }] = await world.db.query<{ id: string }>(
      "select id from posthorn.delivery_owed where endpoint_id = $1 limit 1",
      [world.endpointId],
    );
    expect([withdrawn.at(-1)?.(hand?.id ?? ""), withdrawn.at(-1)?.(others)]).toEqual([true, false]);
    expect((await reload(one)).state).toMatchObject({ state: "cancelled", withdrawing: true });
    await world.db.query(
      `with back as (delete from posthorn.delivery_leased where id = $1 returning *)
       insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, attempts, step, trigger) select id, event_id, app_id, endpoint_id, now(), 1, 1, trigger from back`,
      [hand?.id ?? ""],
    );
    await run(2_000);
    expect((await reload(one)).state).toMatchObject({ state: "cancelled", withdrawing: false });
    expect((await reload(other)).state.state).toBe("finished");
    expect(await owed()).toEqual(ids.slice(60));
    const buried = await world.db.query(
      "select from posthorn.delivery_dead where app_id = $1 and reason = 'cancelled'",
      [world.appId],
    );
    expect(buried).toHaveLength(60);
  });

  test("P3, P10: two processes race for a job: one works on it; when that one dies the other goes on, and nothing is owed twice", async () => {
    const ids = await events(400);
    const job = await startReplay(world.db, spec({ ratePerSecond: 100 }));
    const [a, b] = [await worker(), await worker()];
    const together = async (rounds: number) => {
      for (let i = 0; i < rounds; i++) {
        const waits = await Promise.all([a.jobs.round(), b.jobs.round()]);
        const ms = Math.ceil(Math.min(...waits));
        a.clock.ms += ms;
        b.clock.ms += ms;
      }
    };
    await together(12);
    const [{ owner } = { owner: "" }] = await world.db.query<{ owner: string }>(
      "select owner::text as owner from posthorn.job where id = $1",
      [job.id],
    );
    const [dying, living] = owner === a.token ? [a, b] : [b, a];
    const then = (await owed()).length;
    expect(then).toBeGreaterThan(0);
    await dying.die();
    living.clock.ms += 1_000;
    await living.jobs.round(); // Takes it over.
    const told = dying.told();
    // It does not know yet that it was declared dead, and tries to go on beside the other.
    await together(120);
    expect(dying.told()).toBe(told);
    expect((await reload(job)).state.state).toBe("finished");
    expect(await owed()).toEqual(ids);
    expect(living.told()).toBeGreaterThan(0);
  });

  test("P7: jobs that can do nothing for days do not keep another from its turn", async () => {
    await events(50);
    const paused = await endpoint("paused");
    for (let i = 0; i < 70; i++) {
      const waiting = await startReplay(world.db, spec({ endpointIds: [paused] }));
      await world.db.query("update posthorn.job_endpoint set phase = 'owing' where job_id = $1", [waiting.id]);
    }
    await world.db.query(
      `insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger)
       select uuidv7(), uuidv7(), $1::uuid, $2::uuid, now(), 'scheduled' from generate_series(1, ${DUE_MAX})`,
      [world.appId, paused],
    );
    const job = await startReplay(world.db, spec());
    const { run } = await worker();
    await run(4_000);
    expect((await reload(job)).state.state).toBe("finished");
  });

  test("P7: a job for very many endpoints that can do nothing goes through them in small steps, and none is left out", async () => {
    const ids = await events(3);
    const others = await Promise.all(Array.from({ length: 120 }, () => endpoint("paused")));
    await world.db.query(
      `insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger)
       select uuidv7(), uuidv7(), $1::uuid, e, now(), 'scheduled' from unnest($2::uuid[]) e, generate_series(1, ${DUE_MAX})`,
      [world.appId, `{${others.join()}}`],
    );
    const last = await endpoint();
    const job = await startReplay(world.db, spec({ endpointIds: [...others, last] }));
    await world.db.query("update posthorn.job_endpoint set phase = 'owing' where job_id = $1", [job.id]);
    const { jobs, run } = await worker();
    const waiting = async () => (await reload(job)).parts.filter((part) => part.waiting === "paused").length;
    await jobs.round();
    expect(await waiting()).toBe(50); // So many locks, and no more.
    await run(4_000);
    expect([await waiting(), await owed(last)]).toEqual([120, ids]);
  });

  test("P7: a job that can do nothing asks less and less often, and goes on within a second", async () => {
    await events(DUE_MAX + 100);
    const job = await startReplay(world.db, spec());
    const { run } = await worker();
    await run(5_000);
    expect((await reload(job)).parts[0]).toMatchObject({ waiting: "backlog" });
    expect(await run(10_000)).toBeLessThan(40);
    await deliver();
    await run(1_500);
    expect((await reload(job)).state.state).toBe("finished");
  });

  test("P12: a process that leaves gives its job away, and another goes on at once", async () => {
    const ids = await events(120);
    const job = await startReplay(world.db, spec({ ratePerSecond: 100 }));
    const leaving = await worker();
    await leaving.run(300);
    await leaving.jobs.stop();
    const then = (await owed()).length;
    const next = await worker();
    await next.run(100);
    expect([then > 0, (await owed()).length > then]).toEqual([true, true]);
    await next.run(3_000);
    expect((await reload(job)).state.state).toBe("finished");
    expect(await owed()).toEqual(ids);
  });
});
