import { expect, test } from "bun:test";
import { render, show } from "./report.ts";

test("what was not measured is a dash, never a zero", () => {
  expect([undefined, Number.NaN, 0].map(show)).toEqual(["-", "-", "0"]);
});

test("a spread shows its median and range; a single measurement shows itself", () => {
  expect(show({ median: 20_500.4, min: 19_000, max: 21_000, count: 3 })).toBe("20,500 (19,000–21,000)");
  expect(show({ median: 9.4567, min: 9.4567, max: 9.4567, count: 1 })).toBe("9.46");
});

test("columns of figures align right, names align left", () => {
  const text = render({
    title: "T",
    columns: ["row", "per s"],
    rows: [
      ["a", 5],
      ["long name", 12_345],
    ],
  });
  expect(text).toBe("T\nrow         per s\n---------  ------\na               5\nlong name  12,345");
});
