import { expect, test } from "bun:test";
import { LaneQueue } from "./lane-queue.ts";

const taskOf = (id: string, trigger: string) => ({ id, trigger });

function queueOf(live: number, replayed: number) {
  const queue = new LaneQueue<ReturnType<typeof taskOf>>();
  for (let i = 0; i < replayed; i++) queue.push(taskOf(`r${i}`, "replay"));
  for (let i = 0; i < live; i++) queue.push(taskOf(`l${i}`, i % 2 === 0 ? "scheduled" : "resend"));
  return queue;
}

test("P10: what is sent live goes before a replay that was there first", () => {
  const queue = queueOf(3, 500);
  expect([queue.shift()?.id, queue.shift()?.id, queue.shift()?.id]).toEqual(["l0", "l1", "l2"]);
  expect(queue.shift()?.id).toBe("r0");
  expect(queue.length).toBe(499);
});

test("P10: a replay gets one turn in eight, so that an endpoint that is always busy finishes it", () => {
  const queue = queueOf(100, 3);
  const order = Array.from({ length: 24 }, () => queue.shift()?.id ?? "");
  expect(order.map((id) => id[0]).join("")).toBe("lllllllr".repeat(3));
  expect(order.filter((id) => id.startsWith("r"))).toEqual(["r0", "r1", "r2"]);
});

test("gives everything back at once, and is empty then", () => {
  const queue = queueOf(2, 2);
  expect(queue.takeAll().map(({ id }) => id)).toEqual(["l0", "l1", "r0", "r1"]);
  expect([queue.length, queue.shift()]).toEqual([0, undefined]);
});

test("P10: gives out the replays that are withdrawn, and keeps the others in order", () => {
  const queue = queueOf(1, 4);
  expect(queue.takeReplays(({ id }) => id === "l0" || id === "r1" || id === "r3").map(({ id }) => id)).toEqual([
    "r1",
    "r3",
  ]);
  expect(queue.takeAll().map(({ id }) => id)).toEqual(["l0", "r0", "r2"]);
});
