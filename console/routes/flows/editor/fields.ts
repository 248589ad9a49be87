import type { StepKind } from "../../flow-parts/tree.ts";

/** A field of a step's form. */
export interface FieldSpec {
  readonly label: string;
  /** The way within the step. */
  readonly way: readonly string[];
  /**
   * `text`: as typed. `cel`: an expression. `template`: text, an expression or JSON. `number`: whole. `choice`: one of a few.
   */
  readonly as: "text" | "cel" | "template" | "number" | "choice";
  readonly choices?: readonly string[];
  readonly help?: string;
  readonly placeholder?: string;
  readonly rows?: number;
}

const template = (label: string, way: readonly string[], help?: string, placeholder?: string): FieldSpec => ({
  label,
  way,
  as: "template",
  ...(help !== undefined && { help }),
  ...(placeholder !== undefined && { placeholder }),
});
const cel = (label: string, way: readonly string[], help?: string): FieldSpec => ({
  label,
  way,
  as: "cel",
  ...(help !== undefined && { help }),
});

/** What a form asks for each kind. What it does not ask for is written in the text. */
export const FIELDS: Readonly<Record<StepKind, readonly FieldSpec[]>> = {
  http: [
    {
      label: "Method",
      way: ["http", "method"],
      as: "choice",
      choices: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    },
    template("URL", ["http", "url"], undefined, "https://api.example.com/orders"),
    template("Headers", ["http", "headers"], "An object; secrets may be used here and nowhere else: secrets.name"),
    template("Body", ["http", "body"], "Sent as JSON."),
  ],
  emit: [
    template("Event type", ["emit", "type"]),
    template("Data", ["emit", "data"]),
    template("Channels", ["emit", "channels"]),
  ],
  map: [template("Value", ["map"], "What the step outputs.")],
  if: [cel("Condition", ["if"])],
  switch: [],
  for_each: [
    cel("List", ["for_each"], "Each item is `item` within, its place `index`."),
    { label: "Items at once", way: ["parallel"], as: "number", placeholder: "1" },
    template("Output of an item", ["output"]),
  ],
  parallel: [],
  wait: [
    { label: "For", way: ["wait", "for"], as: "text", placeholder: "30s, 15m, 2h, 3d" },
    template("Until", ["wait", "until"], "A moment instead of a span."),
  ],
  wait_for_event: [
    { label: "Event type", way: ["wait_for_event", "type"], as: "text" },
    cel("Key of the event", ["wait_for_event", "match", "key"]),
    cel("Must equal", ["wait_for_event", "match", "equals"]),
    cel("If", ["wait_for_event", "if"]),
  ],
  approve: [template("Question", ["approve", "title"]), template("Details", ["approve", "details"])],
  task: [
    { label: "Task", way: ["task", "name"], as: "text" },
    template("Input", ["task", "input"]),
    { label: "Queue", way: ["task", "queue"], as: "text", placeholder: "default" },
  ],
  code: [
    {
      label: "JavaScript",
      way: ["code"],
      as: "text",
      rows: 8,
      help: "The body of a function of `input`; what it returns is the output.",
    },
    template("Input", ["input"]),
  ],
  call: [{ label: "Flow", way: ["call", "flow"], as: "text" }, template("Input", ["call", "input"])],
  respond: [
    { label: "Status", way: ["respond", "status"], as: "number", placeholder: "200" },
    template("Body", ["respond", "body"]),
  ],
  fail: [template("Message", ["fail", "message"]), { label: "Code", way: ["fail", "code"], as: "text" }],
  stop: [template("Output", ["stop", "output"])],
};

/** What may be said of each step besides. */
export const COMMON: readonly FieldSpec[] = [
  { label: "Timeout", way: ["timeout"], as: "text", placeholder: "30s" },
  { label: "Attempts in all", way: ["retry", "attempts"], as: "number" },
  { label: "First wait before a retry", way: ["retry", "wait"], as: "text", placeholder: "1s" },
  {
    label: "Effect",
    way: ["effect"],
    as: "choice",
    choices: ["pure", "read", "idempotent_write", "write"],
    help: "What it does to the world: by this the engine knows whether repeating it is safe.",
  },
];
