import { useState } from "react";

/**
 * A list that grows at its top while somebody reads it: what came since they looked waits until they ask for it, so that no row moves
 * under the pointer.
 *
 * @param rows newest first; ids sort by time.
 */
export function useStill<T extends { readonly id: string }>(rows: readonly T[]) {
  const [seen, setSeen] = useState<string>();
  const newest = rows[0]?.id;
  // The first that came is what they look at.
  if (seen === undefined && newest !== undefined) setSeen(newest);
  const shown = seen === undefined ? rows : rows.filter(({ id }) => id <= seen);
  return { shown, newer: rows.length - shown.length, showAll: () => setSeen(newest) };
}
