// Macros that go through a list or an object: they pay for each turn before it is taken.
import { unreachable } from "#kernel/plain";
import type { Value } from "../compiled.ts";
import { Fail, failed, quoted, spendBytes, spendSteps } from "./fail.ts";
import type { Frame, Names, Program } from "./frame.ts";
import { sorted } from "./functions/lists.ts";
import type { Macro } from "./macros.ts";
import { plain, truth } from "./operators.ts";
import type { Node } from "./syntax.ts";
import { weight } from "./tree.ts";
import { type Fields, kindOf, type Met, put } from "./values.ts";

type Loop = Exclude<Macro, { readonly kind: "has" | "bind" }>;

/** `build` makes a program of what is done in each turn. */
export function loop(form: Loop, names: Names, build: (node: Node, names: Names) => Program): Program {
  const over = build(form.over, names);
  const [one, two] = form.names;
  const [first, second] = [names.next, names.next + 1];
  const inner = two === undefined ? names.with(one) : names.with(one).with(two);
  const pairs = two !== undefined;
  const body = build(form.body, inner);
  const where = "where" in form && form.where !== undefined ? build(form.where, inner) : undefined;
  const turn = 1 + weight(form.body) + ("where" in form && form.where !== undefined ? weight(form.where) : 0);

  /** Calls `each` for the elements of a list or the keys of an object, until it says that it has seen enough. */
  const walk = (frame: Frame, each: (value: Value, key: string | number) => boolean): void => {
    const collection = over(frame);
    const kind = kindOf(collection);
    if (kind !== "list" && kind !== "map") {
      throw failed(`\`${form.kind}\` goes through a list or an object, not ${quoted(collection)}.`);
    }
    const { budget, locals } = frame;
    const step = (value: Value, key: string | number): boolean => {
      spendSteps(budget, turn);
      locals[first] = pairs || kind === "map" ? key : value;
      if (pairs) {
        locals[second] = value;
      }
      return each(kind === "list" ? value : key, key);
    };
    if (kind === "list") {
      const list = collection as readonly Value[];
      for (let i = 0; i < list.length && step(list[i] ?? null, i); i++) {
        // `step` does it.
      }
    } else {
      const fields = collection as Fields;
      for (const key of Object.keys(fields)) {
        if (!step(fields[key] ?? null, key)) {
          return;
        }
      }
    }
  };
  const wanted = (frame: Frame): boolean => where === undefined || truth(where(frame), form.kind);

  switch (form.kind) {
    case "all":
    case "exists": {
      // Like && and ||: an element that decides makes failures of others irrelevant.
      const decides = form.kind === "exists";
      return (frame) => {
        let failure: Fail | undefined;
        let decided = false;
        walk(frame, () => {
          try {
            decided = truth(body(frame), form.kind) === decides;
          } catch (error) {
            if (!(error instanceof Fail) || error.code === "expression_too_expensive") {
              throw error;
            }
            failure ??= error;
          }
          return !decided;
        });
        if (!decided && failure !== undefined) {
          throw failure;
        }
        return decided === decides;
      };
    }
    case "exists_one":
      return (frame) => {
        let count = 0;
        walk(frame, () => {
          count += truth(body(frame), form.kind) ? 1 : 0;
          return true;
        });
        return count === 1;
      };
    case "filter":
      return (frame) => {
        const kept: Value[] = [];
        walk(frame, (value) => {
          if (truth(body(frame), form.kind)) {
            spendBytes(frame.budget, 8);
            kept.push(value);
          }
          return true;
        });
        return kept;
      };
    case "map":
    case "transformList":
      return (frame) => {
        const made: Value[] = [];
        walk(frame, () => {
          if (wanted(frame)) {
            spendBytes(frame.budget, 8);
            made.push(plain(body(frame)));
          }
          return true;
        });
        return made;
      };
    case "transformMap":
      return (frame) => {
        const made: Record<string, Value> = {};
        walk(frame, (_, key) => {
          if (wanted(frame)) {
            spendBytes(frame.budget, 16);
            put(made, String(key), plain(body(frame)));
          }
          return true;
        });
        return made;
      };
    case "sortBy":
      return (frame) => {
        const values: Value[] = [];
        const keys: Met[] = [];
        walk(frame, (value) => {
          spendBytes(frame.budget, 16);
          values.push(value);
          keys.push(body(frame));
          return true;
        });
        return sorted(frame.budget, values, keys);
      };
    default:
      return unreachable(form);
  }
}
