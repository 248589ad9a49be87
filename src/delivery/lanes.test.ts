import { expect, test } from "bun:test";
import { newId, type Queryable } from "#kernel";
import type { EndpointConfig } from "./endpoint.ts";
import { createLanes } from "./lanes.ts";
import { createDeliveryPlanner, WIDE_FAN_OUT } from "./planner.ts";
import { DEFAULT_POLICY } from "./policy.ts";

const appId = newId();

function endpoint(fields: Partial<EndpointConfig> = {}): EndpointConfig {
  return {
    id: newId(),
    appId,
    version: 1,
    url: "https://example.com/",
    eventTypes: undefined,
    channels: undefined,
    mode: "enabled",
    retryPolicy: DEFAULT_POLICY,
    extraHeaders: new Set(),
    headers: [],
    secrets: [],
    ...fields,
  };
}

/** The endpoints of one application as of a version, and how a transaction sees them. */
function world(first: readonly EndpointConfig[]) {
  const seen = { version: 1, endpoints: first };
  const lanes = createLanes({
    loadEndpoints: async (tx) => (await tx.query("endpoints")) as EndpointConfig[],
    now: () => 0,
    monotonic: () => 0,
  });
  const as = ({ version, endpoints }: typeof seen): Queryable => ({
    // biome-ignore lint/suspicious/noExplicitAny: the interface asks for any row.
    query: async (text: string): Promise<any[]> => {
      if (text === "endpoints") return [...endpoints];
      return text.includes("endpoint_set") ? [{ app_id: appId, version: String(version) }] : [];
    },
  });
  const refresh = (at: typeof seen = seen, throttle?: number) => lanes.refresh(as(at), new Map([[appId, throttle]]));
  return { lanes, refresh };
}

test("P3: what was read earlier does not replace what is newer", async () => {
  const old = endpoint();
  const { lanes, refresh } = world([]);
  await refresh({ version: 5, endpoints: [old, endpoint()] });
  await refresh({ version: 4, endpoints: [old] });
  expect(lanes.ofApp(appId)).toHaveLength(2);
  expect(lanes.versions(new Map<string, undefined>([[appId, undefined]]))?.get(appId)).toBe("5");
});

test("a hold ends with what asked for it: another URL, or a resume, starts with a clean slate", async () => {
  const before = endpoint();
  const { lanes, refresh } = world([before]);
  await refresh();
  const lane = lanes.get(before.id);
  if (lane === undefined) throw new Error("There is no lane.");
  lane.holdUntil = 3_600_000;
  await refresh({ version: 2, endpoints: [{ ...before, version: 2, timeoutMs: 2_000 }] });
  expect(lane.holdUntil).toBe(3_600_000);
  await refresh({ version: 3, endpoints: [{ ...before, version: 3, url: "https://example.org/" }] });
  expect(lane.holdUntil).toBeLessThan(0);
});

test("P7: who owned an endpoint's limit does not own its application's", async () => {
  const limited = endpoint({ concurrency: 1 });
  const { lanes, refresh } = world([limited]);
  await refresh();
  const lane = lanes.get(limited.id);
  if (lane === undefined) throw new Error("There is no lane.");
  lane.ownership = "owned";
  await refresh({ version: 2, endpoints: [limited] });
  expect(lanes.get(limited.id)?.ownership).toBe("owned");
  await refresh({ version: 3, endpoints: [limited] }, 10);
  expect(lanes.get(limited.id)?.ownership).toBe("wanted");
});

test("an event that few of very many endpoints want is planned at once, and one that many want is expanded later", async () => {
  const many = Array.from({ length: WIDE_FAN_OUT + 20 }, () => endpoint({ eventTypes: new Set(["many"]) }));
  const few = endpoint({ eventTypes: new Set(["few"]) });
  const { lanes, refresh } = world([...many, few]);
  await refresh();
  const planner = createDeliveryPlanner({
    lanes,
    dispatcher: undefined,
    token: () => "1",
    now: () => 0,
    onOwed: () => undefined,
    onFanOut: () => undefined,
  });
  const tables = (type: string) =>
    planner
      .foresee([
        {
          id: newId(),
          appId,
          type,
          channels: undefined,
          payload: new Uint8Array(0),
          contentType: "application/json",
          hops: 0,
          appThrottleRate: undefined,
        },
      ])
      ?.statements.flatMap(({ text }) => /insert into posthorn\.(\w+)/.exec(text)?.[1] ?? []);
  expect(tables("few")).toEqual(["delivery_owed"]);
  expect(tables("many")).toEqual(["fan_out"]);
  expect(tables("none")).toEqual([]);
});
