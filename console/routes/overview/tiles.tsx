import type { ReactNode } from "react";
import type { OverviewOut, SeriesPoint } from "../../api/overview.ts";
import { type ChartSeries, Sparkline } from "../../kit/chart.tsx";
import { count, countOf, duration, percent, rate } from "../../kit/format.ts";
import { Time } from "../../kit/time.tsx";
import { wasThere } from "./rates.ts";

interface TileProps {
  readonly name: string;
  readonly value: string | undefined;
  readonly unit?: string | undefined;
  readonly note: ReactNode;
  readonly values: readonly (number | null)[];
  readonly color?: ChartSeries["color"];
}

/** One number that is true now, and how it came to that. */
function Tile({ name, value, unit, note, values, color = "chart-1" }: TileProps) {
  return (
    <div className="card overview-tile">
      <dt>{name}</dt>
      <dd>
        <b className={value === undefined ? "skeleton num" : "num"}>{value ?? "0,000"}</b>
        {unit !== undefined && <span className="faint"> {unit}</span>}
        <small className="truncate">{note}</small>
        <Sparkline values={values} color={color} />
      </dd>
    </div>
  );
}

export function Tiles({
  now,
  points,
}: {
  readonly now: OverviewOut | undefined;
  readonly points: readonly SeriesPoint[];
}) {
  const { rates, latencyMs } = now ?? {};
  const ms = (value: number | undefined): string | undefined =>
    now === undefined ? undefined : value === undefined ? "–" : duration(value);
  return (
    <dl className="overview-tiles">
      <Tile
        name="Events in"
        value={rates && rate(rates.eventsInPerSecond)}
        unit="/s"
        note={rates === undefined ? " " : `${rate(rates.rejectedPerSecond)} rejected /s`}
        values={points.map((point) => (wasThere(point) ? point.eventsIn : null))}
      />
      <Tile
        name="Delivered"
        value={rates && rate(rates.deliveredPerSecond)}
        unit="/s"
        note={rates === undefined ? " " : `${rate(rates.attemptsPerSecond)} attempts /s`}
        values={points.map((point) => (wasThere(point) ? point.delivered : null))}
        color="chart-2"
      />
      <Tile
        name="Success ratio"
        value={rates && (rates.successRatio === null ? "–" : percent(rates.successRatio))}
        note="of attempts"
        values={points.map((point) => point.successRatio)}
        color="chart-2"
      />
      <Tile
        name="Acknowledged in, p99"
        value={ms(latencyMs?.ack?.p99)}
        note={latencyMs?.ack ? `p50 ${duration(latencyMs.ack.p50)}` : "no events yet"}
        values={points.map((point) => point.ackMs?.p99 ?? null)}
        color="chart-5"
      />
      <Tile
        name="Delivered in, p99"
        value={ms(latencyMs?.delivery?.p99)}
        note={latencyMs?.delivery ? `p50 ${duration(latencyMs.delivery.p50)}` : "no deliveries yet"}
        values={points.map((point) => point.deliveryMs?.p99 ?? null)}
        color="chart-5"
      />
      <Tile
        name="Owed"
        value={now && (now.owed === null ? "–" : countOf(now.owed, now.owedIsExact))}
        note={
          now === undefined ? (
            " "
          ) : now.oldestOwedAt === null ? (
            `${count(now.leased)} being sent`
          ) : (
            <>
              oldest <Time at={now.oldestOwedAt} />
            </>
          )
        }
        values={points.map((point) => point.owed)}
        color="chart-3"
      />
    </dl>
  );
}
