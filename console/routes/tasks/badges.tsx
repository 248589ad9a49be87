import { WorkBadge } from "../../kit/badge.tsx";
import { useNow } from "../../kit/time.tsx";
import type { WorkTask } from "./task-types.ts";

/** How a task stands; one that may not begin yet is told from one that only waits for a worker. */
export function TaskStateBadge({ task: { state, dueAt } }: { readonly task: Pick<WorkTask, "state" | "dueAt"> }) {
  const now = useNow();
  const isLater = state === "waiting" && dueAt !== null && Date.parse(dueAt) > now;
  return <WorkBadge state={isLater ? "later" : state} />;
}
