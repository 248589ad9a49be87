import { expect, test } from "bun:test";
import { type Chore, runChores } from "./chores.ts";
import { DatabaseError, type Db } from "./db.ts";
import { createLog } from "./log.ts";

/** A clock on which everything is due whenever it is asked. */
function hurried() {
  let now = 0;
  return () => {
    now += 1_000_000;
    return now;
  };
}

function world() {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level: "info", format: "json", write: (line) => lines.push(JSON.parse(line)) });
  return { lines, options: { db: answers(() => true), log, monotonic: hurried() } };
}

/** A database that answers each question that is put to it: with `answer`, called with its number. */
function answers(answer: (n: number) => boolean | Promise<boolean>): Pick<Db, "query"> {
  return {
    query: async <Row>(text: string, params: readonly unknown[] = []) => {
      const due = String(params[0]).slice(1, -1).split(",");
      expect(text.match(/as p\d+/g)).toHaveLength(due.length);
      const entries = due.map(async (asked, n) => [`p${n}`, asked === "true" ? await answer(n) : null] as const);
      return [Object.fromEntries(await Promise.all(entries))] as Row[];
    },
  };
}

/** A chore that tells of each run, and does `work` in it. */
function told(name: string, work: (run: number) => Promise<void> | void = () => {}) {
  let runs = 0;
  const waiting = new Map<number, () => void>();
  const chore: Chore = {
    name,
    everyMs: 1,
    run: async () => {
      runs += 1;
      waiting.get(runs)?.();
      await work(runs);
    },
  };
  /** Resolves when the `n`th run begins. */
  const begun = (n: number) =>
    runs >= n ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(n, resolve));
  return {
    chore,
    begun,
    get runs() {
      return runs;
    },
  };
}

test("chores come again, each in its turn", async () => {
  const order: string[] = [];
  const one = told("one", () => void order.push("one"));
  const two = told("two", () => void order.push("two"));
  const chores = runChores([one.chore, two.chore], world().options);
  await two.begun(3);
  await chores.stop();
  expect(order.slice(0, 6)).toEqual(["one", "two", "one", "two", "one", "two"]);
});

test("a fault of the database is logged and keeps neither this chore nor others from coming again", async () => {
  const { lines, options } = world();
  const broken = told("broken", () => {
    throw new DatabaseError("contention", "lock timeout");
  });
  const whole = told("whole");
  const chores = runChores([broken.chore, whole.chore], options);
  await Promise.all([broken.begun(2), whole.begun(2)]);
  await chores.stop();
  // Repeated, and told once: the others are counted.
  expect(lines).toMatchObject([{ level: "warn", event: "chore_failed", chore: "broken" }]);
});

test("two chores never run at once", async () => {
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  const all = [told("a", work), told("b", work), told("c", work)];
  const chores = runChores(
    all.map(({ chore }) => chore),
    world().options,
  );
  await all[2]?.begun(2);
  await chores.stop();
  expect(most).toBe(1);
});

test("P12: stopping waits for the chore that runs, and starts no other", async () => {
  const gate = Promise.withResolvers<void>();
  const slow = told("slow", () => gate.promise);
  const next = told("next");
  const chores = runChores([slow.chore, next.chore], world().options);
  await slow.begun(1);
  let stopped = false;
  const stopping = chores.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(stopped).toBe(false);
  gate.resolve();
  await stopping;
  expect([slow.runs, next.runs]).toEqual([1, 0]);
});

test("with nothing to do there is nothing to stop", async () => {
  await runChores([], world().options).stop();
});

test("a chore that is not due is left alone while another is", async () => {
  let now = 0;
  const log = world().options.log;
  const often = told("often", () => {
    now += 10;
  });
  const seldom: ReturnType<typeof told> = told("seldom");
  const chores = runChores([often.chore, { ...seldom.chore, everyMs: 1_000_000 }], {
    db: answers(() => true),
    log,
    monotonic: () => {
      now += 1;
      return now;
    },
  });
  await often.begun(3);
  await chores.stop();
  expect(seldom.runs).toBe(0);
});

test("one statement asks for all chores that are due, and only those that have something to do are run", async () => {
  let questions = 0;
  let now = 0;
  const idle = told("idle");
  const busy = told("busy");
  const unasked = told("unasked");
  const db = answers((n) => {
    if (n === 0) questions++;
    return n === 1;
  });
  const pending = "exists (select from posthorn.event)";
  const chores = runChores(
    [
      { ...idle.chore, everyMs: 20, pending },
      { ...unasked.chore, everyMs: 20 },
      { ...busy.chore, everyMs: 20, pending },
    ],
    { db, log: world().options.log, monotonic: () => now++ },
  );
  await Promise.all([busy.begun(3), unasked.begun(3)]);
  await chores.stop();
  expect(idle.runs).toBe(0);
  expect(questions).toBe(busy.runs);
});

test("a chore is asked for a little early with one that is due, so that they stay together", async () => {
  let now = 0;
  const due: string[] = [];
  const done = Promise.withResolvers<void>();
  const db: Pick<Db, "query"> = {
    query: async <Row>(_text: string, params: readonly unknown[] = []) => {
      due.push(String(params[0]));
      if (due.length === 3) done.resolve();
      return [] as Row[];
    },
  };
  const chore = (name: string, everyMs: number): Chore => ({ name, everyMs, pending: "true", run: async () => {} });
  const chores = runChores([chore("a", 40), chore("b", 42), chore("c", 100_000)], {
    db,
    log: world().options.log,
    monotonic: () => now++,
  });
  await done.promise;
  await chores.stop();
  expect(due.slice(1)).toEqual(["{true,true,false}", "{true,true,false}"]);
});

test("P11: a question that cannot be answered keeps no chore from being done", async () => {
  let now = 0;
  const one = told("one");
  const two = told("two");
  const { lines, options } = world();
  const db: Pick<Db, "query"> = {
    query: () => Promise.reject(new DatabaseError("contention", "statement timeout")),
  };
  const chores = runChores(
    [one, two].map(({ chore }) => ({ ...chore, everyMs: 20, pending: "true" })),
    { db, log: options.log, monotonic: () => now++ },
  );
  await Promise.all([one.begun(2), two.begun(2)]);
  await chores.stop();
  expect(lines).toMatchObject([{ event: "chore_failed", chore: "all" }]);
});
