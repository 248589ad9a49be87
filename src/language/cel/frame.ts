import type { Budget, Context, Value } from "../compiled.ts";
import type { Met } from "./values.ts";

export interface Frame {
  readonly context: Context;
  readonly budget: Budget;
  /** Variables of loops, by place. */
  readonly locals: Value[];
}

export type Program = (frame: Frame) => Met;

/** Variables of loops by name, each with a place of its own: one that hides another does not overwrite it. */
export class Names {
  private readonly places: ReadonlyMap<string, number>;
  readonly next: number;
  constructor(places: ReadonlyMap<string, number> = new Map(), next = 0) {
    this.places = places;
    this.next = next;
  }
  has(name: string): boolean {
    return this.places.has(name);
  }
  get(name: string): number | undefined {
    return this.places.get(name);
  }
  with(name: string): Names {
    return new Names(new Map(this.places).set(name, this.next), this.next + 1);
  }
}
