import { rm } from "node:fs/promises";
import { startEngine, type TestEngine, testDatabase } from "#test";
import { makeTestFolder } from "../../harness/folder.ts";
import { apiOf, randomOf, type TestApi, until } from "../../kit/index.ts";
import { type Automations, automate } from "./flows.ts";
import { type House, keepHouse } from "./house.ts";
import { largePayload } from "./payloads.ts";
import { type Receivers, startReceivers } from "./receivers.ts";
import { type Placed, type Scene, setScene } from "./scene.ts";
import { knock, payloadOf, sendSome, startTraffic, type Traffic } from "./traffic.ts";

export type { Automations } from "./flows.ts";
export type { House } from "./house.ts";
export type { AppName, EndpointName, SourceName } from "./scene.ts";

/** An engine that nobody has used yet. */
export interface EmptyWorld extends AsyncDisposable {
  readonly engine: TestEngine;
  /** May do everything. */
  readonly token: string;
  readonly api: TestApi;
  readonly receivers: Receivers;
}

/** An engine with customers, some of whose receivers misbehave, and traffic. */
export interface BusyWorld extends EmptyWorld {
  readonly scene: Scene;
  /** Events worth looking at. */
  readonly events: {
    /** Delivered everywhere it was owed. */
    readonly delivered: string;
    /** Delivered to one endpoint, refused by two others, and still owed to a fourth. */
    readonly mixed: string;
    /** Of 256 kB. */
    readonly large: string;
  };
  readonly traffic: Traffic;
  /** What operators did. */
  readonly house: House;
  /** What flows and tasks did. */
  readonly automations: Automations;
}

const SEED = 20_260_201;
const EVENTS_MAX = 20_000;
/** Events owed to `stocktaking`: fewer than open a breaker. */
const COUNTED = 8;

interface WorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** `embedded`: PostgreSQL of the engine's own, as on a laptop: the console signs in by itself. */
  readonly database?: "shared" | "embedded";
}

/** An engine without any application; everything it may do, as an operator would start it. */
export async function emptyWorld(options: WorldOptions = {}): Promise<EmptyWorld> {
  await using stack = new AsyncDisposableStack();
  const env: Record<string, string> = { ...options.env };
  if (options.database === "embedded") {
    const folder = await makeTestFolder();
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    env["POSTHORN_DATA"] = folder;
  } else env["DATABASE_URL"] = stack.use(await testDatabase()).url;
  const receivers = stack.use(startReceivers(randomOf(SEED)));
  const engine = await startEngine({ env });
  // An embedded database is stopped by its engine, so that gets the time to.
  if (options.database === "embedded") stack.defer(async () => void (await engine.stop()));
  else stack.use(engine);
  // The first engine that runs these sources of the console bundles them.
  await until(
    "the console is served",
    async () => {
      const { status } = await fetch(engine.url, { headers: { accept: "text/html" } });
      return status === 200;
    },
    60_000,
  );
  const kept = stack.move();
  return {
    engine,
    token: engine.token,
    api: apiOf(engine),
    receivers,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** An engine in the middle of its day. Resolves when there are delivered events, failed attempts, dead letters and rejections. */
export async function busyWorld(
  options: WorldOptions & { readonly seed?: number; readonly perSecond?: number } = {},
): Promise<BusyWorld> {
  await using stack = new AsyncDisposableStack();
  const empty = stack.use(await emptyWorld(options));
  const { api, receivers } = empty;
  const random = randomOf(options.seed ?? SEED);
  const scene = await setScene(api, receivers);
  const large = await api.send(scene.apps.globex, {
    eventType: "shipment.location_updated",
    payload: largePayload(256 * 1024, random),
  });
  const [delivered = ""] = await sendSome(api, scene, "rtl", 1, random);
  const [mixed = ""] = await sendSome(api, scene, "globex", 1, random);
  await api.sendMany(
    scene.apps.northwind,
    Array.from({ length: COUNTED }, (_, n) => ({
      eventType: "stock.counted",
      payload: payloadOf("stock.counted", n, random),
    })),
  );
  for (const app of ["northwind", "acme", "globex", "long", "rtl"] as const)
    await sendSome(api, scene, app, 12, random);
  await knock(scene, 1);
  const traffic = startTraffic({ api, scene, random, perSecond: options.perSecond ?? 12, eventsMax: EVENTS_MAX });
  stack.defer(() => traffic.stop());

  const has = async (path: string) => (await api.call("GET", `/api/v1/app/${path}`)).body.data.length > 0;
  const { endpoints, sources } = scene;
  const attempts = ({ appId, id }: Placed, status: number) =>
    `${appId}/attempt/endpoint/${id}?status=${status}&limit=1`;
  await until("an event was delivered", () => has(attempts(endpoints.perfumery, 0)));
  await until("a delivery failed for good", () => has(attempts(endpoints.depot, 2)));
  await until("a forged webhook is in the log", () =>
    has(`${sources.github.appId}/source/${sources.github.id}/rejection`),
  );
  await until("what stocktaking is owed was tried once", async () => {
    const { appId, id } = endpoints.stocktaking;
    const owed = await api.call("GET", `/api/v1/app/${appId}/endpoint/${id}/owed?state=waiting`);
    return owed.body.data.filter((row: { attempts: number }) => row.attempts === 1).length === COUNTED;
  });
  const house = await keepHouse(api, scene, receivers);
  const automations = await automate(api, scene, receivers);
  stack.defer(() => automations.worker.stop());
  const kept = stack.move();
  return {
    ...empty,
    scene,
    house,
    automations,
    events: { delivered, mixed, large },
    traffic,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
