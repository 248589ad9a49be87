import { beginStep } from "./beginning.ts";
import { mayBegin } from "./bounds.ts";
import { completeSequence } from "./completing.ts";
import { takeEntry } from "./entries.ts";
import { Sequence } from "./frames.ts";
import { beginLanes } from "./lanes.ts";
import { COST_PER_CALL, WORK_PER_CALL } from "./limits.ts";
import type { Run } from "./run.ts";

/**
 * Two things move a run, in one order whatever calls there are: the agenda (sequences that can go on, each until it must wait, and steps
 * with lanes to begin) is worked off before the next entry is taken. So the state after an entry is a function of the entries.
 * A bounded amount: what is left keeps the run `busy`.
 */
export function work(run: Run): void {
  let units = WORK_PER_CALL;
  const costMax = run.cost + COST_PER_CALL;
  while (units > 0 && run.cost < costMax && run.ending === undefined) {
    const item = run.agenda.pop();
    if (item instanceof Sequence) {
      units -= advance(run, item, costMax);
      continue;
    }
    units -= 1;
    if (item !== undefined) {
      beginLanes(run, item);
      continue;
    }
    const entry = run.inbox.shift();
    if (entry === undefined) {
      return;
    }
    takeEntry(run, entry);
  }
}

/**
 * Until it must wait, is done, or fails. Where its expressions have taken too much it stops half way and is the next that goes on, before
 * anything else: so it does not matter how much one call does. Tells the units of work.
 */
function advance(run: Run, sequence: Sequence, costMax: number): number {
  let units = 1;
  while (!sequence.over && run.ending === undefined) {
    if (run.cost >= costMax) {
      run.agenda.push(sequence);
      break;
    }
    const step = sequence.steps[sequence.position];
    if (step === undefined) {
      completeSequence(run, sequence);
      break;
    }
    units += 1;
    if (!mayBegin(run) || !beginStep(run, sequence, step)) {
      break;
    }
  }
  return units;
}
