import { bareArray, type Queryable } from "#kernel";
import { fromRow as healthFromRow, resumed, WELL } from "./auto-disable.ts";
import { CLOSED, fromRow } from "./breaker.ts";
import type { EndpointConfig } from "./endpoint.ts";
import { type Lane, newLane } from "./lane.ts";
import { Limiter } from "./limiter.ts";

interface App {
  version: string;
  throttleRate: number | undefined;
  lanes: Lane[];
  limiter: Limiter | undefined;
}

export interface LanesOptions {
  /** Everything needed to plan and send for the endpoints of these applications, deleted ones left out. */
  readonly loadEndpoints: (tx: Queryable, appIds: readonly string[]) => Promise<EndpointConfig[]>;
  readonly now: () => number;
  readonly monotonic: () => number;
  /** Configuration of so many applications is kept; the longest unused goes first. */
  readonly appsMax?: number;
}

/**
 * The endpoints this process knows, by application, each as of a version of its application's set. A plan compares
 * versions inside the transaction of the append and loads what is outdated there, so that a change made through another
 * process counts for the very next event.
 */
export interface Lanes {
  /** Brings these applications up to date, as `tx` sees them. The map's values are their throttles (deliveries per second). */
  refresh(tx: Queryable, apps: ReadonlyMap<string, number | undefined>): Promise<void>;
  ofApp(appId: string): readonly Lane[];
  /** The version as of which these applications are known; undefined when one is not known, or with another throttle. */
  versions(apps: ReadonlyMap<string, number | undefined>): Map<string, string> | undefined;
  /** A lane of an application that was refreshed; undefined when the endpoint was deleted. */
  get(endpointId: string): Lane | undefined;
  all(): Iterable<Lane>;
}

const VERSIONS = `select app_id, version from posthorn.endpoint_set where app_id = any($1::uuid[])`;

const STATES = `
  select endpoint_id, breaker, breaker_opens,
         (extract(epoch from breaker_until - clock_timestamp()) * 1000)::float8 as breaker_in_ms,
         (extract(epoch from hold_until - clock_timestamp()) * 1000)::float8 as hold_in_ms,
         failing_since, failing_open_ms::float8 as failing_open_ms, failing_attempts, gone_at, told_failing,
         coalesce(probe_at > clock_timestamp() - interval '1 minute', false) as probe_wanted
    from posthorn.endpoint_state
   where endpoint_id = any($1::uuid[])`;

interface StateRow {
  readonly endpoint_id: string;
  readonly breaker: "closed" | "open" | "half_open";
  readonly breaker_opens: number;
  readonly breaker_in_ms: number | null;
  readonly hold_in_ms: number | null;
  readonly failing_since: Date | null;
  readonly failing_open_ms: number;
  readonly failing_attempts: number;
  readonly gone_at: Date | null;
  readonly told_failing: boolean;
  readonly probe_wanted: boolean;
}

/** A changed rate keeps what was started: otherwise both rates' worth could start within one second. */
function limiterOf(rate: number | undefined, before: Limiter | undefined): Limiter | undefined {
  if (rate === undefined) return undefined;
  if (before === undefined) return new Limiter(rate);
  before.setRate(rate);
  return before;
}

export function createLanes(options: LanesOptions): Lanes {
  const apps = new Map<string, App>();
  const lanes = new Map<string, Lane>();
  const appsMax = options.appsMax ?? 20_000;

  async function refresh(tx: Queryable, wanted: ReadonlyMap<string, number | undefined>): Promise<void> {
    const rows = await tx.query<{ app_id: string; version: string }>(VERSIONS, [bareArray([...wanted.keys()])]);
    const versions = new Map(rows.map((row) => [row.app_id, String(row.version)]));
    const stale: string[] = [];
    for (const [appId, throttleRate] of wanted) {
      const app = apps.get(appId);
      if (app === undefined || app.version !== (versions.get(appId) ?? "0") || app.throttleRate !== throttleRate)
        stale.push(appId);
    }
    if (stale.length === 0) return;
    const endpoints = await options.loadEndpoints(tx, stale);
    const ids = bareArray(endpoints.map((endpoint) => endpoint.id));
    const states = endpoints.length === 0 ? [] : await tx.query<StateRow>(STATES, [ids]);
    const stateOf = new Map(states.map((state) => [state.endpoint_id, state]));
    for (const appId of stale) {
      const own = endpoints.filter((endpoint) => endpoint.appId === appId);
      adopt(appId, versions.get(appId) ?? "0", wanted.get(appId), own, stateOf);
    }
    evict();
  }

  function adopt(
    appId: string,
    version: string,
    throttleRate: number | undefined,
    endpoints: readonly EndpointConfig[],
    states: ReadonlyMap<string, StateRow>,
  ): void {
    const before = apps.get(appId);
    // Read earlier, and overtaken by another refresh whose plan may be about to be made: the newer one stays.
    if (before !== undefined && BigInt(before.version) > BigInt(version)) return;
    const limiter = limiterOf(throttleRate, before?.limiter);
    const present = new Set(endpoints.map((endpoint) => endpoint.id));
    for (const lane of before?.lanes ?? []) {
      if (present.has(lane.endpointId)) continue;
      lane.endpoint = undefined;
      lanes.delete(lane.endpointId);
    }
    const own = endpoints.map((endpoint) => {
      const lane = lanes.get(endpoint.id) ?? newLane(endpoint.id, endpoint.appId);
      const isResumed = lane.endpoint !== undefined && lane.endpoint.mode !== "enabled" && endpoint.mode === "enabled";
      const isNew = lane.endpoint === undefined;
      const isChanged = lane.endpoint !== undefined && lane.endpoint.version !== endpoint.version;
      const isElsewhere = lane.endpoint !== undefined && lane.endpoint.url !== endpoint.url;
      const rateChanged = lane.endpoint?.throttleRate !== endpoint.throttleRate;
      // What is owned is the endpoint, or its whole application: whoever owns one does not own the other.
      const isOtherSubject = (lane.appLimiter === undefined) !== (limiter === undefined);
      lane.endpoint = endpoint;
      lane.appLimiter = limiter;
      if (rateChanged) lane.limiter = limiterOf(endpoint.throttleRate, lane.limiter);
      if (isResumed || isElsewhere) lane.holdUntil = Number.NEGATIVE_INFINITY; // Asked for by what it was before.
      applyState(lane, states.get(endpoint.id), isChanged);
      lane.probeWanted = states.get(endpoint.id)?.probe_wanted ?? false;
      lane.toldFailing = states.get(endpoint.id)?.told_failing ?? false;
      if (isNew) lane.health = healthOf(states.get(endpoint.id));
      if (isResumed) lane.health = resumed(lane.health);
      const governed =
        limiter !== undefined ||
        endpoint.throttleRate !== undefined ||
        endpoint.concurrency !== undefined ||
        lane.breaker.state !== "closed";
      if (!governed) lane.ownership = "not_needed";
      else if (lane.ownership === "not_needed" || isOtherSubject) lane.ownership = "wanted";
      lanes.set(endpoint.id, lane);
      return lane;
    });
    apps.delete(appId);
    apps.set(appId, { version, throttleRate, lanes: own, limiter });
  }

  /**
   * What another process found out about the endpoint. What this process knows by itself is newer than the row, unless the
   * endpoint was changed: its owner who enables it, or mends its URL, starts it with a clean slate.
   */
  function applyState(lane: Lane, row: StateRow | undefined, isChanged: boolean): void {
    const now = options.monotonic();
    if (row?.hold_in_ms != null && row.hold_in_ms > 0) lane.holdUntil = Math.max(lane.holdUntil, now + row.hold_in_ms);
    if (lane.isUnwritten && !isChanged) return;
    if (row === undefined || row.breaker === "closed") {
      if (lane.breaker.state !== "closed" && (isChanged || lane.ownership !== "owned")) lane.breaker = CLOSED;
      return;
    }
    if (lane.breaker.state !== "closed") return;
    lane.breaker = fromRow(
      { breaker: row.breaker, opens: row.breaker_opens, waitMs: Math.max(0, row.breaker_in_ms ?? 0) },
      now,
    );
  }

  /** Another process may have seen more; while this one lives it goes by what it saw itself. */
  function healthOf(row: StateRow | undefined) {
    if (row === undefined) return WELL;
    return healthFromRow({
      failingSinceMs: row.failing_since?.getTime(),
      failingOpenMs: row.failing_open_ms,
      failingAttempts: row.failing_attempts,
      goneAtMs: row.gone_at?.getTime(),
    });
  }

  function evict(): void {
    for (const [appId, app] of apps) {
      if (apps.size <= appsMax) return;
      if (
        app.lanes.some(
          (lane) => lane.inFlight > 0 || lane.reserved > 0 || lane.queue.length > 0 || lane.ownership === "owned",
        )
      )
        continue;
      for (const lane of app.lanes) lanes.delete(lane.endpointId);
      apps.delete(appId);
    }
  }

  return {
    refresh,
    versions: (wanted) => {
      const versions = new Map<string, string>();
      for (const [appId, throttleRate] of wanted) {
        const app = apps.get(appId);
        if (app === undefined || app.throttleRate !== throttleRate) return undefined;
        versions.set(appId, app.version);
      }
      return versions;
    },
    ofApp: (appId) => apps.get(appId)?.lanes ?? [],
    get: (endpointId) => lanes.get(endpointId),
    all: () => lanes.values(),
  };
}
