import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { idTimeMs } from "#kernel";
import type { Json } from "#language";
import { testDatabase } from "#test";
import type { Run } from "../run.ts";
import { auditControl } from "./audit.ts";
import { countSkips, listSkips } from "./skips.ts";
import { openWorld, type TestFlow, type TestProcess, type World } from "./test-kit.ts";
import { takeTurns } from "./turns.ts";

let world: World;
let one: TestProcess;
let other: TestProcess;
beforeAll(async () => {
  world = await openWorld(await testDatabase());
  one = await world.process();
  other = await world.process();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const input = (value: Json) => ({ input: Buffer.from(JSON.stringify(value)) });
const kinds = (admitted: readonly { kind: string }[]) => admitted.map(({ kind }) => kind);
const held = async (flow: TestFlow) =>
  (
    await world.db.query<{ n: number }>(
      `select count(*)::int as n from posthorn.flow_place p join posthorn.flow_gate g on g.id = p.gate_id where g.flow_id = $1`,
      [flow.id],
    )
  )[0]?.n;
const waiting = async (flow: TestFlow) =>
  (
    await world.db.query<{ n: number }>("select count(*)::int as n from posthorn.run_waiting where flow_id = $1", [
      flow.id,
    ])
  )[0]?.n;
/** As if so much time had passed for the gates of a flow. */
const pass = (flow: TestFlow, ms: number) =>
  world.db.query(
    `update posthorn.flow_gate set due_at = due_at - $2::int * interval '1 ms',
            state = case when state ? 'window' then jsonb_set(state, '{window}',
              (select coalesce(jsonb_agg(jsonb_build_array((e ->> 0)::float8 - $2::int, e -> 1)), '[]') from jsonb_array_elements(state -> 'window') e)) else state end
      where flow_id = $1`,
    [flow.id, ms],
  );
const leaseMany = (process: TestProcess, flow: TestFlow, values: readonly Json[]) =>
  Promise.all(values.map((value) => process.lease(flow, input(value))));

describe("admission", () => {
  test("a candidate whose trigger's expression does not hold is gone without a trace; one that holds starts", async () => {
    const flow = await world.flow({ on: [{ event: "order.placed", if: "event.data.total > 100" }] });
    const runs = await leaseMany(one, flow, [{ total: 50 }, { total: 150 }]);
    expect(kinds(await one.admit(flow, runs))).toEqual(["gone", "starts"]);
    const rows = await one.db.query("select id, phase from posthorn.run_leased where flow_id = $1", [flow.id]);
    expect([...rows]).toEqual([{ id: runs[1]?.id, phase: "running" }]);
    expect(await listSkips(world.db, flow.id, 10)).toEqual([]);
  });

  test("a candidate whose expression fails is skipped, and that is told and counted", async () => {
    const flow = await world.flow({ on: [{ event: "order.placed", if: "event.data.total.nothing > 100" }] });
    const runs = await leaseMany(one, flow, [{ total: 50 }, { total: 60 }]);
    expect(kinds(await one.admit(flow, runs))).toEqual(["gone", "gone"]);
    const skips = await listSkips(world.db, flow.id, 10);
    expect(skips.map(({ why }) => why)).toEqual(["expression_failed", "expression_failed"]);
    expect(skips[0]?.detail).toContain("on[0].if");
    expect(await countSkips(world.db, flow.id, 0)).toMatchObject([{ why: "expression_failed", count: 2 }]);
  });

  test("P7 a key that the database cannot keep as text holds up nobody", async () => {
    const flow = await world.flow({ control: { concurrency: { limit: 1, key: "event.data.k" } } });
    const runs = await leaseMany(one, flow, [{ k: "a" }, { k: "a\0b" }, { k: "\ud800" }, { k: "a\0b" }]);
    expect(kinds(await one.admit(flow, runs))).toEqual(["starts", "starts", "starts", "gone"]);
  });

  test("P7 a candidate that the database refuses ends alone, and those of its batch begin", async () => {
    const flow = await world.flow({ control: { concurrency: { limit: 9, key: "event.data.k" } } });
    const runs = await leaseMany(one, flow, [{ k: "a" }, { k: "b" }, { k: "refused" }, { k: "c" }]);
    await world.db.query("alter table posthorn.flow_gate add constraint refuses check (key <> 'refused') not valid");
    try {
      expect(kinds(await one.admit(flow, runs))).toEqual(["starts", "starts", "ends", "starts"]);
    } finally {
      await world.db.query("alter table posthorn.flow_gate drop constraint refuses");
    }
  });

  test("a flow of another application with the same name has keys of its own", async () => {
    const control = { concurrency: { limit: 1 } };
    const [a, b] = [await world.flow({ flow: "same", control }), await world.flow({ flow: "same", control })];
    expect(kinds(await one.admit(a, [await one.lease(a)]))).toEqual(["starts"]);
    expect(kinds(await one.admit(b, [await one.lease(b)]))).toEqual(["starts"]);
  });

  test("P3: a process whose lease has ended decides nothing", async () => {
    const flow = await world.flow({ control: { rate: { limit: 1, per: "1h" } } });
    const lost = await world.process();
    const run = await lost.lease(flow);
    await world.db.query(
      "update posthorn.process set ended_at = now(), ended_by = 'taken_over' where token = $1::bigint",
      [lost.token],
    );
    await expect(lost.admit(flow, [run])).rejects.toMatchObject({ sqlState: "PH002" });
    expect([...(await world.db.query("select from posthorn.flow_gate where flow_id = $1", [flow.id]))]).toEqual([]);
  });
});

describe("concurrency", () => {
  test("P7: over two processes at most N runs of a key go on at once, and in the end all have gone", async () => {
    const flow = await world.flow({ control: { concurrency: { limit: 3, key: "event.data.k" } } });
    let most = 0;
    let ended = 0;
    const going = new Map<TestProcess, Run[]>([
      [one, []],
      [other, []],
    ]);
    const seen = () => {
      const running = [...going.values()].flat();
      for (const key of ["a", "b"]) {
        const n = running.filter((run) => JSON.parse(Buffer.from(run.input ?? []).toString()).k === key).length;
        most = Math.max(most, n);
      }
    };
    const work = async (process: TestProcess, rounds: number) => {
      const own = going.get(process) as Run[];
      for (let round = 0; round < rounds; round++) {
        const runs = await leaseMany(process, flow, [{ k: "a" }, { k: "b" }, { k: "a" }, { k: "a" }]);
        const admitted = await process.admit(flow, runs);
        own.push(...admitted.flatMap((verdict) => (verdict.kind === "starts" ? [verdict.run] : [])));
        seen();
        // What this process does not know any more is freed before the other can be given it.
        const over = own.splice(0, Math.ceil(own.length / 2));
        await process.end(over);
        ended += over.length;
        own.push(...(await process.goOn(flow)));
        seen();
      }
      while ((await waiting(flow)) !== 0 || own.length > 0) {
        const over = own.splice(0);
        await process.end(over);
        ended += over.length;
        own.push(...(await process.goOn(flow)));
        seen();
        if (over.length === 0 && own.length === 0 && (going.get(process === one ? other : one) as Run[]).length === 0)
          await takeTurns(process.db);
      }
    };
    await Promise.all([work(one, 12), work(other, 12)]);
    expect(most).toBe(3);
    expect(ended).toBe(96);
    expect(await held(flow)).toBe(0);
  });

  test("those that wait begin by priority, in the transaction that ends the one before", async () => {
    const flow = await world.flow({ control: { concurrency: { limit: 1 }, priority: "event.data.p" } });
    const runs = await leaseMany(one, flow, [{ p: 0 }, { p: 1 }, { p: 9 }]);
    const [first] = runs;
    const admitted = await one.admit(flow, runs);
    const begun = admitted.findIndex(({ kind }) => kind === "starts");
    expect(begun).toBe(2);
    const starting = admitted[begun] as { run: Run };
    await other.db.query("select 1");
    await one.end([starting.run]);
    const due = await world.db.query(
      "select id, phase, waiting_for from posthorn.run_waiting where flow_id = $1 and due_at <= now()",
      [flow.id],
    );
    expect([...due]).toEqual([{ id: runs[1]?.id, phase: "running", waiting_for: "room" }]);
    const [second] = await other.goOn(flow);
    expect(second?.priority).toBe(1);
    await other.end([second as Run]);
    expect((await one.goOn(flow)).map(({ id }) => id)).toEqual([first?.id as string]);
  });

  test("a place that a lost run left behind is found and given to who waits", async () => {
    const flow = await world.flow({ control: { concurrency: { limit: 1 } } });
    const [first, second] = await leaseMany(one, flow, [1, 2]);
    await one.admit(flow, [first as Run, second as Run]);
    await world.db.query("delete from posthorn.run_leased where id = $1", [(first as Run).id]);
    expect(await auditControl(world.db)).toBe(1);
    await takeTurns(world.db);
    expect((await other.goOn(flow)).map(({ id }) => id)).toEqual([(second as Run).id]);
    expect(await held(flow)).toBe(1);
  });

  test("a run that was taken over keeps its place", async () => {
    const flow = await world.flow({ control: { concurrency: { limit: 1 } } });
    const run = await one.lease(flow);
    await one.admit(flow, [run]);
    await world.db.query(
      `with moved as (delete from posthorn.run_leased where id = $1 returning *)
       insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger, input, gates, started_at)
       select id, app_id, flow_id, version, 'room', now(), phase, trigger, input, gates, started_at from moved`,
      [run.id],
    );
    const [again] = await other.goOn(flow);
    expect(again?.gates.length).toBe(1);
    expect(kinds(await one.admit(flow, [await one.lease(flow)]))).toEqual(["gone"]);
    expect(await auditControl(world.db)).toBe(0);
    await other.end([again as Run]);
    expect((await one.goOn(flow)).length).toBe(1);
  });

  test("one that waits and is cancelled leaves the queue; the next begins", async () => {
    const flow = await world.flow({ control: { concurrency: { limit: 1 } } });
    const [a, b, c] = (await leaseMany(one, flow, [1, 2, 3])) as [Run, Run, Run];
    const [begun] = await one.admit(flow, [a, b, c]);
    await world.db.query(
      "insert into posthorn.run_signal (id, run_id, path, kind) values (uuidv7(), $1, '', 'cancel')",
      [b.id],
    );
    const claimed = await world.db.query<{ id: string }>(
      `with moved as (delete from posthorn.run_waiting where id = $1 returning *)
       insert into posthorn.run_leased (id, app_id, flow_id, version, owner, phase, trigger, started_at)
       select id, app_id, flow_id, version, $2::bigint, phase, trigger, started_at from moved returning id`,
      [b.id, other.token],
    );
    expect(claimed.length).toBe(1);
    await one.end([(begun as { run: Run }).run]);
    await other.end([b]);
    expect((await one.goOn(flow)).map(({ id }) => id)).toEqual([c.id]);
    expect([...(await world.db.query("select from posthorn.flow_queue where run_id = $1", [b.id]))]).toEqual([]);
  });

  test("P11: deciding again by the same rule leaves the row of its gate as it is, and a new limit does not", async () => {
    const flow = await world.flow({ control: { concurrency: { limit: 2 } } });
    const place = async () =>
      (
        await world.db.query<{ ctid: string; places: number }>(
          "select ctid::text, places from posthorn.flow_gate where flow_id = $1",
          [flow.id],
        )
      )[0];
    await one.admit(flow, [await one.lease(flow)]);
    const first = await place();
    expect(kinds(await one.admit(flow, [await one.lease(flow), await one.lease(flow)]))).toEqual(["starts", "gone"]);
    expect(await place()).toEqual(first);
    await world.db.query("update posthorn.flow_gate set places = 7 where flow_id = $1", [flow.id]);
    await one.admit(flow, [await one.lease(flow)]);
    expect((await place())?.places).toBe(2);
  });

  test("one of higher priority than all that were let go before is not passed over", async () => {
    const flow = await world.flow({ control: { concurrency: { limit: 1 }, priority: "input.priority" } });
    const [first] = await one.admit(flow, [await one.lease(flow, input({ priority: 0 }))]);
    await one.admit(flow, [await one.lease(flow, input({ priority: 0 }))]);
    await world.db.query("update posthorn.flow_gate set queue_from = 9e15::bigint where flow_id = $1", [flow.id]);
    const urgent = await one.lease(flow, input({ priority: 100 }));
    await one.admit(flow, [urgent]);
    await one.end([(first as { run: Run }).run]);
    expect((await one.goOn(flow)).map(({ id }) => id)).toEqual([urgent.id]);
  });

  test("of very many that wait for one key the next is found by index", async () => {
    const flow = await world.flow({ control: { concurrency: { limit: 1 } } });
    const [first] = await one.admit(flow, [await one.lease(flow)]);
    await one.admit(flow, [await one.lease(flow)]);
    await world.db.query(
      `with many as (select uuidv7() as id, n from generate_series(1, 20000) n), rows as (
         insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, phase, trigger, started_at)
         select id, $2, $1, 1, 'control', 'matched', 'event', now() from many)
       insert into posthorn.flow_queue (run_id, gate_id, stage, rank)
       select id, (select id from posthorn.flow_gate where flow_id = $1), 'concurrency', 9e15::bigint + n from many`,
      [flow.id, flow.appId],
    );
    await world.db.query("analyze posthorn.flow_queue");
    await world.db.query("analyze posthorn.run_waiting");
    const plan = await world.db.query<{ "QUERY PLAN": string }>(
      `explain select w.id from posthorn.flow_queue q join posthorn.run_waiting w on w.id = q.run_id
        where q.gate_id = (select id from posthorn.flow_gate where flow_id = '${flow.id}') order by q.rank, q.run_id limit 1 for update of w skip locked`,
    );
    const text = plan.map((row) => row["QUERY PLAN"]).join("\n");
    expect(text).toContain("flow_queue_next");
    expect(text).not.toContain("Sort");
    expect(text).not.toContain("Seq Scan on run_waiting");
    await one.end([(first as { run: Run }).run]);
    expect((await one.goOn(flow)).length).toBe(1);
    await world.db.query("delete from posthorn.run_waiting where flow_id = $1", [flow.id]);
  });
});

describe("singleton", () => {
  test("skip: a further one of the key is skipped while the first waits or goes on", async () => {
    const flow = await world.flow({ control: { singleton: { mode: "skip", key: "event.data.k" } } });
    const runs = await leaseMany(one, flow, [{ k: 1 }, { k: "1" }, { k: 1 }]);
    expect(kinds(await one.admit(flow, runs))).toEqual(["starts", "starts", "gone"]);
    expect(kinds(await other.admit(flow, await leaseMany(other, flow, [{ k: 1 }])))).toEqual(["gone"]);
    const skips = await listSkips(world.db, flow.id, 10);
    expect(skips.map(({ why, key }) => [why, key])).toEqual([
      ["singleton", "1"],
      ["singleton", "1"],
    ]);
  });

  test("replace: the run before is told to end, and the last one begins when it has", async () => {
    const flow = await world.flow({ control: { singleton: { mode: "replace" } } });
    const [first] = await one.admit(flow, await leaseMany(one, flow, [1]));
    expect(kinds(await one.admit(flow, await leaseMany(one, flow, [2])))).toEqual(["gone"]);
    const [third] = await leaseMany(other, flow, [3]);
    expect(kinds(await other.admit(flow, [third as Run]))).toEqual(["gone"]);
    const signals = await world.db.query("select run_id, kind from posthorn.run_signal where run_id = $1", [
      (first as { run: Run }).run.id,
    ]);
    expect([...signals]).toEqual([{ run_id: (first as { run: Run }).run.id, kind: "cancel" }]);
    expect(await waiting(flow)).toBe(1);
    await one.end([(first as { run: Run }).run]);
    expect((await one.goOn(flow)).map(({ id }) => id)).toEqual([(third as Run).id]);
  });

  test("what was asked for through the API is ended rather than gone", async () => {
    const flow = await world.flow({ control: { singleton: { mode: "skip" } } });
    await one.admit(flow, await leaseMany(one, flow, [1]));
    const asked = await one.lease(flow, { trigger: "api" });
    const [verdict] = await one.admit(flow, [asked]);
    expect(verdict).toMatchObject({ kind: "ends", ending: { state: "cancelled" } });
    expect([...(await one.db.query("select from posthorn.run_leased where id = $1", [asked.id]))].length).toBe(1);
  });
});

describe("debounce", () => {
  test("a flood of a key costs one row, and the last input begins when nothing came for a while", async () => {
    const flow = await world.flow({ control: { debounce: { wait: "10s", max: "1m", key: "event.data.k" } } });
    const values = [...Array(300).keys()].map((n) => ({ k: n % 2, n }));
    for (let i = 0; i < values.length; i += 100)
      await one.admit(flow, await leaseMany(one, flow, values.slice(i, i + 100)));
    expect(await waiting(flow)).toBe(2);
    expect(await takeTurns(world.db)).toBe(0);
    await pass(flow, 10_000);
    await takeTurns(world.db);
    const begun = await other.goOn(flow);
    const inputs = begun.map((run) => JSON.parse(Buffer.from(run.input ?? []).toString()).n);
    const lastIds = await world.db.query("select from posthorn.run_waiting where flow_id = $1", [flow.id]);
    expect(lastIds.length).toBe(0);
    // The last is the one with the highest id of its key.
    expect(inputs.length).toBe(2);
    expect(await countSkips(world.db, flow.id, 0)).toMatchObject([{ why: "debounce", count: 298 }]);
    expect((await listSkips(world.db, flow.id, 1_000)).length).toBeLessThanOrEqual(60);
  });

  test("the last of a key counts, whichever process decided about it last", async () => {
    const flow = await world.flow({ control: { debounce: { wait: "10s" } } });
    const now = Date.now();
    const late = await one.lease(flow, { startedAtMs: now + 5, ...input("late") });
    const early = await other.lease(flow, { startedAtMs: now, ...input("early") });
    expect(idTimeMs(late.id)).toBeGreaterThan(idTimeMs(early.id));
    await one.admit(flow, [late]);
    await other.admit(flow, [early]);
    await pass(flow, 10_000);
    await takeTurns(world.db);
    expect((await one.goOn(flow)).map(({ id }) => id)).toEqual([late.id]);
  });
});

describe("batch", () => {
  test("inputs of a key become one run of their list, in order; size begins it at once, time begins the rest", async () => {
    const flow = await world.flow({
      control: { batch: { size: 3, wait: "5s", key: "event.data.k" }, concurrency: { limit: 1, key: "event.data.k" } },
    });
    for (let n = 0; n < 4; n++) await one.admit(flow, [await one.lease(flow, input({ k: "a", n }))]);
    const [full] = await other.goOn(flow);
    expect(full?.trigger).toBe("batch");
    expect(JSON.parse(Buffer.from(full?.input ?? []).toString())).toEqual([0, 1, 2].map((n) => ({ k: "a", n })));
    expect(full?.facts?.["count"]).toBe(3);
    await pass(flow, 5_000);
    await takeTurns(world.db);
    // The key of the first input counts behind the batch: the place is taken.
    expect(await other.goOn(flow)).toEqual([]);
    await other.end([full as Run]);
    const [rest] = await one.goOn(flow);
    expect(JSON.parse(Buffer.from(rest?.input ?? []).toString())).toEqual([{ k: "a", n: 3 }]);
    expect([...(await world.db.query("select from posthorn.flow_batch"))]).toEqual([]);
  });
});

describe("rate and throttle", () => {
  test("P7: over two processes no more begin in a period than the rate says; the others are skipped and recorded", async () => {
    const flow = await world.flow({ control: { rate: { limit: 5, per: "1h" } } });
    const admit = async (process: TestProcess) =>
      kinds(await process.admit(flow, await leaseMany(process, flow, Array(10).fill(1))));
    const verdicts = (await Promise.all([admit(one), admit(other), admit(one)])).flat();
    expect(verdicts.filter((kind) => kind === "starts").length).toBe(5);
    expect(await countSkips(world.db, flow.id, 0)).toMatchObject([{ why: "rate", count: 25 }]);
    await pass(flow, 3_600_000);
    expect(kinds(await other.admit(flow, [await other.lease(flow)]))).toEqual(["starts"]);
  });

  test("P7: what a throttle holds begins later, so many per period, by priority", async () => {
    const flow = await world.flow({ control: { throttle: { limit: 2, per: "1h" }, priority: "event.data.p" } });
    const verdicts = await one.admit(
      flow,
      await leaseMany(
        one,
        flow,
        [0, 1, 2, 3, 4].map((p) => ({ p })),
      ),
    );
    expect(kinds(verdicts)).toEqual(["gone", "gone", "gone", "starts", "starts"]);
    await takeTurns(world.db);
    expect(await other.goOn(flow)).toEqual([]);
    await pass(flow, 3_600_000);
    await Promise.all([takeTurns(one.db), takeTurns(other.db)]);
    const begun = [...(await one.goOn(flow)), ...(await other.goOn(flow))];
    expect(begun.map(({ priority }) => priority).sort()).toEqual([1, 2]);
    await pass(flow, 3_600_000);
    await takeTurns(world.db);
    expect((await one.goOn(flow)).map(({ priority }) => priority)).toEqual([0]);
  });
});

describe("cycles", () => {
  test("one run too deep is ended as a cycle that names its flows", async () => {
    const appId = (await world.flow({})).appId;
    const [ping, pong] = [await world.flow({ flow: "ping" }, appId), await world.flow({ flow: "pong" }, appId)];
    let parentId: string | undefined;
    for (let depth = 0; depth <= 16; depth++) {
      const { id } = await one.lease(depth % 2 === 0 ? ping : pong, {
        phase: "running",
        depth,
        ...(parentId && { parentId }),
      });
      parentId = id;
    }
    const last = await one.lease(pong, { depth: 17, parentId });
    const [verdict] = await one.admit(pong, [last]);
    expect(verdict).toMatchObject({
      kind: "ends",
      ending: { state: "failed", error: { code: "flow_cycle", class: "invalid" } },
    });
    const { message } = (verdict as never as { ending: { error: { message: string } } }).ending.error;
    expect(message).toContain("ping → pong → ping");
    expect(message).toContain("flows start each other: ping, pong");
  });
});
