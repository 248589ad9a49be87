import { type EventRef, readPayloads, type StoredPayload } from "#events";
import { idTimeMs, numberOutOfRange, publicId, type Queryable } from "#kernel";
import type { EventFactsOfRun, Json, TriggerFacts } from "#language";
import type { Run } from "../run.ts";

/** The event that starts a run, as the log has it. */
export type StartingEvent = Pick<StoredPayload, "payload" | "type" | "channels"> & { readonly id: string };

/** What a run begins with. Throws when it cannot be read. */
export function beginningOf(run: Run, event: StartingEvent | undefined): { facts: TriggerFacts; input: Json } {
  const { facts = {} } = run;
  if (run.eventId !== undefined) {
    if (event === undefined) throw new Error("the event that started it does not exist any more");
    const told = eventFactsOfRun(event);
    const { trigger: kind } = run;
    if (kind === "event" || kind === "source" || kind === "delivery" || kind === "rerun") {
      return { facts: { kind, event: told }, input: told.data };
    }
    return { facts: plainFacts(run, facts, told.data), input: told.data };
  }
  const input: Json = run.input === undefined ? null : (JSON.parse(Buffer.from(run.input).toString()) as Json);
  return { facts: plainFacts(run, facts, input), input };
}

function plainFacts(run: Run, facts: Readonly<Record<string, unknown>>, input: Json): TriggerFacts {
  const text = (name: string) => (typeof facts[name] === "string" ? (facts[name] as string) : "");
  const number = (name: string, otherwise: number) =>
    typeof facts[name] === "number" ? (facts[name] as number) : otherwise;
  const { trigger: kind } = run;
  switch (kind) {
    case "event":
    case "source":
    case "delivery": {
      // Told of by a notice, whose facts came along; there is no event of the application itself.
      const event = facts["event"] as Omit<EventFactsOfRun, "data"> | undefined;
      if (event === undefined) throw new Error("what started it does not exist any more");
      return { kind, event: { ...event, data: input } };
    }
    case "schedule":
      return { kind: "schedule", scheduledAtMs: number("scheduledAtMs", run.startedAtMs) };
    case "call":
      return { kind: "call", runId: text("runId"), flow: text("flow") };
    case "run":
      return { kind: "run", runId: text("runId"), flow: text("flow"), state: text("state") };
    case "batch":
      return { kind: "batch", count: number("count", Array.isArray(input) ? input.length : 0) };
    case "rerun": {
      // Of a run that an event started; its input was edited, or the event is told of by its facts alone.
      const event = facts["event"] as Omit<EventFactsOfRun, "data"> | undefined;
      return event === undefined ? { kind } : { kind, event: { ...event, data: input } };
    }
    case "api":
    case "manual":
      return { kind };
    default:
      return kind satisfies never;
  }
}

/** As expressions see it. What is no JSON, or was erased by its owner, is null. Throws on a number that they cannot have: it is not made another. */
export function eventFactsOfRun({ id, type, channels, payload }: StartingEvent): EventFactsOfRun {
  return {
    id: publicId("msg", id),
    type,
    channels: channels ?? [],
    data: payload === undefined ? null : dataOf(payload),
    receivedAtMs: idTimeMs(id),
  };
}

function dataOf(payload: Uint8Array): Json {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString();
  let data: Json;
  try {
    data = JSON.parse(text) as Json;
  } catch {
    return null;
  }
  const beyond = numberOutOfRange(text, data);
  if (beyond !== undefined) throw new UnfitNumber(beyond);
  return data;
}

/** The payload of an event holds a number that is beyond a double. */
export class UnfitNumber extends Error {
  constructor(path: readonly string[]) {
    super(`the number at ${["data", ...path].join(".")} of its event is out of range: it should be less than 1.8e308`);
  }
}

/** Reads events by id, in rounds of bounded size; one that is not in the answer does not exist. */
export async function readStartingEvents(
  q: Queryable,
  refs: readonly EventRef[],
  bytesMax: number,
): Promise<Map<string, StoredPayload>> {
  const found = new Map<string, StoredPayload>();
  let left = [...new Map(refs.map((ref) => [ref.id, ref])).values()];
  while (left.length > 0) {
    const read = await readPayloads(q, left, bytesMax);
    if (read.size === 0) return found;
    for (const [id, payload] of read) found.set(id, payload);
    left = left.filter(({ id }) => !found.has(id));
  }
  return found;
}
