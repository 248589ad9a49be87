import { stringify } from "yaml";
import type { CompiledFlow } from "../compiled.ts";
import type { Json, StepKind } from "../definition.ts";
import type { Ending, Entry, Start, StepError } from "../journal.ts";
import { idAt } from "./pins.ts";

/** What is recorded of a run: enough to play it again. */
export interface RecordedRun {
  readonly start: Start;
  readonly entries: readonly Entry[];
  readonly ending: Ending | undefined;
}

/**
 * A case file of a real run: its start, and what each step outside led to, attempt by attempt. Values stand in it as they were: whoever
 * keeps it reads it first.
 */
export function caseFromRun(compiled: CompiledFlow, flow: string, { start, entries, ending }: RecordedRun): string {
  const results = resultsOf(compiled, entries);
  return stringify(
    {
      flow,
      cases: [
        {
          name: `as in ${start.runId}`,
          start: startOf(start),
          ...(Object.keys(results).length > 0 && { results }),
          ...(ending !== undefined && { expect: expectedOf(ending) }),
        },
      ],
    },
    { lineWidth: 120 },
  );
}

function startOf({ startedAtMs, trigger, input }: Start): Json {
  const at = new Date(startedAtMs).toISOString();
  if ("event" in trigger) {
    const { id, type, data, channels } = trigger.event;
    return { at, event: { id, type, data, ...(channels.length > 0 && { channels }) } };
  }
  return trigger.kind === "schedule"
    ? { at, scheduled: new Date(trigger.scheduledAtMs).toISOString(), input }
    : { at, input };
}

/** Maps, waits and what is answered or emitted are done again; what came from outside is kept. */
const DONE_AGAIN: ReadonlySet<StepKind> = new Set(["map", "wait", "respond", "emit"]);

function resultsOf(compiled: CompiledFlow, entries: readonly Entry[]): { readonly [path: string]: Json } {
  const results = new Map<string, Json[]>();
  const begun = new Map<string, number>();
  for (const entry of entries) {
    const kind = compiled.byId.get(idAt(entry.path))?.kind;
    if (entry.kind === "cancelled" || kind === undefined || DONE_AGAIN.has(kind)) {
      continue;
    }
    const { path, attempt, atMs } = entry;
    const name = `${path}#${attempt}`;
    if (entry.kind === "waiting" || entry.kind === "began") {
      begun.set(name, atMs);
      continue;
    }
    const afterMs = Math.round(atMs - (begun.get(name) ?? atMs));
    const came = entry.kind === "completed" ? { output: entry.output } : { error: errorOf(entry.error) };
    const attempts = results.get(path) ?? [];
    attempts.push({ ...came, ...(afterMs > 0 && { after: `${afterMs}ms` }) });
    results.set(path, attempts);
  }
  return Object.fromEntries(
    Array.from(results, ([path, attempts]) => [path, attempts.length === 1 ? (attempts[0] ?? null) : attempts]),
  );
}

function errorOf({ class: kind, code, message, detail }: StepError): Json {
  return { class: kind, code, message, ...(detail !== undefined && { detail }) };
}

function expectedOf(ending: Ending): Json {
  switch (ending.state) {
    case "completed":
      return { state: ending.state, output: ending.output };
    case "failed":
      return { state: ending.state, error: { class: ending.error.class, code: ending.error.code } };
    default:
      return { state: ending.state };
  }
}
