// From pieces to states: what comes next where, with nothing to go back to.
import { type Assertion, type Char, type Piece, Unfit } from "./piece.ts";

/** Of the program that a pattern becomes: `x{1000}` is a thousand states. */
const STATES_MAX = 5_000;

export type State =
  | Char
  | { readonly kind: "split"; a: number; b: number }
  | { readonly kind: "jump"; to: number }
  | { readonly kind: "assert"; readonly what: Assertion }
  | { readonly kind: "match" };

export class Program extends Array<State> {
  private worked = 0;
  /** Repetitions of what is empty make no states, but take as long. */
  work(): void {
    this.worked += 1;
    if (this.worked > 4 * STATES_MAX || this.length > STATES_MAX) {
      throw new Unfit(`its repetitions make it too large; ${STATES_MAX} states are the most.`);
    }
  }
}

function add(states: Program, state: State): number {
  return states.push(state) - 1;
}

export function emit(piece: Piece, states: Program): void {
  states.work();
  switch (piece.kind) {
    case "char":
    case "assert":
      add(states, piece);
      return;
    case "sequence":
      for (const each of piece.pieces) {
        emit(each, states);
      }
      return;
    case "either": {
      const jumps: number[] = [];
      piece.pieces.forEach((each, i) => {
        const last = i === piece.pieces.length - 1;
        const split = last ? undefined : add(states, { kind: "split", a: states.length + 1, b: 0 });
        emit(each, states);
        if (split !== undefined) {
          jumps.push(add(states, { kind: "jump", to: 0 }));
          (states[split] as { b: number }).b = states.length;
        }
      });
      for (const jump of jumps) {
        (states[jump] as { to: number }).to = states.length;
      }
      return;
    }
    case "repeat": {
      for (let i = 0; i < piece.min; i++) {
        emit(piece.piece, states);
      }
      if (piece.max === Number.POSITIVE_INFINITY) {
        const split = add(states, { kind: "split", a: states.length + 1, b: 0 });
        emit(piece.piece, states);
        add(states, { kind: "jump", to: split });
        (states[split] as { b: number }).b = states.length;
        return;
      }
      const splits: number[] = [];
      for (let i = piece.min; i < piece.max; i++) {
        splits.push(add(states, { kind: "split", a: states.length + 1, b: 0 }));
        emit(piece.piece, states);
      }
      for (const split of splits) {
        (states[split] as { b: number }).b = states.length;
      }
      return;
    }
  }
}
