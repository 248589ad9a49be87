/**
 * One episode of an endpoint's trouble, told once when it begins and once when it ends:
 *
 * ```
 *           a delivery failed for the fourth time, or ended dead
 *  quiet ───────────────────────────────────────────────────────▶ told
 *    ▲                                                              │
 *    └──────────────── a delivery was delivered ────────────────────┘
 * ```
 *
 * Which of the two it is stands in posthorn.endpoint_state, so that whichever process sees the end knows of the beginning;
 * there a second beginning within a minute is refused.
 */
import { giveNotice, tellFlows } from "#events";
import { DatabaseError, type Db, type Log, publicId, unreachable } from "#kernel";
import { OPERATIONAL_APP_ID } from "#tenancy";
import { bumpEndpointSet } from "./endpoint-store.ts";
import type { Lane } from "./lane.ts";
import type { Attempted } from "./settlement.ts";

/** Svix tells of a failing message at its fourth failure. */
export const FAILING_ATTEMPTS = 4;
/** After a beginning that the table refused, and where nobody listens, it is not asked again before that. */
const ASK_AGAIN_MS = 60_000;

/** What a settled attempt changes of an endpoint of which it was, or was not, told that it fails. */
export type EpisodeStep = "failing" | "exhausted" | "recovered";

export function episodeStep(
  isTold: boolean,
  { fate, task }: Pick<Attempted, "fate" | "task">,
): EpisodeStep | undefined {
  switch (fate.kind) {
    case "delivered":
      return isTold ? "recovered" : undefined;
    case "owed":
      return !isTold && task.attempts + 1 >= FAILING_ATTEMPTS ? "failing" : undefined;
    case "dead":
      return isTold ? undefined : "exhausted";
    default:
      return unreachable(fate);
  }
}

// Where nobody listens to any of an episode's notices there is none, and nothing is written.
const IS_WANTED = `
  select posthorn.notice_wanted('message.attempt.failing') or posthorn.notice_wanted('message.attempt.exhausted')
      or posthorn.notice_wanted('message.attempt.recovered')
      or posthorn.tells_flows($1::uuid, 'failing') or posthorn.tells_flows($1::uuid, 'recovered') as wanted`;

const BEGIN = `
  insert into posthorn.endpoint_state as s (endpoint_id, told_failing, told_failing_at) values ($1::uuid, true, now())
  on conflict (endpoint_id) do update set told_failing = true, told_failing_at = now()
   where not s.told_failing and (s.told_failing_at is null or s.told_failing_at < now() - interval '1 minute')
  returning 1`;

const IS_TOLD = "select from posthorn.endpoint_state where endpoint_id = $1::uuid and told_failing";

const END = `
  update posthorn.endpoint_state set told_failing = false
   where endpoint_id = $1::uuid and told_failing returning 1`;

export interface EpisodesOptions {
  readonly db: Pick<Db, "query" | "transaction">;
  readonly log: Log;
  readonly monotonic: () => number;
}

/** Tells of episodes. Called with what is committed already, so that a notice never names an attempt that was not recorded. */
export interface Episodes {
  /** To be called with every settled attempt; of a healthy endpoint it costs a comparison. */
  readonly settled: (settlement: Attempted) => void;
  /** Waits for what is being written. */
  stop(): Promise<void>;
}

/** They are told one after another: in an outage of receivers thousands begin in the same second. */
const WAITING_MAX = 1_000;

export function createEpisodes(options: EpisodesOptions): Episodes {
  const { db, log, monotonic } = options;
  const waiting = new Map<Lane, { readonly step: EpisodeStep; readonly settlement: Attempted }>();
  let telling: Promise<void> | undefined;

  function settled(settlement: Attempted): void {
    const { lane } = settlement.task;
    const step = episodeStep(lane.toldFailing, settlement);
    if (step === undefined || lane.appId === OPERATIONAL_APP_ID) return;
    if (step !== "recovered" && monotonic() < lane.askTellingAt) return;
    if (waiting.size >= WAITING_MAX || waiting.has(lane)) return; // The next attempt says it again.
    waiting.set(lane, { step, settlement });
    telling ??= tellAll().finally(() => {
      telling = undefined;
    });
  }

  async function tellAll(): Promise<void> {
    for (const [lane, { step, settlement }] of waiting) {
      try {
        await tell(lane, step, settlement);
      } catch (error) {
        // The endpoint's next attempt finds the same, and tries again.
        if (!(error instanceof DatabaseError)) {
          log.error("episode_failed", "What was found out about an endpoint cannot be told.", {
            endpointId: publicId("ep", lane.endpointId),
            error,
          });
        }
        lane.askTellingAt = monotonic() + 1_000;
      }
      waiting.delete(lane);
    }
  }

  async function tell(lane: Lane, step: EpisodeStep, { attempt, task }: Attempted): Promise<void> {
    const about = {
      appId: lane.appId,
      endpointId: lane.endpointId,
      attempt: { eventId: task.eventId, id: attempt.id, status: attempt.status },
      hops: task.hops,
    };
    if (step !== "recovered") {
      const [is] = await db.query<{ wanted: boolean }>(IS_WANTED, [lane.appId]);
      if (is?.wanted !== true) {
        lane.askTellingAt = monotonic() + ASK_AGAIN_MS;
        return;
      }
    }
    let isTold = false;
    await db.transaction(async (tx) => {
      // Every process reads the row anew, this one too, should it be reading the old one now.
      await bumpEndpointSet(tx, lane.appId);
      const changed = await tx.query(step === "recovered" ? END : BEGIN, [lane.endpointId]);
      isTold = step !== "recovered" && changed.length > 0;
      if (changed.length === 0) {
        isTold = (await tx.query(IS_TOLD, [lane.endpointId])).length > 0;
        return;
      }
      // Of a dead delivery it was told with its settle.
      if (step === "exhausted") return;
      await giveNotice(tx, { type: `message.attempt.${step}`, ...about });
      await tellFlows(tx, step, about);
    });
    lane.toldFailing = isTold;
    if (!isTold && step !== "recovered") lane.askTellingAt = monotonic() + ASK_AGAIN_MS;
  }

  return {
    settled,
    stop: async () => {
      while (telling !== undefined) await telling;
    },
  };
}
