import { createEventLog, type EventLog, ensureEventPartitions, type Planner } from "#events";
import { createLog, createSealer, type Db, openDb, type Queryable, type Sealer } from "#kernel";
import { createApplication, liveApplications } from "#tenancy";
import type { PresetName } from "./presets/preset.ts";
import { createIngest, type Ingest, type IngestOptions } from "./service.ts";
import { type CreatedSource, createSource, type HeldSource, holdSource, type SourceFields } from "./source.ts";

/** What the tests of this room stand on: a database, an application, the log, and any number of processes that receive. */
export interface World extends AsyncDisposable {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly appId: string;
  readonly events: EventLog;
  readonly ingest: Ingest;
  /** Another process on the same database. */
  anotherProcess(options?: Partial<IngestOptions>): Ingest;
  newSource(preset: PresetName, fields?: Partial<SourceFields> & { secret?: string }): Promise<CreatedSource>;
  /** Changes a source in a transaction, as some process would. */
  change<T>(sourceId: string, work: (tx: Queryable, source: HeldSource) => Promise<T>): Promise<T>;
}

export async function openWorld(
  testDatabase: () => Promise<AsyncDisposable & { readonly url: string }>,
  options: { planners?: readonly Planner[]; ingest?: Partial<IngestOptions> } = {},
): Promise<World> {
  const database = await testDatabase();
  const db = openDb({ url: database.url, poolMax: 4 });
  const sealer = createSealer({ current: crypto.getRandomValues(new Uint8Array(32)) });
  const log = createLog({ level: "silent", format: "json" });
  await ensureEventPartitions(db, Date.now());
  const app = await createApplication(db, {
    name: "shop",
    uid: undefined,
    throttleRate: undefined,
    quotas: { eventsPerSecond: undefined, endpointsMax: undefined, payloadBytesMax: undefined },
    metadata: {},
  });
  if (app === "uid_taken") throw new Error("A fresh database has no application.");
  const events = createEventLog({ db, planners: options.planners ?? [], liveApplications });
  const anotherProcess = (more: Partial<IngestOptions> = {}) =>
    createIngest({ db, sealer, log, events, bodyBytesMax: 64 * 1024, dedupeWindowMs: 86_400_000, ...more });
  const ingest = anotherProcess(options.ingest);
  return {
    db,
    sealer,
    appId: app.id,
    events,
    ingest,
    anotherProcess,
    async newSource(preset, fields = {}) {
      const created = await db.transaction((tx) =>
        createSource(tx, sealer, app.id, {
          uid: undefined,
          name: preset,
          options: {},
          disabled: false,
          metadata: {},
          ...fields,
          preset,
        }),
      );
      if (created.kind !== "created") throw new Error(JSON.stringify(created));
      return created;
    },
    change: (sourceId, work) =>
      db.transaction(async (tx) => {
        const held = await holdSource(tx, app.id, sourceId);
        if (held === undefined) throw new Error(`There is no source ${sourceId}.`);
        return work(tx, held);
      }),
    async [Symbol.asyncDispose]() {
      await ingest.stop();
      await events.idle();
      await db.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

export function post(token: string, signed: { headers: Readonly<Record<string, string>>; body: Uint8Array }): Request {
  return new Request(`http://127.0.0.1:8420/in/${token}`, {
    method: "POST",
    headers: signed.headers,
    body: new Uint8Array(signed.body),
  });
}
