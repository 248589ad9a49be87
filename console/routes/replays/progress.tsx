import { count, percent } from "../../kit/format.ts";
import type { Task } from "./task.ts";

/** How far a job is, drawn: what was sent or ended, what is owed and waits, what is still to come. */
export function Progress({ task, isWide = false }: { readonly task: Task; readonly isWide?: boolean }) {
  const { matched, done, skipped, owed } = task.data;
  const all = Math.max(matched ?? 0, done + skipped);
  const ratio = matched === null || all === 0 ? 0 : (done + skipped) / all;
  const waits = all === 0 ? 0 : (owed ?? 0) / all;
  const told = matched === null ? "Counting" : all === 0 ? "Nothing fits" : `${count(done + skipped)} of ${count(all)}`;
  return (
    <div className="replays-progress" data-wide={isWide || undefined}>
      <div
        className="replays-bar"
        role="progressbar"
        aria-label="Progress"
        aria-valuetext={told}
        {...(matched !== null && {
          "aria-valuenow": Math.round(ratio * 100),
          "aria-valuemin": 0,
          "aria-valuemax": 100,
        })}
        data-status={task.status}
        data-counting={matched === null || undefined}
      >
        <i style={{ width: `${(ratio - waits) * 100}%` }} />
        <i data-waits style={{ width: `${waits * 100}%` }} />
      </div>
      <span className="num nowrap faint">
        {told}
        {isWide && matched !== null && all > 0 && `, ${percent(ratio)}`}
      </span>
    </div>
  );
}
