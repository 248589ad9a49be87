import { expect, test } from "bun:test";
import { idTimeMs, newId, publicId, type Span, spanIdOf, storedTrace } from "#kernel";
import type { CommandOf, CompiledFlow, Ending, Entry } from "#language";
import type { StepResult } from "./engine/executors.ts";
import type { Run } from "./run.ts";
import { createRunTracing } from "./trace.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const eventId = newId();

function runOf(trace: string | undefined): Run {
  const id = newId();
  return {
    id,
    appId: newId(),
    flowId: newId(),
    version: 3,
    phase: "running",
    trigger: "event",
    eventId,
    input: undefined,
    facts: undefined,
    parentId: undefined,
    depth: 0,
    priority: 0,
    gates: [],
    startedAtMs: idTimeMs(id),
    trace,
  };
}

const traced = (sampled = true) =>
  runOf(storedTrace({ traceId: TRACE, parentId: "00f067aa0ba902b7", sampled, state: undefined }, eventId));

function command(attempt = 1, headers: CommandOf<"http">["request"]["headers"] = []): CommandOf<"http"> {
  return {
    kind: "http",
    path: "orders[1].charge",
    attempt,
    key: "k",
    effect: "idempotent_write",
    timeoutMs: 1_000,
    request: {
      method: "PUT",
      url: "https://api.example.com/orders/secret-token?key=1",
      headers,
      body: undefined,
      expect: undefined,
      responseBytesMax: 1,
      hosts: undefined,
    },
  };
}

/** A tracing that remembers, an executor that answers as told, and a clock that goes on by ten with each look. */
function world(result: StepResult = { ok: true, output: { status: 200, headers: {}, body: null } }, propagates = true) {
  const spans: Span[] = [];
  const sent: CommandOf<"http">[] = [];
  let nowMs = 1_000;
  const tracing = createRunTracing({ record: (span) => void spans.push(span), propagates }, () => {
    nowMs += 10;
    return nowMs;
  });
  const { http } = tracing.watched({
    http: async (asked) => {
      sent.push(asked);
      return result;
    },
  });
  return {
    spans,
    sent,
    tracing,
    send: (asked: CommandOf<"http">, run: Run) => http?.(asked, run, {} as CompiledFlow, new AbortController().signal),
  };
}

const completed = (path: string, output: Extract<Entry, { kind: "completed" }>["output"], attempt = 1): Entry => ({
  kind: "completed",
  path,
  attempt,
  atMs: 5_000,
  output,
});

test("a run hangs below the event that started it, and its attempts below the run", async () => {
  const { spans, tracing, send } = world();
  const run = traced();
  await send(command(), run);
  expect(spans).toEqual([]); // Nothing is told before it is committed.
  tracing.entries(run, [completed("orders[1].charge", { status: 200, headers: {}, body: null })]);
  const ending: Ending = { state: "completed", output: null };
  tracing.ended(run, ending);
  const [attempt, whole] = spans;
  expect(whole).toMatchObject({
    traceId: TRACE,
    spanId: spanIdOf(run.id),
    parentId: spanIdOf(eventId),
    name: "run",
    startMs: idTimeMs(run.id),
    attributes: { "posthorn.run.state": "completed", "posthorn.run.id": publicId("run", run.id) },
    failure: undefined,
  });
  expect(attempt).toMatchObject({
    traceId: TRACE,
    parentId: spanIdOf(run.id),
    name: "PUT",
    kind: "client",
    startMs: 1_010,
    endMs: 1_020,
    attributes: { "posthorn.step.path": "orders[1].charge", "http.response.status_code": 200 },
  });
});

test("P8 neither the path nor the query of a request is told", async () => {
  const { spans, tracing, send } = world();
  const run = traced();
  await send(command(), run);
  tracing.entries(run, [completed("orders[1].charge", null)]);
  expect(spans[0]?.attributes["url.full"]).toBe("https://api.example.com/REDACTED");
  expect(JSON.stringify(spans)).not.toContain("secret-token");
});

test("the receiver is told which attempt its request is, and the attempt has that id", async () => {
  const { spans, sent, tracing, send } = world();
  const run = traced();
  await send(command(1), run);
  await send(command(2), run);
  const ids = sent.map(({ request }) => {
    const [, parts] = request.headers.find(([name]) => name === "traceparent") ?? ["", []];
    return String(parts[0]).split("-")[2];
  });
  expect(new Set(ids).size).toBe(2);
  tracing.entries(run, [completed("orders[1].charge", null, 1), completed("orders[1].charge", null, 2)]);
  expect(spans.map(({ spanId }) => spanId)).toEqual(ids.map(String));
  expect(spans[1]?.attributes["http.request.resend_count"]).toBe(1);
});

test("a step that sets traceparent keeps its own, and none is sent where the settings say so", async () => {
  const own = world();
  await own.send(command(1, [["Traceparent", ["mine"]]]), traced());
  expect(own.sent[0]?.request.headers).toEqual([["Traceparent", ["mine"]]]);
  const quiet = world(undefined, false);
  await quiet.send(command(), traced());
  expect(quiet.sent[0]?.request.headers).toEqual([]);
});

test("a failed attempt and a failed run are errors, by their codes", async () => {
  const { spans, tracing, send } = world({
    ok: false,
    error: { class: "retryable", code: "http_503", message: "The answer's status is 503.", detail: { status: 503 } },
  });
  const run = traced();
  await send(command(), run);
  const error = { class: "retryable", code: "http_503", message: "No.", detail: { status: 503 } } as const;
  tracing.entries(run, [{ kind: "failed", path: "orders[1].charge", attempt: 1, atMs: 1, error }]);
  tracing.ended(run, { state: "failed", error: { ...error, path: "orders[1].charge" } });
  expect(spans.map(({ failure }) => failure)).toEqual(["http_503", "http_503"]);
  expect(spans[0]?.attributes).toMatchObject({ "http.response.status_code": 503, "error.type": "http_503" });
});

test("what an emitted event leads to hangs below a span of its own; no other output is taken for one", () => {
  const { spans, tracing } = world();
  const run = traced();
  const emitted = newId();
  tracing.entries(run, [
    completed("tell", { id: publicId("msg", emitted) }),
    completed("kept", { id: publicId("msg", eventId) }),
    completed("other", { id: "msg_1" }),
    completed("more", { id: publicId("msg", newId()), status: 1 }),
  ]);
  expect(spans).toHaveLength(1);
  expect(spans[0]).toMatchObject({ name: "emit", spanId: spanIdOf(emitted), parentId: spanIdOf(run.id) });
});

test("the event that started the run is not taken for one of its own, however close they came", () => {
  const { spans, tracing } = world();
  const run = { ...traced(), eventId: newId() }; // In the same millisecond, or after it.
  tracing.entries(run, [completed("kept", { id: publicId("msg", run.eventId) })]);
  expect(spans).toEqual([]);
});

test("a run that is not traced, or not sampled, tells nothing", async () => {
  for (const run of [runOf(undefined), traced(false)]) {
    const { spans, tracing, send } = world();
    await send(command(), run);
    tracing.entries(run, [completed("orders[1].charge", { id: publicId("msg", newId()) })]);
    tracing.ended(run, { state: "cancelled", reason: "by hand" });
    expect(spans).toEqual([]);
  }
});
