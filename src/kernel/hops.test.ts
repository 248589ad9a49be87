import { expect, test } from "bun:test";
import { readHops } from "./hops.ts";

test("P8: a count of hops is read as far as it is one, and a huge one stays huge", () => {
  expect([null, "", "3", "0", "-1", "1.5", "1e3", " 4", "99999", "9".repeat(400)].map(readHops)).toEqual([
    0, 0, 3, 0, 0, 0, 0, 0, 1_000, 1_000,
  ]);
});
