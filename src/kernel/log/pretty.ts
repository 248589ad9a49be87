import type { LogLevel } from "./level.ts";

export interface PrettyRecord {
  readonly time: Date;
  readonly level: LogLevel;
  readonly event: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const COLOURS: Readonly<Record<LogLevel, number>> = { trace: 90, debug: 36, info: 32, warn: 33, error: 31, fatal: 35 };

/** `12:34:56.789 INFO  message  event name=value …`, and below it the stacks of errors. Local time: it is read here and now. */
export function prettyLine(record: PrettyRecord, colour: boolean): string {
  const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const stacks: string[] = [];
  const parts = Object.entries(record.fields).map(([name, value]) => {
    if (isError(value)) {
      stacks.push(...stackOf(value));
      return paint(90, `${name}=`) + quoted(`${value.name}: ${value.message}`);
    }
    return paint(90, `${name}=`) + quoted(value);
  });
  const head = `${paint(90, clock(record.time))} ${paint(COLOURS[record.level], record.level.toUpperCase().padEnd(5))} ${oneLine(record.message)}`;
  return `${[`${head} ${paint(90, record.event)}`, ...parts].join(" ")}\n${stacks.map((line) => `    ${paint(90, oneLine(line))}\n`).join("")}`;
}

interface CleanedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: unknown;
}

function isError(value: unknown): value is CleanedError {
  return (
    typeof value === "object" &&
    value !== null &&
    "stack" in value &&
    typeof value.stack === "string" &&
    "message" in value &&
    "name" in value
  );
}

function stackOf(error: CleanedError): string[] {
  const frames = error.stack.split("\n").filter((line) => line.trim().startsWith("at "));
  const cause = isError(error.cause)
    ? [`caused by ${error.cause.name}: ${error.cause.message}`, ...stackOf(error.cause)]
    : [];
  return [...frames.map((line) => line.trim()), ...cause];
}

function clock(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

function quoted(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return typeof value === "string" && (text === "" || /[\s"=]/.test(text))
    ? oneLine(JSON.stringify(text))
    : oneLine(text);
}

/** Strangers' text reaches this terminal: a control character could forge a line or move the cursor. */
function oneLine(text: string): string {
  return text.replace(
    /\p{Cc}|[\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
