import { CircleCheck, LogOut, Unplug } from "lucide-react";
import { Badge } from "../../kit/badge.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { Id } from "../../kit/copy.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer, Empty, Loading } from "../../kit/states.tsx";
import { Table } from "../../kit/table.tsx";
import { Time } from "../../kit/time.tsx";
import { paths } from "../paths.ts";
import { TasksFrame } from "./frame.tsx";
import { useWorkers, type Worker } from "./task-types.ts";

/** Who does the work. */
export default function Workers() {
  return <TasksFrame current={paths.workers}>{(appId) => <List appId={appId} />}</TasksFrame>;
}

function List({ appId }: { readonly appId: string }) {
  const workers = useWorkers(appId);
  return (
    <Section isFlush>
      <Answer query={workers} loading={<Loading rows={6} />}>
        {({ data }) => (
          <Table
            label="Workers"
            rows={data}
            rowId={(row) => row.id}
            columns={[
              {
                id: "name",
                header: "Worker",
                cell: (row) => (
                  <div className="tasks-name">
                    <strong>{row.name}</strong>
                    <Id id={row.id} />
                  </div>
                ),
              },
              { id: "state", header: "State", cell: (row) => <WorkerBadge worker={row} /> },
              { id: "queues", header: "Queues", cell: (row) => row.queues.join(", ") },
              {
                id: "names",
                header: "Knows",
                cell: (row) => (
                  <span className="muted tasks-why truncate" title={row.names.join(", ")}>
                    {row.names.join(", ")}
                  </span>
                ),
                isLeftOutNarrow: true,
              },
              {
                id: "busy",
                header: "Busy",
                cell: (row) => (
                  <span className="num nowrap">
                    {row.running} of {row.concurrency}
                  </span>
                ),
                align: "end",
              },
              { id: "since", header: "Since", cell: (row) => <Time at={row.startedAt} />, align: "end" },
              { id: "seen", header: "Heard of", cell: (row) => <Time at={row.seenAt} />, align: "end" },
            ]}
            empty={
              <Empty title="No worker is connected">
                <p>Tasks wait until one is, and nothing is lost meanwhile.</p>
                <CodeView text={"posthorn worker ./tasks\n"} what="the command that starts a worker" />
              </Empty>
            }
          />
        )}
      </Answer>
    </Section>
  );
}

function WorkerBadge({ worker }: { readonly worker: Worker }) {
  switch (worker.endedBy) {
    case null:
      return (
        <Badge tone="ok" icon={CircleCheck}>
          Connected
        </Badge>
      );
    case "left":
      return <Badge icon={LogOut}>Left</Badge>;
    case "lost":
      return (
        <Badge tone="bad" icon={Unplug}>
          Lost
        </Badge>
      );
  }
}
