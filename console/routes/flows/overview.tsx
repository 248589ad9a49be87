import { RotateCcw } from "lucide-react";
import { useMemo, useState } from "react";
import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { useMay } from "../../api/whoami.ts";
import { Button, Link } from "../../kit/button.tsx";
import { Chart, type ChartSeries } from "../../kit/chart.tsx";
import { Id } from "../../kit/copy.tsx";
import { count, duration, percent, short } from "../../kit/format.ts";
import { KeyValues } from "../../kit/key-values.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer, Empty, Loading } from "../../kit/states.tsx";
import { Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { TimeWindow, useTimeWindow } from "../../kit/time-window.tsx";
import { FLOW, type FlowFailure, type WholeFlow } from "../flow-parts/flow.ts";
import { paths } from "../paths.ts";
import { BulkRerunDialog } from "./bulk-rerun.tsx";
import { FlowFrame } from "./frame.tsx";
import { HeldAndSkipped, mayHold, useSkips } from "./held.tsx";
import { hasSchedule, Schedules, useSchedules } from "./schedule.tsx";

const AGAIN_MS = 10_000;

/** How a flow does: what it did, how long it took, and why it failed. */
export default function FlowOverview() {
  return <FlowFrame current={paths.flow}>{(flow, appId) => <Whole flow={flow} appId={appId} />}</FlowFrame>;
}

interface Part {
  readonly flow: WholeFlow;
  readonly appId: string;
}

function Whole({ flow, appId }: Part) {
  const window = useTimeWindow("24h");
  // Minutes, not milliseconds: the same question is asked again, not another one each time.
  const [openedMs] = useState(Date.now);
  const since = useMemo(() => new Date(openedMs - window.spanMs).toISOString(), [openedMs, window.spanMs]);
  const stats = api.useQuery(
    "get",
    `${FLOW}/stats`,
    { params: { path: { app_id: appId, flow_id: flow.name }, query: { since } } },
    { refetchInterval: AGAIN_MS, placeholderData: (before) => before },
  );
  const failures = useFailures(flow, appId);
  const [schedules, skips] = [useSchedules(flow, appId), useSkips(flow, appId)];
  const parts = [failures, ...(hasSchedule(flow) ? [schedules] : []), ...(mayHold(flow) ? [skips] : [])];
  // All at once: what comes first would be pushed down by what comes next.
  if (parts.some(({ isPending }) => isPending)) return <Loading rows={12} />;
  return (
    <Answer query={stats} loading={<Loading rows={12} />}>
      {(found) => (
        <>
          <Now flow={flow} appId={appId} stats={found} />
          <Failures flow={flow} appId={appId} failures={failures} />
          {hasSchedule(flow) && <Schedules flow={flow} appId={appId} schedules={schedules} />}
          {mayHold(flow) && <HeldAndSkipped appId={appId} skips={skips} />}
        </>
      )}
    </Answer>
  );
}

const useFailures = (flow: WholeFlow, appId: string) =>
  api.useQuery(
    "get",
    `${FLOW}/failure`,
    { params: { path: { app_id: appId, flow_id: flow.name } } },
    { refetchInterval: AGAIN_MS },
  );

function Now({ flow, appId, stats }: Part & { readonly stats: components["schemas"]["FlowStatsOut"] }) {
  const { series, p50Ms, p95Ms, isComplete } = stats;
  const sum = (name: "started" | "completed" | "failed" | "cancelled") =>
    series.reduce((total, point) => total + point[name], 0);
  const ended = sum("completed") + sum("failed");
  const line = (label: string, color: ChartSeries["color"], name: Parameters<typeof sum>[0]): ChartSeries => ({
    label,
    color,
    values: series.map((point) => point[name]),
  });
  const atLeast = isComplete ? "" : " at least";
  return (
    <Section
      title="Runs over time"
      description="How many there were, in each step of the chart and in all."
      actions={<TimeWindow byDefault="24h" presets={["1h", "6h", "24h", "7d"]} />}
    >
      <div className="stack">
        <KeyValues
          columns={3}
          items={[
            ["Started", `${count(sum("started"))}${atLeast}`],
            [
              "Completed",
              ended === 0 ? "none ended" : `${count(sum("completed"))}, ${percent(sum("completed") / ended)}`,
            ],
            ["Failed", count(sum("failed"))],
            [
              "Takes",
              p50Ms === null || p95Ms === null ? (
                <None key="t" />
              ) : (
                <span key="t">
                  <span className="nowrap">p50 {duration(p50Ms)},</span>{" "}
                  <span className="nowrap">p95 {duration(p95Ms)}</span>
                </span>
              ),
            ],
            [
              "Open now",
              <Link key="o" href={`${paths.flowRuns(appId, flow.name)}?state=waiting`}>
                {count(flow.live)} running, {count(flow.waiting)} waiting
              </Link>,
            ],
            ["Flow", <Id key="i" id={flow.id} />],
            ["Created", <Time key="c" at={flow.createdAt} />],
            ["Changed", <Time key="u" at={flow.updatedAt} />],
          ]}
        />
        <Chart
          label="Runs started, completed and failed"
          at={series.map(({ at }) => Date.parse(at))}
          series={[
            line("Started", "chart-1", "started"),
            line("Completed", "chart-2", "completed"),
            line("Failed", "chart-bad", "failed"),
            line("Cancelled", "chart-5", "cancelled"),
          ]}
          format={short}
          atLeast={1}
          atRest="sum"
          height={200}
        />
      </div>
    </Section>
  );
}

function Failures({ flow, appId, failures }: Part & { readonly failures: ReturnType<typeof useFailures> }) {
  const mayWrite = useMay("write");
  const [again, setAgain] = useState<FlowFailure>();
  return (
    <Section
      title="Why runs failed"
      description="Of the last 7 days. Failures that look alike stand together, the most frequent first."
      isFlush
    >
      <Answer query={failures} loading={<Loading rows={3} />}>
        {({ data }) => (
          <Table
            label="Why runs failed"
            rows={data}
            rowId={(row) => row.fingerprint}
            columns={[
              {
                id: "why",
                header: "Failure",
                cell: (row) => (
                  <div className="flows-name">
                    <Link href={`${paths.flowRuns(appId, flow.name)}?fingerprint=${row.fingerprint}`}>
                      <code>{row.code}</code>
                    </Link>
                    <span className="muted flows-why">{row.message}</span>
                  </div>
                ),
              },
              { id: "step", header: "At", cell: (row) => (row.step === null ? <None /> : <code>{row.step}</code>) },
              { id: "count", header: "Runs", cell: (row) => count(row.count), align: "end" },
              {
                id: "first",
                header: "First",
                cell: (row) => <Time at={row.firstAt} />,
                align: "end",
                isLeftOutNarrow: true,
              },
              {
                id: "last",
                header: "Last",
                cell: (row) => (
                  <Link quiet href={paths.run(appId, row.lastRunId)}>
                    <Time at={row.lastAt} />
                  </Link>
                ),
                align: "end",
              },
              ...(mayWrite
                ? [
                    {
                      id: "again",
                      header: "Run them again",
                      isHeaderHidden: true,
                      align: "end" as const,
                      cell: (row: FlowFailure) => (
                        <Button size="s" icon={<RotateCcw />} onPress={() => setAgain(row)}>
                          Run again
                        </Button>
                      ),
                    },
                  ]
                : []),
            ]}
            empty={<Empty title="None failed">Within the last 7 days.</Empty>}
          />
        )}
      </Answer>
      {again !== undefined && failures.data !== undefined && (
        <BulkRerunDialog
          appId={appId}
          flow={flow}
          failure={again}
          since={failures.data.since}
          onClose={() => setAgain(undefined)}
        />
      )}
    </Section>
  );
}
