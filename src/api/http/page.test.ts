import { expect, test } from "bun:test";
import fc from "fast-check";
import { uuidLowerBound } from "#kernel";
import { cutPage, envelope, pageBody, readPage } from "./page.ts";

const numbers = (iterator: string) => (/^\d+$/.test(iterator) ? iterator : undefined);

/** The rows that a list of 0 … n-1 gives to a keyset. */
function rows(n: number, keyset: { after: string | undefined; order: string; limit: number }): number[] {
  const all = Array.from({ length: n }, (_, i) => i);
  const beyond =
    keyset.after === undefined
      ? all
      : all.filter((i) => (keyset.order === "ascending" ? i > Number(keyset.after) : i < Number(keyset.after)));
  return (keyset.order === "ascending" ? beyond : beyond.reverse()).slice(0, keyset.limit);
}

function page(n: number, order: "ascending" | "descending", limit: number, iterator?: string) {
  const read = readPage({ limit, iterator }, order, numbers);
  if (!read.ok) throw new Error("The iterator was refused");
  const body = pageBody(read.page, rows(n, read.page.keyset), (row) => row, String);
  return JSON.parse(body) as { data: number[]; done: boolean; iterator: string | null; prevIterator: string | null };
}

test("walking forth shows everything once, and walking back shows the same pages again", () => {
  const orders = fc.constantFrom("ascending" as const, "descending" as const);
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 9 }), orders, (n, limit, order) => {
      const forth = [page(n, order, limit)];
      for (let last = forth.at(-1); last !== undefined && !last.done; last = forth.at(-1)) {
        forth.push(page(n, order, limit, last.iterator ?? ""));
      }
      const expected = Array.from({ length: n }, (_, i) => i);
      expect(forth.flatMap(({ data }) => data)).toEqual(order === "ascending" ? expected : expected.reverse());
      for (let i = forth.length - 1; i > 0; i--) {
        expect(page(n, order, limit, forth[i]?.prevIterator ?? "").data).toEqual(forth[i - 1]?.data ?? []);
      }
    }),
  );
});

test("before and after are moments, heeded without an iterator only, and never both", () => {
  const read = (query: Parameters<typeof readPage>[0]) => readPage(query, "descending", numbers);
  expect(read({ before: 5_000 })).toMatchObject({
    page: { back: false, keyset: { after: uuidLowerBound(5_000), order: "descending" } },
  });
  expect(read({ after: 5_000 })).toMatchObject({
    page: { back: true, keyset: { after: uuidLowerBound(5_000), order: "ascending" } },
  });
  expect(read({ before: 1, after: 2, iterator: "7" })).toMatchObject({ page: { keyset: { after: "7" } } });
  expect(read({ before: 1, after: 2 })).toMatchObject({ ok: false, fault: { loc: ["query", "after"] } });
  expect(read({ before: -1e15 })).toMatchObject({ page: { keyset: { after: uuidLowerBound(0) } } });
  expect(read({ iterator: "-x" })).toMatchObject({ ok: false, fault: { loc: ["query", "iterator"] } });
});

test("a page of none is done when the list is empty; items stand in the envelope as they were written", () => {
  expect(cutPage({ limit: 0, back: false, keyset: { after: undefined, order: "ascending", limit: 1 } }, [])).toEqual({
    items: [],
    done: true,
  });
  expect(envelope(['{"a": 1.0}', "2"], false, "x", "y")).toBe(
    '{"data":[{"a": 1.0},2],"iterator":"x","prevIterator":"-y","done":false}',
  );
});
