import { useState } from "react";

/**
 * A list that grows at its top while somebody reads it: what came since they looked waits until they ask for it, so that no row moves
 * under the pointer.
 *
 * @param rows newest first; ids sort by time.
 * @param about what the list is of: another one begins anew.
 */
export function useStill<T extends { readonly id: string }>(rows: readonly T[], about = "") {
  const [seen, setSeen] = useState<{ readonly about: string; readonly id: string }>();
  const newest = rows[0]?.id;
  const isKnown = seen?.about === about;
  // The first that came is what they look at.
  if (!isKnown && newest !== undefined) setSeen({ about, id: newest });
  const shown = isKnown ? rows.filter(({ id }) => id <= seen.id) : rows;
  return {
    shown,
    newer: rows.length - shown.length,
    showAll: () => newest !== undefined && setSeen({ about, id: newest }),
  };
}
