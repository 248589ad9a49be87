import { unreachable } from "#kernel";
import type { Entry, Json } from "#language";

/** A row of the journal; `value` undefined: it was not read. */
export interface EntryRow {
  readonly seq: number;
  readonly kind: Entry["kind"];
  readonly path: string;
  readonly attempt: number;
  readonly at: Date;
  readonly due_at: Date | null;
  readonly value: Uint8Array | null;
}

export const ENTRY_COLUMNS = "seq, kind, path, attempt, at, due_at, value";

/** What a row says, as the machine takes it. Throws on a value that is no JSON: the engine wrote it. */
export function entryOf(row: EntryRow): Entry {
  const at = { path: row.path, attempt: row.attempt, atMs: row.at.getTime() };
  const dueMs = row.due_at?.getTime();
  switch (row.kind) {
    case "completed":
      return { kind: "completed", ...at, output: jsonOf(row.value) };
    case "failed":
      return {
        kind: "failed",
        ...at,
        error: jsonOf(row.value) as never, // What the engine wrote there is a StepError.
        ...(dueMs !== undefined && { retryAtMs: dueMs }),
      };
    case "began":
      return { kind: "began", ...at };
    case "waiting":
      return { kind: "waiting", ...at, ...(dueMs !== undefined && { untilMs: dueMs }) };
    case "cancelled":
      return { kind: "cancelled", path: "", atMs: at.atMs, reason: String(jsonOf(row.value) ?? "") };
    default:
      return unreachable(row.kind);
  }
}

/** No bytes are null. */
export function jsonOf(value: Uint8Array | null): Json {
  return value === null ? null : JSON.parse(Buffer.from(value).toString());
}
