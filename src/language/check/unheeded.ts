import { methodOf } from "../compile.ts";
import type { StepKind, Template } from "../definition.ts";
import { parseSpan } from "../span.ts";
import { type Found, type Keys, quoted } from "./fault.ts";
import { isObject } from "./shape.ts";

type Fields = { readonly [name: string]: unknown };

/** How long a run of the definition lasts at most, and whether the definition says so itself. */
export interface RunTimeout {
  readonly ms: number;
  readonly said: boolean;
}

/** Whose failures may be passing: a further attempt is another request, execution, or run. */
const TRIED_AGAIN: ReadonlySet<StepKind> = new Set(["http", "task", "code", "call", "emit"]);
const TIMED: ReadonlySet<StepKind> = new Set(["http", "code", "task", "wait_for_event", "approve", "call"]);
const ACTING: ReadonlySet<StepKind> = new Set(["http", "task", "code"]);

/** Members of a step that are allowed wherever they stand, and mean nothing or the contrary here. */
export function unheeded(kind: StepKind, step: Fields, at: Keys, run: RunTimeout): readonly Found[] {
  return [
    ...retry(kind, step, at),
    ...timeout(kind, step, at, run),
    ...compensate(kind, step, at),
    ...effect(kind, step, at),
  ];
}

function retry(kind: StepKind, step: Fields, at: Keys): readonly Found[] {
  if (step["retry"] === undefined || TRIED_AGAIN.has(kind)) {
    return [];
  }
  const holds = ["if", "switch", "for_each", "parallel"].includes(kind);
  return [
    {
      keys: [...at, "retry"],
      code: "retry_without_meaning",
      message: `A step of kind \`${kind}\` is never tried again.`,
      hint: holds ? "The steps within it say their own `retry`." : "It gives the same each time.",
      atKey: true,
    },
  ];
}

function timeout(kind: StepKind, step: Fields, at: Keys, run: RunTimeout): readonly Found[] {
  if (!TIMED.has(kind)) {
    return [
      ...(step["timeout"] === undefined
        ? []
        : [
            {
              keys: [...at, "timeout"],
              code: "timeout_without_meaning",
              message: `Nothing ends a step of kind \`${kind}\` early.`,
              hint:
                kind === "wait"
                  ? "How long it takes is what `wait` says."
                  : "Steps that reach outside say theirs, and the whole run has one.",
              atKey: true,
            } as const,
          ]),
      ...(kind === "wait"
        ? pastRun(isObject(step["wait"]) ? step["wait"]["for"] : undefined, [...at, "wait", "for"], run)
        : []),
    ];
  }
  if (kind === "call" && isObject(step["call"]) && step["call"]["wait"] === false) {
    return step["timeout"] === undefined
      ? []
      : [
          {
            keys: [...at, "timeout"],
            code: "timeout_without_meaning",
            message: "A run that is not waited for is given no time.",
            atKey: true,
          },
        ];
  }
  if (step["timeout"] !== undefined) {
    return pastRun(step["timeout"], [...at, "timeout"], run);
  }
  return (kind === "wait_for_event" || kind === "approve") && !run.said
    ? [
        {
          keys: at,
          code: "wait_without_timeout",
          message: `It waits as long as its run may take, ${run.ms / 86_400_000} days, and then the run fails.`,
          hint: "With a `timeout` it goes on, and says that nobody answered; `timeout` of the flow says how long is meant.",
        },
      ]
    : [];
}

function pastRun(span: unknown, keys: Keys, run: RunTimeout): readonly Found[] {
  const ms = typeof span === "string" ? parseSpan(span) : undefined;
  return ms === undefined || ms < run.ms
    ? []
    : [
        {
          keys,
          code: "waits_past_run",
          message: `${quoted(span)} is no shorter than the run may take${run.said ? "" : ", 30 days"}: the run fails first.`,
          hint: "`timeout` of the flow says how long a run may take, waits included; 366d at most.",
        },
      ];
}

/** What has done nothing leaves nothing to be undone; what ends the list never completes. */
function compensate(kind: StepKind, step: Fields, at: Keys): readonly Found[] {
  const pure = (kind === "map" && step["durable"] !== true) || kind === "wait";
  if (step["compensate"] === undefined || !(pure || kind === "fail" || kind === "stop")) {
    return [];
  }
  return [
    {
      keys: [...at, "compensate"],
      code: "compensate_without_meaning",
      message: pure
        ? `A step of kind \`${kind}\` does nothing that could be undone.`
        : `A step of kind \`${kind}\` never completes, so nothing of it is compensated.`,
      hint: "It belongs to the step whose effect it undoes.",
      atKey: true,
    },
  ];
}

function effect(kind: StepKind, step: Fields, at: Keys): readonly Found[] {
  const said = step["effect"];
  if (said === undefined) {
    return [];
  }
  const keys = [...at, "effect"];
  if (!ACTING.has(kind)) {
    return [
      {
        keys,
        code: "effect_without_meaning",
        message: "The effect of this kind of step is known; only `http`, `task` and `code` say theirs.",
        atKey: true,
      },
    ];
  }
  if (said === "pure" && kind !== "code") {
    return [
      {
        keys,
        code: "effect_contradicts",
        message: `A step of kind \`${kind}\` reaches outside: it is not pure, and what it gave is kept.`,
        hint: "`effect: read` says that it may be repeated freely.",
      },
    ];
  }
  if (kind === "code" && (said === "write" || said === "idempotent_write")) {
    return [
      {
        keys,
        code: "effect_contradicts",
        message: "A program in the sandbox sees its input and reaches nothing, so it writes nothing.",
        hint: "Without `effect` it is repeated when its process is lost.",
      },
    ];
  }
  const http = isObject(step["http"]) ? step["http"] : {};
  const method = methodOf(
    typeof http["method"] === "string" ? http["method"] : undefined,
    http["body"] as Template | undefined,
  );
  return kind === "http" && said === "read" && ["PUT", "PATCH", "DELETE"].includes(method)
    ? [
        {
          keys,
          code: "effect_contradicts",
          message: `A ${method} changes something, and its effect is said to be \`read\`.`,
          hint: `\`idempotent_write\` is what a ${method} is by itself.`,
        },
      ]
    : [];
}
