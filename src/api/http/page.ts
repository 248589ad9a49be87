import { uuidLowerBound } from "#kernel";
import type { Keyset } from "#tenancy";
import { LIST_LIMIT_DEFAULT } from "../schemas/common.ts";
import type { Invalid } from "./reply.ts";

/** Which part of a list is asked for, in Svix's terms: an iterator leads on, one with a minus before it leads back. */
export interface Page {
  /** One row more than the page holds: it tells whether anything lies beyond. */
  readonly keyset: Keyset;
  readonly limit: number;
  /** Towards the head of the list; rows come in reverse. */
  readonly back: boolean;
}

export interface PageQuery {
  readonly limit?: number | undefined;
  readonly iterator?: string | undefined;
  /** Moments in ms, for lists of what happened; not heeded with an iterator. */
  readonly before?: number | undefined;
  readonly after?: number | undefined;
}

export type PageRead = { readonly ok: true; readonly page: Page } | { readonly ok: false; readonly fault: Invalid };

const opposite = { ascending: "descending", descending: "ascending" } as const;

/** Reads the queries of a list whose order is `order`; `keyOf` makes the key of an iterator's text. */
export function readPage(
  query: PageQuery,
  order: Keyset["order"],
  keyOf: (iterator: string) => string | undefined,
): PageRead {
  const limit = query.limit ?? LIST_LIMIT_DEFAULT;
  const page = (after: string | undefined, back: boolean): PageRead => ({
    ok: true,
    page: { limit, back, keyset: { after, order: back ? opposite[order] : order, limit: limit + 1 } },
  });
  if (query.iterator !== undefined) {
    const back = query.iterator.startsWith("-");
    const key = keyOf(back ? query.iterator.slice(1) : query.iterator);
    if (key !== undefined) return page(key, back);
    const msg = "The iterator is none that an answer to this list contained";
    return { ok: false, fault: { loc: ["query", "iterator"], msg, type: "value_error" } };
  }
  if (query.before !== undefined && query.after !== undefined) {
    const msg = "before and after cannot be used together";
    return { ok: false, fault: { loc: ["query", "after"], msg, type: "value_error" } };
  }
  const bound = (ms: number) => uuidLowerBound(Math.min(Math.max(Math.floor(ms), 0), 2 ** 48 - 1));
  if (query.before !== undefined) return page(bound(query.before), false);
  if (query.after !== undefined) return page(bound(query.after), true);
  return page(undefined, false);
}

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly done: boolean;
}

/** The rows of a page in the order of the list. */
export function cutPage<T>(page: Page, rows: readonly T[]): PageOf<T> {
  const kept = rows.slice(0, page.limit);
  return { items: page.back ? kept.reverse() : kept, done: rows.length <= page.limit };
}

/** The envelope of a list, around items that are JSON text already: a payload must not be written anew. */
export function envelope(
  items: readonly string[],
  done: boolean,
  iterator: string | undefined,
  previous: string | undefined,
): string {
  const ends = JSON.stringify({
    iterator: iterator ?? null,
    prevIterator: previous === undefined ? null : `-${previous}`,
    done,
  });
  return `{"data":[${items.join(",")}],${ends.slice(1)}`;
}

/** The answer to a list of plain values. */
export function pageBody<T>(
  page: Page,
  rows: readonly T[],
  write: (row: T) => unknown,
  iteratorOf: (row: T) => string,
): string {
  const { items, done } = cutPage(page, rows);
  const first = items[0];
  const last = items.at(-1);
  return envelope(
    items.map((item) => JSON.stringify(write(item))),
    done,
    last === undefined ? undefined : iteratorOf(last),
    first === undefined ? undefined : iteratorOf(first),
  );
}
