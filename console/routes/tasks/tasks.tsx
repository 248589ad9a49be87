import { Button, Link } from "../../kit/button.tsx";
import { Id } from "../../kit/copy.tsx";
import { Select } from "../../kit/field.tsx";
import { Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, Loading, NoneFound } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { useStill } from "../../kit/use-still.ts";
import { paths } from "../paths.ts";
import { TaskStateBadge } from "./badges.tsx";
import { TasksFrame } from "./frame.tsx";
import { ProgressOf } from "./progress.tsx";
import { type TaskState, useQueues, useWorkTasks, type WorkTask } from "./task-types.ts";

const PAGE = 50;
const STATES: readonly { readonly id: TaskState | "any"; readonly label: string }[] = [
  { id: "any", label: "Any state" },
  { id: "waiting", label: "Waiting" },
  { id: "running", label: "Running" },
  { id: "completed", label: "Completed" },
  { id: "failed", label: "Failed" },
  { id: "cancelled", label: "Cancelled" },
];
const NONE: readonly WorkTask[] = [];

/** Tasks, newest first. */
export default function Tasks() {
  return <TasksFrame current={paths.taskList}>{(appId) => <List appId={appId} />}</TasksFrame>;
}

function List({ appId }: { readonly appId: string }) {
  const [{ state, queue, name, page: iterator }, setSearch] = useSearch("state", "queue", "name", "page");
  const queues = useQueues(appId);
  const chosen = STATES.find(({ id }) => id === state)?.id ?? "any";
  const tasks = useWorkTasks(appId, {
    limit: PAGE,
    ...(chosen !== "any" && { state: chosen }),
    ...(queue !== undefined && { queue }),
    ...(name !== undefined && { name }),
    ...(iterator !== undefined && { iterator }),
  });
  const still = useStill(tasks.data?.data ?? NONE, JSON.stringify([chosen, queue, name, iterator]));
  const isFiltered = chosen !== "any" || queue !== undefined || name !== undefined;
  return (
    <Section isFlush>
      <div className="row wrap filters tasks-filters">
        <Select
          label="State"
          isLabelHidden
          options={STATES}
          value={chosen}
          onChange={(id) => setSearch({ state: id === "any" ? undefined : id, page: undefined })}
        />
        <Select
          label="Queue"
          isLabelHidden
          options={[
            { id: "any", label: "All queues" },
            ...(queues.data?.data ?? []).map((one) => ({ id: one.name, label: one.name })),
          ]}
          value={queue ?? "any"}
          onChange={(id) => setSearch({ queue: id === "any" ? undefined : id, page: undefined })}
        />
        {name !== undefined && (
          <Button size="s" onPress={() => setSearch({ name: undefined, page: undefined })}>
            Only {name}: show all
          </Button>
        )}
        <span className="end" />
        {still.newer > 0 && (
          <Button size="s" onPress={still.showAll}>
            {still.newer} newer
          </Button>
        )}
      </div>
      <Answer query={tasks} loading={<Loading rows={8} />}>
        {({ done, iterator: next, prevIterator }) => (
          <>
            <Table
              label="Tasks"
              rows={still.shown}
              rowId={(row) => row.id}
              columns={columnsOf(appId)}
              empty={
                isFiltered ? (
                  <NoneFound
                    onClear={() => setSearch({ state: undefined, queue: undefined, name: undefined, page: undefined })}
                  />
                ) : (
                  <Empty title="No task yet">What is enqueued for your workers stands here.</Empty>
                )
              }
            />
            <Pager
              at={iterator}
              done={done}
              next={next}
              previous={prevIterator}
              onPage={(page) => setSearch({ page }, { push: true })}
              first="Newest"
            />
          </>
        )}
      </Answer>
    </Section>
  );
}

const columnsOf = (appId: string): readonly Column<WorkTask>[] => [
  {
    id: "name",
    header: "Task",
    cell: (row) => <Link href={paths.task(appId, row.id)}>{row.name}</Link>,
  },
  { id: "queue", header: "Queue", cell: (row) => row.queue, isLeftOutNarrow: true },
  { id: "state", header: "State", cell: (row) => <TaskStateBadge task={row} />, width: "130px" },
  {
    id: "progress",
    header: "Progress",
    cell: (row) => <ProgressOf value={row.progress} />,
    isLeftOutNarrow: true,
    width: "180px",
  },
  {
    id: "why",
    header: "Why",
    cell: (row) =>
      row.error !== null && (
        <span className="tasks-why truncate" title={row.error.message}>
          <code>{row.error.code}</code> <span className="muted">{row.error.message}</span>
        </span>
      ),
  },
  { id: "attempts", header: "Attempts", cell: (row) => <span className="num">{row.attempts}</span>, align: "end" },
  {
    id: "run",
    header: "For run",
    cell: (row) => (row.runId === null ? <None /> : <Id id={row.runId} href={paths.run(appId, row.runId)} />),
    isLeftOutNarrow: true,
  },
  { id: "at", header: "Enqueued", cell: (row) => <Time at={row.createdAt} />, align: "end" },
];
