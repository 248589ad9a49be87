import type { CompiledFlow, CompiledStep } from "#language";

/** One step on the way from the run to what a path names. */
export interface Place {
  readonly step: CompiledStep;
  /** The list it stands in, and where. */
  readonly list: readonly CompiledStep[];
  readonly position: number;
  /** Of the steps of a `parallel`: the branch that the way goes on in. */
  readonly branch: string | undefined;
  /** Of the steps of a `for_each`: the item that the way goes on in. */
  readonly index: number | undefined;
  /** Whether the way goes on in what is done after its failure, or to compensate it. */
  readonly aside: "on_failure" | "compensate" | undefined;
}

/** The way to a step: the outermost first, the step itself last. */
export interface Way {
  readonly places: readonly Place[];
  /** It begins in the run's own on_failure. */
  readonly afterFailure: boolean;
}

const SEGMENT = /^([~!]?)([a-z][a-z0-9_]*)?(?:\[(\d+)\])?$/;

/**
 * The step of a definition that a journal's path names, with the way to it; undefined: it has none. Pure. See `Entry` of the
 * journal for what paths look like.
 */
export function locate(flow: CompiledFlow, path: string): Way | undefined {
  const segments = path.split(".");
  const afterFailure = segments[0] === "!";
  if (afterFailure) segments.shift();
  let list: readonly CompiledStep[] = afterFailure ? flow.onFailure : flow.steps;
  const places: Place[] = [];
  for (let i = 0; i < segments.length; i++) {
    const [matched, sigil, id, index] = SEGMENT.exec(segments[i] ?? "") ?? [];
    if (matched === undefined || id === undefined) return undefined;
    const position = list.findIndex((step) => step.id === id);
    const step = list[position];
    if (step === undefined) return undefined;
    const isLast = i === segments.length - 1;
    if (isLast && (sigil !== "" || index !== undefined)) return undefined;
    const aside = sigil === "!" ? ("on_failure" as const) : sigil === "~" ? ("compensate" as const) : undefined;
    const branch = !isLast && aside === undefined && step.kind === "parallel" ? segments[++i] : undefined;
    places.push({ step, list, position, branch, index: index === undefined ? undefined : Number(index), aside });
    if (isLast) return { places, afterFailure };
    const next = SEGMENT.exec(segments[i + 1] ?? "")?.[2];
    const inner = listsWithin(step, aside, branch, index !== undefined).find((one) =>
      one.some(({ id }) => id === next),
    );
    if (inner === undefined) return undefined;
    list = inner;
  }
  return undefined;
}

/** The lists that the way may go on in. Ids are unique in a definition: which branch was taken follows from the next of them. */
function listsWithin(
  step: CompiledStep,
  aside: Place["aside"],
  branch: string | undefined,
  isItem: boolean,
): readonly (readonly CompiledStep[])[] {
  if (aside !== undefined) return [(aside === "compensate" ? step.compensate : step.onFailure) ?? []];
  switch (step.kind) {
    case "if":
      return [step.then, step.else];
    case "switch":
      return [...step.cases.map((one) => one.do), step.else];
    case "for_each":
      return isItem ? [step.do] : [];
    case "parallel":
      return step.branches.filter(({ name }) => name === branch).map(({ steps }) => steps);
    default:
      return [];
  }
}

/** The step that a path names. */
export function stepAt(flow: CompiledFlow, path: string): CompiledStep | undefined {
  return locate(flow, path)?.places.at(-1)?.step;
}

/** The id of the step that a path names, from its text alone: of `orders[2].~charge.refund` it is `refund`. */
export function stepIdOf(path: string): string {
  return (path.split(".").at(-1) ?? path).replace(/^[~!]/, "").replace(/\[\d+\]$/, "");
}
