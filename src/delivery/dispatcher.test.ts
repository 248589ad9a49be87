import { describe, expect, test } from "bun:test";
import { createLog, groupCommit, type Membership, newId, type Outbound, type SendResult } from "#kernel";
import { CLOSED } from "./breaker.ts";
import { createDispatcher, type DispatcherLimits } from "./dispatcher.ts";
import type { EndpointConfig } from "./endpoint.ts";
import { type Lane, newLane, type Task } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import { Limiter } from "./limiter.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import type { Settlement } from "./settlement.ts";

const ANSWERED: SendResult = {
  kind: "response",
  response: { status: 200, headers: [], body: new Uint8Array(0), truncated: false, complete: true },
  timing: { dnsUs: undefined, connectUs: undefined, firstByteUs: 1, totalUs: 1 },
} as unknown as SendResult; // Only what the dispatcher looks at.

function endpointOf(lane: { endpointId: string; appId: string }, throttleRate?: number): EndpointConfig {
  return {
    id: lane.endpointId,
    appId: lane.appId,
    version: 1,
    url: "http://receiver.test/",
    eventTypes: undefined,
    channels: undefined,
    mode: "enabled",
    ...(throttleRate !== undefined && { throttleRate }),
    retryPolicy: DEFAULT_POLICY,
    extraHeaders: new Set(),
    headers: [],
    secrets: [{ kind: "v1", key: new Uint8Array(24) }],
  };
}

function laneOf(throttleRate?: number): Lane {
  const ids = { endpointId: newId(), appId: newId() };
  return {
    ...newLane(ids.endpointId, ids.appId),
    endpoint: endpointOf(ids, throttleRate),
    limiter: throttleRate === undefined ? undefined : new Limiter(throttleRate),
    ownership: throttleRate === undefined ? "not_needed" : "owned",
  };
}

function taskOf(lane: Lane, owner = "1", id = newId()): Task {
  return {
    id,
    eventId: newId(),
    appId: lane.appId,
    lane,
    owner,
    attempts: 0,
    step: 0,
    trigger: "scheduled",
    owedAtMs: Date.now(),
    expiresAtMs: undefined,
    payload: new Uint8Array(10),
    contentType: "application/json",
    hops: 0,
  };
}

/** A dispatcher whose requests wait to be answered, and whose settles are committed when the test says so. */
function dispatching(limits: Partial<DispatcherLimits> = {}) {
  const lanes: Lane[] = [];
  const sent: { readonly answer: (result: SendResult) => void }[] = [];
  const settled: Settlement[] = [];
  const process = { token: "1" };
  let commit = Promise.withResolvers<void>();
  commit.resolve();
  const dispatcher = createDispatcher({
    membership: {
      mayStart: () => true,
      get token() {
        return process.token;
      },
    } as unknown as Membership,
    sender: {
      outbound: { send: () => new Promise((answer) => sent.push({ answer })) } as unknown as Outbound,
      timeoutMs: 1_000,
      responseBytesMax: 1_000,
      userAgent: "test",
    },
    settling: groupCommit<Settlement, boolean>({
      commit: async (batch) => {
        await commit.promise;
        settled.push(...batch);
        return batch.map(() => true);
      },
      rowsMax: 1_000,
      bytesMax: 1_000_000,
      bytesOf: () => 1,
      commitsMax: 2,
    }),
    lanes: { all: () => lanes.values() } as unknown as Lanes,
    limits: { inFlightMax: 100, endpointConcurrency: 10, heldMax: 1_000, heldBytesMax: 1_000_000, ...limits },
    log: createLog({ level: "fatal", format: "json" }),
    now: Date.now,
    monotonic: performance.now.bind(performance),
    random: () => 0.5,
    onOutcome: () => undefined,
    onRetry: () => undefined,
    onRoom: () => undefined,
  });
  const take = (task: Task) => {
    dispatcher.reserve(task.lane, task.id, task.payload.length);
    dispatcher.take(task);
    return task;
  };
  const holdCommits = () => {
    commit = Promise.withResolvers<void>();
    return commit.resolve;
  };
  return { dispatcher, lanes, sent, settled, process, take, holdCommits };
}

/** Resolves when `isTrue`; the test's own deadline is the bound. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

describe("dispatcher", () => {
  test("P7: endpoints that fill what they may hold always leave room for others", () => {
    const { dispatcher } = dispatching({ heldMax: 1_000 });
    for (let slow = 0; slow < 20; slow++) {
      const lane = laneOf();
      while (dispatcher.hasRoom(lane, 10)) dispatcher.reserve(lane, newId(), 10);
    }
    const healthy = laneOf();
    expect(dispatcher.held).toBeLessThan(1_000);
    expect(dispatcher.hasRoom(healthy, 10)).toBe(true);
    expect(dispatcher.room(healthy)).toBeGreaterThan(0);
  });

  test("P7: the same holds for bytes", () => {
    const { dispatcher, take } = dispatching({ heldBytesMax: 1_000, endpointConcurrency: 1 });
    const lane = laneOf();
    while (dispatcher.hasRoom(lane, 10)) take(taskOf(lane));
    expect(dispatcher.hasRoom(lane, 10)).toBe(false);
    expect(dispatcher.hasRoom(laneOf(), 10)).toBe(true);
  });

  test("a lane that waits for its rate is woken for it, whatever longer wait it was set before", async () => {
    const { sent, take } = dispatching();
    const lane = laneOf(1_000);
    // A probe is under way: what else is queued goes back, and the lane waits two minutes for a probe that may be lost.
    const probing = performance.now();
    lane.breaker = { state: "half_open", probeStartedAtMs: probing, openSinceMs: probing, opens: 1 };
    take(taskOf(lane));
    expect(lane.queue.length).toBe(0);
    // The probe told that all is well; and the rate is used up for the moment.
    lane.breaker = CLOSED;
    lane.limiter = new Limiter(1);
    lane.limiter.tryStart(performance.now() - 900);
    take(taskOf(lane));
    expect(sent).toHaveLength(0);
    await until(() => sent.length === 1);
  });

  test("P3: a late result of a lost lease does not let go of the same delivery, claimed anew", async () => {
    const { dispatcher, sent, settled, process, take, holdCommits } = dispatching();
    const lane = laneOf();
    const task = take(taskOf(lane));
    process.token = "2";
    dispatcher.forget();
    const commit = holdCommits();
    take(taskOf(lane, "2", task.id));
    expect(sent).toHaveLength(2);
    sent[0]?.answer(ANSWERED);
    commit();
    await until(() => settled.length === 1);
    expect(dispatcher.heldIds()).toEqual([task.id]);
    sent[1]?.answer(ANSWERED);
    await until(() => dispatcher.held === 0);
  });

  test("P12: draining resolves for everyone who asked, once what is under way is settled", async () => {
    const { dispatcher, sent, settled, lanes, take } = dispatching({ endpointConcurrency: 1 });
    const lane = laneOf();
    lanes.push(lane);
    take(taskOf(lane));
    take(taskOf(lane));
    const drained = Promise.all([dispatcher.drain(), dispatcher.drain()]);
    await until(() => settled.length === 1);
    expect(settled[0]?.fate).toEqual({ kind: "owed", waitMs: 0, step: 0 });
    sent[0]?.answer(ANSWERED);
    await drained;
    expect(sent).toHaveLength(1);
    expect(dispatcher.held).toBe(0);
  });
});
