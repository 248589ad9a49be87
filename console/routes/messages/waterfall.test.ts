import { describe, expect, test } from "bun:test";
import { type Attempt, scaleOf, segmentsOf, sinceAccepted, type Timeline, tallyOf } from "./waterfall.ts";

type Timing = NonNullable<Attempt["timing"]>;

function attempt(timing: Partial<Timing> & Pick<Timing, "totalMs">): Attempt {
  return {
    id: "atmpt_1",
    msgId: "msg_1",
    endpointId: "ep_1",
    url: "https://example.com/",
    response: "",
    responseStatusCode: 200,
    responseDurationMs: timing.totalMs,
    status: 0,
    statusText: "success",
    triggerType: 0,
    timestamp: "2026-05-01T10:00:00.000Z",
    timing: {
      dnsMs: null,
      connectMs: null,
      firstByteMs: null,
      startedAt: "2026-05-01T10:00:00.000Z",
      recordedAt: null,
      ...timing,
    },
  };
}

describe("the parts of a request", () => {
  test("follow each other without a gap from its start to its end", () => {
    const segments = segmentsOf(attempt({ dnsMs: 2, connectMs: 5, firstByteMs: 30, totalMs: 34 }));
    expect(segments.map(({ kind, fromMs, toMs }) => [kind, fromMs, toMs])).toEqual([
      ["dns", 0, 2],
      ["connect", 2, 7],
      ["wait", 7, 30],
      ["body", 30, 34],
    ]);
  });

  test("leave out what did not happen: an open connection was not made, a timeout had no answer", () => {
    expect(segmentsOf(attempt({ firstByteMs: 3, totalMs: 3 })).map(({ kind }) => kind)).toEqual(["wait"]);
    expect(segmentsOf(attempt({ dnsMs: 1, totalMs: 15_000 })).map(({ kind }) => kind)).toEqual(["dns", "wait"]);
    expect(segmentsOf(attempt({ totalMs: 0 }))).toEqual([]);
  });

  test("never reach beyond the end, whatever was measured", () => {
    for (const { toMs } of segmentsOf(attempt({ dnsMs: 50, connectMs: 50, firstByteMs: 80, totalMs: 20 }))) {
      expect(toMs).toBeLessThanOrEqual(20);
    }
  });
});

function timeline(...states: readonly Timeline["deliveries"][number]["state"][]): Timeline {
  return {
    message: {
      id: "msg_1",
      eventType: "a",
      payload: {},
      timestamp: "2026-05-01T10:00:00.000Z",
    },
    acceptedAt: "2026-05-01T10:00:00.000Z",
    storedAt: null,
    traceId: null,
    isComplete: true,
    isExpanding: false,
    deliveries: states.map((state, index) => ({
      id: `dlv_${index}`,
      endpointId: "ep_1",
      endpointUrl: null,
      endpointDescription: null,
      endpointDeleted: false,
      trigger: "scheduled",
      owedAt: "2026-05-01T10:00:00.000Z",
      state,
      dueAt: null,
      deadReason: null,
      deadAt: null,
      attempts: [attempt({ totalMs: (index + 1) * 10 })],
    })),
  };
}

test("a held delivery is still open, a dead one is not", () => {
  const { deliveries } = timeline("delivered", "held", "owed", "leased", "dead");
  expect(tallyOf(deliveries)).toEqual({ delivered: 1, open: 3, dead: 1 });
});

test("all bars share the scale of the longest request", () => {
  expect(scaleOf(timeline("delivered", "owed").deliveries)).toBe(20);
  expect(scaleOf([])).toBe(1);
});

test("a clock that lags behind does not make something happen before the message came", () => {
  expect(sinceAccepted(timeline(), "2026-05-01T09:59:59.990Z")).toBe(0);
  expect(sinceAccepted(timeline(), "2026-05-01T10:00:02.000Z")).toBe(2_000);
  expect(sinceAccepted(timeline(), null)).toBeUndefined();
});
