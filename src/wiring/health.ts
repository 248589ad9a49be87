import type { Health } from "#api";
import {
  type Chore,
  createStallWatch,
  type Db,
  type Log,
  type ObservedIntake,
  type SchemaStatus,
  schemaStatus,
} from "#kernel";
import { MIGRATIONS } from "./engine.ts";

/** What the probes of this process say. */
export interface ProcessHealth extends Health {
  /** From now on it is not ready. */
  leave(): void;
  /** Looks whether the schema is still the one that this code works on: a restored backup may be older. */
  schemaChore(db: Db, log: Log): Chore;
  stop(): void;
}

const SCHEMA_MS = 30_000;

export function createHealth(onIntake: () => ObservedIntake): ProcessHealth {
  const stalls = createStallWatch({ monotonic: performance.now.bind(performance) });
  let isLeaving = false;
  let schema: SchemaStatus | undefined;
  stalls.start();
  return {
    startedAt: new Date(),
    readiness: () => {
      const reasons: { code: string; detail: string }[] = [];
      if (isLeaving) reasons.push({ code: "draining", detail: "This process is shutting down." });
      for (const { code, detail } of onIntake().refusals()) {
        if (code !== "draining" || !isLeaving) reasons.push({ code, detail });
      }
      if (schema?.state === "behind") {
        const detail = `The database lacks ${schema.pending.join(", ")}: posthorn migrate, or a restart, applies them.`;
        reasons.push({ code: "schema_behind", detail });
      }
      // A newer schema is what a rolling upgrade looks like from the older side, and it still serves.
      if (schema?.state === "refused" && !schema.isNewer) reasons.push({ code: "schema_foreign", detail: schema.why });
      return { ready: reasons.length === 0, reasons };
    },
    liveness: () => {
      const { isStalled, stalledShare } = stalls.state;
      if (!isStalled) return { alive: true, reasons: [] };
      const detail = `Nothing could run for ${Math.round(stalledShare * 100)} % of the last minute.`;
      return { alive: false, reasons: [{ code: "event_loop_stalled", detail }] };
    },
    leave: () => {
      isLeaving = true;
    },
    schemaChore: (db, log) => ({
      name: "schema",
      everyMs: SCHEMA_MS,
      run: async () => {
        const before = schema?.state ?? "current";
        const found = await schemaStatus(db, MIGRATIONS);
        schema = found;
        if (found.state === before) return;
        const told = { state: found.state, number: found.number };
        if (found.state === "current") log.info("schema_current", "The schema is the one of this version again.", told);
        else log.warn("schema_changed", "The schema is not the one of this version any more.", told);
      },
    }),
    stop: () => stalls.stop(),
  };
}
