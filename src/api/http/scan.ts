import type { Keyset } from "#tenancy";
import { envelope, type Page } from "./page.ts";

/** Rows of a list as far as was looked; `stoppedAt`: where looking stopped before the list ended or was full. */
export interface Look<T> {
  readonly rows: readonly T[];
  readonly stoppedAt: string | undefined;
}

/** Rows looked through for one page, when a filter lets only some of them pass. */
export const SCANNED_MAX = 2_000;

/**
 * A page of what passes `keep`, which asks another room about a batch of rows. A filter that lets little through ends
 * after a bounded look with a page that is not full, and not `done`.
 */
export async function lookThrough<T>(
  page: Page,
  keyOf: (row: T) => string,
  list: (keyset: Keyset) => Promise<Look<T>>,
  keep: (rows: readonly T[]) => Promise<readonly T[]>,
): Promise<Look<T>> {
  const rows: T[] = [];
  let { keyset } = page;
  for (let scanned = 0; ; ) {
    const found = await list(keyset);
    rows.push(...(await keep(found.rows)));
    const last = found.rows.at(-1);
    const stopped =
      found.stoppedAt ?? (last === undefined || found.rows.length < keyset.limit ? undefined : keyOf(last));
    if (stopped === undefined || rows.length > page.limit) return { rows, stoppedAt: undefined };
    // A look that ended at its own bound has looked through all that is looked through for one page.
    scanned += found.stoppedAt === undefined ? found.rows.length : SCANNED_MAX;
    if (scanned >= SCANNED_MAX) return { rows, stoppedAt: stopped };
    keyset = { ...keyset, after: stopped };
  }
}

/** The answer to a list that was looked through, whose items are JSON text: the iterators lead on from where looking stopped. */
export function lookBody<T>(
  page: Page,
  look: Look<T>,
  textOf: (row: T) => string,
  keyOf: (row: T) => string,
  iteratorOf: (key: string) => string,
): string {
  const kept = look.rows.slice(0, page.limit);
  const items = page.back ? kept.reverse() : kept;
  const first = items[0];
  const last = items.at(-1);
  const ends = {
    first: (page.back ? look.stoppedAt : undefined) ?? (first === undefined ? undefined : keyOf(first)),
    last: (page.back ? undefined : look.stoppedAt) ?? (last === undefined ? undefined : keyOf(last)),
  };
  return envelope(
    items.map(textOf),
    look.stoppedAt === undefined && look.rows.length <= page.limit,
    ends.last === undefined ? undefined : iteratorOf(ends.last),
    ends.first === undefined ? undefined : iteratorOf(ends.first),
  );
}
