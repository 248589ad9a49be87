import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { until } from "../../kit/index.ts";
import { type BusyWorld, busyWorld, emptyWorld } from "./index.ts";

describe("the busy world", () => {
  let world: BusyWorld;
  beforeAll(async () => {
    world = await busyWorld();
  });
  afterAll(() => world?.[Symbol.asyncDispose]());

  const list = async (path: string): Promise<Record<string, unknown>[]> => {
    const { status, body } = await world.api.call("GET", `/api/v1/app/${path}`);
    expect([path, status]).toEqual([path, 200]);
    return body.data;
  };

  test("has receivers that succeed, fail and are told apart", async () => {
    const { scene } = world;
    for (const [name, reason] of [
      ["depot", "http_404"],
      ["portal", "http_301"],
      ["search-indexer", "http_500"],
      ["legacy-crm", "refused"],
    ] as const) {
      const { id, appId } = scene.endpoints[name];
      const attempts = await until(`${name} failed`, async () => {
        const failed = await list(`${appId}/attempt/endpoint/${id}?status=2`);
        return failed.length > 0 && failed;
      });
      expect([name, attempts.map((attempt) => attempt["responseStatusCode"])[0]]).toEqual([
        name,
        reason.startsWith("http_") ? Number(reason.slice(5)) : 0,
      ]);
    }
  });

  test("has an event of 256 kB, one that is not JSON, and rejections with their reasons", async () => {
    const { scene, events } = world;
    const large = await world.api.call("GET", `/api/v1/app/${scene.apps.globex}/msg/${events.large}`);
    expect(JSON.stringify(large.body.payload).length).toBeGreaterThan(250_000);
    const scans = await list(`${scene.apps.globex}/msg?event_types=parcel.scanned`);
    expect(scans[0]?.["contentType"]).toMatch(/xml/);
    const rejections = await list(`${scene.apps.northwind}/source/${scene.sources.github.id}/rejection`);
    expect(rejections[0]?.["reason"]).toBe("signature_mismatch");
  });

  test("goes on, and stops when it is told to", async () => {
    const before = world.traffic.sent;
    await until("more was sent", () => world.traffic.sent > before + 10);
    await world.traffic.stop();
    const after = world.traffic.sent;
    expect(after).toBeLessThan(20_000);
  });
});

test("the empty world has nothing in it", async () => {
  await using world = await emptyWorld();
  const { body } = await world.api.call("GET", "/api/v1/app");
  expect(body.data).toEqual([]);
});
