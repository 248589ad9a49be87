import { publicId } from "#kernel";
import type { CompiledFlow, Machine, Start } from "#language";
import type { Arrival } from "./live.ts";

export interface MachineMaker {
  readonly createMachine: (flow: CompiledFlow, start: Start) => Machine;
  /** `run.approve_url` of a run, by step. */
  readonly approveUrls?: ((runId: string, flow: CompiledFlow) => Readonly<Record<string, string>>) | undefined;
}

/** A machine at the beginning of the run. */
export function machineFor(
  { createMachine, approveUrls }: MachineMaker,
  flow: CompiledFlow,
  { run, facts, input }: Pick<Arrival, "run" | "facts" | "input">,
): Machine {
  const urls = approveUrls?.(run.id, flow);
  return createMachine(flow, {
    runId: publicId("run", run.id),
    version: run.version,
    startedAtMs: run.startedAtMs,
    trigger: facts,
    input,
    ...(urls !== undefined && { approveUrls: urls }),
  });
}
