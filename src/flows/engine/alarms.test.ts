import { expect, test } from "bun:test";
import { Alarms, type Sleeper } from "./alarms.ts";

interface Told extends Sleeper {
  readonly name: string;
}

/** Alarms by a wall clock that can be set. */
function world() {
  let offMs = 0;
  const woken: string[] = [];
  const waiting = new Map<number, () => void>();
  const now = () => Date.now() + offMs;
  const alarms = new Alarms<Told>({ now, monotonic: performance.now.bind(performance) }, ({ name }, atMs) => {
    woken.push(`${name}${atMs > now() ? ", still to come" : ""}`);
    waiting.get(woken.length)?.();
  });
  return {
    alarms,
    now,
    woken,
    setClock: (ms: number) => {
      offMs = ms;
    },
    /** Resolves once so many were woken. */
    wokenBy: (n: number) =>
      woken.length >= n ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(n, resolve)),
  };
}

const sleeper = (name: string): Told => ({ name, wakeAtMs: undefined });

test("who sleeps is woken once, in the order of the moments, whatever the order in which they were set", async () => {
  const { alarms, now, woken, wokenBy } = world();
  const at = now();
  const all = [40, 10, 30, 20, 50].map((ms) => ({ ms, who: sleeper(String(ms)) }));
  for (const { ms, who } of all) alarms.set(who, at + ms);
  await wokenBy(5);
  expect(woken).toEqual(["10", "20", "30", "40", "50"]);
});

test("who is put off, or let sleep, is not woken at the first moment", async () => {
  const { alarms, now, woken, wokenBy } = world();
  const [off, never, last] = [sleeper("off"), sleeper("never"), sleeper("last")];
  const at = now();
  alarms.set(off, at + 5);
  alarms.set(never, at + 6);
  alarms.set(off, at + 20);
  alarms.clear(never);
  alarms.set(last, at + 30);
  await wokenBy(2);
  expect(woken).toEqual(["off", "last"]);
});

test("P2: a wall clock that is set back or ahead makes nobody sleep longer or shorter", async () => {
  const { alarms, now, woken, wokenBy, setClock } = world();
  alarms.set(sleeper("before"), now() + 30);
  setClock(-3_600_000);
  await wokenBy(1);
  // What was waited for, the clock says, is an hour away.
  expect(woken).toEqual(["before, still to come"]);
  alarms.set(sleeper("first"), now() + 20);
  setClock(3_600_000);
  // Not because of the jump: in the order in which they fall due.
  alarms.set(sleeper("second"), now() + 40);
  await wokenBy(3);
  expect(woken.slice(1)).toEqual(["first", "second"]);
  alarms.stop();
});

test("a moment beyond what a timer can be set for is no moment of now", async () => {
  const { alarms, now, woken, wokenBy } = world();
  alarms.set(sleeper("next month"), now() + 30 * 86_400_000);
  alarms.set(sleeper("soon"), now() + 10);
  await wokenBy(1);
  expect(woken).toEqual(["soon"]);
  alarms.stop();
});
