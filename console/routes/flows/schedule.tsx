import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { Link } from "../../kit/button.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer, Empty, Loading } from "../../kit/states.tsx";
import { Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { FLOW, type WholeFlow } from "../flow-parts/flow.ts";
import { isFields } from "../flow-parts/tree.ts";
import { MOMENT_WORDS, scheduleWords } from "../flow-parts/words.ts";
import { paths } from "../paths.ts";

type Schedule = components["schemas"]["FlowScheduleOut"];
type Moment = Schedule["skipped"][number];

const AGAIN_MS = 10_000;

export function hasSchedule(flow: WholeFlow): boolean {
  return flow.triggers.some((on) => isFields(on) && on["schedule"] !== undefined);
}

export const useSchedules = (flow: WholeFlow, appId: string) =>
  api.useQuery(
    "get",
    `${FLOW}/schedule`,
    { params: { path: { app_id: appId, flow_id: flow.name } } },
    { refetchInterval: AGAIN_MS, enabled: hasSchedule(flow) },
  );

/** When the flow's schedules come, and which of their moments had no run. */
export function Schedules({
  flow,
  appId,
  schedules,
}: {
  readonly flow: WholeFlow;
  readonly appId: string;
  readonly schedules: ReturnType<typeof useSchedules>;
}) {
  return (
    <Section title="Schedule" description="The moments that come next, and the newest that had no run." isFlush>
      <Answer query={schedules} loading={<Loading rows={3} />}>
        {({ data }) => (
          <>
            <Table
              label="Schedules"
              rows={data}
              rowId={(row) => String(row.trigger)}
              columns={[
                {
                  id: "schedule",
                  header: "Schedule",
                  cell: (row) => (
                    <div className="flows-name">
                      <span>{scheduleWords(row.schedule)}</span>
                      <span className="muted">
                        <code>{row.schedule}</code>, {row.zone}
                      </span>
                    </div>
                  ),
                },
                {
                  id: "next",
                  header: "Next",
                  cell: (row) => <Next schedule={row} isPaused={flow.mode === "paused"} />,
                },
                { id: "last", header: "Last", cell: (row) => <Came moment={row.last} appId={appId} />, align: "end" },
              ]}
              empty={
                <Empty title="No moment comes">
                  {flow.mode === "disabled" ? "The flow is disabled. Enable it, and its schedules go on." : undefined}
                </Empty>
              }
            />
            <Skipped schedules={data} />
          </>
        )}
      </Answer>
    </Section>
  );
}

function Next({ schedule, isPaused }: { readonly schedule: Schedule; readonly isPaused: boolean }) {
  if (schedule.next.length === 0) return <span className="muted">There is none any more</span>;
  return (
    <div className="flows-name">
      {schedule.next.map(({ at, beginsAt }) => (
        <span key={at}>
          <Time exact at={at} />
          {beginsAt !== at && (
            <span className="muted">
              {" "}
              begins <Time exact at={beginsAt} />
            </span>
          )}
        </span>
      ))}
      {isPaused && <span className="muted">Their runs wait while the flow is paused.</span>}
    </div>
  );
}

function Came({ moment, appId }: { readonly moment: Moment | null; readonly appId: string }) {
  if (moment === null) return <None />;
  const time = <Time at={moment.at} />;
  return (
    <div className="flows-name">
      {moment.runId === null ? (
        time
      ) : (
        <Link quiet href={paths.run(appId, moment.runId)}>
          {time}
        </Link>
      )}
      <span className="muted">{moment.why === null ? "Started" : MOMENT_WORDS[moment.why]}</span>
    </div>
  );
}

function Skipped({ schedules }: { readonly schedules: readonly Schedule[] }) {
  const rows = schedules
    .flatMap(({ schedule, trigger, skipped }) =>
      skipped.map((moment) => ({ ...moment, schedule, id: `${trigger} ${moment.at}` })),
    )
    .toSorted((a, b) => b.at.localeCompare(a.at));
  if (rows.length === 0) return null;
  return (
    <Table
      label="Moments without a run"
      rows={rows}
      rowId={(row) => row.id}
      columns={[
        { id: "at", header: "Moment without a run", cell: (row) => <Time exact at={row.at} /> },
        { id: "why", header: "Why", cell: (row) => (row.why === null ? <None /> : MOMENT_WORDS[row.why]) },
        { id: "schedule", header: "Schedule", cell: (row) => <code>{row.schedule}</code>, align: "end" },
      ]}
    />
  );
}
