import { bareArray, isUuid, parsePublicId, type Queryable } from "#kernel";
import type { Definition } from "#language";
import type { FlowMode } from "./flow.ts";
import { loadAwaited } from "./waits/arrivals.ts";

/** What an append must know of a flow: what starts it, found without evaluating anything. */
export interface KnownFlow {
  readonly id: string;
  readonly appId: string;
  readonly name: string;
  readonly mode: FlowMode;
  readonly version: number;
  /** Flow control decides whether and when a run begins. */
  readonly isControlled: boolean;
}

/** A trigger that an event may fit. `isCertain`: whoever fits by type or source does, for there is no expression. */
interface Fit {
  readonly flow: KnownFlow;
  readonly kind: "event" | "source";
  /** Which of the definition's triggers. */
  readonly index: number;
  readonly isCertain: boolean;
}

/** A flow that an event may start. */
export interface Match {
  readonly flow: KnownFlow;
  readonly trigger: "event" | "source";
  /** Which triggers may hold; undefined: it starts for certain. */
  readonly triggers: readonly number[] | undefined;
}

interface App {
  readonly version: string;
  readonly flows: ReadonlyMap<string, KnownFlow>;
  readonly byName: ReadonlyMap<string, KnownFlow>;
  readonly byType: ReadonlyMap<string, readonly Fit[]>;
  readonly bySource: ReadonlyMap<string, readonly Fit[]>;
  /** Types of event that runs of any version may wait for. */
  readonly awaited: ReadonlySet<string>;
}

/**
 * The flows this process knows, by application, each as of a version of its application's set: compared inside the append, so that a change
 * made through another process counts for the very next event.
 */
export interface FlowCache {
  /** Brings these applications up to date, as `tx` sees them. */
  refresh(tx: Queryable, appIds: Iterable<string>): Promise<void>;
  /** `none`: nobody in the installation has flows. Undefined: not enough is known. */
  versions(appIds: Iterable<string>): ReadonlyMap<string, string> | "none" | undefined;
  match(appId: string, type: string, sourceId: string | undefined, sourceUid: string | undefined): readonly Match[];
  /** Whether runs of the application may wait for events of this type. */
  awaits(appId: string, type: string): boolean;
  /** Whether anything is known of this application's flows here. */
  knows(appId: string): boolean;
  /** Of an application that was refreshed. */
  find(appId: string, by: { readonly id: string } | { readonly name: string }): KnownFlow | undefined;
}

// The row without an application says that nobody has flows.
const VERSIONS = `
  select app_id, version from posthorn.flow_set where app_id = any($1::uuid[])
  union all
  select null, null where not exists (select from posthorn.flow_set)`;

// Read after the versions, in the same transaction: what is kept is at least as new as the version it is kept under.
const LOAD = `
  select f.id, f.app_id, f.name, f.mode, f.version, v.definition -> 'on' as "on", v.definition -> 'control' as control
    from posthorn.flow f
    join posthorn.flow_version v on v.flow_id = f.id and v.version = f.version
   where f.app_id = any($1::uuid[]) and f.deleted_at is null
   order by f.app_id, f.id`;

interface Row {
  readonly id: string;
  readonly app_id: string;
  readonly name: string;
  readonly mode: FlowMode;
  readonly version: number;
  readonly on: Definition["on"] | null;
  readonly control: Definition["control"] | null;
}

const NOTHING: readonly never[] = [];
const NONE: ReadonlySet<string> = new Set();
const NOTHING_AWAITED: ReadonlyMap<string, ReadonlySet<string>> = new Map();

export function createFlowCache(options: { readonly appsMax?: number } = {}): FlowCache {
  const apps = new Map<string, App>();
  const appsMax = options.appsMax ?? 20_000;
  let nobodyHas = false;

  async function refresh(tx: Queryable, appIds: Iterable<string>): Promise<void> {
    const wanted = [...new Set(appIds)];
    const rows = await tx.query<{ app_id: string | null; version: string | null }>(VERSIONS, [bareArray(wanted)]);
    nobodyHas = rows[0]?.app_id === null;
    const versions = new Map(rows.map((row) => [row.app_id, String(row.version)]));
    const stale = wanted.filter((appId) => apps.get(appId)?.version !== (versions.get(appId) ?? "0"));
    if (stale.length === 0) return;
    const withFlows = stale.filter((appId) => versions.has(appId));
    const flows = withFlows.length === 0 ? [] : await tx.query<Row>(LOAD, [bareArray(withFlows)]);
    const awaited = withFlows.length === 0 ? NOTHING_AWAITED : await loadAwaited(tx, withFlows);
    const byApp = Map.groupBy(flows, (row) => row.app_id);
    for (const appId of stale) {
      const version = versions.get(appId) ?? "0";
      const before = apps.get(appId);
      // Read earlier, and overtaken by another refresh: the newer one stays.
      if (before !== undefined && BigInt(before.version) > BigInt(version)) continue;
      apps.delete(appId);
      apps.set(appId, appOf(version, byApp.get(appId) ?? [], awaited.get(appId) ?? NONE));
    }
    for (const appId of apps.keys()) {
      if (apps.size <= appsMax) return;
      apps.delete(appId);
    }
  }

  function match(appId: string, type: string, sourceId?: string, sourceUid?: string): readonly Match[] {
    const app = apps.get(appId);
    if (app === undefined || app.flows.size === 0) return NOTHING;
    const fits = [
      ...(app.byType.get(type) ?? NOTHING),
      ...(sourceId === undefined ? NOTHING : (app.bySource.get(sourceId) ?? NOTHING)),
      ...(sourceUid === undefined ? NOTHING : (app.bySource.get(sourceUid) ?? NOTHING)),
    ];
    if (fits.length === 0) return NOTHING;
    const byFlow = new Map<KnownFlow, Fit[]>();
    for (const fit of fits) {
      const own = byFlow.get(fit.flow);
      if (own === undefined) byFlow.set(fit.flow, [fit]);
      else own.push(fit);
    }
    return [...byFlow].map(([flow, own]) => {
      const first = own.find(({ isCertain }) => isCertain) ?? (own[0] as Fit);
      const isCertain = first.isCertain && !flow.isControlled;
      return { flow, trigger: first.kind, triggers: isCertain ? undefined : own.map(({ index }) => index) };
    });
  }

  return {
    refresh,
    versions: (appIds) => {
      if (nobodyHas) return "none";
      const versions = new Map<string, string>();
      for (const appId of appIds) {
        const app = apps.get(appId);
        if (app === undefined) return undefined;
        versions.set(appId, app.version);
      }
      return versions;
    },
    match,
    awaits: (appId, type) => apps.get(appId)?.awaited.has(type) === true,
    knows: (appId) => apps.has(appId),
    find: (appId, by) => {
      const app = apps.get(appId);
      return "id" in by ? app?.flows.get(by.id) : app?.byName.get(by.name);
    },
  };
}

function appOf(version: string, rows: readonly Row[], awaited: ReadonlySet<string>): App {
  const flows = new Map<string, KnownFlow>();
  const byName = new Map<string, KnownFlow>();
  const byType = new Map<string, Fit[]>();
  const bySource = new Map<string, Fit[]>();
  const add = (index: Map<string, Fit[]>, key: string, fit: Fit) => {
    const list = index.get(key);
    if (list === undefined) index.set(key, [fit]);
    else list.push(fit);
  };
  for (const row of rows) {
    const flow: KnownFlow = {
      id: row.id,
      appId: row.app_id,
      name: row.name,
      mode: row.mode,
      version: row.version,
      isControlled: row.control !== null && Object.keys(row.control ?? {}).length > 0,
    };
    flows.set(flow.id, flow);
    byName.set(flow.name, flow);
    if (flow.mode === "disabled") continue;
    for (const [index, trigger] of (row.on ?? []).entries()) {
      if ("event" in trigger) {
        const fit: Fit = { flow, kind: "event", index, isCertain: trigger.if === undefined };
        const types = typeof trigger.event === "string" ? [trigger.event] : trigger.event;
        for (const type of new Set(types)) add(byType, type, fit);
      } else if ("source" in trigger) {
        add(bySource, sourceKey(trigger.source), { flow, kind: "source", index, isCertain: trigger.if === undefined });
      }
    }
  }
  return { version, flows, byName, byType, bySource, awaited };
}

/** The uuid of a public id; another text is the name that its owner gave the source. */
function sourceKey(source: string): string {
  return parsePublicId("src", source) ?? (isUuid(source) ? source.toLowerCase() : source);
}
