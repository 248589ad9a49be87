import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type CompiledFlow, compile, type Entry, type Step } from "#language";
import { foldJournal } from "./fold.ts";
import { keptEntries } from "./keep.ts";
import { locate, stepAt, stepIdOf } from "./locate.ts";
import { mayMove, otherEvents } from "./move.ts";

const http = (id: string, more: Partial<Step> = {}): Step =>
  ({ id, http: { url: "https://a.example" }, ...more }) as Step;
const flow = (steps: readonly Step[], on_failure: readonly Step[] = []): CompiledFlow =>
  compile({ posthorn: 1, flow: "order", steps, on_failure });

/** As the language writes a branch. */
const branch = (id: string, condition: string, yes: readonly Step[], no: readonly Step[] = []): Step =>
  Object.fromEntries([
    ["id", id],
    ["if", condition],
    // biome-ignore lint/suspicious/noThenProperty: the word of the language; nobody awaits a step.
    ["then", yes],
    ["else", no],
  ]) as unknown as Step;

const BEFORE = flow(
  [
    http("quote"),
    branch("check", "steps.quote.status == 200", [http("reserve")], [http("refuse")]),
    {
      id: "orders",
      for_each: "input",
      do: [http("charge", { compensate: [http("refund")] }), http("ship")],
      parallel: 4,
    },
    { id: "fan", parallel: { left: [http("a"), http("b")], right: [http("c")] } },
    http("thank", { on_failure: [http("tell")] }),
    http("close"),
  ],
  [http("alarm")],
);

const completed = (path: string, attempt = 1): Entry => ({ kind: "completed", path, attempt, atMs: 1, output: path });
const failed = (path: string, retryAtMs?: number): Entry => ({
  kind: "failed",
  path,
  attempt: 1,
  atMs: 1,
  error: { class: "permanent", code: "x", message: "x" },
  ...(retryAtMs !== undefined && { retryAtMs }),
});
const waiting = (path: string): Entry => ({ kind: "waiting", path, attempt: 1, atMs: 1 });

/** Every path that a run of it may have. */
const PATHS = [
  "quote",
  "check.reserve",
  "orders[0].charge",
  "orders[0].ship",
  "orders[1].charge",
  "orders[1].ship",
  "fan.left.a",
  "fan.left.b",
  "fan.right.c",
  "thank",
  "close",
];

describe("a path", () => {
  test("leads to its step through branches, items, and what is done aside", () => {
    for (const path of [...PATHS, "orders[7].~charge.refund", "!thank.tell", "!.alarm", "check.refuse"]) {
      expect([path, stepAt(BEFORE, path)?.id]).toEqual([path, stepIdOf(path)]);
    }
    expect(
      locate(BEFORE, "orders[7].~charge.refund")?.places.map(({ step, index, aside }) => [step.id, index, aside]),
    ).toEqual([
      ["orders", 7, undefined],
      ["charge", undefined, "compensate"],
      ["refund", undefined, undefined],
    ]);
  });

  test("of no step leads nowhere, whatever it is", () => {
    for (const path of [
      "",
      "nothing",
      "charge",
      "orders.charge",
      "orders[1]",
      "fan.a",
      "fan.middle.a",
      "quote.x",
      "~quote.x",
      "!.close",
    ]) {
      expect([path, locate(BEFORE, path)]).toEqual([path, undefined]);
    }
    fc.assert(
      fc.property(fc.string(), (path) => {
        const found = stepAt(BEFORE, path);
        if (found !== undefined) expect(found.id).toBe(stepIdOf(path));
      }),
    );
  });
});

describe("a rerun from a step", () => {
  const kept = (from: string, entries: readonly Entry[], to = BEFORE) => {
    const result = keptEntries(to, BEFORE, entries, from);
    return result.ok ? result.pins.map(({ path }) => path) : result.reason;
  };
  const all = PATHS.map((path) => completed(path));

  test("keeps what stands before it", () => {
    expect(kept("quote", all)).toEqual([]);
    expect(kept("check", all)).toEqual(["quote"]);
    expect(kept("check.reserve", all)).toEqual(["quote"]);
    expect(kept("close", all)).toEqual(PATHS.filter((path) => path !== "close"));
    expect(kept("orders", all)).toEqual(["quote", "check.reserve"]);
  });

  test("keeps other items of the same list and other branches: they do not come after", () => {
    expect(kept("orders[0].ship", all)).toEqual([
      "quote",
      "check.reserve",
      "orders[0].charge",
      "orders[1].charge",
      "orders[1].ship",
    ]);
    expect(kept("fan.left.b", all)).toEqual([...PATHS.slice(0, 7), "fan.right.c"]);
  });

  test("does failed items of a list again that it goes on with, and keeps those of a list that is over", () => {
    const tolerant = flow([
      { id: "orders", for_each: "input", on_item_failure: { tolerate: 2 }, do: [http("charge"), http("ship")] } as Step,
      http("close"),
    ]);
    const entries = [
      completed("orders[0].charge"),
      failed("orders[0].ship"),
      completed("orders[1].charge"),
      completed("orders[1].ship"),
      failed("orders[2].charge"),
    ];
    const pins = (from: string) => {
      const result = keptEntries(tolerant, tolerant, entries, from);
      return result.ok ? result.pins.map(({ path }) => path) : result.reason;
    };
    expect(pins("orders[2].charge")).toEqual(["orders[0].charge", "orders[1].charge", "orders[1].ship"]);
    expect(pins("close")).toEqual(entries.map(({ path }) => path));
  });

  test("keeps only what ended, and what was done about failures or to compensate never", () => {
    const entries = [completed("quote"), waiting("check.reserve"), failed("orders[0].charge", 5), completed("!.alarm")];
    expect(kept("close", [...entries, completed("orders[1].~charge.refund")])).toEqual(["quote"]);
    // The failure of a step that says what then to do was borne; one that nobody bears would fail the rerun at once.
    expect(kept("close", [failed("thank"), completed("!thank.tell")])).toEqual(["thank", "!thank.tell"]);
    expect(kept("close", [failed("quote")])).toEqual([]);
  });

  test("keeps only what the version it runs has, of the same kind", () => {
    const after = flow([http("quote"), { id: "check", map: 1 } as Step, http("close")]);
    expect(kept("close", all, after)).toEqual(["quote"]);
  });

  test("cannot begin where there is no step, nor at what is done aside", () => {
    expect(kept("nowhere", all)).toContain('no step "nowhere"');
    expect(kept("!.alarm", all)).toContain("A rerun begins at a step of the flow itself");
  });

  test("from any step keeps neither it nor what comes after it in its own list, and keeps all that comes before", () => {
    fc.assert(
      fc.property(fc.constantFrom(...PATHS), (from) => {
        const pins = kept(from, all);
        expect(pins).not.toContain(from);
        const top = (path: string) => BEFORE.steps.findIndex(({ id }) => id === path.split(/[.[]/)[0]);
        for (const path of PATHS) {
          if (top(path) < top(from)) expect(pins).toContain(path);
          if (top(path) > top(from)) expect(pins).not.toContain(path);
        }
      }),
    );
  });
});

describe("a move to another version", () => {
  const accepts = () => {};
  const reason = (to: CompiledFlow, entries: readonly Entry[], accept: () => void = accepts) => {
    const result = mayMove(BEFORE, to, entries, accept);
    return result.ok ? "moves" : result.reason;
  };
  const entries = [completed("quote"), waiting("check.reserve")];

  test("is open to a run whose recorded steps are all there", () => {
    expect(reason(BEFORE, entries)).toBe("moves");
    expect(reason(flow([...BEFORE.definition.steps, http("more")]), entries)).toBe("moves");
  });

  test("is closed, and says why, where a step is gone, is of another kind, or is new where the run has passed", () => {
    const [quote, check, ...rest] = BEFORE.definition.steps as readonly [Step, Step, ...Step[]];
    expect(reason(flow([check, ...rest]), entries)).toBe(
      'It did the step "quote", which the new version does not have',
    );
    expect(reason(flow([quote, branch("check", "true", [{ id: "reserve", wait: { for: "1h" } }])]), entries)).toBe(
      'It waits at the step "check.reserve", which is if › http; in the new version it is if › wait',
    );
    expect(reason(flow([quote, http("audit"), check, ...rest]), entries)).toContain('has a step "audit" before it');
    // What is pure is computed, late or not.
    expect(reason(flow([quote, { id: "sum", map: 1 } as Step, check, ...rest]), entries)).toBe("moves");
  });

  test("is closed to a run that is being cancelled, and where the machine says no", () => {
    expect(reason(BEFORE, [{ kind: "cancelled", path: "", atMs: 1, reason: "x" }])).toBe("It is being cancelled");
    const no = () => {
      throw new Error("never");
    };
    expect(reason(BEFORE, entries, no)).toBe("The new version cannot go on from its journal: never");
  });
});

describe("a move of a run that waits for an event", () => {
  const start = {
    runId: "run_1",
    version: 1,
    startedAtMs: 0,
    trigger: { kind: "api" },
    input: { id: 7, sum: 9 },
  } as const;
  const waits = (wait: object, more: readonly Step[] = []) =>
    flow([http("quote"), ...more, { id: "paid", timeout: "1d", wait_for_event: { type: "paid", ...wait } } as Step]);
  const matched = { match: { key: "event.data.id", equals: "input.id" } };
  const entries = [completed("quote"), waiting("paid")];
  const moves = (before: CompiledFlow, after: CompiledFlow, journal: readonly Entry[] = entries) =>
    otherEvents({ flow: before, start }, { flow: after, start: { ...start, version: 2 } }, journal) ?? "moves";
  const OTHER = 'It waits at the step "paid" for an event; in the new version it would wait for another';

  test("is open where it would wait for the same, whatever else changes", () => {
    expect(moves(waits(matched), waits(matched, [{ id: "sum", map: 1 } as Step]))).toBe("moves");
    expect(moves(waits({ if: "event.data.sum > input.sum" }), waits({ if: "event.data.sum > input.sum" }))).toBe(
      "moves",
    );
  });

  test.each<readonly [string, object, object, readonly Step[]]>([
    ["the type", matched, { ...matched, type: "refunded" }, []],
    ["the key", matched, { match: { key: "event.data.order", equals: "input.id" } }, []],
    ["what it must be equal to", matched, { match: { key: "event.data.id", equals: "input.sum" } }, []],
    ["the condition", { if: "event.data.sum > input.sum" }, { if: "event.data.sum > input.id" }, []],
    ["that there is one", matched, { ...matched, if: "event.data.sum > 1" }, []],
    ["that there was one", { ...matched, if: "event.data.sum > 1" }, matched, []],
  ])("is closed where %s is another: nobody would find it by that", (_what, before, after, more) => {
    expect(moves(waits(before), waits(after, more))).toBe(OTHER);
  });

  test("is closed where a value that its expressions read is computed otherwise", () => {
    const by = { match: { key: "event.data.id", equals: "steps.k" } };
    const k = (value: number) => [{ id: "k", map: value } as Step];
    expect(moves(waits(by, k(1)), waits(by, k(2)))).toBe(OTHER);
    expect(moves(waits(by, k(1)), waits(by, k(2)), [completed("quote"), waiting("paid"), completed("paid")])).toBe(
      "moves",
    );
  });
});

describe("a journal as steps", () => {
  test("has each attempt with what became of it", () => {
    const entries: Entry[] = [
      { kind: "began", path: "pay", attempt: 1, atMs: 10 },
      { ...failed("pay", 50), atMs: 20 } as Entry,
      { kind: "completed", path: "pay", attempt: 2, atMs: 60, output: 7 },
      { kind: "waiting", path: "ask", attempt: 1, atMs: 61, untilMs: 99 },
      { kind: "cancelled", path: "", atMs: 70, reason: "x" },
    ];
    const [pay, ask, ...rest] = foldJournal(entries, false);
    expect(rest).toEqual([]);
    expect(pay).toMatchObject({ path: "pay", state: "completed", isPinned: false });
    expect(pay?.attempts).toMatchObject([
      { number: 1, startedAtMs: 10, atMs: 20, outcome: "failed", retryAtMs: 50, seq: 1 },
      { number: 2, startedAtMs: 50, atMs: 60, outcome: "completed", output: 7, seq: 2 },
    ]);
    expect(ask).toMatchObject({ state: "waiting", attempts: [{ startedAtMs: 61, untilMs: 99 }] });
    expect(foldJournal(entries, true)[1]?.state).toBe("given_up");
  });

  test("of any entries has every step once and every entry in its last attempt or before", () => {
    const entry = fc.constantFrom(...PATHS).chain((path) =>
      fc.constantFrom<Entry[]>(completed(path), failed(path), failed(path, 9), waiting(path), {
        kind: "began",
        path,
        attempt: 1,
        atMs: 1,
      }),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
        const steps = foldJournal(entries, true);
        expect(steps.map(({ path }) => path)).toEqual([...new Set(entries.map(({ path }) => path))]);
        for (const step of steps) expect(["completed", "failed", "given_up"]).toContain(step.state);
      }),
    );
  });
});
