import { parse } from "yaml";
import { z } from "zod";
import type { Json } from "../definition.ts";
import { ERROR_CLASSES } from "../definition.ts";
import type { TriggerFacts } from "../journal.ts";
import { instantOf, parseSpan } from "../span.ts";
import type { PinnedResult, Pins } from "./pins.ts";
import { REHEARSAL_START_MS, type Rehearsal } from "./rehearse.ts";

/**
 * `x.test.yaml`: cases in which a flow is rehearsed, and what is expected of them.
 *
 *     flow: flow.yaml                       # beside this file
 *     cases:
 *       - name: an order in time ends it
 *         start:
 *           at: 2030-01-01T09:00:00Z        # default: 2030-01-01T00:00:00Z
 *           event: { type: cart.updated, data: { cart_id: c1 } }    # or `input: …`, or `scheduled: <instant>`
 *         results:                          # of steps that reach outside; by id, path (`orders[2].ship`) or `orders[].ship`
 *           charge: { output: { status: 200, headers: {}, body: { id: ch_1 } } }
 *           ship:                           # attempt by attempt; the last one stands for those after it
 *             - error: { class: retryable, code: http_503, retry_after: 30s }
 *             - { output: {}, after: 2s }   # so much later by the virtual clock
 *         events:                           # that come while it runs; `after` its start
 *           - { after: 30m, type: order.placed, data: { cart_id: c1 } }
 *         approvals:
 *           ask: { approved: true, by: ann, after: 1h }
 *         cancel_after: 2h
 *         expect:
 *           state: completed
 *           output: { outcome: ordered }    # of objects only the members that are written; of lists every element
 *           error: { code: http_404 }
 *           emitted: [{ type: mail.requested, data: { to: a@example.com } }]
 *           steps: { charge: { state: completed, attempts: 2 } }
 *           that: ["size(run.emitted) == 1", "steps.charge.body.id == 'ch_1'"]
 */
export interface CaseFile {
  readonly flow: string;
  readonly cases: readonly FlowCase[];
}

export interface FlowCase {
  readonly name: string;
  readonly rehearsal: Rehearsal;
  readonly expect: Expected;
}

/** What is expected; whatever is absent may be anything. */
export interface Expected {
  readonly state?: "completed" | "failed" | "cancelled";
  readonly output?: Json;
  readonly error?: Json;
  readonly emitted?: Json;
  readonly tasks?: Json;
  readonly requests?: Json;
  readonly calls?: Json;
  readonly response?: Json;
  /** How long the run takes by the virtual clock, at most. */
  readonly within_ms?: number;
  /** By path or id. */
  readonly steps?: { readonly [name: string]: Json };
  /** CEL: `input` is the run's; `steps.<id>` what the step output; `run` is `{ state, output, error, emitted, tasks, requests, calls, response, took_ms }`. */
  readonly that?: readonly string[];
}

export type ReadCases =
  | { readonly ok: true; readonly file: CaseFile }
  | { readonly ok: false; readonly faults: readonly { readonly path: string; readonly message: string }[] };

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;
const span = z.string().transform((text, context): number => {
  const ms = parseSpan(text);
  if (ms === undefined) {
    context.addIssue({ code: "custom", message: `"${text}" is no span of time: write one like 30s, 15m, 2h or 3d.` });
    return z.NEVER;
  }
  return ms;
});
const instant = z.union([z.string(), z.date()]).transform((value, context): number => {
  const ms = typeof value === "string" ? instantOf(value) : value.getTime();
  if (ms === undefined || Number.isNaN(ms)) {
    context.addIssue({
      code: "custom",
      message: `"${String(value)}" is no instant: write one like 2030-01-31T12:00:00Z.`,
    });
    return z.NEVER;
  }
  return ms;
});
const channels = z.array(z.string()).optional();
const failure = z.strictObject({
  class: z.enum(ERROR_CLASSES),
  code: z.string().optional(),
  message: z.string().optional(),
  detail: json.optional(),
  retry_after: span.optional(),
});
const result = z.union([
  z.strictObject({ output: json, after: span.optional() }),
  z.strictObject({ error: failure, after: span.optional() }),
]);
const matching = json.optional();
const expected = z.strictObject({
  state: z.enum(["completed", "failed", "cancelled"]).optional(),
  output: matching,
  error: matching,
  emitted: matching,
  tasks: matching,
  requests: matching,
  calls: matching,
  response: matching,
  within: span.optional(),
  steps: z.record(z.string(), json).optional(),
  that: z.array(z.string()).optional(),
});
const oneCase = z.strictObject({
  name: z.string().min(1),
  start: z
    .strictObject({
      at: instant.optional(),
      event: z.strictObject({ type: z.string(), data: json, channels, id: z.string().optional() }).optional(),
      scheduled: instant.optional(),
      input: json.optional(),
    })
    .optional(),
  results: z.record(z.string(), z.union([result, z.array(result).min(1)])).optional(),
  events: z
    .array(z.strictObject({ after: span, type: z.string(), data: json, channels }))
    .max(1000)
    .optional(),
  approvals: z
    .record(
      z.string(),
      z.strictObject({
        approved: z.boolean(),
        by: z.string().optional(),
        reason: z.string().optional(),
        after: span.optional(),
      }),
    )
    .optional(),
  cancel_after: span.optional(),
  expect: expected.optional(),
});
const file = z.strictObject({ flow: z.string().min(1), cases: z.array(oneCase).min(1).max(1000) });

/** Of what is read: larger files are no cases. */
export const CASE_FILE_BYTES_MAX = 16 * 1024 * 1024;

/** Reads a case file. Expected faults are values, each with its place. */
export function readCaseFile(text: string): ReadCases {
  if (text.length > CASE_FILE_BYTES_MAX) {
    return refused("", `The file is longer than ${CASE_FILE_BYTES_MAX} characters.`);
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    return refused("", error instanceof Error ? error.message : String(error));
  }
  const read = file.safeParse(value);
  if (!read.success) {
    return { ok: false, faults: read.error.issues.map(({ path, message }) => ({ path: path.join("."), message })) };
  }
  return { ok: true, file: { flow: read.data.flow, cases: read.data.cases.map(caseOf) } };
}

function refused(path: string, message: string): ReadCases {
  return { ok: false, faults: [{ path, message }] };
}

function caseOf({ name, start, results, events, approvals, cancel_after, expect }: z.infer<typeof oneCase>): FlowCase {
  const startMs = start?.at ?? REHEARSAL_START_MS;
  const trigger = triggerOf(start, startMs);
  const { within, ...rest } = expect ?? {};
  return {
    name,
    rehearsal: present({
      startMs,
      trigger,
      input: start?.input,
      results: results === undefined ? undefined : pinsOf(results),
      events: events?.map(({ after, ...event }) => present({ ...event, afterMs: after })),
      approvals:
        approvals === undefined
          ? undefined
          : Object.fromEntries(
              Object.entries(approvals).map(([id, { after, ...decision }]) => [
                id,
                present({ ...decision, afterMs: after }),
              ]),
            ),
      cancelAfterMs: cancel_after,
    }) as Rehearsal,
    expect: present({ ...rest, within_ms: within }) as Expected,
  };
}

function triggerOf(start: z.infer<typeof oneCase>["start"], startMs: number): TriggerFacts | undefined {
  if (start?.event !== undefined) {
    const { id = "msg_rehearsed", type, data, channels = [] } = start.event;
    return { kind: "event", event: { id, type, data, channels, receivedAtMs: startMs } };
  }
  return start?.scheduled === undefined ? undefined : { kind: "schedule", scheduledAtMs: start.scheduled };
}

type WrittenResult = z.infer<typeof result>;

function pinsOf(results: Readonly<Record<string, WrittenResult | readonly WrittenResult[]>>): Pins {
  return Object.fromEntries(
    Object.entries(results).map(([name, written]) => [
      name,
      isList(written) ? written.map(pinnedOf) : pinnedOf(written),
    ]),
  );
}

function isList(written: WrittenResult | readonly WrittenResult[]): written is readonly WrittenResult[] {
  return Array.isArray(written);
}

function pinnedOf(written: WrittenResult): PinnedResult {
  const { after } = written;
  if ("output" in written) {
    return present({ output: written.output, afterMs: after }) as PinnedResult;
  }
  const { retry_after, ...error } = written.error;
  return present({ error: present({ ...error, retryAfterMs: retry_after }), afterMs: after }) as PinnedResult;
}

/** Without the members that are undefined. */
function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
