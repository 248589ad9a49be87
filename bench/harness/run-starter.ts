import type { Engine } from "./engine.ts";
import { inParallel } from "./subject.ts";

/** Looks at how many runs are in the engine's hands so often; a count of rows would walk over every dead one. */
const LOOK_MS = 40;
const STARTS_PER_REQUEST = 250;
const REQUESTS_AT_ONCE = 4;

export interface RunStarter {
  /** Starts no more, and resolves when the last request is answered. */
  stop(): Promise<void>;
}

/** Starts runs of a flow in batches over HTTP, as long as fewer than `live` are in the hands of the engine. */
export function keepStarting(engine: Engine, app: string, flow: string, live: number): RunStarter {
  const path = `/api/v1/app/${app}/flow/${flow}/run/batch`;
  const body = JSON.stringify({ runs: Array.from({ length: STARTS_PER_REQUEST }, (_, n) => ({ input: { n } })) });
  let isOver = false;
  let room = live;
  const looking = (async () => {
    while (!isOver) {
      room = live - (await liveRuns(engine));
      await Bun.sleep(LOOK_MS);
    }
  })();
  const starting = inParallel(
    Array.from({ length: REQUESTS_AT_ONCE }, (_, n) => n),
    REQUESTS_AT_ONCE,
    async () => {
      while (!isOver) {
        if (room < STARTS_PER_REQUEST) {
          await Bun.sleep(5);
          continue;
        }
        room -= STARTS_PER_REQUEST;
        await post(engine, path, body);
      }
    },
  );
  return {
    stop: async () => {
      isOver = true;
      await Promise.all([looking, starting]);
    },
  };
}

async function liveRuns(engine: Engine): Promise<number> {
  const answer = await fetch(`${engine.origin}/metrics`, { headers: { authorization: `Bearer ${engine.token}` } });
  const text = await answer.text();
  const found = /^posthorn_runs_live(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1];
  if (found === undefined) throw new Error(`GET /metrics was answered ${answer.status} without posthorn_runs_live.`);
  return Number(found);
}

/** One request; waits a little when the engine asks for it. Throws when it is refused for good. */
export async function post(engine: Engine, path: string, body: string): Promise<void> {
  const answer = await fetch(engine.origin + path, {
    method: "POST",
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
    body,
  });
  const text = await answer.text();
  if (answer.status === 503 || answer.status === 429) await Bun.sleep(20);
  else if (!answer.ok) throw new Error(`POST ${path} was answered ${answer.status}: ${text}`);
}
