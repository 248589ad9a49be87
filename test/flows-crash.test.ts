import { expect, test } from "bun:test";
import { putFlow } from "#flows";
import { type Db, openDb, parsePublicId, publicId } from "#kernel";
import type { Definition } from "#language";
import { type Receiver, receiver, type TestEngine, testDatabase } from "#test";
import { apiOf, installation, randomOf, until } from "./kit/index.ts";

const RUNS = 300;
const KILLS = 4;

/** Each run asks a shop, durably remembers the answer, rests for a moment, and tells what it learned. */
const ORDER: Definition = {
  posthorn: 1,
  flow: "order",
  on: [{ event: "order.placed" }],
  steps: [
    { id: "note", map: { n: { $: "event.data.n" } }, durable: true },
    {
      id: "ask",
      http: { method: "POST", url: { $: "event.data.shop" }, body: { $: "steps.note" } },
      retry: { attempts: 50, wait: "50ms", max: "200ms" },
    },
    { id: "rest", wait: { for: "2500ms" } },
    { id: "tell", emit: { type: "order.told", data: { n: { $: "steps.ask.body.n" } } } },
    { id: "end", map: { $: "steps.tell.id" }, durable: true },
  ],
  output: { $: "steps.end" },
};

const told = async (db: Db, appId: string): Promise<number[]> => {
  const rows = await db.query<{ payload: Uint8Array }>(
    "select payload from posthorn.event where app_id = $1 and type = 'order.told'",
    [appId],
  );
  return rows.map(({ payload }) => JSON.parse(Buffer.from(payload).toString()).n).sort((a, b) => a - b);
};

/** The keys under which each order was asked for: one, however often it was. */
function keysOf(shop: Receiver): Map<number, Set<string>> {
  const keys = new Map<number, Set<string>>();
  for (const request of shop.requests) {
    const { n } = JSON.parse(request.text());
    keys.set(n, (keys.get(n) ?? new Set()).add(request.header("idempotency-key") ?? ""));
  }
  return keys;
}

test("P2: processes killed at random points lose no run: inside each effect once, outside under one key", async () => {
  const random = randomOf(20_260_401);
  await using database = await testDatabase();
  await using shop = await receiver();
  shop.answer((request) => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: request.text(),
  }));
  const house = installation(database.url);
  const engines: TestEngine[] = [await house.start(), await house.start()];
  const db = openDb({ url: database.url, poolMax: 2 });
  try {
    const api = apiOf(engines[0] as TestEngine);
    const app = await api.app();
    const appId = parsePublicId("app", app) ?? "";
    await db.transaction((tx) => putFlow(tx, { appId, definition: ORDER }));
    await api.sendMany(
      app,
      Array.from({ length: RUNS }, (_, n) => ({ eventType: "order.placed", payload: { n, shop: shop.url } })),
    );
    for (let kill = 0; kill < KILLS; kill++) {
      await Bun.sleep(200 + random() * 1_200);
      const at = kill % 2;
      engines[at]?.kill("SIGKILL");
      await engines[at]?.exited;
      engines[at] = await house.start();
    }
    await until(
      "all runs have ended",
      async () => {
        const [row] = await db.query<{ n: number }>("select count(*)::int as n from posthorn.run_ended");
        return row?.n === RUNS;
      },
      60_000,
    );
    const ended = await db.query<{ id: string; state: string }>("select id, state from posthorn.run_ended");
    expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(["completed"]));
    expect(await told(db, appId)).toEqual(Array.from({ length: RUNS }, (_, n) => n));
    const runs = new Set(ended.map(({ id }) => `${publicId("run", id)}/ask`));
    const keys = keysOf(shop);
    expect(keys.size).toBe(RUNS);
    for (const own of keys.values()) {
      expect(own.size).toBe(1);
      expect(runs.has([...own][0] ?? "")).toBe(true);
    }
    const [left] = await db.query<{ n: number }>(
      `select ((select count(*) from posthorn.run_leased) + (select count(*) from posthorn.run_waiting)
               + (select count(*) from posthorn.run_signal))::int as n`,
    );
    expect(left?.n).toBe(0);
  } finally {
    await db.close();
    for (const engine of engines) engine.kill("SIGKILL");
    await Promise.all(engines.map((engine) => engine.exited));
  }
}, 120_000);
