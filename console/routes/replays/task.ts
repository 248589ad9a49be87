import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { useWhoAmI } from "../../api/whoami.ts";

type Schemas = components["schemas"];
export type Task = Schemas["BackgroundTaskOut"];
export type TaskPage = Schemas["ListResponse_BackgroundTaskOut_"];
export type What = Schemas["ReplayWhat"];
export type Status = Schemas["BackgroundTaskStatus"];

/** What is sent again, as people say it. */
export const WHATS: readonly { readonly id: What; readonly label: string; readonly note: string }[] = [
  {
    id: "failed",
    label: "What failed",
    note: "Messages that ended as a dead letter at an endpoint and were never delivered there.",
  },
  {
    id: "missing",
    label: "What an endpoint never got",
    note: "Messages its filters want now and that were never delivered there: also those from before it was made.",
  },
  {
    id: "all",
    label: "Everything",
    note: "Messages its filters want now, also those it has already. Receivers see the same webhook-id again.",
  },
];

export const whatOf = (what: What): string => WHATS.find(({ id }) => id === what)?.label ?? what;

export const isOpen = ({ status }: Pick<Task, "status">): boolean => status === "running" || status === "paused";

/** Jobs of the whole organisation, or of the one application that the key is for. */
export function useTaskBase(): string | undefined {
  const { data: who } = useWhoAmI();
  if (who === undefined) return undefined;
  return who.appId === null
    ? "/api/v1/background-task"
    : `/api/v1/app/${encodeURIComponent(who.appId)}/background-task`;
}

const SOON_MS = 1_000;
const LATER_MS = 5_000;

export function useTasks(query: Readonly<Record<string, string | number | undefined>>) {
  const base = useTaskBase();
  return useQuery({
    queryKey: ["tasks", base, query],
    queryFn: ({ signal }) => ask<TaskPage>(base ?? "", { query, signal }),
    enabled: base !== undefined,
    refetchInterval: ({ state }) => (state.data?.data.some(isOpen) === true ? SOON_MS : LATER_MS),
    placeholderData: (before) => before,
  });
}

/** A job, asked again while it goes on or what it owed is on its way. */
export function useTask(taskId: string) {
  const base = useTaskBase();
  return useQuery({
    queryKey: ["task", base, taskId],
    queryFn: ({ signal }) => ask<Task>(`${base}/${encodeURIComponent(taskId)}`, { signal }),
    enabled: base !== undefined,
    refetchInterval: ({ state: { data } }) =>
      data === undefined || isOpen(data) ? SOON_MS : (data.data.owed ?? 0) > 0 ? LATER_MS : false,
  });
}
