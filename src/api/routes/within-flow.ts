import { type Flow, findFlow, findRunSummary, type RunSummary } from "#flows";
import { parsePublicId, type Queryable } from "#kernel";
import type { Application } from "#tenancy";
import type { Scope } from "../http/deps.ts";
import { notFound, type Reply } from "../http/reply.ts";
import { inApplication } from "./within.ts";

type OnFlow = { readonly params: { readonly app_id: string; readonly flow_id: string } };
type OnRun = { readonly params: { readonly app_id: string; readonly run_id: string } };

/** The flow with this id, or of this name. */
export function flowOf(q: Queryable, appId: string, idOrName: string): Promise<Flow | undefined> {
  const id = parsePublicId("flow", idOrName);
  return findFlow(q, appId, id === undefined ? { name: idOrName } : { id });
}

export function onFlow<A extends OnFlow>(
  handle: (asked: A, scope: Scope, flow: Flow, application: Application) => Promise<Reply>,
  hold?: "hold",
) {
  return inApplication<A>(async (asked, scope, application) => {
    const flow = await flowOf(scope.q, application.id, asked.params.flow_id);
    if (flow === undefined) return notFound("flow", asked.params.flow_id);
    return handle(asked, scope, flow, application);
  }, hold);
}

export function onRun<A extends OnRun>(handle: (asked: A, scope: Scope, run: RunSummary) => Promise<Reply>) {
  return inApplication<A>(async (asked, scope, application) => {
    const id = parsePublicId("run", asked.params.run_id);
    const run = id === undefined ? undefined : await findRunSummary(scope.q, application.id, id);
    if (run === undefined) return notFound("run", asked.params.run_id);
    return handle(asked, scope, run);
  });
}
