import type { z } from "@hono/zod-openapi";
import { findVersion, hiddenLinks, inputOfAttempt, loadRuns, type RunSummary, readValue, runValues } from "#flows";
import { compile, type Json } from "#language";
import type { RunValueOut, runValueQuery } from "../schemas/run.ts";
import type { Scope } from "./deps.ts";
import { json, type Reply } from "./reply.ts";

type Told = z.output<typeof RunValueOut>;

const unknown = (reason: string): Told => ({ value: null, bytes: 0, known: false, reason });
const known = (value: Json, bytes?: number): Told => ({
  value,
  bytes: bytes ?? Buffer.byteLength(JSON.stringify(value)),
  known: true,
  reason: null,
});
const ofBytes = (bytes: Uint8Array | null | undefined): Told =>
  bytes == null ? known(null, 0) : known(JSON.parse(Buffer.from(bytes).toString()), bytes.length);

/** One value of a run, whole, or why it cannot be told. */
export async function valueReply(scope: Scope, run: RunSummary, query: z.output<typeof runValueQuery>): Promise<Reply> {
  return json(200, await told(scope, run, query));
}

async function told({ q }: Scope, run: RunSummary, query: z.output<typeof runValueQuery>): Promise<Told> {
  const { path, part } = query;
  if (path === undefined) {
    if (part === "error") {
      return run.standing.state === "failed" ? known({ ...run.standing.error } as unknown as Json) : known(null);
    }
    if (part === "output") return ofBytes((await runValues(q, run)).output);
    const [loaded] = await loadRuns(q, run.flowId, [run.id]);
    return loaded?.start === undefined ? unknown(loaded?.reason ?? "The run is gone") : known(loaded.start.input);
  }
  if (part !== "input") {
    const found = await readValue(q, run.id, path, query.attempt, part === "output" ? "completed" : "failed");
    if (found === undefined) return unknown(`The journal has no ${part} of ${JSON.stringify(path)}`);
    return ofBytes(found);
  }
  const [loaded] = await loadRuns(q, run.flowId, [run.id]);
  if (loaded?.start === undefined) return unknown(loaded?.reason ?? "The run is gone");
  const stored = await findVersion(q, run.flowId, run.version);
  if (stored === undefined) return unknown(`Version ${run.version} of the flow is gone`);
  const flow = compile(stored.definition);
  const start = { ...loaded.start, approveUrls: hiddenLinks(flow) };
  const monotonic = performance.now.bind(performance);
  const input = inputOfAttempt(flow, start, loaded.entries, path, query.attempt ?? 1, monotonic);
  return input.known ? known(input.input) : unknown(input.reason);
}
