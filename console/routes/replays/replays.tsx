import { RotateCcw } from "lucide-react";
import { useMay } from "../../api/whoami.ts";
import { TaskBadge } from "../../kit/badge.tsx";
import { ButtonLink, Link } from "../../kit/button.tsx";
import { Select } from "../../kit/field.tsx";
import { absolute } from "../../kit/format.ts";
import { Page, Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, Loading, NoneFound } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { Time } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { useUtc } from "../../state/preferences.ts";
import { type KnownApps, useKnownApps } from "../known-apps.ts";
import { paths } from "../paths.ts";
import { Progress } from "./progress.tsx";
import { type Status, type Task, useTasks, whatOf } from "./task.ts";

const PAGE = 50;

const STATUSES: readonly { readonly id: Status | "any"; readonly label: string }[] = [
  { id: "any", label: "Any state" },
  { id: "running", label: "Running" },
  { id: "paused", label: "Paused" },
  { id: "finished", label: "Finished" },
  { id: "failed", label: "Failed" },
  { id: "cancelled", label: "Cancelled" },
];

/** What was, is being and will be sent again, newest first. */
export default function Replays() {
  const mayWrite = useMay("write");
  const apps = useKnownApps();
  const inUtc = useUtc();
  const [{ status, app, page: iterator }, setSearch] = useSearch("status", "app", "page");
  const chosen = STATUSES.find(({ id }) => id === status)?.id ?? "any";
  const tasks = useTasks({
    limit: PAGE,
    iterator,
    status: chosen === "any" ? undefined : chosen,
    app_id: app,
  });
  const create = mayWrite && (
    <ButtonLink look="primary" icon={<RotateCcw />} href={paths.newReplay}>
      New replay
    </ButtonLink>
  );
  return (
    <Page
      title="Replays"
      description="Messages of the past that are sent again, as jobs: counted first, at a rate, and stopped at any moment."
      actions={create}
    >
      <Section isFlush>
        <div className="row wrap filters">
          <Select
            label="State"
            isLabelHidden
            options={STATUSES}
            value={chosen}
            onChange={(id) => setSearch({ status: id === "any" ? undefined : id, page: undefined })}
          />
          {!apps.isFixed && (
            <Select
              label="Application"
              isLabelHidden
              options={[{ id: "any", label: "All applications" }, ...appOptions(apps)]}
              value={app ?? "any"}
              onChange={(id) => setSearch({ app: id === "any" ? undefined : id, page: undefined })}
            />
          )}
        </div>
        <Answer query={tasks} loading={<Loading rows={6} />}>
          {({ data, done, iterator: next, prevIterator }) => (
            <>
              <Table
                label="Replays"
                columns={columnsOf(apps, inUtc)}
                rows={apps.list === undefined && apps.error === null ? undefined : data}
                rowId={(row) => row.id}
                empty={
                  chosen !== "any" || app !== undefined ? (
                    <NoneFound onClear={() => setSearch({ status: undefined, app: undefined, page: undefined })} />
                  ) : (
                    <Empty title="Nothing was replayed yet" icon={<RotateCcw />} actions={create}>
                      <p>
                        After a receiver was down, a replay sends what it missed. It counts first, and nothing is sent
                        before you have seen to how many.
                      </p>
                    </Empty>
                  )
                }
              />
              <Pager
                at={iterator}
                done={done}
                next={next}
                previous={prevIterator}
                onPage={(page) => setSearch({ page }, { push: true })}
              />
            </>
          )}
        </Answer>
      </Section>
    </Page>
  );
}

export const appOptions = (apps: KnownApps) => (apps.list ?? []).map(({ id, name }) => ({ id, label: name }));

const columnsOf = (apps: KnownApps, inUtc: boolean): readonly Column<Task>[] => [
  {
    id: "what",
    header: "Sends again",
    cell: (row) => <Link href={paths.replay(row.id)}>{whatOf(row.data.filter.what)}</Link>,
  },
  {
    id: "app",
    header: "Application",
    cell: (row) => (
      <Link quiet href={paths.app(row.appId)}>
        <span className="replays-app truncate">{apps.nameOf(row.appId) ?? row.appId}</span>
      </Link>
    ),
  },
  {
    id: "window",
    header: "Accepted from",
    cell: (row) => <span className="num nowrap muted">{span(row.data.filter, inUtc)}</span>,
    isLeftOutNarrow: true,
  },
  { id: "status", header: "State", cell: (row) => <TaskBadge status={row.status} /> },
  { id: "progress", header: "Progress", cell: (row) => <Progress task={row} />, width: "260px" },
  { id: "at", header: "Begun", cell: (row) => <Time at={row.createdAt} />, align: "end", width: "120px" },
];

/** The window in one line; the day of its end only where it is another. */
export function span({ since, until }: { readonly since: string; readonly until: string }, inUtc: boolean): string {
  const from = absolute(new Date(since), inUtc, false).slice(0, 16);
  const to = absolute(new Date(until), inUtc, false).slice(0, 16);
  return `${from} – ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`;
}
