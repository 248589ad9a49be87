import { OperatorFault } from "../operator/client.ts";
import type { Session } from "../operator/session.ts";
import { amount } from "../operator/table.ts";
import { flowPath } from "./sync.ts";

type Mode = "enabled" | "paused" | "disabled";
interface Flow {
  readonly name: string;
  readonly mode: Mode;
  readonly live: number;
  /** Counted up to a bound. */
  readonly waiting: number;
}

/** What the modes are changed by, in the console's words. */
export const MODE_ACTS = {
  pause: { mode: "paused", description: "Let runs stop where they next could; new ones wait until it is resumed." },
  resume: { mode: "enabled", description: "Let a flow that is paused go on." },
  enable: { mode: "enabled", description: "Let it take new runs, whatever its mode was." },
  disable: { mode: "disabled", description: "Take no new runs; those there are go on." },
} as const satisfies Readonly<Record<string, { readonly mode: Mode; readonly description: string }>>;
export type ModeAct = keyof typeof MODE_ACTS;

/** Brings a flow into a mode; one that it has already is no error. Only what is paused can be resumed: `enable` is for the rest. */
export async function changeMode(session: Session, app: string, name: string, act: ModeAct): Promise<void> {
  const { mode } = MODE_ACTS[act];
  const before = await session.client.get<Flow>(flowPath(app, name));
  if (act === "resume" && before.mode === "disabled") {
    const message = `${before.name} is disabled, and not paused; \`posthorn flows enable ${before.name}\` lets it take runs again.`;
    throw new OperatorFault("flow_disabled", message);
  }
  const isNew = before.mode !== mode;
  const flow = isNew ? await session.client.send<Flow>("PATCH", flowPath(app, name), { mode }) : before;
  if (session.json) return session.out(`${JSON.stringify(flow)}\n`);
  session.out(isNew ? changedText(before, mode) : `${flow.name} is ${mode} already.\n`);
}

function changedText({ name, mode: before, live, waiting }: Flow, mode: Mode): string {
  const underWay = underWayText(live + waiting);
  switch (mode) {
    case "paused":
      return `${name} is paused: new runs wait, and ${underWay} stop where they next can.\n`;
    case "disabled":
      return `${name} is disabled: it takes no new runs; ${underWay} go on.\n`;
    case "enabled":
      return `${name} is enabled: ${before === "paused" ? "what waited goes on" : "it takes new runs"}.\n`;
    default:
      return mode satisfies never;
  }
}

const WAITING_COUNTED_MAX = 10_000;
const underWayText = (count: number) =>
  count === 0 ? "those under way (none now)" : `those under way (${amount(count, count < WAITING_COUNTED_MAX)})`;

/** Says what would become of its runs; deletes it with `yes`. */
export async function deleteFlow(session: Session, app: string, name: string, yes: boolean): Promise<void> {
  const flow = await session.client.get<Flow>(flowPath(app, name));
  if (yes) await session.client.send("DELETE", flowPath(app, name));
  if (session.json) return session.out(`${JSON.stringify({ ...flow, dryRun: !yes })}\n`);
  const runs = `${underWayText(flow.live + flow.waiting)} are cancelled, and what they did is compensated`;
  if (yes) return session.out(`Deleted ${flow.name}: ${runs}.\n`);
  session.out(`Would delete ${flow.name}: ${runs}. What has ended stays until retention drops it.\n`);
  session.tell("Nothing was done; --yes does it.\n");
}
