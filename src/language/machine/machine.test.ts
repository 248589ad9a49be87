import { expect, test } from "bun:test";
import { compile } from "../compile.ts";
import type { Definition, Json, Step } from "../definition.ts";
import type { Command, Entry, Machine, Start } from "../journal.ts";
import { JournalMismatch } from "./journal-mismatch.ts";
import { createMachine } from "./machine.ts";

const START: Start = { runId: "run_1", version: 3, startedAtMs: 1000, trigger: { kind: "api" }, input: null };

function machineOf(steps: readonly Step[], rest: Partial<Definition> = {}, start: Partial<Start> = {}): Machine {
  return createMachine(compile({ posthorn: 1, flow: "tested", ...rest, steps }), { ...START, ...start });
}

/** Works off all pure work; what is wanted then. */
function wanted(machine: Machine, nowMs = 1000): readonly Command[] {
  let commands: readonly Command[] = [];
  do {
    commands = machine.next(nowMs);
  } while (machine.busy);
  return commands;
}

const completed = (path: string, output: Json = null, atMs = 1000): Entry => ({
  kind: "completed",
  path,
  attempt: 1,
  atMs,
  output,
});

/** Answers everything with null until the run ends; how many entries that took. */
function played(machine: Machine, atMs = 1000): number {
  let entries = 0;
  while (machine.ending === undefined) {
    for (const { kind, path, attempt } of machine.next(atMs)) {
      if (kind !== "give_up") {
        machine.apply({ kind: "completed", path, attempt, atMs, output: null });
        entries += 1;
      }
    }
  }
  return entries;
}

const task = (id: string, more: Partial<Step> = {}): Step => ({ ...more, id, task: { name: "work" } }) as Step;
const paths = (commands: readonly Command[]) => commands.map(({ kind, path }) => `${kind} ${path}`);

test("steps go one after the other, each command is given out once, and the output is evaluated at the end", () => {
  const machine = machineOf([task("a"), { id: "b", map: { $: "steps.a.n + 1" } }, task("c")], {
    output: { of: { $: "steps.b" }, run: { $: "run.version" } },
  });
  expect(wanted(machine)).toMatchObject([{ kind: "task", path: "a", attempt: 1, key: "run_1/a" }]);
  expect(wanted(machine)).toEqual([]);
  machine.apply(completed("a", { n: 1 }));
  expect(paths(wanted(machine))).toEqual(["task c"]);
  machine.apply(completed("c"));
  wanted(machine);
  expect(machine.ending).toEqual({ state: "completed", output: { of: 2, run: 3 } });
});

test("P7 steps whose expressions take long are done in pieces, in the same order", () => {
  const dear = "lists.range(500).map(x, lists.range(400).size()).size()";
  const steps = Array.from({ length: 40 }, (_, i): Step => ({ id: `s${i}`, map: { $: dear } }));
  const machine = machineOf([{ id: "fork", parallel: { one: steps, two: [{ id: "t", map: 1 }] } }, task("after")]);
  let pieces = 0;
  let commands: readonly Command[] = [];
  do {
    commands = machine.next(1000);
    pieces += 1;
    if (machine.busy) expect(commands).toEqual([]);
  } while (machine.busy);
  expect(pieces).toBeGreaterThan(4);
  expect(paths(commands)).toEqual(["task after"]);
});

test("for_each keeps its limit and the order of the items", () => {
  const machine = machineOf([{ id: "each", for_each: "[10, 20, 30]", parallel: 2, do: [task("t")] }], {
    output: { $: "steps.each" },
  });
  expect(paths(wanted(machine))).toEqual(["task each[0].t", "task each[1].t"]);
  machine.apply(completed("each[1].t", "one"));
  expect(paths(wanted(machine))).toEqual(["task each[2].t"]);
  machine.apply(completed("each[2].t", "two"));
  machine.apply(completed("each[0].t", "zero"));
  wanted(machine);
  expect(machine.ending).toEqual({ state: "completed", output: ["zero", "one", "two"] });
});

test("what a failed branch leaves under way is given up, and its outcome is taken and compensated when it comes", () => {
  const undo = { compensate: [{ id: "undo", emit: { type: "undone", data: null } }] as const };
  const machine = machineOf([{ id: "fan", parallel: { left: [task("l")], right: [task("r", undo)] } }]);
  wanted(machine);
  machine.apply({ kind: "waiting", path: "fan.right.r", attempt: 1, atMs: 1000 });
  machine.apply({ kind: "waiting", path: "fan.left.l", attempt: 1, atMs: 1000 });
  const slow: Step = { id: "slow", wait: { for: "1h" } };
  expect(paths(wanted(machine))).toEqual([]);
  machine.apply(machine.failure("fan.left.l", 1, { class: "permanent", code: "no", message: "No." }, 1000, 0));
  expect(machine.awaits("fan.right.r")).toBeUndefined();
  wanted(machine);
  expect(machine.ending).toMatchObject({ state: "failed", error: { code: "no", path: "fan.left.l" } });

  const handled = machineOf([
    { id: "fan", parallel: { left: [task("l")], right: [task("r", undo)] }, on_failure: [slow] },
    { id: "end", fail: { message: "After all." } },
  ]);
  wanted(handled);
  handled.apply({ kind: "waiting", path: "fan.right.r", attempt: 1, atMs: 1000 });
  handled.apply(handled.failure("fan.left.l", 1, { class: "permanent", code: "no", message: "No." }, 1000, 0));
  expect(paths(wanted(handled))).toEqual(["wait !fan.slow", "give_up fan.right.r"]);
  handled.apply(completed("fan.right.r", "late"));
  handled.apply(completed("!fan.slow"));
  expect(paths(wanted(handled))).toEqual(["emit fan.right.~r.undo"]);
});

test("P4: a write that was begun and whose process was lost is ambiguous; others are asked for again", () => {
  const http = (id: string, effect: "write" | "idempotent_write"): Step => ({
    id,
    effect,
    http: { method: "POST", url: "https://example.com" },
  });
  const taken = machineOf([{ id: "fan", parallel: { w: [http("w", "write")], i: [http("i", "idempotent_write")] } }]);
  taken.apply({ kind: "began", path: "fan.w.w", attempt: 1, atMs: 1000 });
  expect(wanted(taken)).toMatchObject(
    [
      { kind: "http", path: "fan.i.i", attempt: 1 },
      { kind: "record_failure", path: "fan.w.w", error: { class: "ambiguous", code: "lost" } },
    ].reverse(),
  );

  const live = machineOf([http("w", "write")]);
  expect(paths(wanted(live))).toEqual(["http w"]);
  live.apply({ kind: "began", path: "w", attempt: 1, atMs: 1000 });
  expect(wanted(live)).toEqual([]);
});

test("a failure is tried again by class, attempt and effect; never when it is invalid or was cancelled", () => {
  const machine = machineOf([task("a", { retry: { attempts: 2, wait: "10s", on: ["retryable", "invalid"] } })]);
  wanted(machine);
  const retryOf = (attempt: number, kind: "retryable" | "permanent" | "invalid", notBeforeMs?: number) => {
    const entry = machine.failure("a", attempt, { class: kind, code: kind, message: "" }, 1000, 0, notBeforeMs);
    return entry.kind === "failed" ? entry.retryAtMs : undefined;
  };
  expect(retryOf(1, "retryable")).toBe(9000);
  expect(retryOf(1, "retryable", 60_000)).toBe(60_000);
  expect(retryOf(2, "retryable")).toBeUndefined();
  expect(retryOf(1, "permanent")).toBeUndefined();
  expect(retryOf(1, "invalid")).toBeUndefined();
});

test("the run's timeout fails it, and what follows is compensation under a timeout of its own", () => {
  const machine = machineOf([task("a", { compensate: [task("undo")] }), task("b")], { timeout: "1m" });
  wanted(machine);
  machine.apply(completed("a"));
  wanted(machine);
  expect(machine.dueAtMs).toBe(61_000);
  const [timeout] = wanted(machine, 61_000).filter(({ kind }) => kind === "record_failure");
  expect(timeout).toMatchObject({ path: "", error: { code: "run_timeout" } });
  machine.apply(machine.failure("", 1, { class: "timeout", code: "run_timeout", message: "" }, 61_000, 0));
  expect(paths(wanted(machine, 61_000))).toContain("task ~a.undo");
  expect(machine.dueAtMs).toBe(121_000);
  machine.apply(machine.failure("", 2, { class: "timeout", code: "run_timeout", message: "" }, 121_000, 0));
  expect(machine.ending?.state).toBe("failed");
});

test("outputs given beforehand are not done again and not compensated", () => {
  const steps = [task("a", { compensate: [task("undo")] }), task("b")];
  const machine = machineOf(steps);
  machine.apply({ kind: "completed", path: "a", attempt: 0, atMs: 1, output: 1 });
  expect(paths(wanted(machine))).toEqual(["task b"]);
  machine.apply(machine.failure("b", 1, { class: "permanent", code: "no", message: "" }, 1000, 0));
  expect(wanted(machine)).toEqual([]);
  expect(machine.ending?.state).toBe("failed");
  expect(paths(wanted(machineOf(steps, {}, { pinned: new Map([["a", 1]]) })))).toEqual(["task b"]);
});

test("an entry that the run cannot have is refused", () => {
  const machine = machineOf([task("a")]);
  wanted(machine);
  expect(() => machine.apply(completed("elsewhere"))).toThrow(JournalMismatch);
  expect(() => machine.apply({ ...completed("a"), attempt: 2 } as Entry)).toThrow("attempt 2 comes after attempt 1");
  const replayed = machineOf([task("a")]);
  replayed.apply(completed("b"));
  expect(() => wanted(replayed)).toThrow(JournalMismatch);
});

test("the event that fits is wanted, by type, key and condition", () => {
  const machine = machineOf(
    [
      {
        id: "w",
        wait_for_event: { type: "paid", match: { key: "event.data.order", equals: "input" }, if: "event.data.n > 1" },
      },
    ],
    {},
    { input: "o1" },
  );
  expect(wanted(machine)).toMatchObject([{ kind: "wait_for_event", types: ["paid"], equals: "o1" }]);
  machine.apply({ kind: "waiting", path: "w", attempt: 1, atMs: 1000 });
  const event = (type: string, data: Json) => ({ id: "msg_1", type, channels: [], data, receivedAtMs: 1 });
  const wants = (type: string, data: Json) => machine.wants("w", event(type, data));
  expect(wants("paid", { order: "o1", n: 2 })).toBe(true);
  expect(wants("sent", { order: "o1", n: 2 })).toBe(false);
  expect(wants("paid", { order: "o2", n: 2 })).toBe(false);
  expect(wants("paid", { order: "o1", n: 1 })).toBe(false);
  expect(wants("paid", null)).toBe(false);
});

test("P2: whoever takes up a run gives out nothing that its journal has answered, however long that is", () => {
  const items = Array.from({ length: 2000 }, (_, at) => at);
  const each: Step = { id: "each", for_each: "input", parallel: 2000, do: [task("t")] };
  const machine = machineOf([each, task("end")], {}, { input: items });
  for (const index of items) {
    machine.apply(completed(`each[${index}].t`));
  }
  const given: Command[] = [];
  do {
    given.push(...machine.next(1000));
  } while (machine.busy);
  expect(paths(given)).toEqual(["task end"]);
});

test("P2: a run just taken up knows what it awaits before it is asked for commands: a signal may have come with it", () => {
  const taken = machineOf([task("a"), { id: "w", wait_for_event: { type: "paid" } }]);
  taken.apply(completed("a"));
  taken.apply({ kind: "waiting", path: "w", attempt: 1, atMs: 1000 });
  expect(taken.awaits("w")).toEqual({ kind: "wait_for_event", attempt: 1 });
  const again = machineOf([task("a", { retry: { attempts: 2 } })]);
  again.apply({ kind: "waiting", path: "a", attempt: 1, atMs: 1000 });
  expect(again.failure("a", 1, { class: "retryable", code: "x", message: "" }, 1000, 0)).toHaveProperty("retryAtMs");
});

test("P2: a retry that has begun is not due any more, and one that is not due is not begun by a new process", () => {
  const write: Step = {
    id: "w",
    effect: "write",
    http: { method: "POST", url: "https://example.com" },
    retry: { attempts: 2, wait: "10s" },
  };
  const taken = machineOf([write]);
  taken.apply({ kind: "began", path: "w", attempt: 1, atMs: 1000 });
  const error = { class: "retryable", code: "http_503", message: "" } as const;
  taken.apply({ kind: "failed", path: "w", attempt: 1, atMs: 1000, error, retryAtMs: 11_000 });
  expect(wanted(taken, 10_999)).toEqual([]);
  expect(taken.dueAtMs).toBe(11_000);
  taken.apply({ kind: "began", path: "w", attempt: 2, atMs: 11_000 });
  expect(wanted(taken, 12_000)).toMatchObject([{ kind: "record_failure", attempt: 2, error: { code: "lost" } }]);
});

// ------------------------------------------------------------------------------------------------------------ hostile

const failedWith = (machine: Machine) => {
  played(machine);
  return machine.ending?.state === "failed" ? machine.ending.error.code : machine.ending?.state;
};

test("P7: a million items, outputs of many megabytes and endless pure work fail with their codes", () => {
  const items = (count: number) => ({ input: Array.from({ length: count }, (_, at) => at) });
  const pure: Step = { id: "each", for_each: "input", do: [{ id: "m", map: 1 }] };
  expect(failedWith(machineOf([pure], {}, items(1_000_000)))).toBe("too_many_items");
  expect(failedWith(machineOf([{ id: "n", for_each: "input", do: [pure] }], {}, items(1000)))).toBe("run_too_long");
  const big = "x".repeat(5 * 1024 * 1024);
  const twice: Step = { id: "twice", map: [{ $: "input" }, { $: "input" }] };
  expect(["result_too_large", "expression_too_expensive"]).toContain(
    failedWith(machineOf([twice], {}, { input: big })) ?? "",
  );
  const fan: Step = { id: "fan", for_each: "[1, 2]", do: [{ id: "m", map: { $: "input" } }] };
  expect(failedWith(machineOf([fan], {}, { input: big }))).toBe("result_too_large");
});

test("P7: more than 50,000 entries fail the run, and what follows has an end too", () => {
  const items = Array.from({ length: 9000 }, (_, at) => at);
  const many: Step = {
    id: "each",
    for_each: "input",
    parallel: 100,
    do: Array.from({ length: 6 }, (_, at) => task(`t${at}`, { compensate: [task(`u${at}`)] })),
  };
  const machine = machineOf([many], {}, { input: items });
  const entries = played(machine);
  expect(machine.ending).toMatchObject({ state: "failed", error: { code: "run_too_long" } });
  expect(entries).toBeGreaterThan(50_000);
  expect(entries).toBeLessThanOrEqual(100_200);
});

test("P7: one call does a bounded amount, and ten thousand items at once come out in order", () => {
  const items = Array.from({ length: 10_000 }, (_, at) => at);
  const each: Step = { id: "each", for_each: "input", parallel: 10_000, do: [{ id: "m", map: { $: "item" } }] };
  const machine = machineOf([each], { output: { $: "steps.each" } }, { input: items });
  let calls = 0;
  do {
    machine.next(1000);
    calls += 1;
  } while (machine.busy);
  expect(calls).toBeGreaterThan(20);
  expect(machine.ending).toEqual({ state: "completed", output: items });
});

test("bytes follow what is kept: items that are done weigh what they output", () => {
  const text = "x".repeat(1000);
  const each: Step = { id: "each", for_each: "[1, 2, 3]", do: [task("t"), { id: "m", map: 1 }] };
  const machine = machineOf([each, task("end")]);
  for (const index of [0, 1, 2]) {
    wanted(machine);
    machine.apply(completed(`each[${index}].t`, text));
  }
  expect(paths(wanted(machine))).toEqual(["task end"]);
  expect(machine.bytes).toBeLessThan(200);
});

test("what failed items and given up lanes output is kept no longer", () => {
  const text = "x".repeat(1_000_000);
  const machine = machineOf([
    {
      id: "each",
      for_each: "[1, 2]",
      on_item_failure: "continue",
      do: [task("large"), { id: "end", fail: { message: "Refused." } }],
    },
    {
      id: "fan",
      parallel: { left: [task("big"), task("slow")], right: [task("bad")] },
      on_failure: [{ id: "instead", map: 1 }],
    },
    task("last"),
  ]);
  for (const path of ["each[0].large", "each[1].large"]) {
    expect(paths(wanted(machine))).toEqual([`task ${path}`]);
    machine.apply(completed(path, text));
  }
  wanted(machine);
  machine.apply(completed("fan.left.big", text));
  expect(paths(wanted(machine))).toEqual(["task fan.left.slow"]);
  expect(machine.bytes).toBeGreaterThan(1_000_000);
  machine.apply(machine.failure("fan.right.bad", 1, { class: "permanent", code: "no", message: "No." }, 1000, 0));
  expect(paths(wanted(machine))).toEqual(["give_up fan.left.slow", "task last"].toReversed());
  expect(machine.bytes).toBeLessThan(1_000);
});

test("how long an answer is waited for can depend on what is known then; it is some time", () => {
  const steps = (text: string): Step[] => [
    task("ask", { timeout: { $: text } } as Partial<Step>),
    { id: "paid", timeout: { $: text }, wait_for_event: { type: "invoice.paid" } },
    { id: "release", timeout: { $: text }, approve: { title: "Release it?" } },
    { id: "called", timeout: { $: text }, call: { flow: "other" } },
  ];
  for (const patience of [90, "90s", "1m30s"]) {
    const machine = machineOf(steps("input.patience"), {}, { input: { patience } });
    expect(wanted(machine, 5000)).toMatchObject([{ kind: "task", timeoutMs: 90_000 }]);
    for (const path of ["ask", "paid", "release"]) {
      machine.apply(completed(path));
      expect(wanted(machine, 7000)).toMatchObject([{ untilMs: 97_000 }]);
    }
  }
  for (const patience of [0, -1, "soon", null, "500d"]) {
    const machine = machineOf(steps("input.patience"), {}, { input: { patience } });
    wanted(machine);
    expect(machine.ending).toMatchObject({
      state: "failed",
      error: { class: "invalid", code: "wrong_type", path: "ask", at: "steps[0].timeout" },
    });
  }
});
