import { expect, test } from "bun:test";
import type { RunCommit } from "../commit-part.ts";
import { createRunWatch, WATCHERS_MAX } from "./run-watch.ts";

const commit = (id: string) => ({ run: { id } }) as RunCommit;
const LONG_MS = 60_000;

test("whoever waits for a run is told of each commit of it, and of no other's", async () => {
  const watch = createRunWatch();
  expect(watch.part.concerns(commit("a"))).toBe(false);
  const watcher = watch.watch("a");
  if (watcher === undefined) throw new Error("There was room.");
  expect([watch.part.concerns(commit("a")), watch.part.concerns(commit("b"))]).toEqual([true, false]);

  const told = watcher.next(LONG_MS);
  watch.part.foresee([commit("a")])?.plan.committed();
  await told;
  // One that came while nobody looked is not lost; one that was undone is nothing.
  watch.part.foresee([commit("a")])?.plan.committed();
  await watcher.next(LONG_MS);
  watch.part.foresee([commit("a")])?.plan.abandoned();
  let isTold = false;
  const later = watcher.next(LONG_MS).then(() => {
    isTold = true;
  });
  await Promise.resolve();
  expect(isTold).toBe(false);
  watcher.end();
  await later;
  expect([watch.watchers, watch.part.concerns(commit("a"))]).toEqual([0, false]);
});

test("P7: no more than so many watch; a process that leaves lets all go", async () => {
  const watch = createRunWatch();
  const watchers = Array.from({ length: WATCHERS_MAX }, () => watch.watch("a"));
  expect(watch.watch("a")).toBeUndefined();
  const all = Promise.all(watchers.map((watcher) => watcher?.next(LONG_MS)));
  watch.close();
  await all;
  expect(watchers[0]?.isOver).toBe(true);
});
