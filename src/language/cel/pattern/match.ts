// The text is read once, with all states that the pattern may be in at the same time.
import type { Budget } from "../../compiled.ts";
import { spendSteps } from "../fail.ts";
import type { Assertion } from "./piece.ts";
import { isWord } from "./reader.ts";
import type { State } from "./states.ts";

export interface Pattern {
  /** Whether it is found anywhere in the text. */
  test(text: string, budget: Budget): boolean;
}

export function matcherOf(states: readonly State[]): Pattern {
  return {
    test(text, budget) {
      let current: number[] = [];
      let next: number[] = [];
      // seen[state] is the turn in which the state was entered last: a list is cleared by counting on.
      const seen = new Int32Array(states.length).fill(-1);
      let matched = false;
      const enter = (first: number, list: number[], turn: number, at: number): void => {
        const open = [first];
        for (let index = open.pop(); index !== undefined; index = open.pop()) {
          const state = states[index];
          if (state === undefined || seen[index] === turn) {
            continue;
          }
          seen[index] = turn;
          spendSteps(budget, 1);
          switch (state.kind) {
            case "char":
              list.push(index);
              break;
            case "match":
              matched = true;
              break;
            case "jump":
              open.push(state.to);
              break;
            case "split":
              open.push(state.b, state.a);
              break;
            case "assert":
              if (holds(state.what, text, at)) {
                open.push(index + 1);
              }
              break;
          }
        }
      };
      let turn = 0;
      for (let at = 0; ; turn++) {
        // A match may begin anywhere.
        enter(0, current, turn, at);
        if (matched || at >= text.length) {
          return matched;
        }
        const code = text.codePointAt(at) ?? 0;
        const char = String.fromCodePoint(code);
        const after = at + char.length;
        spendSteps(budget, 1);
        for (const index of current) {
          const state = states[index];
          if (state?.kind !== "char") {
            continue;
          }
          spendSteps(budget, state.cost);
          if (state.test(code, char)) {
            enter(index + 1, next, turn + 1, after);
          }
        }
        [current, next] = [next, current];
        next.length = 0;
        at = after;
      }
    },
  };
}

function holds(what: Assertion, text: string, at: number): boolean {
  switch (what) {
    case "start":
      return at === 0;
    case "end":
      return at === text.length;
    case "line_start":
      return at === 0 || text[at - 1] === "\n";
    case "line_end":
      return at === text.length || text[at] === "\n";
    default: {
      const before = at > 0 && isWord(text.charCodeAt(at - 1));
      const after = at < text.length && isWord(text.charCodeAt(at));
      return (before !== after) === (what === "boundary");
    }
  }
}
