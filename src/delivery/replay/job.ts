/**
 * The life of a job:
 *
 * ```
 *            pause            finish
 *   paused ◀─────── running ─────────▶ finished
 *      │    ──────▶  │   │
 *      │    resume   │   │   fail
 *      │             │   └───────────▶ failed
 *      ▼   cancel    ▼
 *      └─────────▶ cancelled
 * ```
 *
 * The CHECKs of posthorn.job say it again. A transition's argument admits only the states it may start from.
 */
import { unreachable } from "#kernel";

/** As Svix names its background tasks. */
export type JobTask = "endpoint.recover" | "endpoint.replay" | "endpoint.bulk-replay";
export const JOB_TASKS = ["endpoint.recover", "endpoint.replay", "endpoint.bulk-replay"] as const satisfies JobTask[];

export type JobState =
  | { readonly state: "running" }
  /** Nobody works on it; what it owed before stays owed. */
  | { readonly state: "paused" }
  | { readonly state: "finished"; readonly finishedAt: Date }
  /** Some endpoint's part could not be done. */
  | { readonly state: "failed"; readonly finishedAt: Date; readonly error: string }
  /** `withdrawing`: what it owed and still waits is being taken back. */
  | { readonly state: "cancelled"; readonly finishedAt: Date; readonly withdrawing: boolean };
export type JobStatus = JobState["state"];
export const JOB_STATUSES = ["running", "paused", "finished", "failed", "cancelled"] as const satisfies JobStatus[];

export type In<S extends JobStatus> = Extract<JobState, { state: S }>;

export function pause(_job: In<"running">): In<"paused"> {
  return { state: "paused" };
}

export function resume(_job: In<"paused">): In<"running"> {
  return { state: "running" };
}

export function cancel(_job: In<"running" | "paused">, now: Date, withdraw: boolean): In<"cancelled"> {
  return { state: "cancelled", finishedAt: now, withdrawing: withdraw };
}

/** Every part has ended; `errors` are those of parts that failed. */
export function end(_job: In<"running">, now: Date, errors: readonly string[]): In<"finished" | "failed"> {
  return errors.length === 0
    ? { state: "finished", finishedAt: now }
    : { state: "failed", finishedAt: now, error: errors.join("; ") };
}

/** What its owner may ask of a job. */
export type JobCommand =
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  | { readonly kind: "cancel"; readonly withdraw: boolean };

/** What becomes of a job that is asked this; asking for what it is already changes nothing. Undefined: it has ended otherwise. */
export function asked(job: JobState, command: JobCommand, now: Date): JobState | undefined {
  switch (job.state) {
    case "running":
      if (command.kind === "cancel") return cancel(job, now, command.withdraw);
      return command.kind === "pause" ? pause(job) : job;
    case "paused":
      if (command.kind === "cancel") return cancel(job, now, command.withdraw);
      return command.kind === "resume" ? resume(job) : job;
    case "cancelled":
      if (command.kind !== "cancel") return undefined;
      return { ...job, withdrawing: job.withdrawing || command.withdraw };
    case "finished":
    case "failed":
      return undefined;
    default:
      return unreachable(job);
  }
}
