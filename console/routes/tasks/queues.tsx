import { CirclePause, CirclePlay, ListChecks } from "lucide-react";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { ModeBadge } from "../../kit/badge.tsx";
import { Button, Link } from "../../kit/button.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { TextField } from "../../kit/field.tsx";
import { countOf, rate } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { Answer, Empty, FailureNote, Loading } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { say, sayFailure } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { paths } from "../paths.ts";
import { TasksFrame } from "./frame.tsx";
import { QUEUE, type Queue, type QueuePatch, useQueues } from "./task-types.ts";

/** Where tasks wait: how many, how long, and how fast they are handed out. */
export default function Queues() {
  return <TasksFrame current={paths.tasks}>{(appId) => <List appId={appId} />}</TasksFrame>;
}

function List({ appId }: { readonly appId: string }) {
  const mayWrite = useMay("write");
  const queues = useQueues(appId);
  const [editing, setEditing] = useState<Queue>();
  const change = useChange<{ queue: string; limits: QueuePatch }, unknown>(({ queue, limits }) =>
    client.PATCH(QUEUE, { params: { path: { app_id: appId, queue } }, body: limits }),
  );
  const pause = (queue: Queue) =>
    void change.run({ queue: queue.name, limits: { paused: !queue.paused } }).then(
      () =>
        say(
          queue.paused ? "Resumed: its tasks are handed out" : "Paused: nothing of it is handed out, nothing is lost",
        ),
      (error) => sayFailure(error, "It was not done"),
    );
  return (
    <Answer query={queues} loading={<Loading rows={6} />}>
      {({ data }) =>
        data.length === 0 ? (
          <>
            <Section>
              <Empty title="No task yet" icon={<ListChecks />}>
                <p>A task is a function of your own worker: enqueued here, through the API, by a flow or from SQL.</p>
              </Empty>
            </Section>
            <Section title="The first one" description="A worker, and something for it to do.">
              <CodeView text={EXAMPLE} what="an example" lines={12} />
            </Section>
          </>
        ) : (
          <Section isFlush>
            <Table
              label="Queues"
              rows={data}
              rowId={(row) => row.name}
              columns={columnsOf(appId, mayWrite, pause, setEditing)}
            />
            {editing !== undefined && (
              <LimitsDialog
                queue={editing}
                onClose={() => setEditing(undefined)}
                onSave={(limits) => change.run({ queue: editing.name, limits })}
              />
            )}
          </Section>
        )
      }
    </Answer>
  );
}

const EXAMPLE = `// tasks/mail.ts
import { task } from "posthorn/tasks";

export const welcome = task("mail.welcome", async (input, { signal }) => {
  await sendMail(input.email, { signal });
});

// in a shell
posthorn worker ./tasks
`;

const columnsOf = (
  appId: string,
  mayWrite: boolean,
  onPause: (queue: Queue) => void,
  onLimits: (queue: Queue) => void,
): readonly Column<Queue>[] => [
  {
    id: "name",
    header: "Queue",
    cell: (row) => <Link href={`${paths.taskList(appId)}?queue=${encodeURIComponent(row.name)}`}>{row.name}</Link>,
  },
  { id: "mode", header: "Mode", cell: (row) => <ModeBadge mode={row.paused ? "paused" : "enabled"} /> },
  { id: "waiting", header: "Waiting", cell: (row) => countOf(row.waiting, row.countsAreExact), align: "end" },
  {
    id: "oldest",
    header: "Oldest",
    cell: (row) => (row.oldestDueAt === null ? <None /> : <Time at={row.oldestDueAt} />),
    align: "end",
  },
  { id: "later", header: "For later", cell: (row) => countOf(row.scheduled, row.countsAreExact), align: "end" },
  { id: "running", header: "Running", cell: (row) => countOf(row.running, row.countsAreExact), align: "end" },
  {
    id: "limits",
    header: "Limits",
    cell: (row) => {
      const words = [
        row.concurrency !== null && `${row.concurrency} at once`,
        row.rate !== null && `${rate(row.rate)} per second`,
      ].filter(Boolean);
      return <span className="muted">{words.length === 0 ? "none" : words.join(", ")}</span>;
    },
  },
  {
    id: "workers",
    header: "Workers",
    cell: (row) => (
      <Link quiet href={paths.workers(appId)}>
        {row.workers}
      </Link>
    ),
    align: "end",
  },
  ...(mayWrite
    ? [
        {
          id: "acts",
          header: "What can be done",
          isHeaderHidden: true,
          align: "end" as const,
          cell: (row: Queue) => (
            <span className="row tasks-acts">
              <Button size="s" onPress={() => onLimits(row)}>
                Limits
              </Button>
              <Button size="s" icon={row.paused ? <CirclePlay /> : <CirclePause />} onPress={() => onPause(row)}>
                {row.paused ? "Resume" : "Pause"}
              </Button>
            </span>
          ),
        },
      ]
    : []),
];

function LimitsDialog({
  queue,
  onClose,
  onSave,
}: {
  readonly queue: Queue;
  readonly onClose: () => void;
  readonly onSave: (limits: QueuePatch) => Promise<unknown>;
}) {
  const [concurrency, setConcurrency] = useState(queue.concurrency === null ? "" : String(queue.concurrency));
  const [perSecond, setPerSecond] = useState(queue.rate === null ? "" : String(queue.rate));
  const [failure, setFailure] = useState<unknown>();
  const [isPending, setPending] = useState(false);
  const atOnce = numberOf(concurrency);
  const speed = numberOf(perSecond);
  const save = async () => {
    if (atOnce === undefined || speed === undefined) return;
    setPending(true);
    setFailure(undefined);
    try {
      await onSave({ concurrency: atOnce, rate: speed });
      say(`Limits of ${queue.name} are set`);
      onClose();
    } catch (error) {
      setFailure(error);
    } finally {
      setPending(false);
    }
  };
  return (
    <Dialog
      title={`Limits of ${queue.name}`}
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            look="primary"
            isPending={isPending}
            isDisabled={atOnce === undefined || speed === undefined}
            onPress={() => void save()}
          >
            Set limits
          </Button>
        </>
      }
    >
      <p>Over all workers. Nothing: no limit.</p>
      <TextField
        label="Tasks at once"
        inputMode="numeric"
        value={concurrency}
        onChange={setConcurrency}
        error={atOnce === undefined ? "A number, or nothing" : undefined}
      />
      <TextField
        label="Tasks handed out per second"
        inputMode="decimal"
        value={perSecond}
        onChange={setPerSecond}
        error={speed === undefined ? "A number, or nothing" : undefined}
      />
      {failure !== undefined && <FailureNote error={failure} />}
    </Dialog>
  );
}

/** Null: nothing was typed. Undefined: no number. */
function numberOf(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
