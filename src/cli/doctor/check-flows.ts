import type { FlowsInspection, UnattendedTasks } from "#flows";
import { type DatabaseInspection, type Inspected, publicId } from "#kernel";
import { type Finding, fail, ok, warn } from "./finding.ts";

/**
 * Whether flows and tasks are looked after. Where no engine runs on the database nothing is said: what waits then waits for it, and is no
 * fault of theirs.
 */
export function checkFlows({ processes }: DatabaseInspection, flows: Inspected<FlowsInspection>): Finding[] {
  if (!processes.ok || !flows.ok) return [];
  const alive = processes.value.filter(({ overdueMs }) => overdueMs < 0);
  if (alive.length === 0) return [];
  const playing = alive.filter(({ roles }) => roles.includes("flows")).length;
  return [checkRole(flows.value, playing), checkWorkers(flows.value), checkSchedules(flows.value)];
}

function checkRole({ enabledFlows, enabledIsExact }: FlowsInspection, playing: number): Finding {
  const check = "processes.flows";
  const flows = enabledFlows === 0 ? "no flow is enabled" : `${several(enabledFlows, "flow", enabledIsExact)} enabled`;
  if (playing === 0 && enabledFlows > 0) {
    const is = `${flows}, and no process plays the role flows: no run begins or goes on`;
    return fail(check, is, "at least one", "Start one with POSTHORN_ROLES=flows or all.");
  }
  return ok(check, `${flows}, ${several(playing, "process", true, "processes")} with the role flows`);
}

const KINDS_SHOWN_MAX = 5;

function checkWorkers({ unattended }: FlowsInspection): Finding {
  const check = "tasks.workers";
  if (unattended.length === 0)
    return ok(check, "no task has waited for five minutes without a worker that asks for its kind");
  const shown = unattended.slice(0, KINDS_SHOWN_MAX).map(unattendedText);
  if (unattended.length > KINDS_SHOWN_MAX) shown.push(`and more kinds of tasks`);
  return warn(
    check,
    shown.join("; "),
    "a worker that asks for them, within five minutes",
    "Start one: posthorn worker <folder> --app <app> (--queues names those it serves); or pause the queue, and cancel what nobody is to do: posthorn task list.",
  );
}

function unattendedText({ appId, queue, name, tasks, tasksIsExact, waitedMs, queueIsServed }: UnattendedTasks): string {
  const waiting = `${several(tasks, "task", tasksIsExact)} ${JSON.stringify(name)} of the queue ${JSON.stringify(queue)} (${publicId("app", appId)})`;
  const why = queueIsServed ? "the workers of this queue do not know this name" : "no worker asks for this queue";
  return `${waiting}, for ${span(waitedMs)}: ${why}`;
}

function checkSchedules({ late: { count, countIsExact, oldestMs } }: FlowsInspection): Finding {
  const check = "schedules.late";
  if (oldestMs === undefined) return ok(check, "none is late");
  return warn(
    check,
    `${several(count, "schedule", countIsExact)} late, the first by ${span(oldestMs)}`,
    "what follows a moment comes within seconds",
    "Is there a process with the role flows (of schedules of tasks: api or flows)? Its log says why: look_failed. A clock that stepped ahead and back looks the same for a while.",
  );
}

function several(count: number, one: string, isExact: boolean, many = `${one}s`): string {
  return `${count}${isExact ? "" : " or more"} ${count === 1 && isExact ? one : many}`;
}

function span(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
