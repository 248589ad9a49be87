import { TEXT_MAX } from "../cel/syntax.ts";
import { ERROR_CLASSES } from "../definition.ts";
import { SPAN_MAX_MS } from "../span.ts";
import type { Member, Members, Shape, StepShapes } from "./shape.ts";

// What a definition may be made of. The types of definition.ts say the same to the compiler; a test holds the two together.

/** Words of CEL are no names: `steps.in` could not be written. */
export const STEP_ID = /^(?!(?:in|true|false|null)$)[a-z][a-z0-9_]{0,63}$/;
const FLOW_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

const span = (minMs: number, limits: string, maxMs = SPAN_MAX_MS): Shape => ({ kind: "span", minMs, maxMs, limits });
const text = (what: string, max: number, pattern?: RegExp): Shape => ({
  kind: "text",
  what,
  min: 1,
  max,
  ...(pattern === undefined ? {} : { pattern }),
});
const whole = (min: number, max: number): Shape => ({
  kind: "number",
  what: `a whole number from ${min} to ${max}`,
  min,
  max,
  whole: true,
});
const choice = (...of: readonly (string | number)[]): Shape => ({ kind: "choice", of });
const object = (members: Members): Shape => ({ kind: "object", members });
const either = (...of: readonly Shape[]): Shape => ({ kind: "either", of });
const list = (of: Shape, min: number, max: number): Shape => ({ kind: "list", of, min, max, distinct: true });
const must = (shape: Shape, doc: string): Member => ({ shape, doc, required: true });
const may = (shape: Shape, doc: string): Member => ({ shape, doc });

const CEL: Shape = { kind: "cel" };
const TEMPLATE: Shape = { kind: "template" };
const JSON_VALUE: Shape = { kind: "json" };
const FLAG: Shape = { kind: "flag" };
/** What waits for somebody outside: how long may depend on what is known then. */
const awaiting = may(
  either(span(1, "1ms to 366d"), { kind: "expression" }),
  "Of one attempt of a `task`, of the whole step otherwise; an expression gives a duration, text like `90s`, or seconds.",
);
const STEPS: Shape = { kind: "steps", min: 1 };
const flowName = text("the name of a flow: small letters, digits and `-`, at most 64", 64, FLOW_NAME);
const eventType = text("a type of event: letters, digits, `_`, `-` and `.`, at most 256", 256, /^[A-Za-z0-9_.-]+$/);
const eventTypes = either(eventType, list(eventType, 1, 50));
const id = text("an id", 256);
const condition = may(CEL, "Only if this expression holds.");
const key = may(CEL, "Counted separately for each value of this expression.");

const TRIGGERS: readonly Shape[] = [
  object({ event: must(eventTypes, "An event of one of these types."), if: condition }),
  object({ source: must(id, "Any event that came in through this source (id or uid)."), if: condition }),
  object({
    schedule: must(
      text("a schedule: five or six fields, or @daily and its like", 256),
      "Cron: five fields, or six with seconds; `@daily` and its like.",
    ),
    zone: may(text("the name of a time zone", 64), "IANA time zone. Default UTC."),
    jitter: may(span(0, "0s to 24h", 86_400_000), "Each run starts up to so much later, evenly spread."),
    missed: may(
      choice("skip", "one", "all"),
      "Moments that passed while nothing ran: nothing; one run for all; a run each. Default skip.",
    ),
    within: may(span(1, "1ms to 366d"), "With `missed: all`, moments that are not older. Default 1h."),
    overlap: may(choice("skip", "queue", "cancel"), "When the run of the moment before still goes on. Default skip."),
    input: may(JSON_VALUE, "Given as `input`."),
  }),
  object({
    delivery: must(
      list(choice("exhausted", "failing", "recovered"), 1, 3),
      "What became of deliveries of this application.",
    ),
    endpoint: may(id, "Of this endpoint only."),
    if: condition,
  }),
  object({
    run: must(flowName, "Another flow's run ended."),
    state: must(list(choice("completed", "failed", "cancelled"), 1, 3), "How it ended."),
    if: condition,
  }),
];

const per = must(span(1_000, "1s to 366d"), "The period.");
const CONTROL: Members = {
  concurrency: may(
    object({ limit: must(whole(1, 10_000), "Runs at once."), key }),
    "So many runs at once; the others wait, by priority.",
  ),
  rate: may(
    object({ limit: must(whole(1, 1_000_000), "Starts per period."), per, key }),
    "So many starts per period; more are skipped.",
  ),
  throttle: may(
    object({ limit: must(whole(1, 1_000_000), "Starts per period."), per, key }),
    "So many starts per period; more wait.",
  ),
  debounce: may(
    object({
      wait: must(span(1, "1ms to 30d", 30 * 86_400_000), "Quiet time before a run starts."),
      max: may(span(1, "1ms to 366d"), "At the latest so long after the first."),
      key,
    }),
    "Starts once nothing came for `wait`; the last one's input counts.",
  ),
  batch: may(
    object({
      size: must(whole(2, 10_000), "Inputs of one run, at most."),
      wait: must(span(1, "1ms to 30d", 30 * 86_400_000), "At the latest so long after the first."),
      key,
    }),
    "One run for many; `input` is the list of their inputs.",
  ),
  singleton: may(
    object({ mode: must(choice("skip", "replace"), "A further one is skipped, or replaces the one before."), key }),
    "At most one run, waiting ones included.",
  ),
  priority: may(CEL, "A whole number, -100 to 100: which of those that wait goes first."),
};

const RETRY: Members = {
  attempts: may(whole(1, 100), "Attempts in all. Default 5 for `http` and `task`, 1 for others."),
  wait: may(span(0, "0s to 366d"), "Before the second attempt. Default 1s."),
  factor: may(
    { kind: "number", what: "a number from 1 to 100", min: 1, max: 100, whole: false },
    "Each wait is so many times the one before. Default 2.",
  ),
  max: may(span(0, "0s to 366d"), "The longest wait. Default 1h."),
  on: may(
    list(choice(...ERROR_CLASSES.filter((each) => each !== "cancelled" && each !== "invalid")), 1, 5),
    "Classes of errors. Default retryable, timeout, ambiguous; without ambiguous for a `write`.",
  ),
};

export const STEP_SHAPES: StepShapes = {
  common: {
    id: must(
      text(
        "the id of a step: a small letter, then small letters, digits and `_`, at most 64; not in, true, false, null",
        64,
        STEP_ID,
      ),
      "Its name in expressions: `steps.<id>` is what it output.",
    ),
    title: may(text("a title", 200), "For people."),
    effect: may(
      choice("pure", "read", "idempotent_write", "write"),
      "What it does to the world, by which the engine knows what is safe.",
    ),
    retry: may(object(RETRY), "When it is tried again."),
    timeout: may(span(1, "1ms to 366d"), "Of one attempt; of the whole step for those that wait."),
    on_failure: may(STEPS, "Done instead of failing the run; sees `error`."),
    compensate: may(STEPS, "Done in reverse order when the run fails later."),
  },
  kinds: {
    map: {
      map: must(TEMPLATE, "The value that it outputs."),
      durable: may(FLAG, "Kept once computed, before the next step begins."),
    },
    if: {
      if: must(CEL, "The condition."),
      // biome-ignore lint/suspicious/noThenProperty: the word of the language; nobody awaits a shape.
      then: must(STEPS, "Done when it holds."),
      else: may(STEPS, "Done when it does not."),
    },
    switch: {
      switch: must(
        {
          kind: "list",
          of: object({ when: must(CEL, "The condition."), do: must(STEPS, "Done when it is the first that holds.") }),
          min: 1,
          max: 50,
        },
        "Cases; the first that holds is done.",
      ),
      else: may(STEPS, "Done when none holds."),
    },
    for_each: {
      for_each: must(CEL, "A list."),
      do: must(STEPS, "Done for each item; sees `item` and `index`."),
      parallel: may(whole(1, 1_000), "Items under way at once. Default 1."),
      on_item_failure: may(
        either(choice("fail", "continue"), object({ tolerate: must(whole(0, 10_000), "So many may fail.") })),
        "What the failure of an item does. Default fail.",
      ),
      output: may(TEMPLATE, "What is kept of each item. Default: what the last step did."),
    },
    parallel: {
      parallel: must(
        { kind: "record", what: "branches", name: STEP_ID, of: STEPS, min: 1, max: 50 },
        "Branches by name, at once.",
      ),
    },
    http: {
      http: must(
        object({
          method: may(choice("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"), "Default GET, or POST with a body."),
          url: must(TEMPLATE, "https://…"),
          headers: may(
            {
              kind: "record",
              what: "headers",
              name: /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/,
              of: TEMPLATE,
              min: 0,
              max: 50,
            },
            'Secrets stand here only: `"Bearer " + secrets.api_key`.',
          ),
          body: may(TEMPLATE, "JSON."),
          expect: may(list(whole(100, 599), 1, 100), "Statuses that are a success. Default 200 to 299."),
          response_bytes_max: may(whole(1, 8 * 1024 * 1024), "Of the answer's body. Default 1 MiB."),
        }),
        "A request.",
      ),
    },
    emit: {
      emit: must(
        object({
          type: must(TEMPLATE, "The type of the event."),
          data: must(TEMPLATE, "Its payload."),
          channels: may(TEMPLATE, "A list of channels."),
        }),
        "Appends an event to the application's log.",
      ),
    },
    task: {
      task: must(
        object({
          name: must(text("the name of a task", 256), "A function of a worker."),
          input: may(TEMPLATE, "What it is given."),
          queue: may(
            text("the name of a queue: letters, digits, `_`, `-` and `.`, at most 64", 64, /^[A-Za-z0-9_.-]+$/),
            "Default: default.",
          ),
          priority: may(TEMPLATE, "-100 to 100."),
        }),
        "Has a worker do it.",
      ),
      timeout: awaiting,
    },
    code: {
      code: must(text("a program of at most 64 KiB", 65_536), "JavaScript: the body of `function (input)`."),
      input: may(TEMPLATE, "What it sees, and nothing else."),
    },
    wait: {
      wait: must(
        either(
          object({ for: must(either(span(0, "0s to 366d"), { kind: "expression" }), "How long.") }),
          object({ until: must(TEMPLATE, "An instant, RFC 3339.") }),
        ),
        "Waits.",
      ),
    },
    wait_for_event: {
      wait_for_event: must(
        object({
          type: must(eventTypes, "An event of one of these types."),
          match: may(
            object({
              key: must(CEL, "Of the event that comes; sees `event` only."),
              equals: must(CEL, "What the key must be equal to."),
            }),
            "By which it is found among very many.",
          ),
          if: may(CEL, "Sees the one that comes as `event`, the one that started the run as `trigger.event`."),
        }),
        "Waits for an event that comes after this step began.",
      ),
      timeout: awaiting,
    },
    approve: {
      approve: must(
        object({
          title: must(TEMPLATE, "What is to be decided."),
          details: may(TEMPLATE, "What one must know for it."),
        }),
        "Waits for a person.",
      ),
      timeout: awaiting,
    },
    call: {
      call: must(
        object({
          flow: must(flowName, "Its name."),
          input: may(TEMPLATE, "Its input."),
          wait: may(FLAG, "Whether to wait for what it returns. Default true."),
        }),
        "Runs another flow.",
      ),
      timeout: awaiting,
    },
    respond: {
      respond: must(
        object({ status: may(whole(200, 599), "Default 200."), body: may(TEMPLATE, "JSON.") }),
        "Answers whoever started the run and waits.",
      ),
    },
    fail: {
      fail: must(
        object({
          message: must(TEMPLATE, "Why."),
          code: may(
            text("a code: small letters, digits and `_`, at most 64", 64, /^[a-z][a-z0-9_]*$/),
            "Default: failed.",
          ),
        }),
        "Fails the run.",
      ),
    },
    stop: { stop: must(object({ output: may(TEMPLATE, "What the run returns.") }), "Ends the run as completed.") },
  },
};

export const DEFINITION_SHAPE: Shape = object({
  $schema: may(text("an address", 2_048), "For editors; not kept."),
  posthorn: must(choice(1), "The version of this language: 1."),
  flow: must(flowName, "Its name among the flows of the application."),
  title: may(text("a title", 200), "For people."),
  description: may(text("a description", 10_000), "For people."),
  on: may({ kind: "list", of: either(...TRIGGERS), min: 0, max: 50 }, "What starts it."),
  input: may(JSON_VALUE, "JSON Schema of `input`."),
  control: may(object(CONTROL), "When a run may begin."),
  timeout: may(span(1_000, "1s to 366d"), "Of the whole run, waits included. Default 30d."),
  hosts: may(
    list(
      text(
        "the name of a host: api.example.com, or *.example.com",
        253,
        /^(?:\*\.)?(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
      ),
      0,
      100,
    ),
    "Host names that `http` steps may reach; absent: all public ones.",
  ),
  secrets: may(
    list(
      text("the name of a secret: a letter, then letters, digits and `_`, at most 64", 64, /^[A-Za-z][A-Za-z0-9_]*$/),
      0,
      100,
    ),
    "Secrets that this flow may use, by name.",
  ),
  steps: must(STEPS, "What it does."),
  on_failure: may(STEPS, "Done when the run fails; sees `error`."),
  output: may(TEMPLATE, "What the run returns."),
});

/** Of the text of an expression, for the JSON Schema. */
export const CEL_MAX = TEXT_MAX;
