import { useCallback, useMemo, useState } from "react";
import { asFailure, type Failure } from "../api/failure.ts";

export interface Faults {
  /** What is wrong with one field, by its way in the body: `of("url")`, `of("filter.since")`. Give it to the field's `error`. */
  of(field: string): string | undefined;
  /** The failure, when no field of the form says it: show it with `FailureNote`. */
  readonly rest: Failure | undefined;
  /** Takes what was thrown. */
  take(error: unknown): void;
  clear(): void;
}

/** Sorts the faults of a failed change onto the fields of its form. `fields` are those the form has. */
export function useFaults(fields: readonly string[]): Faults {
  const [failure, setFailure] = useState<Failure>();
  const take = useCallback((error: unknown) => setFailure(asFailure(error)), []);
  const clear = useCallback(() => setFailure(undefined), []);
  return useMemo(() => ({ ...sortFaults(failure, fields), take, clear }), [failure, fields, take, clear]);
}

/** Faults by field; what no field of the form is about stays in `rest`, so that nothing is swallowed. */
export function sortFaults(failure: Failure | undefined, fields: readonly string[]): Pick<Faults, "of" | "rest"> {
  const byField = new Map<string, string>();
  let leftOver = failure !== undefined && failure.faults.length === 0;
  for (const fault of failure?.faults ?? []) {
    const way = fault.loc.slice(1).join(".");
    const field = fields.find((name) => way === name || way.startsWith(`${name}.`));
    if (field === undefined) leftOver = true;
    else byField.set(field, [byField.get(field), fault.msg].filter(Boolean).join("; "));
  }
  return { of: (field) => byField.get(field), rest: leftOver ? failure : undefined };
}
