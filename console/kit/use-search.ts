import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useCallback } from "react";

export type SearchValues = Readonly<Record<string, string | undefined>>;

/**
 * Filters in the address, so that they can be linked to, come back with the browser's button, and survive a reload. Everything is text;
 * an absent one is undefined. Changing replaces the entry in the history unless `push`.
 */
export function useSearch<const N extends string>(
  ...names: readonly N[]
): readonly [
  values: Readonly<Record<N, string | undefined>>,
  change: (next: SearchValues, options?: { readonly push?: boolean }) => void,
] {
  const search = useRouterState({ select: (state) => state.location.searchStr });
  const path = useRouterState({ select: (state) => state.location.pathname });
  const navigate = useNavigate();
  const given = new URLSearchParams(search);
  const values = Object.fromEntries(names.map((name) => [name, given.get(name) ?? undefined])) as Record<
    N,
    string | undefined
  >;
  const change = useCallback(
    (next: SearchValues, options: { readonly push?: boolean } = {}) => {
      const wanted = new URLSearchParams(search);
      for (const [name, value] of Object.entries(next)) {
        if (value === undefined || value === "") wanted.delete(name);
        else wanted.set(name, value);
      }
      const text = wanted.toString();
      void navigate({ href: text === "" ? path : `${path}?${text}`, replace: options.push !== true });
    },
    [search, path, navigate],
  );
  return [values, change];
}
