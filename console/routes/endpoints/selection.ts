import { useState } from "react";

/** Chosen rows of a list; what is no longer in the list is no longer chosen. */
export function useSelection(ids: readonly string[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const value = new Set(ids.filter((id) => chosen.has(id)));
  return { value, onChange: setChosen, clear: () => setChosen(new Set<string>()) };
}
