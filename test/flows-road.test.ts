import { expect, test } from "bun:test";
import { putFlow } from "#flows";
import { openDb, parsePublicId } from "#kernel";
import type { Definition } from "#language";
import { receiver, testDatabase } from "#test";
import { apiOf, installation, until } from "./kit/index.ts";

const SUM: Definition = {
  posthorn: 1,
  flow: "sum",
  on: [{ event: "order.placed" }],
  steps: [
    { id: "sum", map: { total: { $: "event.data.net * 2" } } },
    { id: "ask", http: { method: "POST", url: { $: "event.data.ask" }, body: { $: "steps.sum" } } },
    { id: "tell", emit: { type: "order.summed", data: { $: "steps.ask.body" } } },
  ],
};

test("an event in, an answer asked for, and what the run emits delivered", async () => {
  await using database = await testDatabase();
  await using target = await receiver();
  await using shop = await receiver();
  shop.answer({ status: 200, headers: { "content-type": "application/json" }, body: '{"seen": true}' });
  await using engine = await installation(database.url).start();
  const api = apiOf(engine);
  const db = openDb({ url: database.url, poolMax: 2 });
  try {
    const app = await api.app();
    await api.call("POST", "/api/v1/event-type", { name: "order.summed", description: "" });
    await api.endpoint(app, { url: target.url, eventTypes: ["order.summed"] });
    await api.send(app); // Something before there is any flow.
    const appId = parsePublicId("app", app) ?? "";
    await db.transaction((tx) => putFlow(tx, { appId, definition: SUM }));
    await api.send(app, { eventType: "order.placed", payload: { net: 21, ask: shop.url } });
    const [sent] = await target.waitFor(1);
    expect(JSON.parse(sent?.text() ?? "")).toEqual({ seen: true });
    const [asked] = await shop.waitFor(1);
    expect(asked?.method).toBe("POST");
    expect(JSON.parse(asked?.text() ?? "")).toEqual({ total: 42 });
    expect(asked?.header("idempotency-key")).toMatch(/^run_[0-9a-z]{26}\/ask$/);
    expect(asked?.header("posthorn-hops")).toBe("1");
    expect(sent?.header("posthorn-hops")).toBe("2");
    await until("the run has ended", async () => {
      const rows = await db.query<{ state: string }>("select state from posthorn.run_ended");
      return rows.length === 1 && rows[0]?.state === "completed";
    });
    expect(await engine.stop()).toBe(0);
    expect(engine.logs()).not.toContain('"level":"error"');
  } finally {
    await db.close();
  }
}, 60_000);
