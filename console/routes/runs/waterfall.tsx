import { useMemo, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { duration, plural } from "../../kit/format.ts";
import { useNow } from "../../kit/time.tsx";
import type { WholeRun } from "../flow-parts/flow.ts";
import { STEP_STATES } from "../flow-parts/step-state.ts";
import { rowsOf, spanOf, stateOf } from "./view.ts";

/** A loop has thousands: so many rows are made at once. */
const SHOWN = 150;

/** What happened when. */
export function RunWaterfall({
  run,
  current,
  onStep,
}: {
  readonly run: WholeRun;
  readonly current: string | undefined;
  readonly onStep: (path: string) => void;
}) {
  const clock = useNow();
  // What has ended does not follow the clock.
  const now = run.endedAt === null ? clock : 0;
  const rows = useMemo(() => rowsOf(run, now), [run, now]);
  const { startMs, endMs } = spanOf(run, now);
  const paths = useMemo(() => run.steps.map(({ path }) => path), [run.steps]);
  const [shown, setShown] = useState(SHOWN);
  if (rows.length === 0) return <p className="muted">Nothing was recorded yet.</p>;
  const whole = endMs - startMs;
  return (
    <div className="runs-fall">
      <div className="runs-fall-axis num" aria-hidden="true">
        <span>0</span>
        <span>{duration(whole / 2)}</span>
        <span>{duration(whole)}</span>
      </div>
      <ol>
        {rows.slice(0, shown).map(({ step, bars, ms, depth }) => {
          const look = STEP_STATES[stateOf(step, paths, run.error?.path)];
          return (
            <li key={step.path} data-current={step.path === current || undefined}>
              <button type="button" className="runs-fall-name" data-depth={depth} onClick={() => onStep(step.path)}>
                <span className="graph-state" data-tone={look.tone}>
                  <look.icon aria-hidden />
                </span>
                <span className="truncate">{step.path}</span>
                <span className="hidden-visually">
                  , {look.label}, {plural(step.attempts.length, "attempt")}
                </span>
              </button>
              <span className="runs-fall-bar" aria-hidden="true">
                {bars.map((bar) => (
                  <i
                    key={`${bar.kind}-${bar.from}-${bar.to}`}
                    data-kind={bar.kind}
                    style={{ insetInlineStart: `${bar.from * 100}%`, width: `${(bar.to - bar.from) * 100}%` }}
                  />
                ))}
              </span>
              <span className="num runs-fall-ms">{duration(ms)}</span>
            </li>
          );
        })}
      </ol>
      <div className="runs-fall-foot">
        <div className="runs-fall-key">
          <span>
            <i data-kind="done" aria-hidden="true" /> done
          </span>
          <span>
            <i data-kind="failed" aria-hidden="true" /> failed
          </span>
          <span>
            <i data-kind="open" aria-hidden="true" /> going on
          </span>
          <span>
            <i data-kind="wait" aria-hidden="true" /> waited
          </span>
        </div>
        {rows.length > shown && (
          <Button size="s" onPress={() => setShown(shown + SHOWN * 4)}>
            Show more: {rows.length - shown} steps
          </Button>
        )}
        {!run.isComplete && <span className="faint">Its journal is longer than is shown here.</span>}
      </div>
    </div>
  );
}
