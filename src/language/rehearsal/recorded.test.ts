import { expect, test } from "bun:test";
import { compile } from "../compile.ts";
import type { Definition, Step } from "../definition.ts";
import type { Start } from "../journal.ts";
import { readCaseFile } from "./case-file.ts";
import { caseFromRun } from "./case-from-run.ts";
import { mismatches } from "./expectation.ts";
import { rehearseRecorded } from "./recorded.ts";
import { REHEARSAL_START_MS, rehearse } from "./rehearse.ts";

const CHARGE: Step = { id: "charge", http: { method: "POST", url: "https://pay.example.com", body: { $: "input" } } };
const MAIL: Step = { id: "mail", emit: { type: "mail", data: { of: { $: "steps.charge.id" } } } };
const definitionOf = (...steps: readonly Step[]): Definition => ({
  posthorn: 1,
  flow: "charging",
  steps,
  output: { $: "steps.charge.id" },
});
const THEN = compile(definitionOf(CHARGE, MAIL));
const START: Start = {
  runId: "run_rehearsed",
  version: 1,
  startedAtMs: REHEARSAL_START_MS,
  trigger: { kind: "manual" },
  input: { amount: 3 },
};
const RUN = rehearse(THEN, {
  input: START.input,
  results: {
    charge: [{ error: { class: "retryable", code: "http_503" } }, { output: { id: "ch_1" } }],
  },
});

const would = (...steps: readonly Step[]) =>
  rehearseRecorded(compile(definitionOf(...steps)), START, RUN.timeline, THEN);

test("a run played again under its own definition differs in nothing", () => {
  expect(would(CHARGE, MAIL)).toEqual({
    ending: { state: "completed", output: "ch_1" },
    cannot: undefined,
    differs: [],
  });
});

test("what would be asked otherwise, for the first time or not at all is told with its path", () => {
  const small: Step = { ...CHARGE, http: { method: "POST", url: "https://pay.example.com", body: { amount: 1 } } };
  const more: Step = { id: "more", emit: { type: "more", data: null } };
  expect(would(small, more).differs).toMatchObject([
    {
      path: "charge",
      kind: "asks_otherwise",
      was: { request: { body: { amount: 3 } } },
      would: { request: { body: { amount: 1 } } },
    },
    { path: "mail", kind: "only_then" },
    { path: "more", kind: "only_now", would: { type: "more" } },
  ]);
});

test("another end is a difference", () => {
  const stop: Step = { id: "over", stop: { output: "early" } };
  expect(would(CHARGE, stop).differs).toContainEqual({
    path: "",
    kind: "ends_otherwise",
    was: { state: "completed", output: "ch_1" },
    would: { state: "completed", output: "early" },
  });
});

test("a step that the record does not answer ends the play, and what was to come is not called missing", () => {
  const { ending, cannot, differs } = would(CHARGE, { id: "unknown", task: { name: "work" } }, MAIL);
  expect(ending).toBeUndefined();
  expect(cannot?.path).toBe("unknown");
  expect(differs.map(({ path, kind }) => [path, kind])).toEqual([["unknown", "only_now"]]);
});

test("a step that has moved is found by its id", () => {
  const inside: Step = { id: "inside", parallel: { only: [CHARGE] } };
  const moved = would(inside, { id: "end", stop: { output: "early" } });
  expect(moved.cannot).toBeUndefined();
  expect(moved.ending).toEqual({ state: "completed", output: "early" });
});

test("a case file made from a run holds when it is played again", () => {
  const text = caseFromRun(THEN, "flow.yaml", { start: START, entries: RUN.timeline, ending: RUN.ending });
  const read = readCaseFile(text);
  if (!read.ok) {
    throw new Error(JSON.stringify(read.faults));
  }
  const [one] = read.file.cases;
  expect(one?.rehearsal.results?.["charge"]).toHaveLength(2);
  expect(one && mismatches(one.expect, rehearse(THEN, one.rehearsal), one.rehearsal)).toEqual([]);
});
