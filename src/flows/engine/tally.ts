import type { Run } from "../run.ts";

/** What the engine counted since it began. */
export class Tally {
  readonly started = new Map<Run["trigger"], number>();
  readonly ended = { completed: 0, failed: 0, cancelled: 0 };
  /** By kind of command and outcome. */
  readonly steps = new Map<string, number>();
  parked = 0;
  commits = 0;

  begun({ trigger }: Run): void {
    this.started.set(trigger, (this.started.get(trigger) ?? 0) + 1);
  }

  step(kind: string, outcome: string): void {
    const key = `${kind} ${outcome}`;
    this.steps.set(key, (this.steps.get(key) ?? 0) + 1);
  }
}
