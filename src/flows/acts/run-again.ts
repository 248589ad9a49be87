import { type Command, type CompiledFlow, createMachine, type Entry, type Json, type Start } from "#language";

/** What an attempt was asked to do, as far as a journal gone through again tells. */
export type AttemptInput =
  | { readonly known: true; readonly input: Json }
  /** For people. */
  | { readonly known: false; readonly reason: string };

/** Of pure work between two entries; a run that needs more is not gone through for a look. */
const TURNS_MAX = 10_000;
/** In all, in ms of the given clock. */
const BUDGET_MS = 500;

/**
 * What an attempt of a step was given, computed again: the run's machine is given the entries that came before the attempt's own, and asked
 * what it wants done. Nothing is done. Bounded in time by `monotonic` (ms).
 */
export function inputOfAttempt(
  flow: CompiledFlow,
  start: Start,
  entries: readonly Entry[],
  path: string,
  attempt: number,
  monotonic: () => number,
): AttemptInput {
  const own = entries.findIndex((entry) => entry.path === path && "attempt" in entry && entry.attempt === attempt);
  const before = own === -1 ? entries : entries.slice(0, own);
  const endsAt = monotonic() + BUDGET_MS;
  try {
    const machine = createMachine(flow, start);
    for (const entry of before) machine.apply(entry);
    const nowMs = Math.max(entries[own]?.atMs ?? 0, before.at(-1)?.atMs ?? start.startedAtMs);
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      const found = machine.next(nowMs).find((command) => command.path === path && command.kind !== "give_up");
      if (found !== undefined) return asked(found);
      if (!machine.busy) break;
      if (monotonic() > endsAt)
        return { known: false, reason: `Going through the run takes more than ${BUDGET_MS} ms` };
    }
    return {
      known: false,
      reason: `The run does not come to attempt ${attempt} of ${JSON.stringify(path)} by its journal`,
    };
  } catch (error) {
    return {
      known: false,
      reason: `The journal cannot be gone through: ${error instanceof Error ? error.message : error}`,
    };
  }
}

/** Secrets are named in it, never spelled. */
function asked(command: Command): AttemptInput {
  switch (command.kind) {
    case "http": {
      const { method, url, headers, body } = command.request;
      const shown = headers.map(([name, parts]) => [
        name,
        parts.map((part) => (typeof part === "string" ? part : `{secret ${part.secret}}`)).join(""),
      ]);
      return { known: true, input: { method, url, headers: Object.fromEntries(shown), body: body ?? null } };
    }
    case "code":
    case "call":
      return { known: true, input: command.input };
    case "task":
      return { known: true, input: { name: command.name, queue: command.queue, input: command.input } };
    case "emit":
      return { known: true, input: { type: command.type, data: command.data, channels: command.channels } };
    case "approve":
      return { known: true, input: { title: command.title, details: command.details } };
    case "record":
    case "record_failure":
    case "wait":
    case "wait_for_event":
    case "give_up":
      return { known: false, reason: `A step of the kind ${JSON.stringify(command.kind)} is given nothing` };
    default:
      return command satisfies never;
  }
}
