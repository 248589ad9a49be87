import { Table2 } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { palette, useUtc } from "../state/preferences.ts";
import { useStore } from "../state/store.ts";
import { IconButton } from "./button.tsx";
import { absolute } from "./format.ts";
import { summaryOf } from "./series.ts";

export interface ChartSeries {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** A token without its dashes: `chart-1` … `chart-5`, `chart-bad`. */
  readonly color: `chart-${1 | 2 | 3 | 4 | 5 | "bad"}`;
  /** The ground under the line is tinted: for the one series that is the whole. */
  readonly isFilled?: boolean | undefined;
}

export interface ChartProps {
  /** What is shown, with its unit: "Events per second". */
  readonly label: string;
  /** Milliseconds; one for each value. */
  readonly at: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  /** The whole of time that was asked for, so that charts side by side have one axis. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly height?: number | undefined;
  /** Charts of one name share their cursor. */
  readonly sync?: string | undefined;
  /** The least the axis shows: a flat line at 0.1 should not look like a storm. */
  readonly atLeast?: number | undefined;
  /** The axis ends there, and begins near the lowest value: 1 for ratios, of which only the last percents matter. */
  readonly atMost?: number | undefined;
  /** What the steps of the axis are, when they are not tens: powers of two, or of the clock (values in milliseconds). */
  readonly steps?: "binary" | "clock" | undefined;
  /** What the legend tells while nothing is pointed at: how it is now, or of counts how many there were in all. */
  readonly atRest?: "last" | "sum" | undefined;
  /** Dragging over the chart chooses a span of time. */
  readonly onSelect?: ((since: number, until: number) => void) | undefined;
}

/** Lines over time. What they show is also told in a sentence, and as a table. */
export function Chart({
  label,
  at,
  series,
  format,
  since,
  until,
  height = 180,
  sync,
  atLeast = 0,
  atMost,
  steps,
  atRest = "last",
  onSelect,
}: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [index, setIndex] = useState<number>();
  const [isTable, setTable] = useState(false);
  const inUtc = useUtc();
  const colors = useStore(palette);
  const shape = series.map((one) => `${one.label}|${one.color}|${String(one.isFilled === true)}`).join(" ");
  const data = useMemo<uPlot.AlignedData>(() => [[...at], ...series.map((one) => [...one.values])], [at, series]);
  const latest = useRef({ data, format, since, until, onSelect });
  latest.current = { data, format, since, until, onSelect };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the plot is made again for another shape, theme or zone only; data is set below.
  useEffect(() => {
    const element = place.current;
    if (element === null || isTable) return;
    const made = new uPlot(
      {
        width: element.clientWidth || 300,
        height,
        ms: 1,
        legend: { show: false },
        padding: [10, 16, 0, 0],
        ...(inUtc && { tzDate: (ms: number) => uPlot.tzDate(new Date(ms), "Etc/UTC") }),
        cursor: {
          ...(sync !== undefined && { sync: { key: sync, setSeries: false } }),
          points: { size: 7, width: 2 },
          drag: { x: onSelect !== undefined, y: false, setScale: false, dist: 6 },
          y: false,
        },
        select: { show: onSelect !== undefined, left: 0, top: 0, width: 0, height: 0 },
        scales: {
          x: {
            range: (_, min, max) => [latest.current.since ?? min ?? 0, latest.current.until ?? max ?? 1],
          },
          y: { range: (_, min, max) => rangeOf(min, max, atLeast, atMost) },
        },
        axes: [
          {
            ...axisOf(element, { space: 70, size: 24 }),
            values: (_, splits, __, ___, step) =>
              splits.map((ms) => absolute(new Date(ms), inUtc, false)).map((text) => timeLabel(text, step)),
          },
          {
            ...axisOf(element, { space: height < 120 ? 22 : 34, size: 58 }),
            ...(steps !== undefined && { incrs: [...STEPS[steps]] }),
            values: (_, splits) => splits.map((value) => latest.current.format(value)),
          },
        ],
        series: [
          {},
          ...series.map((one) => {
            const stroke = colorOf(element, `--${one.color}`);
            return {
              label: one.label,
              stroke,
              width: 1.75,
              points: { show: false },
              spanGaps: false,
              ...(one.isFilled === true && { fill: faint(stroke) }),
            };
          }),
        ],
        hooks: {
          setCursor: [(u) => setIndex(u.cursor.idx ?? undefined)],
          setSelect: [
            (u) => {
              if (u.select.width < 6) return;
              latest.current.onSelect?.(
                Math.round(u.posToVal(u.select.left, "x")),
                Math.round(u.posToVal(u.select.left + u.select.width, "x")),
              );
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
        },
      },
      latest.current.data,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== made.width)
        made.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape, inUtc, colors, height, sync, atLeast, atMost, steps, isTable]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  const last = at.length - 1;
  const shown = index === undefined || index > last ? last : index;
  const when = at[shown];
  return (
    <figure className="chart" aria-label={label}>
      <figcaption className="chart-legend">
        {series.map((one) => {
          const value = index === undefined && atRest === "sum" ? sumOf(one.values) : one.values[shown];
          return (
            <span key={one.label} className="chart-key" data-color={one.color}>
              <i aria-hidden="true" />
              {one.label}
              <b className="num">{value === null || value === undefined ? "–" : format(value)}</b>
            </span>
          );
        })}
        <span className="chart-when num" aria-hidden="true">
          {index === undefined || when === undefined
            ? atRest === "sum"
              ? "in all"
              : ""
            : absolute(new Date(when), inUtc, false).slice(5)}
        </span>
        <IconButton
          label={isTable ? `${label}: show the chart` : `${label}: show as a table`}
          size="s"
          icon={<Table2 />}
          onPress={() => setTable(!isTable)}
        />
        <span className="hidden-visually">{summaryOf(series, format)}</span>
      </figcaption>
      {isTable ? (
        <ChartTable label={label} at={at} series={series} format={format} height={height} inUtc={inUtc} />
      ) : (
        <div ref={place} className="chart-plot" aria-hidden="true" style={{ height }} />
      )}
    </figure>
  );
}

const sumOf = (values: ChartSeries["values"]): number => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

function ChartTable({
  label,
  at,
  series,
  format,
  height,
  inUtc,
}: Pick<ChartProps, "label" | "at" | "series" | "format"> & { readonly height: number; readonly inUtc: boolean }) {
  const rows = at
    .map((when, index) => ({ when, index }))
    .toReversed()
    .slice(0, 500);
  return (
    <section className="chart-table" aria-label={label} tabIndex={0} style={{ height }}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map((one) => (
              <th key={one.label} scope="col" data-align="end">
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ when, index }) => (
            <tr key={when}>
              <td className="num nowrap">{absolute(new Date(when), inUtc, false)}</td>
              {series.map((one) => {
                const value = one.values[index];
                return (
                  <td key={one.label} data-align="end">
                    {value === null || value === undefined ? "–" : format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What the upright axis shows. */
function rangeOf(
  min: number | null,
  max: number | null,
  atLeast: number,
  atMost: number | undefined,
): [number, number] {
  if (atMost === undefined) return [0, Math.max(atLeast, (max ?? 0) * 1.08) || 1];
  const low = Math.min(min ?? atMost, atMost * 0.99);
  return [Math.max(0, low - (atMost - low) * 0.25), atMost];
}

/** `2026-11-21 06:31:47` as short as its step allows. */
function timeLabel(text: string, stepMs: number): string {
  if (stepMs >= 86_400_000) return text.slice(5, 10);
  return stepMs < 60_000 ? text.slice(11, 19) : text.slice(11, 16) === "00:00" ? text.slice(5, 10) : text.slice(11, 16);
}

const SECONDS = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000,
] as const;
const STEPS = {
  binary: Array.from({ length: 50 }, (_, power) => 2 ** power),
  clock: [
    ...[-3, -2, -1, 0, 1, 2].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power)),
    ...SECONDS.map((seconds) => seconds * 1_000),
  ],
} as const;

function axisOf(element: Element, { space, size }: { readonly space: number; readonly size: number }): uPlot.Axis {
  const line = { stroke: colorOf(element, "--chart-grid"), width: 1 };
  return {
    stroke: colorOf(element, "--text-3"),
    font: "11px system-ui, sans-serif",
    grid: line,
    ticks: { show: false },
    border: { show: false },
    space,
    size,
    gap: 6,
  };
}

/** A token as a colour that a canvas takes: the computed value of a property that is a colour, not the text of the token. */
function colorOf(near: Element, token: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${token})`;
  near.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function faint(color: string): string {
  const [red = "0", green = "0", blue = "0"] = color.match(/[\d.]+/g) ?? [];
  return `rgba(${red}, ${green}, ${blue}, 0.09)`;
}

/** A line without axes, beside a number that says what matters. */
export function Sparkline({
  values,
  color = "chart-1",
  height = 28,
}: {
  readonly values: readonly (number | null)[];
  readonly color?: ChartSeries["color"];
  readonly height?: number;
}) {
  const known = values.filter((value) => value !== null);
  const max = Math.max(...known, 0) || 1;
  const step = 100 / Math.max(1, values.length - 1);
  let path = "";
  let isPenUp = true;
  values.forEach((value, index) => {
    if (value === null) {
      isPenUp = true;
      return;
    }
    path += `${isPenUp ? "M" : "L"}${(index * step).toFixed(2)} ${(22 - (value / max) * 20).toFixed(2)}`;
    isPenUp = false;
  });
  return (
    <svg
      className="sparkline"
      data-color={color}
      viewBox="0 0 100 24"
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}
