/** Something of an application to be compared in one transaction; `after_run`: it goes on from there, or nobody looked at it yet. */
interface OfApplication {
  readonly app_id: string;
  readonly after_run: string | null;
}

/** Which application comes first: in each transaction the next one, so that whatever others leave of it, each has its turn. */
export interface Turns {
  /**
   * The first of each application, then the second of each, and so on; of one application what nobody looked at yet and what goes on
   * alternately, each in the given order. As many as `lane` of either kind: there may be more behind them, and their applications had a turn.
   */
  next<T extends OfApplication>(all: readonly T[], lane: number): T[];
  /** The applications that had a turn while others may stand behind them: `HAD_MAX` and those of one transaction at most. */
  had(): readonly string[];
  /** All others had theirs: it begins anew. */
  again(): void;
}

/** With more of them it begins anew, before all had a turn: whoever is oldest comes first again. */
const HAD_MAX = 1_000;

export function createTurns(): Turns {
  let before = "";
  const had = new Set<string>();
  return {
    had: () => [...had],
    again: () => had.clear(),
    next: (all, lane) => {
      const begun = all.filter(({ after_run }) => after_run !== null).length;
      const hasMore = begun >= lane || all.length - begun >= lane;
      if (had.size > HAD_MAX) had.clear();
      // Beside a backlog those with a few as well: they would pass it again and again.
      if (hasMore || had.size > 0) for (const { app_id } of all) had.add(app_id);
      const ofApps = Map.groupBy(all, ({ app_id }) => app_id);
      const apps = [...ofApps.keys()].sort();
      const first = apps.findIndex((app) => app > before);
      const turn = first < 0 ? apps : [...apps.slice(first), ...apps.slice(0, first)];
      before = turn[0] ?? "";
      return inTurns(turn.map((app) => freshAndBegun(ofApps.get(app) ?? [])));
    },
  };
}

function freshAndBegun<T extends OfApplication>(all: readonly T[]): T[] {
  return inTurns([
    all.filter(({ after_run }) => after_run === null),
    all.filter(({ after_run }) => after_run !== null),
  ]);
}

/** The first of each queue, the second of each, … */
function inTurns<T>(queues: readonly (readonly T[])[]): T[] {
  const longest = queues.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: longest }, (_, n) => queues.flatMap((queue) => queue.slice(n, n + 1))).flat();
}

/** What one transaction may spend of something, in equal parts for the applications that have something in it. */
export interface Shares {
  /** Whether the application has its part spent, or would with so much more. */
  isSpent(app: string, more?: number): boolean;
  /** Whether so much was spent that nobody may begin anything, even one that spent nothing yet: twice the whole. */
  isOver(): boolean;
  spend(app: string, amount: number): void;
}

/** What one application spends beyond its part, as the last thing it began may, takes nothing from the parts of others until all is over. */
export function createShares(whole: number, apps: readonly string[]): Shares {
  const part = whole / Math.max(1, new Set(apps).size);
  const spent = new Map<string, number>();
  let all = 0;
  return {
    isSpent: (app, more = 0) => (spent.get(app) ?? 0) + more >= part,
    isOver: () => all >= 2 * whole,
    spend: (app, amount) => {
      all += amount;
      spent.set(app, (spent.get(app) ?? 0) + amount);
    },
  };
}
