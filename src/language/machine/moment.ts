import type { Due } from "./due.ts";
import type { Activation, Part } from "./frames.ts";

/** A moment at which an activation, or the run (undefined), has waited long enough. Stale once that has moved on. */
export class Moment implements Due {
  readonly atMs: number;
  readonly of: Activation | undefined;
  readonly #run: { readonly part: Part };
  readonly #stamp: number | Part;

  constructor(atMs: number, of: Activation | undefined, run: { readonly part: Part }) {
    this.atMs = atMs;
    this.of = of;
    this.#run = run;
    this.#stamp = of === undefined ? run.part : of.stamp;
  }

  get stale(): boolean {
    return this.of === undefined ? this.#run.part !== this.#stamp : this.of.stamp !== this.#stamp;
  }
}
