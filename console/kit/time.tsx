import { Focusable } from "react-aria-components";
import { useUtc } from "../state/preferences.ts";
import { createStore, useStore } from "../state/store.ts";
import { absolute, duration, relative } from "./format.ts";
import { Tooltip } from "./tooltip.tsx";

/** One clock for all relative times of the page. It stands still while nobody looks. */
const second = createStore(Date.now());
if (typeof document !== "undefined") {
  setInterval(() => {
    if (document.visibilityState === "visible") second.set(Date.now());
  }, 1_000);
}

export const useNow = (): number => useStore(second);

/** A moment: how long ago, and exactly when for who points at it. `exact` turns that about. */
export function Time({
  at,
  exact = false,
}: {
  readonly at: string | number | Date | null | undefined;
  readonly exact?: boolean;
}) {
  const now = useNow();
  const inUtc = useUtc();
  if (at === null || at === undefined) return <span className="faint">never</span>;
  const when = new Date(at);
  if (Number.isNaN(when.getTime())) return <span className="faint">unknown</span>;
  const full = `${absolute(when, inUtc)}${inUtc ? " UTC" : ""}`;
  const ago = relative(when.getTime(), now);
  return (
    <Tooltip text={exact ? ago : full}>
      <Focusable>
        <time className="time" dateTime={when.toISOString()} role="note" tabIndex={exact ? undefined : 0}>
          {exact ? full : ago}
        </time>
      </Focusable>
    </Tooltip>
  );
}

/** How long, in the unit it is read in; nothing known: a dash that is read out as such. */
export function Duration({ ms }: { readonly ms: number | null | undefined }) {
  return ms === null || ms === undefined ? <None /> : <span className="num nowrap">{duration(ms)}</span>;
}

export function None() {
  return (
    <span className="faint">
      <span aria-hidden="true">–</span>
      <span className="hidden-visually">none</span>
    </span>
  );
}
