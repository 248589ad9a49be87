import { describe, expect, test } from "bun:test";
import { createLog, newId, publicId } from "#kernel";
import { testDatabase } from "#test";
import { createSpikeWatch, judge } from "./notice-spike.ts";
import { openWorld, type World } from "./world.ts";

const LIMITS = { rejections: 10, percent: 50 };
const log = createLog({ level: "silent", format: "json" });

async function listen(world: World): Promise<void> {
  await world.db.query(
    "insert into posthorn.endpoint (id, app_id, url) values (uuidv7(), posthorn.operational_app(), 'https://ops.test')",
  );
}

/** A process of its own, whose looks come when the test says so. */
const watching = (world: World, processes = 1) =>
  createSpikeWatch({ q: world.db, log, limits: LIMITS, processes: () => processes, later: () => () => undefined });

const told = (world: World) =>
  world.db.query<{ app_id: string; data: Record<string, unknown> }>(
    "select app_id, data from posthorn.notice where type = 'source.rejections_spiked' order by id",
  );

test("a spike is many refused and most of all; half of either keeps one going", () => {
  expect(judge(10, 0, LIMITS)).toBe("begins");
  expect(judge(9, 0, LIMITS)).toBe("lasts");
  expect(judge(4, 0, LIMITS)).toBe("quiet");
  expect(judge(10, 11, LIMITS)).toBe("lasts");
  expect(judge(10, 31, LIMITS)).toBe("quiet");
});

describe("spikes", () => {
  test("a source that refuses much is told once, by whichever process, until it was quiet", async () => {
    await using world = await openWorld(testDatabase);
    await listen(world);
    const source = { id: newId(), appId: world.appId };
    const [one, other] = [watching(world, 2), watching(world, 2)];
    for (let i = 0; i < 5; i++) {
      one.rejected(source, "signature_mismatch");
      other.rejected(source, "timestamp_too_old");
    }
    other.accepted(source.id);
    await one.look();
    await other.look();
    await one.look();
    expect(await told(world)).toEqual([
      {
        app_id: world.appId,
        data: {
          sourceId: publicId("src", source.id),
          rejected: 10,
          accepted: 0,
          windowSeconds: 60,
          reasons: { signature_mismatch: 5 },
        },
      },
    ]);
    // The window passes, then the two minutes in which nobody saw it.
    for (let i = 0; i < 7; i++) await one.look();
    for (let i = 0; i < 5; i++) one.rejected(source, "signature_mismatch");
    await one.look();
    expect(await told(world)).toHaveLength(1);
    await world.db.query("update posthorn.source_spike set lasts_until = now() - interval '1 second'");
    await one.look();
    expect(await told(world)).toHaveLength(2);
  });

  test("what is left of a spike begins none, what its owner asked for is none, and nothing is written where nobody listens", async () => {
    await using world = await openWorld(testDatabase);
    const source = { id: newId(), appId: world.appId };
    const watch = watching(world);
    for (let i = 0; i < 20; i++) watch.rejected(source, "signature_mismatch");
    await watch.look();
    expect(await world.db.query("select 1 from posthorn.source_spike")).toEqual([]);
    await listen(world);
    const disabled = { id: newId(), appId: world.appId };
    for (let i = 0; i < 20; i++) watch.rejected(disabled, "source_disabled");
    const few = { id: newId(), appId: world.appId };
    for (let i = 0; i < 6; i++) watch.rejected(few, "signature_mismatch");
    await watch.look();
    expect((await told(world)).map(({ data }) => data["sourceId"])).toEqual([publicId("src", source.id)]);
  });
});
