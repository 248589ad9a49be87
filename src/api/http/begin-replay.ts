import { type Job, OPEN_JOBS_MAX, openJobs, type ReplaySpec, startReplay } from "#delivery";
import { publicId } from "#kernel";
import type { Scope } from "./deps.ts";
import { type Reply, refuse } from "./reply.ts";

/** Begins a replay unless its application has as many as it may; the answer says so then. */
export async function beginReplay(
  scope: Scope,
  spec: ReplaySpec,
): Promise<{ readonly job: Job } | { readonly refused: Reply }> {
  if ((await openJobs(scope.q, spec.appId)) >= OPEN_JOBS_MAX) {
    const detail = `The application ${publicId("app", spec.appId)} has ${OPEN_JOBS_MAX} tasks that run or are paused, which is the most; let one end, or cancel it`;
    return { refused: refuse(429, "tasks_max_reached", detail) };
  }
  const job = await startReplay(scope.q, spec);
  scope.afterCommit(() => scope.deps.onTask?.());
  return { job };
}
