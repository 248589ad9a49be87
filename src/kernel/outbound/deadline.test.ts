import { expect, test } from "bun:test";
import { DeadlineWheel, Timed } from "./deadline.ts";

class Probe extends Timed {
  readonly startedAt = performance.now();
  readonly expired: Promise<number>;
  count = 0;
  #resolve: (afterMs: number) => void = () => undefined;
  constructor() {
    super();
    this.expired = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
  expire(): void {
    this.count++;
    this.#resolve(performance.now() - this.startedAt);
  }
}

test("P5: a deadline comes once and never early, whatever the order of starting", async () => {
  const wheel = new DeadlineWheel();
  const wanted = [90, 10, 50, 0, 50, 30];
  const probes = wanted.map((ms) => {
    const probe = new Probe();
    wheel.start(probe, ms);
    return probe;
  });
  const after = await Promise.all(probes.map((probe) => probe.expired));
  for (const [i, ms] of wanted.entries()) expect(after[i]).toBeGreaterThanOrEqual(ms);
  expect(probes.map((probe) => probe.count)).toEqual(wanted.map(() => 1));
});

test("a stopped deadline does not come, and stopping twice is fine", async () => {
  const wheel = new DeadlineWheel();
  const stopped = new Probe();
  const neighbour = new Probe();
  wheel.start(stopped, 20);
  wheel.start(neighbour, 20);
  wheel.stop(stopped);
  wheel.stop(stopped);
  const later = new Probe();
  wheel.start(later, 60);
  await Promise.all([neighbour.expired, later.expired]);
  expect(stopped.count).toBe(0);
});

test("a wheel that stood still starts again", async () => {
  const wheel = new DeadlineWheel();
  for (let i = 0; i < 2; i++) {
    const probe = new Probe();
    wheel.start(probe, 10);
    await probe.expired;
  }
});

test("P5: a deadline that starts while the wheel is behind the clock does not come early", async () => {
  const wheel = new DeadlineWheel();
  const first = new Probe();
  wheel.start(first, 10_000);
  const until = performance.now() + 100;
  while (performance.now() < until); // The event loop stands still, so the wheel cannot turn.
  const probe = new Probe();
  wheel.start(probe, 50);
  expect(await probe.expired).toBeGreaterThanOrEqual(50);
  wheel.stop(first);
});

test("one that expires may stop the others of its slot", async () => {
  const wheel = new DeadlineWheel();
  const probes = [new Probe(), new Probe(), new Probe()];
  const now = performance.now();
  for (const probe of probes) {
    wheel.start(probe, 10, now);
    probe.expired.then(() => undefined);
    const expire = probe.expire.bind(probe);
    probe.expire = () => {
      expire();
      for (const other of probes) wheel.stop(other);
    };
  }
  await Promise.race(probes.map((probe) => probe.expired));
  const later = new Probe();
  wheel.start(later, 10);
  await later.expired;
  expect(probes.map((probe) => probe.count)).toEqual([1, 0, 0]);
});

test("a deadline longer than one turn of the wheel goes round", () => {
  const wheel = new DeadlineWheel();
  const probes = [5, 20_000, 60_000].map((ms) => {
    const probe = new Probe();
    wheel.start(probe, ms);
    return probe;
  });
  expect(probes.map((probe) => probe.rounds)).toEqual([0, 0, 2]);
  for (const probe of probes) wheel.stop(probe);
});
