import { expect, test } from "bun:test";
import { parsePublicId } from "#kernel";
import { receiver, testDatabase } from "#test";
import { apiOf, installation, openLedger, until } from "./kit/index.ts";

test("P7: what is held too many or too long is dead-lettered with its reason, oldest first, and nothing is dropped", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.superuserUrl);
  const { start } = installation(database.url, { POSTHORN_HELD_MAX: "30", POSTHORN_HELD_FOR: "1h" });
  const many = { payload: {} };
  await using target = receiver();
  let app = "";
  let full = "";
  let old = "";
  let ids: string[] = [];
  {
    await using engine = await start({ POSTHORN_ROLES: "api,delivery" });
    const api = apiOf(engine);
    app = await api.app();
    full = await api.endpoint(app, { url: target.url, mode: "paused" });
    old = await api.endpoint(app, { url: target.url, mode: "paused" });
    ids = await api.sendMany(app, Array(40).fill(many));
    expect(await ledger.open()).toEqual({ leased: 0, owed: 80, fanOut: 0 });
    expect(await engine.stop()).toBe(0);
  }
  const owedOf = async (endpoint: string) =>
    (
      await ledger.rows("select event_id from posthorn.delivery_owed where endpoint_id = $1::uuid order by event_id", [
        parsePublicId("ep", endpoint) ?? "",
      ])
    ).map(({ event_id }) => event_id);
  const deadOf = (endpoint: string) =>
    ledger.rows("select reason, event_id from posthorn.delivery_dead where endpoint_id = $1::uuid order by event_id", [
      parsePublicId("ep", endpoint) ?? "",
    ]);
  // Ten of the second have waited longer than an hour.
  await ledger.rows(
    `update posthorn.delivery_owed set due_at = now() - interval '2 hours'
      where id in (select id from posthorn.delivery_owed where endpoint_id = $1::uuid order by id desc limit 10)`,
    [parsePublicId("ep", old) ?? ""],
  );
  const oldest = (await owedOf(old)).slice(-10);
  await using upkeep = await start({ POSTHORN_ROLES: "upkeep" });
  await until(
    "both were put right",
    async () => (await owedOf(full)).length === 30 && (await owedOf(old)).length === 30,
    20_000,
  );
  expect(upkeep.events("deliveries_buried").length).toBeGreaterThan(0);

  const events = ids.map((id) => parsePublicId("msg", id) ?? "");
  const tooMany = await deadOf(full);
  expect(tooMany.map(({ reason }) => reason)).toEqual(Array(10).fill("held_too_many"));
  expect(tooMany.map(({ event_id }) => event_id)).toEqual([...events].sort().slice(0, 10));
  const tooLong = await deadOf(old);
  expect(tooLong.map(({ reason }) => reason)).toEqual(Array(10).fill("held_too_long"));
  expect(tooLong.map(({ event_id }) => event_id)).toEqual(oldest);
  expect(await ledger.contradictions()).toEqual([]);
  expect(target.requests.length).toBe(0);
}, 40_000);
