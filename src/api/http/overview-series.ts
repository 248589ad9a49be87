import { type Point, type Queryable, readSamples, type Sample, seriesOf } from "#kernel";
import type { ApiDeps } from "./deps.ts";
import { type Asked, windowOf } from "./steps.ts";

const FINE_MS = 10_000;
const COARSE_MS = 300_000;
/** Up to this long a window is read in steps of ten seconds: two thousand rows a process. */
const FINE_WINDOW_MS = 6 * 3_600_000;
const FINE_BACK_MS = 48 * 3_600_000;
const BACK_MS = 8 * 24 * 3_600_000;

export interface SeriesAsked extends Asked {
  readonly process?: string | undefined;
  readonly role?: string | undefined;
}

/** What all processes did, from their rows, and what this one did since its last row, from memory. */
export async function seriesFor(
  q: Queryable,
  instruments: ApiDeps["instruments"],
  asked: SeriesAsked,
  nowMs: number,
): Promise<{ stepMs: number; points: Point[] } | undefined> {
  const asIs = windowOf(asked, nowMs, 1_000, BACK_MS);
  if (asIs === undefined) return undefined;
  const isFine =
    asIs.stepMs < COARSE_MS &&
    asIs.untilMs - asIs.sinceMs <= FINE_WINDOW_MS &&
    asIs.sinceMs >= nowMs - FINE_BACK_MS - FINE_MS;
  const window = isFine ? asIs : windowOf(asked, nowMs, COARSE_MS, BACK_MS);
  if (window === undefined) return undefined;
  const { sinceMs, untilMs, stepMs } = window;
  const filter = { process: asked.process, role: asked.role };
  const rows = isFine
    ? await readSamples(q, 10, sinceMs, untilMs + FINE_MS, filter)
    : await coarse(q, sinceMs, untilMs, nowMs, filter);
  const own = instruments?.process();
  const isOwn =
    own !== undefined &&
    (asked.process === undefined || asked.process === own) &&
    (asked.role === undefined || instruments?.roles.includes(asked.role) === true);
  const spans = isOwn ? withRecent(rows, own, instruments?.telemetry.recent() ?? [], stepMs) : rows;
  return { stepMs, points: seriesOf(spans, sinceMs, untilMs, stepMs) };
}

/** Five minutes each, and what each process did since its last five. */
async function coarse(
  q: Queryable,
  sinceMs: number,
  untilMs: number,
  nowMs: number,
  filter: { readonly process: string | undefined; readonly role: string | undefined },
): Promise<Sample[]> {
  const rows = await readSamples(q, 300, sinceMs, untilMs + COARSE_MS, filter);
  if (untilMs < nowMs - 2 * COARSE_MS) return rows;
  const last = new Map<string, number>();
  for (const row of rows) last.set(row.process, row.toMs);
  const newest = await readSamples(q, 10, Math.max(sinceMs, nowMs - 2 * COARSE_MS), nowMs, filter);
  return [...rows, ...newest.filter((row) => middleOf(row) > (last.get(row.process) ?? 0))];
}

/**
 * This process's rows end where memory goes on. In steps shorter than a row, memory replaces the rows for as far as it
 * reaches, from the end of a row on, so that nothing counts twice.
 */
function withRecent(
  rows: readonly Sample[],
  own: string,
  recent: readonly Sample[],
  stepMs: number,
): readonly Sample[] {
  const first = recent[0];
  if (first === undefined) return rows;
  const ends = rows.filter((row) => row.process === own).map(({ toMs }) => toMs);
  const cutMs = stepMs < FINE_MS ? (ends.find((endMs) => endMs >= first.fromMs) ?? first.fromMs) : Math.max(0, ...ends);
  return [
    ...rows.filter((row) => row.process !== own || row.toMs <= cutMs),
    ...recent.filter((span) => middleOf(span) > cutMs).map((span) => ({ ...span, process: own })),
  ];
}

const middleOf = ({ fromMs, toMs }: Sample) => (fromMs + toMs) / 2;

export function pointBody({ atMs, ...point }: Point) {
  return { at: new Date(atMs).toISOString(), ...point };
}
