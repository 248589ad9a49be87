/**
 * What becomes visible of a run in a trace. The event's accept span is the parent of the run, the run of each attempt of a step that reaches
 * outside and of each event that it emits; every id follows from the run's id and the step's path, so whoever takes the run up goes
 * on with the same trace.
 */
import { createHash } from "node:crypto";
import {
  idTimeMs,
  parsePublicId,
  publicId,
  readStoredTrace,
  type Span,
  spanIdOf,
  type TraceContext,
  type Tracing,
  traceparent,
} from "#kernel";
import type { CommandOf, Ending, Entry, Json } from "#language";
import type { Executors } from "./engine/executors.ts";
import type { Run } from "./run.ts";

export interface RunTracing {
  /** The same executors: each attempt is timed, and its request tells the receiver which span it is part of. */
  watched(executors: Executors): Executors;
  /** For `EngineOptions.onEntries`: after the commit. */
  entries(run: Run, entries: readonly Entry[]): void;
  /** For `EngineOptions.onEnded`: after the commit. */
  ended(run: Run, ending: Ending): void;
}

/** An attempt that was begun here and whose outcome is not committed yet. */
interface Begun {
  readonly startMs: number;
  readonly endMs: number;
  readonly request: CommandOf<"http">["request"] | undefined;
}

/** Attempts whose end is never committed here (the lease was lost) are forgotten once so many others came. */
const BEGUN_MAX = 10_000;

const PARENT_HEADER = "traceparent";

const keyOf = (run: Run, path: string, attempt: number): string => `${run.id}/${path}/${attempt}`;

/** Of one attempt: its first 64 bits are as good as random, and whoever knows the attempt knows them. */
function spanOf(run: Run, path: string, attempt: number): string {
  return createHash("sha256")
    .update(keyOf(run, path, attempt))
    .digest("hex")
    .slice(0, 16);
}

export function createRunTracing(tracing: Pick<Tracing, "record" | "propagates">, now: () => number): RunTracing {
  const begun = new Map<string, Begun>();

  function remember(key: string, one: Begun): void {
    begun.set(key, one);
    if (begun.size > BEGUN_MAX) for (const oldest of begun.keys().take(1)) begun.delete(oldest);
  }

  return {
    watched({ http, code }) {
      return {
        http:
          http &&
          (async (command, run, flow, signal) => {
            const context = contextOf(run);
            if (context === undefined) return http(command, run, flow, signal);
            const startMs = now();
            const result = await http(tracing.propagates ? told(command, run, context) : command, run, flow, signal);
            if (context.sampled) {
              const { request } = command;
              remember(keyOf(run, command.path, command.attempt), { startMs, endMs: now(), request });
            }
            return result;
          }),
        code:
          code &&
          (async (command, run, flow, signal) => {
            const startMs = now();
            const result = await code(command, run, flow, signal);
            if (contextOf(run)?.sampled === true)
              remember(keyOf(run, command.path, command.attempt), { startMs, endMs: now(), request: undefined });
            return result;
          }),
      };
    },
    entries(run, entries) {
      const context = sampledOf(run);
      if (context === undefined) return;
      for (const entry of entries) {
        if (entry.kind !== "completed" && entry.kind !== "failed") continue;
        const key = keyOf(run, entry.path, entry.attempt);
        const attempt = begun.get(key);
        begun.delete(key);
        if (attempt !== undefined) tracing.record(attemptSpan(run, context, entry, attempt));
        else if (entry.kind === "completed") {
          const emitted = emittedBy(run, entry.output);
          if (emitted !== undefined) tracing.record(emitSpan(run, context, entry, emitted));
        }
      }
    },
    ended(run, ending) {
      const context = sampledOf(run);
      if (context !== undefined) tracing.record(runSpan(run, context, ending, now()));
    },
  };
}

function contextOf(run: Run): TraceContext | undefined {
  return run.trace === undefined ? undefined : readStoredTrace(run.trace);
}

function sampledOf(run: Run): TraceContext | undefined {
  const context = contextOf(run);
  return context?.sampled === true ? context : undefined;
}

/** The request as it leaves; one that sets the header itself keeps its own. */
function told(command: CommandOf<"http">, run: Run, context: TraceContext): CommandOf<"http"> {
  const { headers } = command.request;
  if (headers.some(([name]) => name.toLowerCase() === PARENT_HEADER)) return command;
  const header = traceparent(context, spanOf(run, command.path, command.attempt));
  return { ...command, request: { ...command.request, headers: [...headers, [PARENT_HEADER, [header]]] } };
}

type Common = Pick<Span, "traceId" | "state" | "parentId">;
const inRun = (run: Run, { traceId, state }: TraceContext): Common => ({ traceId, state, parentId: spanIdOf(run.id) });

const attributesOf = (run: Run): Span["attributes"] => ({
  "posthorn.app.id": publicId("app", run.appId),
  "posthorn.flow.id": publicId("flow", run.flowId),
  "posthorn.flow.version": run.version,
  "posthorn.run.id": publicId("run", run.id),
});

function runSpan(run: Run, context: TraceContext, ending: Ending, endMs: number): Span {
  return {
    traceId: context.traceId,
    state: context.state,
    spanId: spanIdOf(run.id),
    parentId: context.parentId,
    name: "run",
    kind: "consumer",
    startMs: idTimeMs(run.id),
    endMs,
    attributes: {
      "messaging.system": "posthorn",
      "messaging.operation.type": "process",
      "messaging.operation.name": "run",
      "messaging.message.id": run.eventId === undefined ? undefined : publicId("msg", run.eventId),
      ...attributesOf(run),
      "posthorn.run.trigger": run.trigger,
      "posthorn.run.state": ending.state,
      ...(ending.state === "failed" && { "error.type": ending.error.code, "posthorn.step.path": ending.error.path }),
    },
    failure: ending.state === "failed" ? ending.error.code : undefined,
  };
}

type Settled = Extract<Entry, { kind: "completed" | "failed" }>;

function attemptSpan(run: Run, context: TraceContext, entry: Settled, { startMs, endMs, request }: Begun): Span {
  const server = request === undefined ? undefined : serverOf(request.url);
  const failure = entry.kind === "failed" ? entry.error.code : undefined;
  return {
    ...inRun(run, context),
    spanId: spanOf(run, entry.path, entry.attempt),
    name: request === undefined ? "code" : request.method,
    kind: request === undefined ? "internal" : "client",
    startMs,
    endMs,
    attributes: {
      "http.request.method": request?.method,
      "http.request.resend_count": request === undefined || entry.attempt === 1 ? undefined : entry.attempt - 1,
      "http.response.status_code": request === undefined ? undefined : statusOf(entry),
      "url.full": server?.masked,
      "server.address": server?.address,
      "server.port": server?.port,
      ...attributesOf(run),
      "posthorn.step.path": entry.path,
      "posthorn.step.attempt": entry.attempt,
      "error.type": failure,
    },
    failure,
  };
}

/** Stands where the acceptance of an event that came through the API would: what follows from the event hangs below it. */
function emitSpan(run: Run, context: TraceContext, entry: Settled, eventId: string): Span {
  return {
    ...inRun(run, context),
    spanId: spanIdOf(eventId),
    name: "emit",
    kind: "producer",
    startMs: entry.atMs,
    endMs: entry.atMs,
    attributes: {
      "messaging.system": "posthorn",
      "messaging.operation.type": "create",
      "messaging.operation.name": "emit",
      "messaging.message.id": publicId("msg", eventId),
      ...attributesOf(run),
      "posthorn.step.path": entry.path,
    },
  };
}

/** What an `emit` step outputs: `{ "id": "msg_…" }`, of an event that is younger than the run. */
function emittedBy(run: Run, output: Json): string | undefined {
  if (output === null || typeof output !== "object" || Array.isArray(output)) return undefined;
  const members = output as { readonly [name: string]: Json };
  const id = members["id"];
  if (typeof id !== "string" || Object.keys(members).length !== 1) return undefined;
  const eventId = parsePublicId("msg", id);
  const isOfRun = eventId !== undefined && eventId !== run.eventId && idTimeMs(eventId) >= idTimeMs(run.id);
  return isOfRun ? eventId : undefined;
}

function statusOf(entry: Settled): number | undefined {
  const told = entry.kind === "completed" ? entry.output : entry.error.detail;
  if (told === null || typeof told !== "object" || Array.isArray(told)) return undefined;
  const status = (told as { readonly [name: string]: Json })["status"];
  return typeof status === "number" ? status : undefined;
}

/** Paths and queries name customers and carry keys: the server is enough to know where a request went. */
function serverOf(url: string): { masked: string; address: string; port: number } | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, hostname, port, pathname, search } = new URL(url);
  const hidden = pathname === "/" && search === "" ? "/" : "/REDACTED";
  return {
    masked: `${protocol}//${host}${hidden}`,
    address: hostname,
    port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
  };
}
