// What the API says of flows and their runs, as these pages ask for it.
import { useQuery } from "@tanstack/react-query";
import { api, client } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";

type Schemas = components["schemas"];
export type Flow = Schemas["FlowOut"];
export type WholeFlow = Schemas["FlowDetailOut"];
export type FlowMode = Schemas["FlowMode"];
export type FlowFault = Schemas["FlowFault"];
export type FlowFailure = Schemas["FlowFailureOut"];
export type RunningPolicy = Schemas["FlowRunningPolicy"];
export type DeployRuns = NonNullable<Schemas["FlowDeployRuns"]>;
export type Backtest = Schemas["FlowBacktestOut"];
export type Version = Schemas["FlowVersionOut"];
export type Run = Schemas["RunOut"];
export type WholeRun = Schemas["RunDetailOut"];
export type RunStep = Schemas["RunStepOut"];
export type RunAttempt = Schemas["RunAttemptOut"];
export type RunState = Schemas["RunState"];
export type RunTrigger = Schemas["RunTrigger"];
export type Approval = Schemas["ApprovalOut"];

export const FLOW = "/api/v1/app/{app_id}/flow/{flow_id}" as const;
export const RUN = "/api/v1/app/{app_id}/run/{run_id}" as const;

const SOON_MS = 2_000;
const LATER_MS = 5_000;

export const nameOf = (flow: Pick<Flow, "title" | "name">): string => flow.title || flow.name;

export const isLive = (state: RunState): boolean => state === "running" || state === "waiting";

export function useFlow(appId: string, flowId: string) {
  return api.useQuery(
    "get",
    FLOW,
    { params: { path: { app_id: appId, flow_id: flowId } } },
    { refetchInterval: LATER_MS },
  );
}

/** A run, asked again while it goes on, or while it is just about to. */
export function useRun(appId: string, runId: string) {
  return api.useQuery(
    "get",
    RUN,
    { params: { path: { app_id: appId, run_id: runId } } },
    { refetchInterval: ({ state: { data } }) => (data === undefined || isLive(data.state) ? 1_000 : false) },
  );
}

export interface RunFilter {
  readonly flow?: string | undefined;
  readonly state?: RunState | undefined;
  readonly trigger?: RunTrigger | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly fingerprint?: string | undefined;
  /** Only runs that this message began. */
  readonly event_id?: string | undefined;
  readonly iterator?: string | undefined;
  readonly limit: number;
}

/** A page of runs; the first is asked again while somebody looks. */
export function useRuns(appId: string, filter: RunFilter) {
  return useQuery({
    queryKey: ["runs", appId, filter],
    queryFn: async ({ signal }) => {
      const { data } = await client.GET("/api/v1/app/{app_id}/run", {
        params: { path: { app_id: appId }, query: definedOf(filter) },
        signal,
      });
      if (data === undefined) throw new Error("The engine answered a list of runs with nothing");
      return data;
    },
    refetchInterval: filter.iterator === undefined ? SOON_MS : false,
    placeholderData: (before) => before,
  });
}

function definedOf<T extends object>(values: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]: Exclude<T[K], undefined>;
  };
}
