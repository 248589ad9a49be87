import { expect, test } from "bun:test";
import { createCallQueue } from "./call-queue.ts";

const call = (appId: string, n: number, bytes = 1) => ({ appId, n, bytes });

test("P7 an application that queues a hundred programs lets another's first one go second", () => {
  const queue = createCallQueue<ReturnType<typeof call>>();
  for (let n = 0; n < 100; n++) queue.push(call("busy", n));
  queue.push(call("modest", 0));
  const order = [queue.shift(), queue.shift(), queue.shift()].map((taken) => `${taken?.appId} ${taken?.n}`);
  expect(order).toEqual(["busy 0", "modest 0", "busy 1"]);
  expect(queue.length).toBe(98);
});

test("P7 the queue is bounded in calls and bytes, and one application fills half of it at most", () => {
  const queue = createCallQueue<ReturnType<typeof call>>({ calls: 4, bytes: 100, percentOfOne: 50 });
  expect([0, 1, 2].map((n) => queue.push(call("a", n)))).toEqual([true, true, false]);
  expect(queue.push(call("b", 0, 51))).toBe(false);
  expect(queue.push(call("b", 0, 50))).toBe(true);
  expect(queue.push(call("c", 0, 50))).toBe(false);
  expect(queue.push(call("c", 0, 1))).toBe(true);
  expect(queue.push(call("d", 0, 1))).toBe(false);
});

test("what was taken back is not run, and makes room", () => {
  const queue = createCallQueue<ReturnType<typeof call>>({ calls: 2, bytes: 100, percentOfOne: 100 });
  const [first, second, third] = [call("a", 1), call("a", 2), call("a", 3)];
  queue.push(first);
  queue.push(second);
  expect(queue.push(third)).toBe(false);
  expect(queue.remove(first)).toBe(true);
  expect(queue.remove(first)).toBe(false);
  expect(queue.push(third)).toBe(true);
  expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([second, third, undefined]);
});
