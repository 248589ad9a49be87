/**
 * A definition as the graph, the outline and the forms see it: steps with lanes under them. It is read from whatever somebody has typed so
 * far, so nothing is taken for granted; what makes no sense is left out, and told by the check of the engine instead.
 */
export const KINDS = [
  "map",
  "if",
  "switch",
  "for_each",
  "parallel",
  "http",
  "emit",
  "task",
  "code",
  "wait",
  "wait_for_event",
  "approve",
  "call",
  "respond",
  "fail",
  "stop",
] as const;
export type StepKind = (typeof KINDS)[number];

/** The way to a value of the definition: `["steps", 2, "http", "url"]`. */
export type Way = readonly (string | number)[];

export interface Lane {
  /** What the lane is for, in words: `then`, `case 2: event.data.total > 100`, `if it fails`. */
  readonly label: string;
  readonly role: "branch" | "else" | "item" | "failure" | "compensation";
  readonly way: Way;
  readonly steps: readonly StepNode[];
}

export interface StepNode {
  readonly way: Way;
  /** What its paths in runs are without the numbers of items: `orders.charge`, `!charge.tell`. */
  readonly path: string;
  /** Empty while it has none. */
  readonly id: string;
  readonly title: string;
  /** Undefined while nobody can say what it does. */
  readonly kind: StepKind | undefined;
  /** What it does, in a line: the URL, the expression, the span. */
  readonly gist: string;
  readonly lanes: readonly Lane[];
  readonly value: Readonly<Record<string, unknown>>;
}

export interface FlowTree {
  readonly steps: readonly StepNode[];
  readonly onFailure: readonly StepNode[];
}

const DEPTH_MAX = 16;

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function treeOf(definition: unknown): FlowTree {
  if (!isFields(definition)) return { steps: [], onFailure: [] };
  return {
    steps: stepsOf(definition["steps"], ["steps"], ""),
    onFailure: stepsOf(definition["on_failure"], ["on_failure"], "!."),
  };
}

function stepsOf(list: unknown, way: Way, prefix: string): readonly StepNode[] {
  if (!Array.isArray(list) || way.length > DEPTH_MAX * 4) return [];
  return list.flatMap((value: unknown, index) => (isFields(value) ? [stepOf(value, [...way, index], prefix)] : []));
}

function stepOf(value: Fields, way: Way, prefix: string): StepNode {
  const kind = kindOf(value);
  const id = typeof value["id"] === "string" ? value["id"] : "";
  return {
    way,
    id,
    path: `${prefix}${id}`,
    title: typeof value["title"] === "string" ? value["title"] : "",
    kind,
    gist: kind === undefined ? "" : gistOf(kind, value[kind], value),
    lanes: [
      ...(kind === undefined ? [] : lanesOf(kind, value, way, `${prefix}${id}.`)),
      ...sideLanes(value, way, prefix, id),
    ],
    value,
  };
}

/** `for_each` may have `parallel` beside it, which is then no step kind; so the order matters. */
export function kindOf(value: Fields): StepKind | undefined {
  if ("for_each" in value) return "for_each";
  if ("switch" in value) return "switch";
  return KINDS.find((kind) => kind in value);
}

function lanesOf(kind: StepKind, value: Fields, way: Way, prefix: string): readonly Lane[] {
  const lane = (label: string, role: Lane["role"], at: Way, list: unknown): Lane => ({
    label,
    role,
    way: at,
    steps: stepsOf(list, at, prefix),
  });
  switch (kind) {
    case "if":
      return [
        lane("then", "branch", [...way, "then"], value["then"]),
        lane("else", "else", [...way, "else"], value["else"]),
      ];
    case "switch": {
      const cases: readonly unknown[] = Array.isArray(value["switch"]) ? value["switch"] : [];
      return [
        ...cases.map((one, index) =>
          lane(
            isFields(one) ? oneLine(one["when"]) : `case ${index + 1}`,
            "branch",
            [...way, "switch", index, "do"],
            isFields(one) ? one["do"] : undefined,
          ),
        ),
        lane("else", "else", [...way, "else"], value["else"]),
      ];
    }
    case "for_each":
      return [lane("for each item", "item", [...way, "do"], value["do"])];
    case "parallel": {
      const branches = isFields(value["parallel"]) ? value["parallel"] : {};
      return Object.entries(branches).map(([name, list]) => {
        const at = [...way, "parallel", name];
        return { label: name, role: "branch", way: at, steps: stepsOf(list, at, `${prefix}${name}.`) };
      });
    }
    default:
      return [];
  }
}

function sideLanes(value: Fields, way: Way, prefix: string, id: string): readonly Lane[] {
  const side = (
    name: "on_failure" | "compensate",
    sign: "!" | "~",
    label: string,
    role: Lane["role"],
  ): readonly Lane[] => {
    const steps = stepsOf(value[name], [...way, name], `${prefix}${sign}${id}.`);
    return steps.length === 0 ? [] : [{ label, role, way: [...way, name], steps }];
  };
  return [
    ...side("on_failure", "!", "if it fails", "failure"),
    ...side("compensate", "~", "to undo it", "compensation"),
  ];
}

/** A value as one line of text: the source of an expression, or JSON. */
export function oneLine(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value.replaceAll(/\s+/g, " ").trim();
  if (isFields(value) && typeof value["$"] === "string") return oneLine(value["$"]);
  return JSON.stringify(value);
}

function gistOf(kind: StepKind, value: unknown, step: Fields): string {
  const of = (name: string): unknown => (isFields(value) ? value[name] : undefined);
  switch (kind) {
    case "http": {
      const method = oneLine(of("method")) || (of("body") === undefined ? "GET" : "POST");
      return `${method} ${oneLine(of("url")).replace(/^https?:\/\//, "")}`;
    }
    case "emit":
    case "wait_for_event": {
      const type = of("type");
      return Array.isArray(type) ? type.map(oneLine).join(", ") : oneLine(type);
    }
    case "task":
      return oneLine(of("name"));
    case "call":
      return oneLine(of("flow"));
    case "approve":
      return oneLine(of("title"));
    case "wait":
      return of("for") === undefined ? `until ${oneLine(of("until"))}` : `for ${oneLine(of("for"))}`;
    case "fail":
      return oneLine(of("message"));
    case "respond":
      return `status ${oneLine(of("status")) || "200"}`;
    case "switch":
      return `${Array.isArray(value) ? value.length : 0} cases`;
    case "parallel":
      return `${isFields(value) ? Object.keys(value).length : 0} branches at once`;
    case "for_each":
      return `${oneLine(value)}${typeof step["parallel"] === "number" && step["parallel"] > 1 ? `, ${step["parallel"]} at once` : ""}`;
    case "stop":
      return "ends as completed";
    case "map":
    case "if":
    case "code":
      return oneLine(value);
  }
}

/** Every step, in the order of the text, with the lanes of each before what follows it. */
export function walk(tree: FlowTree): readonly StepNode[] {
  const into = (steps: readonly StepNode[]): readonly StepNode[] =>
    steps.flatMap((step) => [step, ...step.lanes.flatMap((lane) => into(lane.steps))]);
  return [...into(tree.steps), ...into(tree.onFailure)];
}

/** `steps[2].http.url`, as the engine names places. */
export function textOf(way: Way): string {
  return way.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );
}

/** The way that such a text names. */
export function wayOf(text: string): Way {
  return [...text.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) =>
    index === undefined ? (name ?? "") : Number(index),
  );
}

/** A path of a run without the numbers of items, as a step's `path` has it: `orders[12].charge` is `orders.charge`. */
export const patternOf = (path: string): string => path.replaceAll(/\[\d+\]/g, "");

export const isSame = (a: Way, b: Way): boolean => a.length === b.length && a.every((part, at) => part === b[at]);
