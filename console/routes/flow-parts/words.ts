import { isFields, oneLine } from "./tree.ts";

/** What starts a flow, in words. */
export function triggerWords(trigger: unknown): string {
  if (!isFields(trigger)) return "something unknown";
  const only = trigger["if"] === undefined ? "" : ` if ${oneLine(trigger["if"])}`;
  if (trigger["event"] !== undefined) return `${listOf(trigger["event"])}${only}`;
  if (trigger["source"] !== undefined) return `anything through ${oneLine(trigger["source"])}${only}`;
  if (trigger["schedule"] !== undefined)
    return `${scheduleWords(oneLine(trigger["schedule"]))}, ${oneLine(trigger["zone"]) || "UTC"}`;
  if (trigger["delivery"] !== undefined) return `delivery ${listOf(trigger["delivery"])}${only}`;
  if (trigger["run"] !== undefined) return `${oneLine(trigger["run"])} ${listOf(trigger["state"])}${only}`;
  return "something unknown";
}

export function triggersWords(triggers: readonly unknown[]): string {
  return triggers.length === 0 ? "by hand or through the API" : triggers.map(triggerWords).join("; ");
}

/** As a sentence without its full stop. */
export function startsWords(triggers: readonly unknown[]): string {
  return `Starts ${triggers.length === 0 ? "" : "with "}${triggersWords(triggers)}`;
}

const listOf = (value: unknown): string => (Array.isArray(value) ? value.map(oneLine).join(" or ") : oneLine(value));

const DAYS = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"];

/** The commonest schedules in words; others as they are written. */
export function scheduleWords(cron: string): string {
  const parts = cron.trim().split(/\s+/);
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = parts;
  if (parts.length !== 5 || month !== "*") return cron;
  const every = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (hour === "*" && day === "*" && weekday === "*") {
    if (minute === "*") return "every minute";
    if (every !== undefined) return `every ${every} minutes`;
    if (/^\d+$/.test(minute)) return `every hour at :${minute.padStart(2, "0")}`;
    return cron;
  }
  if (!/^\d+$/.test(minute) || !/^\d+$/.test(hour)) return cron;
  const at = `at ${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (day === "*" && weekday === "*") return `every day ${at}`;
  if (day === "*" && weekday === "1-5") return `Monday to Friday ${at}`;
  if (day === "*" && /^[0-6]$/.test(weekday)) return `${DAYS[Number(weekday)] ?? weekday} ${at}`;
  if (weekday === "*" && /^\d+$/.test(day)) return `on day ${day} of each month ${at}`;
  return cron;
}

/** What began a run, in a word. */
export const TRIGGER_LABELS: Readonly<Record<string, string>> = {
  event: "An event",
  source: "A source",
  delivery: "A delivery",
  schedule: "A schedule",
  api: "The API",
  manual: "By hand",
  rerun: "A rerun",
  call: "Another flow",
  run: "A run's end",
  batch: "A batch",
};

/** What a run waits for, after "Waits". */
export const WAITS: Readonly<Record<string, string>> = {
  room: "for a process that takes it up",
  control: "for its turn (flow control)",
  time: "for a moment",
  event: "for an event",
  approval: "for an approval",
  task: "for a task",
  call: "for another flow",
  paused: "while its flow is paused",
};

/** What kept a run from beginning, after a number: "3 over the rate". */
export const SKIP_WORDS: Readonly<Record<string, string>> = {
  overlap: "while the run before went on",
  singleton: "while another of the key went on",
  debounce: "replaced by a later one",
  batch: "joined in one run",
  rate: "over the rate",
  expression_failed: "whose expression failed",
  expression_too_expensive: "whose expression took too long",
};

/** The rule of flow control that lets a run wait. */
export const RULE_WORDS: Readonly<Record<string, string>> = {
  overlap: "The run before",
  singleton: "Another of its key",
  debounce: "Debounce",
  batch: "Gathering a batch",
  rate: "The rate",
  throttle: "Throttle",
  concurrency: "Concurrency",
};

/** Why a schedule's moment had no run of its own. */
export const MOMENT_WORDS: Readonly<Record<"missed" | "joined" | "overlap", string>> = {
  missed: "Missed: nothing ran then",
  joined: "Joined: one run stands for all that were missed",
  overlap: "Skipped: the run before still went on",
};

/** What a failure's class means to whoever has to mend it. */
export const CLASS_HELP: Readonly<Record<string, string>> = {
  retryable: "The other side may be well again: once it is, run it again.",
  timeout:
    "Nobody knows whether it happened. Look at the other side first; its idempotency key is the same on every attempt.",
  ambiguous: "Nobody knows whether it happened: the answer was lost. Look at the other side before it is run again.",
  permanent: "It was refused for good. Mend what was asked, or the other side; then run it again.",
  invalid: "The definition met a value it cannot take. Mend the definition, or edit the input, and run it again.",
  code: "The program threw or went over its limits. Mend it in the definition, then run it again on the new version.",
  cancelled: "It was given up because the run was to end.",
};
