import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { testDatabase } from "#test";
import { type Db, openDb } from "./db.ts";
import { createMembership, LEASE_MS, type Membership } from "./membership.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 4 });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

/** A member whose clock and pulses the test moves. */
function member(name: string, exclusive = false) {
  let now = 0;
  const taken: string[] = [];
  const lost: string[] = [];
  const membership: Membership = createMembership({
    db,
    name,
    roles: ["delivery"],
    version: "0",
    exclusive,
    monotonic: () => now,
    onError: () => undefined,
  });
  membership.onTakeOver(async (_tx, token) => () => void taken.push(token));
  membership.onLost((token) => void lost.push(token));
  return {
    membership,
    taken,
    lost,
    async later(ms: number) {
      now += ms;
      await membership.pulse();
    },
    sleep(ms: number) {
      now += ms;
    },
    async [Symbol.asyncDispose]() {
      membership.stop();
      await membership.leave();
    },
  };
}

describe("membership", () => {
  test("P3: tokens grow with every incarnation", async () => {
    await using one = member("one");
    await using two = member("two");
    await one.membership.join();
    await two.membership.join();
    expect(Number(two.membership.token)).toBeGreaterThan(Number(one.membership.token));
  });

  test("one of those alive is the eldest, and the next one once it has left", async () => {
    await using young = member("young");
    {
      await using old = member("old");
      await old.membership.join();
      await young.membership.join();
      await old.later(100);
      await young.later(100);
      expect([old.membership.isEldest, young.membership.isEldest]).toEqual([true, false]);
      expect(young.membership.isAlone).toBe(false);
    }
    await young.later(100);
    expect([young.membership.isEldest, young.membership.isAlone]).toEqual([true, true]);
  });

  test("a pulse tells who watches what happens, for as long as the watch is renewed", async () => {
    await using one = member("one");
    await one.membership.join();
    await one.later(100);
    expect(one.membership.watches).toEqual([]);
    await db.query(
      `insert into posthorn.tail_watch (id, app_id, ends_at)
       values (uuidv7(), null, now() + interval '1 minute'), (uuidv7(), null, now() - interval '1 s')`,
    );
    await one.later(100);
    expect(one.membership.watches.map((watch) => watch.split(":")[1])).toEqual(["*"]);
    await db.query("delete from posthorn.tail_watch");
  });

  test("P12: who has left does not join again with a pulse that was still under way", async () => {
    await using one = member("one");
    await using two = member("two");
    await one.membership.join();
    await two.membership.join();
    const { token } = one.membership;
    await one.membership.leave();
    await one.later(1_000);
    expect(one.membership.token).toBe(token);
    expect(one.lost).toEqual([]);
  });

  test("P3: an owner starts nothing when its lease is about to end unrenewed", async () => {
    await using one = member("one");
    await one.membership.join();
    expect(one.membership.mayStart()).toBe(true);
    one.sleep(LEASE_MS);
    expect(one.membership.mayStart()).toBe(false);
    await one.later(0);
    expect(one.membership.mayStart()).toBe(true);
  });

  test("P2: takes over who was silent for a lease, once, and nobody who renews", async () => {
    await using taker = member("taker");
    const silent = member("silent");
    await using lively = member("lively");
    for (const { membership } of [taker, silent, lively]) await membership.join();
    const dead = silent.membership.token;
    for (let passed = 0; passed < 2 * LEASE_MS; passed += 1_000) {
      await lively.later(1_000);
      await taker.later(1_000);
    }
    expect([...taker.taken, ...lively.taken]).toEqual([dead]);
  });

  test("P3: after an outage a taker waits one healthy lease before it believes that somebody is dead", async () => {
    await using taker = member("taker");
    await using other = member("other");
    await taker.membership.join();
    await other.membership.join();
    await taker.later(1_000);
    // The database was away for a minute: nobody could renew. Now it is back, and the other needs a moment.
    taker.sleep(60_000);
    taker.membership.unhealthy();
    await taker.later(1);
    expect(taker.taken).toEqual([]);
    await other.later(1);
    await taker.later(LEASE_MS - 100);
    expect(taker.taken).toEqual([]);
  });

  test("P3: who was declared dead goes on under a new token, and is told which it lost", async () => {
    await using taker = member("taker");
    await using slow = member("slow");
    await taker.membership.join();
    await slow.membership.join();
    const before = slow.membership.token;
    for (let passed = 0; passed <= 2 * LEASE_MS; passed += 1_000) await taker.later(1_000);
    expect(taker.taken).toEqual([before]);
    await slow.later(0);
    expect(slow.lost).toEqual([before]);
    expect(Number(slow.membership.token)).toBeGreaterThan(Number(before));
  });

  test("takes over at once where nobody else can be alive", async () => {
    const dead = member("dead");
    await dead.membership.join();
    await using next = member("next", true);
    await next.membership.join();
    await next.later(0);
    expect(next.taken).toContain(dead.membership.token);
  });

  test("P3: a step of the database's clock makes nobody look dead", async () => {
    await using taker = member("taker");
    await using other = member("other");
    await taker.membership.join();
    await other.membership.join();
    await taker.later(1_000);
    await db.query("update posthorn.process set lease_ends_at = lease_ends_at - interval '1 day' where token = $1", [
      other.membership.token,
    ]);
    for (let passed = 0; passed < LEASE_MS - 1_000; passed += 500) await taker.later(500);
    expect(taker.taken).toEqual([]);
  });
});
