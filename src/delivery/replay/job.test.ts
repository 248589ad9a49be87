import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { asked, end, type JobCommand, type JobState } from "./job.ts";

const NOW = new Date("2026-01-02T03:04:05Z");

const command = fc.oneof<fc.Arbitrary<JobCommand>[]>(
  fc.constant({ kind: "pause" }),
  fc.constant({ kind: "resume" }),
  fc.record({ kind: fc.constant("cancel" as const), withdraw: fc.boolean() }),
);
/** What its owner asks, or the end of its work, with or without errors. */
const happening = fc.oneof(command, fc.record({ kind: fc.constant("end" as const), errors: fc.array(fc.string()) }));

const hasEnded = (job: JobState) => job.state !== "running" && job.state !== "paused";

describe("a job", () => {
  test("P10: whatever is asked of it, one that has ended stays ended, as it ended", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 20 }), (happenings) => {
        let job: JobState = { state: "running" };
        for (const one of happenings) {
          const before: JobState = job;
          if (one.kind === "end") {
            if (job.state === "running") job = end(job, NOW, one.errors);
            continue;
          }
          job = asked(job, one, NOW) ?? job;
          if (hasEnded(before)) expect(job.state).toBe(before.state);
          if (before.state === "finished" || before.state === "failed") expect(asked(before, one, NOW)).toBeUndefined();
          // Nothing is withdrawn that nobody asked to withdraw, and what was asked once stays asked.
          if (job.state === "cancelled" && before.state === "cancelled")
            expect(job.withdrawing).toBe(before.withdrawing || (one.kind === "cancel" && one.withdraw));
        }
      }),
    );
  });

  test("does what it is asked, and asking for what it is already changes nothing", () => {
    fc.assert(
      fc.property(command, fc.constantFrom<JobState["state"]>("running", "paused"), (one, state) => {
        const job = { state } as JobState; // Both have no other fields.
        const after = asked(job, one, NOW);
        expect(after?.state).toBe(
          { pause: "paused", resume: "running", cancel: "cancelled" }[one.kind] as typeof state,
        );
        if (after?.state === state) expect(after).toBe(job);
        if (after !== undefined && one.kind !== "cancel") expect(asked(after, one, NOW)).toBe(after);
      }),
    );
  });

  test("fails when a part of it failed, and says why", () => {
    expect(end({ state: "running" }, NOW, [])).toEqual({ state: "finished", finishedAt: NOW });
    expect(end({ state: "running" }, NOW, ["a", "b"])).toEqual({ state: "failed", finishedAt: NOW, error: "a; b" });
  });
});
