import {
  Braces,
  CircleCheck,
  Code,
  GitBranch,
  Globe,
  Hourglass,
  ListChecks,
  type LucideIcon,
  Mail,
  OctagonX,
  Radio,
  Repeat,
  Reply,
  Split,
  Square,
  UserCheck,
  Workflow,
} from "lucide-react";
import type { StepKind } from "./tree.ts";

export interface KindWords {
  readonly label: string;
  /** What it is good for: shown where one chooses. */
  readonly note: string;
  readonly icon: LucideIcon;
  /** A step of this kind as it is added. */
  readonly example: Readonly<Record<string, unknown>>;
}

/** The kinds of steps, in the order in which they are offered. */
export const KIND_WORDS: Readonly<Record<StepKind, KindWords>> = {
  http: {
    label: "HTTP request",
    note: "Asks or tells another system",
    icon: Globe,
    example: { http: { url: "https://api.example.com/orders" } },
  },
  emit: {
    label: "Emit event",
    note: "Sends a webhook to whoever listens",
    icon: Radio,
    example: { emit: { type: "order.confirmed", data: { order: { $: "input" } } } },
  },
  map: { label: "Map", note: "Computes a value", icon: Braces, example: { map: { id: { $: "input" } } } },
  if: {
    label: "If",
    note: "One way or the other",
    icon: GitBranch, // biome-ignore lint/suspicious/noThenProperty: a branch of the language is called so.
    example: { if: "true", then: [] },
  },
  switch: {
    label: "Switch",
    note: "The first case that holds",
    icon: Split,
    example: { switch: [{ when: "true", do: [] }] },
  },
  for_each: {
    label: "For each",
    note: "Steps for every item of a list",
    icon: Repeat,
    example: { for_each: "[1, 2, 3]", do: [] },
  },
  parallel: {
    label: "Parallel",
    note: "Branches at the same time",
    icon: Workflow,
    example: { parallel: { left: [], right: [] } },
  },
  wait: { label: "Wait", note: "For a while, or until a moment", icon: Hourglass, example: { wait: { for: "1h" } } },
  wait_for_event: {
    label: "Wait for event",
    note: "Goes on when something happens",
    icon: Mail,
    example: { wait_for_event: { type: "order.paid" }, timeout: "1d" },
  },
  approve: {
    label: "Approval",
    note: "A person says yes or no",
    icon: UserCheck,
    example: { approve: { title: "May it go on?" } },
  },
  task: {
    label: "Task",
    note: "A function of your own worker",
    icon: ListChecks,
    example: { task: { name: "render" } },
  },
  code: { label: "Code", note: "JavaScript in a sandbox", icon: Code, example: { code: "return input;\n" } },
  call: {
    label: "Call flow",
    note: "Another flow, and what it returns",
    icon: Workflow,
    example: { call: { flow: "other" } },
  },
  respond: {
    label: "Respond",
    note: "Answers whoever started it and waits",
    icon: Reply,
    example: { respond: { status: 200 } },
  },
  fail: {
    label: "Fail",
    note: "Ends the run as failed",
    icon: OctagonX,
    example: { fail: { message: "It cannot go on" } },
  },
  stop: { label: "Stop", note: "Ends the run as completed", icon: CircleCheck, example: { stop: {} } },
};

export const UNKNOWN_KIND = { label: "Unknown", icon: Square } as const;
