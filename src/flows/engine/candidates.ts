import { DatabaseError, unreachable } from "#kernel";
import type { AdmissionVerdict, RunAdmission } from "./admission.ts";
import type { Commit } from "./commit-sql.ts";
import { receive } from "./inbox.ts";
import type { Arrival, LiveRun } from "./live.ts";
import type { Tally } from "./tally.ts";

export interface CandidatesOptions {
  readonly admission: RunAdmission;
  readonly tally: Tally;
  /** Whether a run may begin with what it was given; it is ended otherwise. */
  readonly fits: (live: LiveRun, arrival: Arrival) => boolean;
  readonly ready: (live: LiveRun) => void;
  readonly send: (live: LiveRun, then: Commit["then"]) => void;
  readonly drop: (live: LiveRun) => void;
  readonly giveBack: (runIds: readonly string[]) => void;
  readonly onSettled: () => void;
}

/** Live runs of which an append could not tell whether they are to begin. */
export interface Candidates {
  add(live: LiveRun, arrival: Arrival): void;
  /** After a slice: has those who gathered judged, one batch at a time. */
  judge(): void;
  /** Puts those who wait for their judgement where others find them. */
  release(): void;
}

interface Candidate {
  readonly live: LiveRun;
  readonly arrival: Arrival;
}

const BATCH_MAX = 500;

export function createCandidates(options: CandidatesOptions): Candidates {
  const waiting: Candidate[] = [];
  let isJudging = false;

  function judge(): void {
    if (waiting.length > 0 && !isJudging) void judgeNext();
  }

  async function judgeNext(): Promise<void> {
    isJudging = true;
    const batch = waiting.splice(0, BATCH_MAX).filter(({ live }) => !live.isGone);
    try {
      const verdicts = await options.admission.admit(
        batch.map(({ live, arrival: { facts, input } }) => {
          const { run, flow } = live;
          return { run, flow, facts, input, startedAtMs: run.startedAtMs };
        }),
      );
      for (const [i, { live, arrival }] of batch.entries()) {
        const verdict = verdicts[i];
        if (!live.isGone && verdict !== undefined) judged(live, arrival, verdict);
      }
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      for (const { live } of batch) options.drop(live);
      options.giveBack(batch.map(({ live }) => live.run.id));
    } finally {
      isJudging = false;
      judge();
      options.onSettled();
    }
  }

  function judged(live: LiveRun, arrival: Arrival, verdict: AdmissionVerdict): void {
    switch (verdict.kind) {
      case "starts":
        live.run = verdict.run;
        live.isAdmitted = true;
        // Others were checked before they took a place; of a batch, each before it was gathered, maybe for another version.
        if (live.run.trigger === "batch" && !options.fits(live, arrival)) return;
        options.tally.begun(live.run);
        receive(live, arrival.signals);
        options.ready(live);
        return;
      case "ends":
        live.run = verdict.run;
        options.send(live, { kind: "ends", ending: verdict.ending });
        return;
      case "gone":
        options.drop(live);
        return;
      default:
        unreachable(verdict);
    }
  }

  return {
    add: (live, arrival) => waiting.push({ live, arrival }),
    judge,
    release: () => {
      for (const { live } of waiting.splice(0)) {
        options.drop(live);
        options.giveBack([live.run.id]);
      }
    },
  };
}
