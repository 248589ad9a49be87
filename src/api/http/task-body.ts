import type { TaskDetail, TaskSummary } from "#flows";
import { publicId } from "#kernel";

// Tasks as the API shows them. Inputs, outputs and errors are JSON text already; they are not parsed and written again.

const iso = (at: Date | undefined) => at?.toISOString() ?? null;
const text = (value: unknown) => JSON.stringify(value);

/** Members of a task, without the braces. */
function membersOf(task: TaskSummary): string {
  const plain = text({
    id: publicId("task", task.id),
    name: task.name,
    queue: task.queue,
    state: task.state,
    priority: task.priority,
    attempts: task.attempts,
    createdAt: task.createdAt.toISOString(),
    dueAt: iso(task.dueAt),
    startedAt: iso(task.startedAt),
    endedAt: iso(task.endedAt),
    runId: task.runId === undefined ? null : publicId("run", task.runId),
    path: task.path ?? null,
    workerId: task.workerId === undefined ? null : publicId("wkr", task.workerId),
  });
  return `${plain.slice(1, -1)},"progress":${task.progress ?? "null"},"error":${task.error ?? "null"}`;
}

export const taskBody = (task: TaskSummary): string => `{${membersOf(task)}}`;

export function taskDetailBody(task: TaskDetail): string {
  const history = task.history.map((attempt) => {
    const plain = text({
      number: attempt.number,
      outcome: attempt.outcome,
      late: attempt.late,
      workerId: attempt.workerId === undefined ? null : publicId("wkr", attempt.workerId),
      startedAt: iso(attempt.startedAt),
      endedAt: attempt.endedAt.toISOString(),
      nextAt: iso(attempt.nextAt),
    });
    return `{${plain.slice(1, -1)},"error":${attempt.error ?? "null"}}`;
  });
  const plain = text({
    key: task.key ?? publicId("task", task.id),
    retry: task.options.retry ?? null,
    timeoutMs: task.options.timeoutMs ?? null,
    cancelReason: task.cancelReason ?? null,
  });
  return `{${membersOf(task)},${plain.slice(1, -1)},"input":${task.input},"output":${task.output ?? "null"},"history":[${history.join(",")}]}`;
}
