import { Ban, CirclePause, CirclePlay } from "lucide-react";
import { type ReactNode, useState } from "react";
import { api, ask } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { Badge, TaskBadge } from "../../kit/badge.tsx";
import { Button, Link } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { Id } from "../../kit/copy.tsx";
import { Checkbox } from "../../kit/field.tsx";
import { count, plural } from "../../kit/format.ts";
import { KeyValues } from "../../kit/key-values.tsx";
import { Page, Section } from "../../kit/page.tsx";
import { Answer, Loading, Note } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { say, sayFailure } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useUtc } from "../../state/preferences.ts";
import { useKnownApps } from "../known-apps.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { Progress } from "./progress.tsx";
import { span } from "./replays.tsx";
import { isOpen, type Task, useTask, useTaskBase, whatOf } from "./task.ts";

type Part = NonNullable<Task["data"]["byEndpoint"]>[number];

const CRUMBS = [{ label: "Replays", href: paths.replays }] as const;

/** One job: how far it is, what it was asked, and how to stop it. */
export default function Replay() {
  const taskId = useParam("taskId");
  const task = useTask(taskId);
  return (
    <Page
      title={task.data === undefined ? "Replay" : `Replay: ${lower(whatOf(task.data.data.filter.what))}`}
      crumbs={CRUMBS}
      beside={task.data !== undefined && <TaskBadge status={task.data.status} />}
      description={<Id id={taskId} isWhole />}
    >
      <Answer query={task} loading={<Loading rows={8} />}>
        {(found) => (
          <>
            <Far task={found} />
            <Asked task={found} />
            <Endpoints task={found} />
          </>
        )}
      </Answer>
    </Page>
  );
}

const lower = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

function Far({ task }: { readonly task: Task }) {
  const { matched, done, skipped, owed, error, waiting } = task.data;
  return (
    <Section
      title="Progress"
      actions={
        <div className="row replays-acts">
          <Actions task={task} />
        </div>
      }
    >
      <div className="stack">
        {error !== null && (
          <Note tone="bad" role="alert">
            <strong>It could not go on.</strong> {error}
          </Note>
        )}
        {waiting === "backlog" && (
          <Note tone="info" role="status">
            It waits: its endpoints are owed much already. It goes on by itself as that is sent.
          </Note>
        )}
        {waiting === "paused" && (
          <Note tone="warn" role="status">
            It waits for endpoints that are paused, and goes on when they are resumed.
          </Note>
        )}
        <Progress task={task} isWide />
        <dl className="replays-numbers">
          <Figure name="Matched" note="To be sent again">
            {matched === null ? <span className="faint">counting</span> : count(matched)}
          </Figure>
          <Figure name="Done" note="Owed by it so far">
            {count(done)}
          </Figure>
          <Figure name="Still owed" note="Of those, not sent yet">
            {owed === undefined || owed === null ? <span className="faint">too many to count</span> : count(owed)}
          </Figure>
          <Figure name="Skipped" note="Their payload was erased">
            {count(skipped)}
          </Figure>
        </dl>
      </div>
    </Section>
  );
}

function Figure({
  name,
  note,
  children,
}: {
  readonly name: string;
  readonly note: string;
  readonly children: ReactNode;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <b className="num">{children}</b>
        <span className="description">{note}</span>
      </dd>
    </div>
  );
}

function Asked({ task }: { readonly task: Task }) {
  const apps = useKnownApps();
  const inUtc = useUtc();
  const { filter, ratePerSecond } = task.data;
  const words = (list: readonly string[] | null): ReactNode =>
    list === null ? <span className="muted">any</span> : <code>{list.join(", ")}</code>;
  return (
    <Section title="As it was asked">
      <KeyValues
        columns={2}
        items={[
          [
            "Application",
            <Link key="app" href={paths.app(task.appId)}>
              {apps.nameOf(task.appId) ?? task.appId}
            </Link>,
          ],
          ["Sends again", whatOf(filter.what)],
          [
            "Accepted",
            <span key="window" className="num">
              {span(filter, inUtc)}
            </span>,
          ],
          ["At most", `${plural(ratePerSecond, "delivery", "deliveries")} a second`],
          ["Event types", words(filter.eventTypes)],
          ["Channels", words(filter.channels)],
          ["Tags", words(filter.tags)],
          ["Last outcome", words(filter.outcomes)],
          filter.reasons !== null && ["Reasons", words(filter.reasons)],
          ["Begun", <Time key="begun" at={task.createdAt} exact />],
          ["Ended", task.finishedAt === null ? <None key="ended" /> : <Time key="ended" at={task.finishedAt} exact />],
        ]}
      />
    </Section>
  );
}

function Endpoints({ task }: { readonly task: Task }) {
  const endpoints = api.useQuery(
    "get",
    "/api/v1/app/{app_id}/endpoint",
    { params: { path: { app_id: task.appId }, query: { limit: 250 } } },
    { staleTime: 60_000 },
  );
  const names = new Map(endpoints.data?.data.map((row) => [row.id, row.description || row.uid || row.url]));
  return (
    <Section title="By endpoint" isFlush>
      <Table
        label="By endpoint"
        columns={columnsOf(task.appId, names)}
        rows={endpoints.isPending ? undefined : task.data.byEndpoint}
        rowId={(row) => row.endpointId}
      />
    </Section>
  );
}

const PHASES: Readonly<Record<Part["phase"], string>> = {
  counting: "Counting",
  owing: "Under way",
  finished: "Finished",
  failed: "Failed",
};

const ERRORS: Readonly<Record<NonNullable<Part["error"]>, string>> = {
  endpoint_deleted: "The endpoint was deleted",
  endpoint_disabled: "The endpoint was disabled",
};

const columnsOf = (appId: string, names: ReadonlyMap<string, string>): readonly Column<Part>[] => [
  {
    id: "endpoint",
    header: "Endpoint",
    cell: (row) => (
      <Link href={paths.endpoint(appId, row.endpointId)}>{names.get(row.endpointId) ?? row.endpointId}</Link>
    ),
  },
  {
    id: "phase",
    header: "State",
    cell: (row) =>
      row.error !== null ? (
        <Badge tone="bad">{ERRORS[row.error]}</Badge>
      ) : row.waiting !== null ? (
        <Badge tone="warn">{row.waiting === "paused" ? "Paused endpoint" : "Waits for its backlog"}</Badge>
      ) : (
        <Badge tone={row.phase === "finished" ? "ok" : "info"}>{PHASES[row.phase]}</Badge>
      ),
  },
  {
    id: "matched",
    header: "Matched",
    cell: (row) => (row.matched === null ? <None /> : count(row.matched)),
    align: "end",
  },
  { id: "done", header: "Done", cell: (row) => count(row.done), align: "end" },
  { id: "skipped", header: "Skipped", cell: (row) => count(row.skipped), align: "end", isLeftOutNarrow: true },
];

type Act = "pause" | "resume";

function Actions({ task }: { readonly task: Task }) {
  const mayWrite = useMay("write");
  const base = `${useTaskBase()}/${encodeURIComponent(task.id)}`;
  const [cancelling, setCancelling] = useState(false);
  const act = useChange<Act, Task>((what) => ask<Task>(`${base}/${what}`, { method: "POST" }));
  if (!mayWrite || !isOpen(task)) return null;
  const go = (what: Act, done: string) => () =>
    void act.run(what).then(
      () => say(done),
      (error) => sayFailure(error, "It was not done"),
    );
  return (
    <div className="row wrap">
      {task.status === "running" ? (
        <Button
          size="s"
          icon={<CirclePause />}
          isPending={act.isPending}
          onPress={go("pause", "Paused: it owes nothing more until it is resumed")}
        >
          Pause
        </Button>
      ) : (
        <Button
          size="s"
          icon={<CirclePlay />}
          isPending={act.isPending}
          onPress={go("resume", "Resumed: it goes on where it stopped")}
        >
          Resume
        </Button>
      )}
      <Button size="s" look="danger" icon={<Ban />} onPress={() => setCancelling(true)}>
        Cancel
      </Button>
      {cancelling && <Cancel task={task} base={base} onClose={() => setCancelling(false)} />}
    </div>
  );
}

function Cancel({ task, base, onClose }: { readonly task: Task; readonly base: string; readonly onClose: () => void }) {
  const [withdraw, setWithdraw] = useState(true);
  const cancel = useChange<boolean, Task>((taken) =>
    ask<Task>(`${base}/cancel`, { method: "POST", query: { withdraw: taken } }),
  );
  const { matched, done, skipped, owed } = task.data;
  const left = matched === null ? undefined : Math.max(matched - done - skipped, 0);
  const waits = owed === undefined || owed === null ? "What" : plural(owed, "delivery", "deliveries");
  return (
    <ConfirmDialog
      title="Cancel the replay?"
      isOpen
      onClose={onClose}
      action="Cancel the replay"
      onConfirm={async () => {
        await cancel.run(withdraw);
        say(withdraw ? "Cancelled, and what was not sent yet taken back" : "Cancelled: what it owed already is sent");
      }}
    >
      <p>
        {left === undefined ? "It owes nothing more." : `${plural(left, "message")} will not be sent again.`} What was
        sent already stays sent. It cannot be resumed.
      </p>
      <Checkbox
        isSelected={withdraw}
        onChange={setWithdraw}
        description={
          withdraw
            ? "They become dead letters with the reason cancelled."
            : "They are sent in their turn, although the replay has ended."
        }
      >
        Also withdraw what is owed by it and was not sent yet{owed != null && ` (${waits})`}
      </Checkbox>
    </ConfirmDialog>
  );
}
