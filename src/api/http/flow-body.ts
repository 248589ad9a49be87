import type { z } from "@hono/zod-openapi";
import { type Flow, type FlowFacts, type FlowVersion, flowFacts } from "#flows";
import { publicId, type Queryable } from "#kernel";
import type { FlowOut, FlowVersionOut } from "../schemas/flow.ts";

const iso = (ms: number) => new Date(ms).toISOString();

export function flowOut(flow: Flow, facts: FlowFacts | undefined): z.output<typeof FlowOut> {
  const last = facts?.last;
  return {
    id: publicId("flow", flow.id),
    name: flow.name,
    title: facts?.title ?? null,
    mode: flow.mode,
    version: flow.version,
    triggers: (facts?.triggers ?? []).map((trigger) => ({ ...trigger })),
    createdAt: iso(flow.createdAtMs),
    updatedAt: iso(flow.updatedAtMs),
    live: facts?.live ?? 0,
    waiting: facts?.waiting ?? 0,
    lastRun:
      last === undefined ? null : { id: publicId("run", last.id), state: last.state, endedAt: iso(last.endedAtMs) },
  };
}

export async function flowBody(q: Queryable, flow: Flow): Promise<z.output<typeof FlowOut>> {
  return flowOut(flow, (await flowFacts(q, [flow.id])).get(flow.id));
}

export function versionOut(
  stored: FlowVersion,
  flow: Flow,
  live: ReadonlyMap<number, number>,
): z.output<typeof FlowVersionOut> {
  return {
    version: stored.version,
    isCurrent: stored.version === flow.version,
    note: stored.note,
    createdBy: stored.createdBy,
    createdAt: iso(stored.createdAtMs),
    live: live.get(stored.version) ?? 0,
  };
}
