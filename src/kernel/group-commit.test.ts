import { describe, expect, test } from "bun:test";
import { DatabaseError } from "./db.ts";
import { type GroupCommit, groupCommit } from "./group-commit.ts";

/** A commit whose batches are held until the test lets them go. */
function heldCommits(options: { rowsMax?: number; bytesMax?: number; commitsMax?: number } = {}) {
  const batches: {
    readonly items: readonly string[];
    readonly finish: () => void;
    readonly fail: (error: unknown) => void;
  }[] = [];
  let arrived = Promise.withResolvers<void>();
  const commits: GroupCommit<string, string> = groupCommit({
    commit: (items) =>
      new Promise((resolve, reject) => {
        batches.push({ items, finish: () => resolve(items.map((item) => item.toUpperCase())), fail: reject });
        arrived.resolve();
        arrived = Promise.withResolvers();
      }),
    rowsMax: options.rowsMax ?? 100,
    bytesMax: options.bytesMax ?? 1_000,
    bytesOf: (item) => item.length,
    commitsMax: options.commitsMax ?? 1,
  });
  return {
    commits,
    batches,
    async batch(n: number) {
      while (batches.length <= n) await arrived.promise;
      const batch = batches[n];
      if (batch === undefined) throw new Error(`There is no batch ${n}.`);
      return batch;
    },
  };
}

describe("groupCommit", () => {
  test("commits a lone item at once", async () => {
    const { commits, batch } = heldCommits();
    const added = commits.add("a");
    const first = await batch(0);
    expect(first.items).toEqual(["a"]);
    first.finish();
    expect(await added).toBe("A");
  });

  test("shares one commit among all that came while the last one was under way", async () => {
    const { commits, batch } = heldCommits();
    const first = commits.add("a");
    const held = await batch(0);
    const later = ["b", "c", "d"].map((item) => commits.add(item));
    held.finish();
    const second = await batch(1);
    expect(second.items).toEqual(["b", "c", "d"]);
    second.finish();
    expect(await Promise.all([first, ...later])).toEqual(["A", "B", "C", "D"]);
  });

  test("caps a batch by rows and by bytes, and lets an item above the cap of bytes through alone", async () => {
    const { commits, batch } = heldCommits({ rowsMax: 2, bytesMax: 6 });
    const added = ["aaaaaaaaaa", "b", "c", "d", "eeee", "fff"].map((item) => commits.add(item));
    for (const [n, items] of [["aaaaaaaaaa"], ["b", "c"], ["d", "eeee"], ["fff"]].entries()) {
      const next = await batch(n);
      expect(next.items).toEqual(items);
      next.finish();
    }
    await Promise.all(added);
  });

  test("has at most the given number of commits under way", async () => {
    const { commits, batch, batches } = heldCommits({ rowsMax: 1, commitsMax: 2 });
    const added = ["a", "b", "c"].map((item) => commits.add(item));
    await batch(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(batches.length).toBe(2);
    batches[0]?.finish();
    (await batch(2)).finish();
    batches[1]?.finish();
    await Promise.all(added);
  });

  test("sends off the next batch before what follows from the last one is done", async () => {
    const order: string[] = [];
    let first = true;
    const commits = groupCommit<string, string>({
      commit: async (items, answered) => {
        order.push(`commit ${items.join("")}`);
        if (first) {
          first = false;
          void commits.add("b");
          void commits.add("c");
          await Promise.resolve();
        }
        answered();
        order.push(`follow ${items.join("")}`);
        return [...items];
      },
      rowsMax: 100,
      bytesMax: 1_000,
      bytesOf: (item) => item.length,
      commitsMax: 1,
    });
    await commits.add("a");
    await commits.idle();
    expect(order).toEqual(["commit a", "commit bc", "follow bc", "follow a"]);
  });

  test("P1: rejects everything in a batch whose fate is unknown, and tries nothing again by itself", async () => {
    const { commits, batch, batches } = heldCommits();
    const added = Promise.allSettled([commits.add("a"), commits.add("b")]);
    (await batch(0)).fail(new DatabaseError("unknown", "The connection broke."));
    expect((await added).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(batches.length).toBe(1);
    expect(commits.pending).toBe(0);
    expect(commits.pendingBytes).toBe(0);
  });

  test("finds the one bad item of a batch, and commits its neighbours", async () => {
    const commits = groupCommit<string, string>({
      commit: async (items) => {
        if (items.includes("bad")) throw new DatabaseError("rejected", "A row is not acceptable.");
        return items.map((item) => item.toUpperCase());
      },
      rowsMax: 100,
      bytesMax: 1_000,
      bytesOf: (item) => item.length,
      commitsMax: 2,
    });
    const results = await Promise.allSettled(["a", "b", "bad", "c", "d"].map((item) => commits.add(item)));
    expect(results.map((result) => (result.status === "fulfilled" ? result.value : result.status))).toEqual([
      "A",
      "B",
      "rejected",
      "C",
      "D",
    ]);
  });

  test("P1: turns away unsent what waited too long for its turn", async () => {
    const sent: string[] = [];
    const waitingAtMost = (waitMsMax: number) =>
      groupCommit<string, string>({
        commit: async (items) => {
          sent.push(...items);
          return items;
        },
        rowsMax: 100,
        bytesMax: 1_000,
        bytesOf: (item) => item.length,
        commitsMax: 1,
        waitMsMax,
      });
    const [late, soon] = [waitingAtMost(0), waitingAtMost(60_000)];
    await expect(late.add("late")).rejects.toMatchObject({ fault: "unavailable" });
    expect([late.pending, late.pendingBytes]).toEqual([0, 0]);
    expect(await soon.add("soon")).toBe("soon");
    expect(sent).toEqual(["soon"]);
  });

  test("is idle when the last pending item was settled, whatever came of it", async () => {
    const { commits, batch } = heldCommits();
    await commits.idle();
    const added = commits.add("a").catch(() => "failed");
    let idle = false;
    const waiting = commits.idle().then(() => {
      idle = true;
    });
    expect(commits.pending).toBe(1);
    expect(idle).toBe(false);
    (await batch(0)).fail(new Error("no"));
    await waiting;
    expect(await added).toBe("failed");
  });
});
