import { Ban, RotateCcw } from "lucide-react";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { WorkBadge } from "../../kit/badge.tsx";
import { Button, Link } from "../../kit/button.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { Id } from "../../kit/copy.tsx";
import { TextField } from "../../kit/field.tsx";
import { duration } from "../../kit/format.ts";
import { KeyValues } from "../../kit/key-values.tsx";
import { Page, Section } from "../../kit/page.tsx";
import { Answer, Empty, Loading, Note } from "../../kit/states.tsx";
import { Table } from "../../kit/table.tsx";
import { Duration, None, Time } from "../../kit/time.tsx";
import { say, sayFailure } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { CLASS_HELP } from "../flow-parts/words.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { TaskStateBadge } from "./badges.tsx";
import { ProgressOf } from "./progress.tsx";
import { isOpen, TASK, useWorkTask, type WholeTask } from "./task-types.ts";

/** One task: what it was given, how far it is, and each attempt at it. */
export default function TaskPage() {
  const appId = useParam("appId");
  const taskId = useParam("taskId");
  const task = useWorkTask(appId, taskId);
  const crumbs = useAppCrumbs(appId, { label: "Tasks", href: paths.tasks(appId) });
  const mayWrite = useMay("write");
  const [cancelling, setCancelling] = useState(false);
  const [reason, setReason] = useState("");
  const params = { path: { app_id: appId, task_id: taskId } };
  const cancel = useChange<string, unknown>((why, key) =>
    client.POST(`${TASK}/cancel`, {
      params: { ...params, header: { "idempotency-key": key } },
      body: why === "" ? {} : { reason: why },
    }),
  );
  const retry = useChange<void, unknown>((_, key) =>
    client.POST(`${TASK}/retry`, { params: { ...params, header: { "idempotency-key": key } } }),
  );
  const { data } = task;
  return (
    <Page
      title={data?.name ?? "Task"}
      crumbs={crumbs}
      beside={data !== undefined && <TaskStateBadge task={data} />}
      // All at once: what a badge makes higher would push down what comes after it.
      description={data !== undefined && <Id id={taskId} isWhole />}
      actions={
        mayWrite &&
        data !== undefined && (
          <>
            <Button icon={<Ban />} isDisabled={!isOpen(data.state)} onPress={() => setCancelling(true)}>
              Cancel
            </Button>
            <Button
              look="primary"
              icon={<RotateCcw />}
              isPending={retry.isPending}
              // That of a run is done again with its run.
              isDisabled={isOpen(data.state) || data.state === "completed" || data.runId !== null}
              onPress={() =>
                void retry.run().then(
                  () => say("It waits to be handed out again"),
                  (error) => sayFailure(error, "It was not done"),
                )
              }
            >
              Try again
            </Button>
          </>
        )
      }
    >
      <Answer query={task} loading={<Loading rows={10} />}>
        {(found) => <Whole appId={appId} task={found} />}
      </Answer>
      <ConfirmDialog
        title="Cancel this task?"
        isOpen={cancelling}
        onClose={() => setCancelling(false)}
        action="Cancel task"
        onConfirm={async () => {
          await cancel.run(reason);
          say("It is cancelled, or its worker is asked to stop it");
        }}
      >
        <p>If it is being done, its worker is asked to stop; what it did so far is not undone.</p>
        <TextField label="Why" placeholder="Optional; kept with the task" value={reason} onChange={setReason} />
      </ConfirmDialog>
    </Page>
  );
}

function Whole({ appId, task }: { readonly appId: string; readonly task: WholeTask }) {
  const { error } = task;
  return (
    <>
      {task.state === "failed" && error !== null && (
        <Note tone="bad" role="status">
          <p>
            <strong>It failed:</strong> <code>{error.code}</code>. {error.message}
          </p>
          <p className="muted">{CLASS_HELP[error.class] ?? ""}</p>
          {task.runId !== null && (
            <p>
              A run waited for it: <Link href={paths.run(appId, task.runId)}>run that again</Link> instead.
            </p>
          )}
        </Note>
      )}
      {task.cancelReason !== null && task.state === "running" && (
        <Note tone="warn" role="status">
          Its worker is asked to stop it{task.cancelReason === "" ? "." : `: ${task.cancelReason}`}
        </Note>
      )}
      <Section title="About it">
        <KeyValues
          columns={3}
          items={[
            ["Queue", task.queue],
            [
              "Priority",
              <span key="p" className="num">
                {task.priority}
              </span>,
            ],
            [
              "Attempts",
              <span key="a" className="num">
                {task.attempts}
              </span>,
            ],
            ["Enqueued", <Time key="c" at={task.createdAt} exact />],
            ["May begin", task.dueAt === null ? <None key="d" /> : <Time key="d" at={task.dueAt} exact />],
            ["Ended", task.endedAt === null ? "not yet" : <Time key="e" at={task.endedAt} exact />],
            ["Progress", <ProgressOf key="g" value={task.progress} />],
            ["Worker", task.workerId === null ? <None key="w" /> : <Id key="w" id={task.workerId} />],
            ["Timeout", task.timeoutMs === null ? "none" : duration(task.timeoutMs)],
            [
              "For run",
              task.runId === null ? (
                <None key="r" />
              ) : (
                <Id key="r" id={task.runId} href={paths.run(appId, task.runId)} />
              ),
            ],
            ["Key", <code key="k">{task.key}</code>],
          ]}
        />
      </Section>
      <Section title="Attempts" isFlush>
        <Table
          label="Attempts"
          rows={task.history}
          rowId={(row) => `${row.number} ${row.endedAt}`}
          columns={[
            { id: "number", header: "Attempt", cell: (row) => <span className="num">{row.number}</span> },
            {
              id: "outcome",
              header: "Outcome",
              cell: (row) => (
                <span className="row">
                  <WorkBadge state={row.outcome} />
                  {row.late && <span className="faint">late: it changed nothing</span>}
                </span>
              ),
            },
            {
              id: "why",
              header: "Why",
              cell: (row) =>
                row.error === null ? (
                  <None />
                ) : (
                  <span className="tasks-error">
                    <code>{row.error.code}</code> {row.error.message}
                  </span>
                ),
            },
            {
              id: "took",
              header: "Took",
              cell: (row) => (
                <Duration ms={row.startedAt === null ? null : Date.parse(row.endedAt) - Date.parse(row.startedAt)} />
              ),
              align: "end",
            },
            {
              id: "next",
              header: "Again",
              cell: (row) => (row.nextAt === null ? <None /> : <Time at={row.nextAt} />),
              align: "end",
            },
            { id: "at", header: "Ended", cell: (row) => <Time at={row.endedAt} />, align: "end" },
          ]}
          empty={<Empty title="No attempt has ended yet">What comes of each stands here.</Empty>}
        />
      </Section>
      {error?.stack !== undefined && (
        <Section title="Stack">
          <CodeView text={error.stack} what="the stack of the error" lines={14} />
        </Section>
      )}
      <div className="runs-values">
        <Section title="Input">
          <CodeView text={JSON.stringify(task.input ?? null, null, 2)} what="the input" lines={14} />
        </Section>
        <Section title="Output">
          {task.state === "completed" ? (
            <CodeView text={JSON.stringify(task.output ?? null, null, 2)} what="the output" lines={14} />
          ) : (
            <p className="muted">A task has an output once it completed.</p>
          )}
        </Section>
      </div>
    </>
  );
}
