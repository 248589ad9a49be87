import { useMemo, useState } from "react";
import { Button, Link } from "../../kit/button.tsx";
import { Id } from "../../kit/copy.tsx";
import { Select } from "../../kit/field.tsx";
import { Section } from "../../kit/page.tsx";
import { Pager } from "../../kit/pager.tsx";
import { Answer, Empty, Loading, NoneFound } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { Duration, None, Time, useNow } from "../../kit/time.tsx";
import { useSearch } from "../../kit/use-search.ts";
import { useStill } from "../../kit/use-still.ts";
import { RunBadge } from "../flow-parts/badges.tsx";
import { isLive, type Run, type RunState, type RunTrigger, useRuns } from "../flow-parts/flow.ts";
import { TRIGGER_LABELS } from "../flow-parts/words.ts";
import { paths } from "../paths.ts";
import { useFlowChoices } from "./flow-choices.ts";

const PAGE = 50;
const HOUR_MS = 3_600_000;

const STATES: readonly { readonly id: RunState | "any"; readonly label: string }[] = [
  { id: "any", label: "Any state" },
  { id: "running", label: "Running" },
  { id: "waiting", label: "Waiting" },
  { id: "completed", label: "Completed" },
  { id: "failed", label: "Failed" },
  { id: "cancelled", label: "Cancelled" },
];
const TRIGGERS: readonly { readonly id: RunTrigger | "any"; readonly label: string }[] = [
  { id: "any", label: "Any start" },
  { id: "event", label: "An event" },
  { id: "source", label: "A source" },
  { id: "schedule", label: "A schedule" },
  { id: "api", label: "The API" },
  { id: "manual", label: "By hand" },
  { id: "delivery", label: "A delivery" },
  { id: "run", label: "A run's end" },
  { id: "call", label: "Another flow" },
  { id: "batch", label: "A batch" },
  { id: "rerun", label: "A rerun" },
];
const WINDOWS = [
  { id: "1", label: "Last hour" },
  { id: "24", label: "Last 24 hours" },
  { id: "168", label: "Last 7 days" },
  { id: "all", label: "Everything kept" },
] as const;

/** Runs, newest first, as the filters in the address let them through. Of one flow, or of the application. */
export function RunTable({ appId, flow }: { readonly appId: string; readonly flow?: string }) {
  const [search, setSearch] = useSearch("flow", "state", "trigger", "hours", "fingerprint", "page");
  const [openedMs] = useState(Date.now);
  const state = STATES.find(({ id }) => id === search.state)?.id ?? "any";
  const trigger = TRIGGERS.find(({ id }) => id === search.trigger)?.id ?? "any";
  const window = WINDOWS.find(({ id }) => id === search.hours)?.id ?? "all";
  const choices = useFlowChoices(appId, flow === undefined);
  const filter = {
    flow: flow ?? search.flow,
    state: state === "any" ? undefined : state,
    trigger: trigger === "any" ? undefined : trigger,
    since: window === "all" ? undefined : new Date(openedMs - Number(window) * HOUR_MS).toISOString(),
    fingerprint: search.fingerprint,
  };
  const runs = useRuns(appId, { ...filter, iterator: search.page, limit: PAGE });
  const about = JSON.stringify([filter, search.page]);
  const still = useStill(runs.data?.data ?? NONE, about);
  const isFiltered =
    state !== "any" ||
    trigger !== "any" ||
    window !== "all" ||
    search.fingerprint !== undefined ||
    (flow === undefined && search.flow !== undefined);
  const clear = () =>
    setSearch({
      flow: undefined,
      state: undefined,
      trigger: undefined,
      hours: undefined,
      fingerprint: undefined,
      page: undefined,
    });
  const columns = useMemo(() => columnsOf(appId, flow === undefined), [appId, flow]);
  return (
    <Section isFlush>
      <div className="row wrap filters runs-filters">
        {flow === undefined && (
          <Select
            label="Flow"
            isLabelHidden
            options={[{ id: "any", label: "All flows" }, ...choices]}
            value={search.flow ?? "any"}
            onChange={(id) => setSearch({ flow: id === "any" ? undefined : id, page: undefined })}
          />
        )}
        <Select
          label="State"
          isLabelHidden
          options={STATES}
          value={state}
          onChange={(id) => setSearch({ state: id === "any" ? undefined : id, page: undefined })}
        />
        <Select
          label="Started by"
          isLabelHidden
          options={TRIGGERS}
          value={trigger}
          onChange={(id) => setSearch({ trigger: id === "any" ? undefined : id, page: undefined })}
        />
        <Select
          label="Started within"
          isLabelHidden
          options={WINDOWS}
          value={window}
          onChange={(id) => setSearch({ hours: id === "all" ? undefined : id, page: undefined })}
        />
        {search.fingerprint !== undefined && (
          <Button size="s" onPress={() => setSearch({ fingerprint: undefined, page: undefined })}>
            One kind of failure: show all
          </Button>
        )}
        <span className="end" />
        {still.newer > 0 && (
          <Button size="s" onPress={still.showAll}>
            {still.newer} newer
          </Button>
        )}
      </div>
      <Answer query={runs} loading={<Loading rows={8} />}>
        {({ done, iterator: next, prevIterator }) => (
          <>
            <Table
              label="Runs"
              columns={columns}
              rows={still.shown}
              rowId={(row) => row.id}
              empty={
                isFiltered ? (
                  <NoneFound onClear={clear} />
                ) : (
                  <Empty title="No run yet">
                    A run is one time that a flow does its work. The first stands here when its trigger fires, or when
                    somebody starts it.
                  </Empty>
                )
              }
            />
            <Pager
              at={search.page}
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

const NONE: readonly Run[] = [];

const columnsOf = (appId: string, withFlow: boolean): readonly Column<Run>[] => [
  { id: "run", header: "Run", cell: (row) => <Id id={row.id} href={paths.run(appId, row.id)} />, width: "150px" },
  ...(withFlow
    ? [
        {
          id: "flow",
          header: "Flow",
          cell: (row: Run) => (
            <Link quiet href={paths.flow(appId, row.flow)}>
              <span className="runs-flow truncate">{row.flow}</span>
            </Link>
          ),
        },
      ]
    : []),
  { id: "state", header: "State", cell: (row) => <RunBadge run={row} />, width: "150px" },
  {
    id: "why",
    header: "Why",
    cell: (row) =>
      row.error === null ? (
        row.reason && <span className="muted truncate runs-why">{row.reason}</span>
      ) : (
        <span className="runs-why truncate" title={row.error.message}>
          <code>{row.error.code}</code> <span className="muted">{row.error.message}</span>
        </span>
      ),
  },
  {
    id: "trigger",
    header: "Started by",
    cell: (row) =>
      row.eventId === null ? (
        <span className="muted nowrap">{TRIGGER_LABELS[row.trigger] ?? row.trigger}</span>
      ) : (
        <Link quiet href={paths.message(appId, row.eventId)}>
          {TRIGGER_LABELS[row.trigger] ?? row.trigger}
        </Link>
      ),
    width: "120px",
  },
  ...(withFlow
    ? []
    : [
        {
          id: "version",
          header: "Version",
          cell: (row: Run) => <span className="num">{row.version}</span>,
          align: "end" as const,
          isLeftOutNarrow: true,
        },
      ]),
  { id: "took", header: "Took", cell: (row) => <Took run={row} />, align: "end", width: "110px" },
  { id: "at", header: "Started", cell: (row) => <Time at={row.startedAt} />, align: "end", width: "110px" },
];

/** How long it took; of one that goes on how long until now. */
export function Took({ run }: { readonly run: Pick<Run, "state" | "startedAt" | "endedAt"> }) {
  const now = useNow();
  if (run.endedAt === null && !isLive(run.state)) return <None />;
  const end = run.endedAt === null ? now : Date.parse(run.endedAt);
  const ms = Math.max(0, end - Date.parse(run.startedAt));
  // By the second while it counts: milliseconds would only flicker.
  return <Duration ms={run.endedAt === null ? Math.floor(ms / 1_000) * 1_000 : ms} />;
}
