import type { ReactNode } from "react";
import { Page, SubNav } from "../../kit/page.tsx";
import { useAppCrumbs } from "../app-crumbs.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";

/** What stands around the lists of tasks, queues and workers. */
export function TasksFrame({
  current,
  children,
}: {
  readonly current: (appId: string) => string;
  readonly children: (appId: string) => ReactNode;
}) {
  const appId = useParam("appId");
  return (
    <Page
      title="Tasks"
      crumbs={useAppCrumbs(appId)}
      description="Work that your own programs do: handed out once, taken over when a worker is lost, kept with its history."
      nav={
        <SubNav
          label="Tasks"
          current={current(appId)}
          items={[
            { label: "Queues", href: paths.tasks(appId) },
            { label: "All tasks", href: paths.taskList(appId) },
            { label: "Workers", href: paths.workers(appId) },
          ]}
        />
      }
    >
      {children(appId)}
    </Page>
  );
}
