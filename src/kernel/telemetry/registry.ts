import type { Registry as PromRegistry } from "prom-client";
import {
  type CounterKey,
  type Declaration,
  type GaugeKey,
  type HistogramKey,
  type LabelsOf,
  METRICS,
  type MetricKey,
} from "./declarations.ts";
import { BOUNDS, Histogram } from "./histogram.ts";

/** A number that only grows: whoever counts holds it and writes `n++`, which is all that it costs. */
export class Counter {
  n = 0;
}

type Labels = Readonly<Record<string, string>>;
interface Child<T> {
  readonly labels: Labels;
  readonly value: T;
}

/** A label whose values are not ours could grow without end; then all that is new is one. */
const CHILDREN_MAX = 1_000;

/** One value for each combination of labels, made when first asked for. */
class Family<T> {
  readonly children = new Map<string, Child<T>>();
  readonly #make: () => T;
  constructor(make: () => T) {
    this.#make = make;
  }

  child(labels: Labels): T {
    const key = Object.values(labels).join("\u0000");
    const known = this.children.get(key);
    if (known !== undefined) return known.value;
    if (this.children.size >= CHILDREN_MAX) {
      throw new Error(
        `A metric has ${CHILDREN_MAX} combinations of labels already; ${JSON.stringify(labels)} is one more.`,
      );
    }
    const value = this.#make();
    this.children.set(key, { labels, value });
    return value;
  }
}

export type GaugeReading = { readonly labels: Labels; readonly value: number };
type GaugeReader = () => number | undefined | readonly GaugeReading[];

/** What this process counts. Hot code asks once for its counter or histogram and keeps it. */
export interface Registry {
  counter<K extends CounterKey>(key: K, labels: LabelsOf<K>): Counter;
  histogram<K extends HistogramKey>(key: K, labels: LabelsOf<K>): Histogram;
  /** Reads the gauge when scraped: from memory, at once. Undefined: it has no value here, and is left out. */
  gauge<K extends GaugeKey>(
    key: K,
    read: () => number | undefined | readonly { readonly labels: LabelsOf<K>; readonly value: number }[],
  ): void;
  /** A counter that somebody else keeps; with labels, all of its combinations. */
  readCounter<K extends CounterKey>(
    key: K,
    read: () => number | readonly { readonly labels: LabelsOf<K>; readonly value: number }[],
  ): void;
  /** All combinations of labels of a counter so far. */
  counted(key: CounterKey): readonly { readonly labels: Labels; readonly n: number }[];
  /** Everything, in Prometheus' text format. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/**
 * Counts in plain fields and typed arrays, which costs a few nanoseconds, and hands them to prom-client only to be written
 * out: its own counters hash their labels at each increment (docs/decisions/0014-metrics.md).
 */
export function createRegistry(): Registry {
  const counters = new Map<CounterKey, Family<Counter>>();
  const histograms = new Map<HistogramKey, Family<Histogram>>();
  const gauges = new Map<MetricKey, GaugeReader>();
  let prom: Promise<PromRegistry> | undefined;

  const family = <K, T>(families: Map<K, Family<T>>, key: K, make: () => T): Family<T> => {
    const known = families.get(key);
    if (known !== undefined) return known;
    const made = new Family(make);
    families.set(key, made);
    return made;
  };

  function valuesOf(key: MetricKey, declared: Declaration): Value[] {
    const read = gauges.get(key);
    if (read !== undefined) {
      const value = read();
      if (value === undefined) return [];
      if (typeof value === "number") return [{ labels: {}, value }];
      return [...value];
    }
    switch (declared.type) {
      case "counter":
        return [...(counters.get(key as CounterKey)?.children.values() ?? [])].map(({ labels, value }) => ({
          labels,
          value: value.n,
        }));
      case "histogram":
        return [...(histograms.get(key as HistogramKey)?.children.values() ?? [])].flatMap((child) =>
          histogramValues(declared, child.labels, child.value),
        );
      default:
        return [];
    }
  }

  /** Made by the first scrape: a process that is never scraped does without the library. */
  async function makeProm(): Promise<PromRegistry> {
    const { Registry: Made } = await import("prom-client");
    const registry = new Made();
    for (const key of Object.keys(METRICS) as MetricKey[]) {
      const declared: Declaration = METRICS[key];
      const metric = {
        name: declared.name,
        help: declared.help,
        type: declared.type,
        aggregator: "sum",
        get: () => ({ ...metric, values: valuesOf(key, declared) }),
      };
      // The registry needs of a metric what stands above, and its types ask for one of its own classes.
      registry.registerMetric(metric as unknown as Parameters<PromRegistry["registerMetric"]>[0]);
    }
    return registry;
  }

  return {
    counter: (key, labels) => family(counters, key, () => new Counter()).child(labels),
    histogram: (key, labels) => family(histograms, key, () => new Histogram()).child(labels),
    gauge: (key, read) => {
      gauges.set(key, read as GaugeReader);
    },
    readCounter: (key, read) => {
      gauges.set(key, read);
    },
    counted: (key) =>
      [...(counters.get(key)?.children.values() ?? [])].map(({ labels, value }) => ({ labels, n: value.n })),
    expose: async () => {
      prom ??= makeProm();
      const registry = await prom;
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

interface Value {
  readonly labels: Labels;
  readonly value: number;
  readonly metricName?: string;
}

/** The fine buckets that end at 1, 2 or 5 times a power of ten within the metric's range: exact counts, few lines. */
function histogramValues(declared: Declaration, labels: Labels, histogram: Histogram): Value[] {
  const [least, greatest] = declared.range ?? [0, Number.POSITIVE_INFINITY];
  const values: Value[] = [];
  const bucket = `${declared.name}_bucket`;
  let below = 0;
  for (let i = 0; i < BOUNDS.length; i++) {
    below += histogram.counts[i] ?? 0;
    const bound = Number((BOUNDS[i] ?? 0).toPrecision(9));
    if (bound < least || bound > greatest || !isRound(bound)) continue;
    values.push({ metricName: bucket, labels: { ...labels, le: String(bound) }, value: below });
  }
  values.push({ metricName: bucket, labels: { ...labels, le: "+Inf" }, value: histogram.count });
  values.push({ metricName: `${declared.name}_sum`, labels, value: histogram.sum });
  values.push({ metricName: `${declared.name}_count`, labels, value: histogram.count });
  return values;
}

function isRound(bound: number): boolean {
  return bound.toExponential().split("e")[0]?.length === 1;
}
