import type { Fan, Sequence } from "./frames.ts";
import type { Run } from "./run.ts";

/** Nothing of it goes on, and what its steps output is kept no longer. What may still answer from outside stays open. */
export function giveUp(run: Run, sequence: Sequence): void {
  if (!sequence.over) {
    sequence.over = true;
    run.keptBytes -= sequence.keptBytes;
  }
  const activation = sequence.current;
  if (activation === undefined || activation.givenUp) {
    return;
  }
  activation.givenUp = true;
  activation.stamp += 1;
  if (activation.child !== undefined) {
    giveUp(run, activation.child);
  }
  if (activation.fan !== undefined) {
    abandon(run, activation.fan);
  }
  const { kind, phase, given } = activation;
  const underWay = phase === "waiting" || (given && phase !== "settled" && phase !== "within");
  if (kind !== undefined && kind !== "record" && underWay) {
    run.unwanted.push(activation);
  }
}

/** The lanes that are under way are given up, and what the others output is kept no longer. */
export function abandon(run: Run, fan: Fan): void {
  fan.over = true;
  run.keptBytes -= fan.keptBytes;
  for (const lane of fan.live) {
    giveUp(run, lane);
  }
  fan.live.clear();
}
