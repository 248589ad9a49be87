import { expect, test } from "bun:test";
import { parsePublicId } from "#kernel";
import { receiver, testDatabase } from "#test";
import { apiOf, installation, openLedger, until } from "./kit/index.ts";

test.concurrent("P8: an endpoint whose name leads to a private address is refused, each time, and nothing connects", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.superuserUrl);
  await using engine = await installation(database.url, { POSTHORN_ALLOW_NETWORKS: "" }).start();
  await using inside = receiver();
  const api = apiOf(engine);
  const app = await api.app();
  for (const host of [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "169.254.169.254",
    "[::ffff:10.0.0.1]",
    "2130706433",
    "0x7f.1",
  ]) {
    const { status, body } = await api.call("POST", `/api/v1/app/${app}/endpoint`, {
      url: `http://${host}:${inside.port}/`,
    });
    expect({ host, status, at: body.detail?.[0]?.loc }).toEqual({ host, status: 422, at: ["body", "url"] });
  }
  const endpoint = await api.endpoint(app, {
    url: `http://receiver.example.com:${inside.port}/`,
    retrySchedule: [1, 600],
  });
  // What a name leads to may change after its endpoint was made: as if this one did.
  await ledger.rows("update posthorn.endpoint set url = $1 where id = $2::uuid", [
    `http://localhost:${inside.port}/`,
    parsePublicId("ep", endpoint) ?? "",
  ]);
  await api.send(app);
  const attempts = await until("it was refused twice", async () => {
    const rows = await ledger.attempts();
    return rows.length === 2 && rows;
  });
  expect(attempts.map(({ outcome, reason, settled_as }) => `${outcome} ${reason} ${settled_as}`)).toEqual(
    Array(2).fill("endpoint_config_error address_not_allowed owed"),
  );
  expect(inside.connections.accepted).toBe(0);
}, 30_000);

test.concurrent("P8: a redirect is not followed, wherever it leads", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.superuserUrl);
  await using engine = await installation(database.url).start();
  await using inside = receiver();
  await using outside = receiver({ answer: { status: 302, headers: { Location: `${inside.url}/secret` } } });
  const api = apiOf(engine);
  const app = await api.app();
  await api.endpoint(app, { url: outside.url, retryPolicy: "strict" });
  await api.send(app);
  await ledger.drained();
  expect((await ledger.attempts()).map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
    "permanent http_302",
  ]);
  expect(inside.connections.accepted).toBe(0);
}, 30_000);

test.concurrent("P8: a loop through our own ingest is cut by its hop count, and the cut can be read", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.superuserUrl);
  await using engine = await installation(database.url).start();
  const api = apiOf(engine);
  const app = await api.app();
  const { body: source } = await api.call("POST", `/api/v1/app/${app}/source`, { preset: "none" });
  await api.endpoint(app, { url: source.url, retryPolicy: "strict" });
  await api.send(app);
  await ledger.drained();
  const hops = await ledger.rows("select hops from posthorn.event order by id");
  expect(hops.map((row) => row.hops)).toEqual([0, 1, 2, 3, 4, 5]);
  const last = await ledger.rows("select reason, outcome from posthorn.attempt where settled_as = 'dead'");
  expect(last.length).toBe(1);
  const rejections = await until("the cut was recorded", async () => {
    const { body } = await api.call("GET", `/api/v1/app/${app}/source/${source.id}/rejection`);
    return body?.data?.length > 0 && body.data;
  });
  expect(rejections[0].detail).toContain("went through deliveries of ours");
}, 30_000);
