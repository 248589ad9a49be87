import type { TailItem } from "./items.ts";

/** One line of the tail: something that happened, or what is to be known about what is missing. */
export type TailRow =
  | { readonly number: number; readonly kind: "item"; readonly item: TailItem }
  | {
      readonly number: number;
      readonly kind: "skipped";
      readonly atMs: number;
      readonly events: number;
      readonly attempts: number;
      readonly rejections: number;
    }
  | { readonly number: number; readonly kind: "gap"; readonly fromMs: number; readonly toMs: number }
  | { readonly number: number; readonly kind: "narrowed"; readonly atMs: number; readonly query: string };

/** A row before it has its number. */
export type NewRow = TailRow extends infer R ? (R extends TailRow ? Omit<R, "number"> : never) : never;

/**
 * The newest rows, up to a fixed number of them, oldest first. Adding is O(1) and makes no garbage but the row; what falls out is counted.
 * Numbers grow by one with each row and are never used again, so a view can tell what is new.
 */
export interface Ring {
  readonly size: number;
  /** The number that the next row gets; as many as were ever added. */
  readonly nextNumber: number;
  add(row: NewRow): TailRow;
  /** The row at a place, 0 being the oldest that is kept. */
  at(index: number): TailRow | undefined;
  clear(): void;
}

export function createRing(capacity: number): Ring {
  let rows: TailRow[] = [];
  let head = 0;
  let nextNumber = 0;
  return {
    get size() {
      return rows.length;
    },
    get nextNumber() {
      return nextNumber;
    },
    add: (row) => {
      const numbered: TailRow = { ...row, number: nextNumber };
      nextNumber += 1;
      if (rows.length < capacity) rows.push(numbered);
      else {
        rows[head] = numbered;
        head = (head + 1) % capacity;
      }
      return numbered;
    },
    at: (index) => (index < 0 || index >= rows.length ? undefined : rows[(head + index) % rows.length]),
    clear: () => {
      rows = [];
      head = 0;
    },
  };
}
