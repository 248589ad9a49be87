import { useMemo, useState } from "react";
import type { SeriesOut, SeriesPoint } from "../../api/overview.ts";
import { Chart, type ChartProps, type ChartSeries } from "../../kit/chart.tsx";
import { Segments } from "../../kit/field.tsx";
import { bytes, duration, percent, rate, short } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { wasThere } from "./rates.ts";

type Latency = "deliveryMs" | "ackMs" | "receiverMs";
const LATENCIES = [
  { id: "deliveryMs", label: "Delivery" },
  { id: "ackMs", label: "Ack" },
  { id: "receiverMs", label: "Receiver" },
] as const;
const MEANING: Readonly<Record<Latency, string>> = {
  deliveryMs: "From accepted to delivered",
  ackMs: "From received to acknowledged, after the commit",
  receiverMs: "What receivers took to answer",
};

type Answer = SeriesOut & { readonly since: number; readonly until: number };

/** How it came to this: rates, latency, backlog and what it costs, all on one axis. */
export function Charts({
  answer,
  onSelect,
}: {
  readonly answer: Answer | undefined;
  readonly onSelect: (since: number, until: number) => void;
}) {
  const [latency, setLatency] = useState<Latency>("deliveryMs");
  const made = useMemo(() => (answer === undefined ? undefined : seriesOf(answer.points, latency)), [answer, latency]);
  const axis = {
    at: made?.at ?? [],
    since: answer?.since,
    until: answer?.until,
    sync: "overview",
    onSelect,
    height: 190,
  } satisfies Partial<ChartProps>;
  return (
    <div className="overview-charts">
      <Section title="Rates" description="Per second">
        <Chart {...axis} label="Rates per second" series={made?.rates ?? NO_SERIES.rates} format={rate} atLeast={1} />
      </Section>
      <Section
        title="Latency"
        description={MEANING[latency]}
        actions={<Segments label="Which latency" options={LATENCIES} value={latency} onChange={setLatency} />}
      >
        <Chart
          {...axis}
          label={`Latency: ${MEANING[latency]}`}
          series={made?.latency ?? NO_SERIES.latency}
          format={duration}
          steps="clock"
          atLeast={10}
        />
      </Section>
      <Section title="Success ratio" description="Delivered, of all attempts">
        <Chart
          {...axis}
          label="Success ratio of attempts"
          series={made?.success ?? NO_SERIES.success}
          format={percent}
          atMost={1}
        />
      </Section>
      <Section title="Backlog" description="Deliveries owed, and in flight">
        <Chart
          {...axis}
          label="Deliveries owed and in flight"
          series={made?.backlog ?? NO_SERIES.backlog}
          format={short}
          atLeast={10}
        />
      </Section>
      <Section title="Oldest owed" description="How long the oldest delivery has been due">
        <Chart
          {...axis}
          label="Age of the oldest owed delivery"
          series={made?.oldest ?? NO_SERIES.oldest}
          format={duration}
          steps="clock"
          atLeast={10_000}
        />
      </Section>
      <Section title="Cost" description="Memory and processor of the engine's processes">
        <div className="overview-cost">
          <Chart
            {...axis}
            height={84}
            label="Memory"
            series={made?.memory ?? NO_SERIES.memory}
            format={bytes}
            steps="binary"
            atLeast={64 * 1024 * 1024}
          />
          <Chart
            {...axis}
            height={84}
            label="Processor"
            series={made?.cpu ?? NO_SERIES.cpu}
            format={(value) => `${(value * 100).toFixed(0)} %`}
            atLeast={0.5}
          />
        </div>
      </Section>
    </div>
  );
}

function seriesOf(points: readonly SeriesPoint[], latency: Latency) {
  const line = (
    label: string,
    color: ChartSeries["color"],
    of: (point: SeriesPoint) => number | null | undefined,
    isFilled?: true,
  ): ChartSeries => ({
    label,
    color,
    values: points.map((point) => of(point) ?? null),
    isFilled,
  });
  return {
    at: points.map((point) => Date.parse(point.at)),
    rates: [
      line("events in", "chart-1", (point) => (wasThere(point) ? point.eventsIn : null), true),
      line("delivered", "chart-2", (point) => (wasThere(point) ? point.delivered : null)),
      line("failed", "chart-bad", (point) => (wasThere(point) ? point.failed : null)),
      line("rejected", "chart-3", (point) => (wasThere(point) ? point.rejected : null)),
    ],
    latency: [
      line("p99", "chart-4", (point) => point[latency]?.p99),
      line("p95", "chart-5", (point) => point[latency]?.p95),
      line("p50", "chart-1", (point) => point[latency]?.p50, true),
    ],
    success: [line("success", "chart-2", (point) => point.successRatio)],
    backlog: [
      line("owed", "chart-3", (point) => point.owed, true),
      line("in flight", "chart-1", (point) => (wasThere(point) ? point.inFlight : null)),
    ],
    oldest: [
      line(
        "oldest",
        "chart-4",
        (point) => (point.oldestOwedSeconds === null ? null : point.oldestOwedSeconds * 1_000),
        true,
      ),
    ],
    memory: [line("memory", "chart-5", (point) => (wasThere(point) ? point.memoryBytes : null), true)],
    cpu: [line("processor", "chart-1", (point) => (wasThere(point) ? point.cpuRatio : null), true)],
  };
}

/** The same lines without points: what stands there until the first answer. */
const NO_SERIES = seriesOf([], "deliveryMs");
