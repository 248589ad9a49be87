import { expect, test } from "bun:test";
import { createLog, type Db, type Membership, newId } from "#kernel";
import type { ClaimedRow } from "./claim.ts";
import { createClaimer, type StoredPayload } from "./claimer.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Lane, Task } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import { Queue } from "./queue.ts";
import type { Settlement } from "./settlement.ts";

function laneOf(): Lane {
  return {
    endpointId: newId(),
    appId: newId(),
    queue: new Queue<Task>(),
    backlog: false,
    ownership: "not_needed",
    breaker: { state: "closed" },
  } as unknown as Lane; // Only what the claimer looks at.
}

/** A claimer over a table of `rows`, whose payloads are read one by one. */
function claiming(lane: Lane, rows: ClaimedRow[], options: { throttled?: boolean; holds?: number } = {}) {
  const refreshed: ReadonlyMap<string, number | undefined>[] = [];
  const taken: Task[] = [];
  const settled: Settlement[] = [];
  const claimer = createClaimer({
    // The look finds nothing due; a claim gets all rows at once.
    db: { query: async (text: string) => (text.includes("recursive") ? [] : rows.splice(0)) } as unknown as Db,
    membership: { token: "1", mayStart: () => true } as unknown as Membership,
    lanes: {
      all: () => [lane].values(),
      get: (id: string) => (id === lane.endpointId ? lane : undefined),
      refresh: async (_: unknown, apps: ReadonlyMap<string, number | undefined>) => void refreshed.push(apps),
    } as unknown as Lanes,
    dispatcher: {
      blocked: () => undefined,
      room: () => 100,
      reserve: () => undefined,
      take: (task: Task) => void taken.push(task),
      get isFull() {
        return taken.length >= (options.holds ?? 100);
      },
    } as unknown as Dispatcher,
    throttles: async () => new Map(),
    readPayloads: async (_, refs) =>
      new Map(
        refs
          .slice(0, 1)
          .map(({ id }): [string, StoredPayload] => [id, { payload: new Uint8Array(9), contentType: "a/b", hops: 0 }]),
      ),
    settle: (settlement) => void settled.push(settlement),
    monotonic: performance.now.bind(performance),
    handoverMs: () => 0,
    log: createLog({ level: "fatal", format: "json" }),
  });
  return { claimer, refreshed, taken, settled };
}

function rowOf(lane: Lane): ClaimedRow {
  return {
    id: newId(),
    event_id: newId(),
    app_id: lane.appId,
    endpoint_id: lane.endpointId,
    attempts: 0,
    step: 2,
    trigger: "scheduled",
    expires_at: null,
    due_at: "2026-01-01 00:00:00+00",
  };
}

/** Resolves when `isTrue`; the test's own deadline is the bound. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

test("what was changed of an endpoint is asked for while deliveries are queued for it, though nothing new is owed", async () => {
  const lane = laneOf();
  lane.queue.push({} as Task);
  const { claimer, refreshed } = claiming(lane, []);
  claimer.start();
  await until(() => refreshed.length > 0);
  expect([...(refreshed[0]?.keys() ?? [])]).toEqual([lane.appId]);
  await claimer.stop();
});

test("P11: payloads beyond what may be held go back to the table", async () => {
  const lane = laneOf();
  const rows = [1, 2, 3, 4, 5].map(() => rowOf(lane));
  const ids = rows.map(({ id }) => id);
  const { claimer, taken, settled } = claiming(lane, rows, { holds: 2 });
  claimer.refill([lane]);
  await until(() => settled.length === 3);
  expect(taken.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  expect(settled.map(({ task, fate }) => [task.id, fate])).toEqual(
    ids.slice(2).map((id) => [id, { kind: "owed", waitMs: 0, step: 2 }]),
  );
  expect(lane.backlog).toBe(true);
  await claimer.stop();
});
