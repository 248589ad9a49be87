// The few shapes of Grafana's dashboard model that ours are made of (schema 39, Grafana 10 and later).

/** How a number is read: Grafana's names. */
export type Unit = "short" | "s" | "bytes" | "percentunit" | "reqps" | "ops" | "none";

/** One PromQL expression; `legend` names its series from their labels. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export type Panel =
  | {
      /** Over time. */
      readonly kind: "lines";
      readonly title: string;
      readonly says: string;
      readonly unit: Unit;
      readonly queries: readonly Query[];
      /** Stacked: the parts of one whole. */
      readonly stacked?: true;
      /** From here on a value needs somebody's attention. */
      readonly bad?: number;
      readonly max?: number;
    }
  | {
      /** One number as it is now. */
      readonly kind: "number";
      readonly title: string;
      readonly says: string;
      readonly unit: Unit;
      readonly query: string;
      readonly warn: number;
      readonly bad: number;
      /** Whether small values are the bad ones. */
      readonly lowIsBad?: true;
    };

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  /** Stable: links and provisioning know it by this. */
  readonly uid: string;
  readonly title: string;
  readonly says: string;
  readonly rows: readonly Row[];
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana.
const SOURCE = { type: "prometheus", uid: "${datasource}" } as const;
const WIDTH = 24;

/** The dashboard as Grafana imports and provisions it. Panels of a row share its width. */
export function dashboardJson(dashboard: Dashboard): object {
  let id = 0;
  let y = 0;
  const panels: object[] = [];
  for (const row of dashboard.rows) {
    panels.push({
      id: ++id,
      type: "row",
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y: y++, w: WIDTH, h: 1 },
      panels: [],
    });
    const h = row.panels.every(({ kind }) => kind === "number") ? 4 : 8;
    const w = Math.floor(WIDTH / row.panels.length);
    for (const [i, panel] of row.panels.entries())
      panels.push({ id: ++id, gridPos: { x: i * w, y, w, h }, ...panelJson(panel) });
    y += h;
  }
  return {
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.says,
    tags: ["posthorn"],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    timezone: "",
    links: [
      {
        type: "dashboards",
        title: "Posthorn",
        tags: ["posthorn"],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
      },
    ],
    templating: {
      list: [
        { name: "datasource", type: "datasource", query: "prometheus", label: "Data source" },
        {
          name: "instance",
          type: "query",
          label: "Process",
          datasource: SOURCE,
          query: { query: "label_values(posthorn_build_info, instance)", refId: "instance" },
          refresh: 2,
          includeAll: true,
          multi: true,
          allValue: ".*",
          current: { text: "All", value: "$__all" },
        },
      ],
    },
    panels,
  };
}

function panelJson(panel: Panel): object {
  const common = { title: panel.title, description: panel.says, datasource: SOURCE };
  switch (panel.kind) {
    case "lines":
      return {
        ...common,
        type: "timeseries",
        targets: panel.queries.map(({ expr, legend }, i) => target(expr, legend, i)),
        fieldConfig: {
          defaults: {
            unit: panel.unit,
            min: 0,
            ...(panel.max !== undefined && { max: panel.max }),
            custom: {
              lineWidth: 1,
              fillOpacity: panel.stacked ? 30 : 5,
              showPoints: "never",
              stacking: { mode: panel.stacked ? "normal" : "none" },
              thresholdsStyle: { mode: panel.bad === undefined ? "off" : "line" },
            },
            thresholds: steps(undefined, panel.bad),
          },
          overrides: [],
        },
        options: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
      };
    case "number":
      return {
        ...common,
        type: "stat",
        targets: [target(panel.query, "", 0)],
        fieldConfig: {
          defaults: { unit: panel.unit, thresholds: steps(panel.warn, panel.bad, panel.lowIsBad) },
          overrides: [],
        },
        options: { reduceOptions: { calcs: ["lastNotNull"] }, colorMode: "value", graphMode: "area" },
      };
    default:
      throw new Error(`A panel of an unknown kind: ${JSON.stringify(panel satisfies never)}`);
  }
}

const target = (expr: string, legendFormat: string, i: number): object => ({
  refId: String.fromCharCode(65 + i),
  datasource: SOURCE,
  expr,
  legendFormat,
  range: true,
});

/** Grafana colours from the lowest value upwards. */
function steps(warn: number | undefined, bad: number | undefined, lowIsBad = false): object {
  const colors = lowIsBad ? ["red", "orange", "green"] : ["green", "orange", "red"];
  const bounds = (lowIsBad ? [bad, warn] : [warn, bad]).filter((bound) => bound !== undefined);
  const rest = bounds.length === 1 ? colors.filter((color) => color !== "orange") : colors;
  return {
    mode: "absolute",
    steps: [{ color: rest[0], value: null }, ...bounds.map((value, i) => ({ color: rest[i + 1], value }))],
  };
}
