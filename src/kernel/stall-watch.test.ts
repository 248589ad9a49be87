import { expect, test } from "bun:test";
import { createStallWatch } from "./stall-watch.ts";

/** A watch whose ticks come when the test says, so many ms after the one before. */
function watched() {
  let now = 0;
  const watch = createStallWatch({ monotonic: () => now });
  return {
    watch,
    after: (ms: number, times = 1) => {
      for (let i = 0; i < times; i++) {
        now += ms;
        watch.tick();
      }
      return watch.state;
    },
  };
}

test("a process whose timers come in time is well, a busy one too", () => {
  const { after } = watched();
  expect(after(500, 200)).toEqual({ lagMs: 0, stalledShare: 0, isStalled: false });
  expect(after(1_400, 100).isStalled).toBe(false);
});

test("one pause, however long, is no reason to be restarted", () => {
  const { after } = watched();
  after(500, 10);
  for (const pauseMs of [10_000, 29_000, 3_600_000]) {
    expect(after(pauseMs).isStalled).toBe(false);
    expect(after(500, 130)).toEqual({ lagMs: 0, stalledShare: 0, isStalled: false });
  }
});

test("a process that loses most of a minute is told stalled, and stays it until it is clearly well", () => {
  const { after } = watched();
  const states = Array.from({ length: 12 }, () => after(5_500).isStalled);
  expect(states.at(-1)).toBe(true);
  expect(states.filter((each, i) => each !== states[i - 1] && i > 0).length).toBe(1);
  // Half as many pauses lie between the two marks: nothing changes.
  const later = Array.from({ length: 60 }, (_, i) => after(i % 4 === 0 ? 3_500 : 2_000 / 3).isStalled);
  expect(later.slice(0, 20).every((each) => each)).toBe(true);
  expect(after(500, 240).isStalled).toBe(false);
});
