import { useQuery } from "@tanstack/react-query";
import { Stethoscope } from "lucide-react";
import { useMemo, useState } from "react";
import { ask, client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { BreakerBadge, ModeBadge, OutcomeBadge } from "../../kit/badge.tsx";
import { Button, Link } from "../../kit/button.tsx";
import { Chart, type ChartSeries } from "../../kit/chart.tsx";
import { Id } from "../../kit/copy.tsx";
import { count, countOf, duration, percent, plural, short } from "../../kit/format.ts";
import { KeyValues } from "../../kit/key-values.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer, Empty, Loading, Note } from "../../kit/states.tsx";
import { Table } from "../../kit/table.tsx";
import { None, Time } from "../../kit/time.tsx";
import { TimeWindow, useTimeWindow } from "../../kit/time-window.tsx";
import { say, sayFailure } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { usePaths } from "../place.ts";
import { type Endpoint, type Health, PATH } from "./endpoint.ts";
import { EndpointFrame } from "./frame.tsx";

/** How an endpoint is: what it was sent, what came of it, and what keeps it back. */
export default function EndpointHealthPage() {
  return (
    <EndpointFrame current="endpoint">
      {(endpoint, health, appId) =>
        health === undefined ? (
          <Loading rows={10} />
        ) : (
          <>
            <Now appId={appId} endpoint={endpoint} health={health} />
            <History appId={appId} endpointId={endpoint.id} />
            <Reasons appId={appId} endpointId={endpoint.id} health={health} />
          </>
        )
      }
    </EndpointFrame>
  );
}

const MODE_REASONS: Readonly<Record<string, string>> = {
  operator: "somebody did it by hand",
  gone: "its receiver answered 410 Gone, and what is owed is held until somebody resumes it",
  gone_again: "its receiver answered 410 Gone again after it was resumed",
  failing: "it did nothing but fail for days",
};

function Now({
  appId,
  endpoint,
  health,
}: {
  readonly appId: string;
  readonly endpoint: Endpoint;
  readonly health: Health;
}) {
  const { latencyMs } = health;
  const paths = usePaths();
  const isOpen = health.breaker.state !== "closed";
  const [wasOpen, setWasOpen] = useState(isOpen);
  if (isOpen && !wasOpen) setWasOpen(true);
  return (
    <>
      {health.mode !== "enabled" && (
        <Note tone="warn">
          It is {health.mode}
          {health.modeReason !== null && <>: {MODE_REASONS[health.modeReason] ?? health.modeReason}</>}
          {health.modeSince !== null && (
            <>
              , since <Time at={health.modeSince} />
            </>
          )}
          .
        </Note>
      )}
      {!isOpen && wasOpen && (
        // Where the bad news stood: the page does not jump when it gets better.
        <Note tone="ok" role="status">
          <p className="endpoints-back">It answers again: its breaker is closed, and what waited is sent.</p>
        </Note>
      )}
      {isOpen && (
        <Note tone="bad">
          Its breaker is open after it failed again and again. One request at a time asks whether it is back
          {health.breaker.until !== null && (
            <>
              , the next <Time at={health.breaker.until} />
            </>
          )}
          ; everything else waits, and nothing is lost. <ProbeButton appId={appId} endpoint={endpoint} />
        </Note>
      )}
      {health.holdUntil !== null && (
        <Note tone="info">
          Its receiver asked for quiet (Retry-After): nothing is sent before <Time at={health.holdUntil} exact />.{" "}
          <ProbeButton appId={appId} endpoint={endpoint} />
        </Note>
      )}
      <Section
        title="Now"
        description={`From the newest ${plural(health.window.attempts, "attempt")} of the last 24 hours.`}
      >
        <KeyValues
          columns={3}
          items={[
            ["Success", health.successRatio === null ? "no attempts" : percent(health.successRatio)],
            [
              "Answers within",
              latencyMs === null ? (
                <None key="l" />
              ) : (
                `p50 ${duration(latencyMs.p50)}, p95 ${duration(latencyMs.p95)}, p99 ${duration(latencyMs.p99)}`
              ),
            ],
            ["Breaker", <BreakerBadge key="b" state={health.breaker.state} />],
            [
              "Owed",
              <Link key="o" href={paths.endpointOwed(appId, endpoint.id)}>
                {countOf(health.owed, health.owedIsExact)}
                {health.held > 0 && `, and ${countOf(health.held, health.heldIsExact)} held`}
              </Link>,
            ],
            [
              "Oldest owed",
              health.oldestOwedAt === null ? <None key="oo" /> : <Time key="oo" at={health.oldestOwedAt} />,
            ],
            ["Being sent", countOf(health.leased, health.leasedIsExact)],
            [
              "Dead letters",
              <Link key="d" href={paths.endpointDead(appId, endpoint.id)}>
                {countOf(health.dead, health.deadIsExact)}
              </Link>,
            ],
            [
              "Failing since",
              health.failingSince === null ? <None key="f" /> : <Time key="f" at={health.failingSince} />,
            ],
            ["Mode", <ModeBadge key="m" mode={health.mode} />],
            ["Endpoint", <Id key="i" id={endpoint.id} />],
          ]}
        />
      </Section>
    </>
  );
}

/** Lets one request through now, wherever the owner of the breaker is. */
function ProbeButton({ appId, endpoint }: { readonly appId: string; readonly endpoint: Endpoint }) {
  const mayWrite = useMay("portal:write");
  const probe = useChange<void, unknown>((_, key) =>
    client.POST(`${PATH}/probe`, {
      params: { path: { app_id: appId, endpoint_id: endpoint.id }, header: { "idempotency-key": key } },
    }),
  );
  if (!mayWrite || endpoint.mode !== "enabled") return null;
  return (
    <Button
      size="s"
      icon={<Stethoscope />}
      isPending={probe.isPending}
      onPress={() =>
        void probe.run().then(
          () => say("One request is let through now; its outcome shows within seconds"),
          (error) => sayFailure(error, "It was not done"),
        )
      }
    >
      Probe now
    </Button>
  );
}

interface SeriesPoint {
  readonly at: string;
  readonly attempts: number;
  readonly delivered: number;
  readonly failed: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
}

const HISTORY_EVERY_MS = 10_000;

function History({ appId, endpointId }: { readonly appId: string; readonly endpointId: string }) {
  const window = useTimeWindow("1h");
  const query = useQuery({
    queryKey: ["endpoint-series", appId, endpointId, window.key],
    queryFn: async ({ signal }) => {
      const { since, until } = window.now();
      const path = `/api/v1/app/${encodeURIComponent(appId)}/endpoint/${encodeURIComponent(endpointId)}/series`;
      const answer = await ask<{ readonly points: readonly SeriesPoint[] }>(path, {
        query: { since: new Date(since).toISOString(), until: new Date(until).toISOString() },
        signal,
      });
      return { ...answer, since, until };
    },
    refetchInterval: window.isLive ? HISTORY_EVERY_MS : false,
    placeholderData: (before) => before,
  });
  const made = useMemo(() => seriesOf(query.data?.points ?? []), [query.data]);
  const axis = {
    at: made.at,
    since: query.data?.since,
    until: query.data?.until,
    sync: "endpoint",
    height: 180,
    onSelect: window.choose,
  };
  return (
    <Answer query={query} loading={<Loading height={280} />}>
      {() => (
        <div className="endpoints-charts">
          <Section
            title="Attempts"
            description="In each step of the chart, and in all"
            actions={<TimeWindow presets={["1h", "6h", "24h"]} />}
          >
            <Chart {...axis} label="Attempts" series={made.attempts} format={short} atLeast={1} atRest="sum" />
          </Section>
          <Section title="How long its receiver takes" description="To answer, in each step">
            <Chart {...axis} label="Latency of the receiver" series={made.latency} format={duration} atLeast={10} />
          </Section>
        </div>
      )}
    </Answer>
  );
}

function seriesOf(points: readonly SeriesPoint[]) {
  const line = (
    label: string,
    color: ChartSeries["color"],
    value: (point: SeriesPoint) => number | null,
  ): ChartSeries => ({
    label,
    color,
    values: points.map(value),
  });
  return {
    at: points.map(({ at }) => Date.parse(at)),
    attempts: [
      line("Delivered", "chart-2", (point) => point.delivered),
      line("Failed", "chart-bad", (point) => point.failed),
    ],
    latency: [
      line("p50", "chart-1", (point) => point.latencyMs?.p50 ?? null),
      line("p95", "chart-3", (point) => point.latencyMs?.p95 ?? null),
      line("p99", "chart-4", (point) => point.latencyMs?.p99 ?? null),
    ],
  };
}

function Reasons({
  appId,
  endpointId,
  health,
}: {
  readonly appId: string;
  readonly endpointId: string;
  readonly health: Health;
}) {
  const paths = usePaths();
  return (
    <Section title="Why attempts failed" description="The most frequent first." isFlush>
      <Table
        label="Why attempts failed"
        rows={health.reasons}
        rowId={(row) => `${row.outcome} ${row.reason}`}
        columns={[
          { id: "outcome", header: "Outcome", cell: (row) => <OutcomeBadge outcome={row.outcome} /> },
          {
            id: "reason",
            header: "Reason",
            cell: (row) => (
              <Link href={`${paths.endpointAttempts(appId, endpointId)}?reason=${encodeURIComponent(row.reason)}`}>
                <code>{row.reason}</code>
              </Link>
            ),
          },
          { id: "count", header: "Attempts", cell: (row) => count(row.count), align: "end" },
          { id: "last", header: "Last", cell: (row) => <Time at={row.lastAt} />, align: "end" },
        ]}
        empty={<Empty title="None failed">Of the newest attempts of the last 24 hours.</Empty>}
      />
    </Section>
  );
}
