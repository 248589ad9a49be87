import type { z } from "@hono/zod-openapi";
import {
  type EntryRow,
  entryOf,
  foldJournal,
  jsonOf,
  type LogsBySeq,
  type RunSummary,
  type StepRecord,
  stepAt,
} from "#flows";
import { publicId } from "#kernel";
import type { CompiledFlow, Entry, StepError } from "#language";
import type { RunAttemptOut, RunDetailOut, RunEntryOut, RunOut, RunStepOut, StepErrorOut } from "../schemas/run.ts";

const iso = (ms: number) => new Date(ms).toISOString();

export function stepErrorOut(error: StepError): z.output<typeof StepErrorOut> {
  return {
    class: error.class,
    code: error.code,
    message: error.message,
    path: error.path ?? null,
    at: error.at ?? null,
    detail: error.detail ?? null,
  };
}

export function runOut(run: RunSummary): z.output<typeof RunOut> {
  const { standing } = run;
  const hasEnded = "endedAtMs" in standing;
  return {
    id: publicId("run", run.id),
    flow: run.flow,
    flowId: publicId("flow", run.flowId),
    version: run.version,
    state: standing.state,
    waitingFor: standing.state === "waiting" ? standing.waitingFor : null,
    dueAt: standing.state === "waiting" && standing.dueAtMs !== undefined ? iso(standing.dueAtMs) : null,
    trigger: run.trigger,
    eventId: run.eventId === undefined ? null : publicId("msg", run.eventId),
    startedAt: iso(run.startedAtMs),
    endedAt: hasEnded ? iso(standing.endedAtMs) : null,
    stepCount: hasEnded ? standing.steps : null,
    error: standing.state === "failed" ? stepErrorOut(standing.error) : null,
    reason: standing.state === "cancelled" ? standing.reason : null,
    fingerprint: standing.state === "failed" ? (standing.fingerprint ?? null) : null,
    parentId: run.parentId === undefined ? null : publicId("run", run.parentId),
    depth: run.depth,
  };
}

/** A row of the journal; `bytes` is how large its value is, read or not. */
export type SizedRow = EntryRow & { readonly bytes: number };

const isOmitted = (row: SizedRow) => row.value === null && row.bytes > 0;

export function entryOut(row: SizedRow): z.output<typeof RunEntryOut> {
  return {
    seq: row.seq,
    kind: row.kind,
    path: row.path,
    attempt: row.attempt,
    at: row.at.toISOString(),
    dueAt: row.due_at?.toISOString() ?? null,
    value: isOmitted(row) ? null : jsonOf(row.value),
    ...(isOmitted(row) && { valueOmitted: row.bytes }),
  };
}

export function logsOut(rows: readonly SizedRow[], logs: LogsBySeq): z.output<typeof RunDetailOut>["logs"] {
  return rows.flatMap(({ seq, path, attempt, at }) =>
    (logs.get(seq) ?? []).map((text) => ({ at: at.toISOString(), path, attempt, text })),
  );
}

const UNREAD: StepError = { class: "invalid", code: "omitted", message: "The error is too large to be shown here" };

/** A journal, or its beginning, as steps; the same as the machine would take, with what was left out told. */
export function stepsOut(
  rows: readonly SizedRow[],
  flow: CompiledFlow | undefined,
  hasEnded: boolean,
): z.output<typeof RunStepOut>[] {
  const entries = rows.map(
    (row): Entry =>
      row.kind === "failed" && isOmitted(row)
        ? entryOf({ ...row, value: Buffer.from(JSON.stringify(UNREAD)) })
        : entryOf(row),
  );
  return foldJournal(entries, hasEnded).map((step) => ({
    path: step.path,
    step: step.step,
    kind: flow === undefined ? null : (stepAt(flow, step.path)?.kind ?? null),
    state: step.state,
    pinned: step.isPinned,
    attempts: step.attempts.map((attempt) => attemptOut(attempt, rows[attempt.seq])),
  }));
}

function attemptOut(
  attempt: StepRecord["attempts"][number],
  row: SizedRow | undefined,
): z.output<typeof RunAttemptOut> {
  const omitted = row !== undefined && isOmitted(row);
  return {
    number: attempt.number,
    startedAt: attempt.startedAtMs === undefined ? null : iso(attempt.startedAtMs),
    at: iso(attempt.atMs),
    outcome: attempt.outcome,
    ...(attempt.outcome === "completed" && !omitted && { output: attempt.output ?? null }),
    ...(omitted && row !== undefined && { outputOmitted: row.bytes }),
    ...(attempt.error !== undefined && { error: stepErrorOut(attempt.error) }),
    ...(attempt.retryAtMs !== undefined && { retryAt: iso(attempt.retryAtMs) }),
    ...(attempt.untilMs !== undefined && { until: iso(attempt.untilMs) }),
  };
}
