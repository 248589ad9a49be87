import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { newKey } from "../api/client.ts";
import { asFailure } from "../api/failure.ts";

export interface Change<V, T> {
  /** Does it; throws a `Failure`. */
  run(variables: V): Promise<T>;
  readonly isPending: boolean;
  readonly error: unknown;
  reset(): void;
}

/**
 * Something that changes the engine. `work` gets what it is about and a key for `Idempotency-Key`, which stays the same until the change is
 * confirmed or refused: pressing the button again after "not confirmed" can then not do it twice (P1).
 *
 * @param refresh keys of queries that are asked anew afterwards: `["get", "/api/v1/app"]`; none: all that are in sight.
 */
export function useChange<V, T>(
  work: (variables: V, idempotencyKey: string) => Promise<T>,
  refresh?: readonly (readonly unknown[])[],
): Change<V, T> {
  const queries = useQueryClient();
  const held = useRef<{ readonly about: string; readonly key: string }>(undefined);
  const mutation = useMutation<T, Error, V>({
    mutationFn: async (variables) => {
      const about = JSON.stringify(variables) ?? "";
      if (held.current?.about !== about) held.current = { about, key: newKey() };
      try {
        const done = await work(variables, held.current.key);
        held.current = undefined;
        return done;
      } catch (error) {
        const { kind } = asFailure(error);
        if (kind !== "maybe" && kind !== "busy" && kind !== "unreachable") held.current = undefined;
        throw error;
      }
    },
    onSuccess: async () => {
      const all = refresh ?? [[]];
      await Promise.all(all.map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
  return { run: mutation.mutateAsync, isPending: mutation.isPending, error: mutation.error, reset: mutation.reset };
}
