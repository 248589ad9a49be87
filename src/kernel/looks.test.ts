import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { testDatabase } from "#test";
import { DatabaseError, type Db, openDb } from "./db.ts";
import { createLog } from "./log.ts";
import { createLooks, type Look } from "./looks.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 2 });
  await db.query("create table posthorn.waiting_room (what text)");
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await db.query("truncate posthorn.waiting_room");
});

const lines: string[] = [];
const log = createLog({ level: "info", format: "json", write: (line) => void lines.push(line) });
let now = 0;
const looks = (list: readonly Look[]) => createLooks(list, { db, log, monotonic: () => now });
const waiting = (what: string) => `exists (select from posthorn.waiting_room where what = '${what}')`;
const arrive = (what: string) => db.query("insert into posthorn.waiting_room values ($1)", [what]);

describe("looks", () => {
  test("only who is waited for is run, and all are asked for in one statement", async () => {
    const ran: string[] = [];
    let asked = 0;
    const counted = {
      ...db,
      query: (...args: Parameters<Db["query"]>) => {
        asked++;
        return db.query(...args);
      },
    } as Db;
    const all = ["a", "b", "c"].map((name) => ({
      name,
      pending: waiting(name),
      run: () => void ran.push(name),
    }));
    const watched = createLooks(all, { db: counted, log, monotonic: () => now });
    await watched.beat();
    expect(ran).toEqual([]);
    await arrive("b");
    await watched.beat();
    expect(ran).toEqual(["b"]);
    expect(asked).toBe(2);
  });

  test("one that fails is told, and keeps none of the others from their turn", async () => {
    await arrive("a");
    const ran: string[] = [];
    lines.length = 0;
    await looks([
      {
        name: "broken",
        pending: "true",
        run: () => Promise.reject(new DatabaseError("unavailable", "The database is away.")),
      },
      { name: "a", pending: waiting("a"), run: () => void ran.push("a") },
    ]).beat();
    expect(ran).toEqual(["a"]);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ event: "look_failed", look: "broken" }]);
  });

  test("what is asked for seldom is gone on with at once while there is more of it", async () => {
    let left = 3;
    let ran = 0;
    const pending = `(select count(*) > 0 from posthorn.waiting_room where what = 'many')`;
    await arrive("many");
    const seldom = looks([
      {
        name: "seldom",
        pending,
        askedEveryMs: 30_000,
        run: async () => {
          ran++;
          return left-- > 0 ? 1 : 0;
        },
      },
    ]);
    for (let beat = 0; beat < 6; beat++) await seldom.beat();
    // Three times there was something, and once no more; then it is not asked for.
    expect(ran).toBe(4);
    now += 30_000;
    await seldom.beat();
    expect(ran).toBe(5);
  });

  test("P11: a question asked seldom that cannot be answered keeps the others from their turn once, not with each beat", async () => {
    await arrive("next");
    const ran: string[] = [];
    const watched = looks([
      { name: "next", pending: waiting("next"), run: () => void ran.push("next") },
      {
        name: "heavy",
        pending: "(select 1 / count(*) = 0 from posthorn.waiting_room where what = 'nobody')",
        askedEveryMs: 30_000,
        run: () => void ran.push("heavy"),
      },
    ]);
    await watched.beat();
    expect(ran).toEqual([]);
    await watched.beat();
    expect(ran).toEqual(["next"]);
  });

  test("a question that is not to be asked so often is run once in its time", async () => {
    let ran = 0;
    const seldom = looks([{ name: "seldom", pending: "true", everyMs: 2_000, run: () => void ran++ }]);
    await seldom.beat();
    now += 1_000;
    await seldom.beat();
    expect(ran).toBe(1);
    now += 1_000;
    await seldom.beat();
    expect(ran).toBe(2);
  });

  test("null is no, as in every condition of SQL", async () => {
    let ran = 0;
    await looks([{ name: "null", pending: "null::boolean", run: () => void ran++ }]).beat();
    expect(ran).toBe(0);
  });

  test("started, it looks by itself, again at once while something is done, and no more once it is stopped", async () => {
    await arrive("a");
    const done = Promise.withResolvers<void>();
    let left = 3;
    const started = looks([
      {
        name: "a",
        pending: waiting("a"),
        run: async () => {
          if (--left > 0) return 1;
          await db.query("truncate posthorn.waiting_room");
          done.resolve();
          return 0;
        },
      },
    ]);
    started.start();
    await done.promise;
    await started.stop();
    expect(left).toBe(0);
  });
});
