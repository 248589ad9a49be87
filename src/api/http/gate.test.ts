import { expect, test } from "bun:test";
import { createGate } from "./gate.ts";

test("P7: so many are inside at once, the next ones wait in order, and more are sent away", async () => {
  const gate = createGate(2, 2);
  const begun: number[] = [];
  const doors = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const passed = doors.map(({ promise }, i) =>
    gate.pass(async () => {
      begun.push(i);
      await promise;
      return i;
    }),
  );
  expect(gate.pass(async () => 9)).toBeUndefined();
  expect(begun).toEqual([0, 1]);
  doors[1]?.resolve();
  expect(await passed[1]).toBe(1);
  expect(begun).toEqual([0, 1, 2]);
  for (const door of doors) door.resolve();
  expect(await Promise.all(passed)).toEqual([0, 1, 2, 3]);
  expect(await gate.pass(async () => 9)).toBe(9);
});

test("what fails inside makes room too", async () => {
  const gate = createGate(1, 1);
  const failing = gate.pass(() => Promise.reject(new Error("inside")));
  const next = gate.pass(async () => "next");
  expect(failing).rejects.toThrow("inside");
  expect(await next).toBe("next");
});
