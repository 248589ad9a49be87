import { countSkips, listHeld, listSchedules, listSkips, type ScheduleOut, stepFor } from "#flows";
import { idTimeMs, publicId } from "#kernel";
import { route } from "../http/operation.ts";
import { invalid, json } from "../http/reply.ts";
import { flowParams } from "../schemas/flow.ts";
import { FlowScheduleList, FlowSkipsOut, SKIPS_SHOWN, skipQuery } from "../schemas/flow-control.ts";
import { onFlow } from "./within-flow.ts";

const tag = "Flow";
const path = "/api/v1/app/{app_id}/flow/{flow_id}";

const COUNTED_MS = 86_400_000;
const COUNTED_MS_MAX = 30 * 86_400_000;

const iso = (ms: number) => new Date(ms).toISOString();

function cameOut(moment: ScheduleOut["skipped"][number]) {
  return {
    at: iso(moment.momentMs),
    outcome: moment.outcome,
    why: moment.why === "" ? null : moment.why,
    runId: moment.runId === undefined ? null : publicId("run", moment.runId),
  };
}

/** What became of what might have started a run. */
export const flowControlRoutes = [
  route(
    {
      method: "get",
      path: `${path}/skip`,
      operationId: "v1.flow.skip.list",
      access: "read",
      tag,
      summary: "What flow control holds back, and what it skipped",
      params: flowParams,
      query: skipQuery,
      responses: { 200: { description: "Held now, the newest skips, and how many over time", schema: FlowSkipsOut } },
    },
    onFlow(async ({ query }, { q, deps }, flow) => {
      const nowMs = deps.nowMs();
      const wantedMs = Math.max(query.since ?? nowMs - COUNTED_MS, nowMs - COUNTED_MS_MAX);
      if (wantedMs > nowMs) {
        return invalid({ loc: ["query", "since"], msg: "should not lie in the future", type: "value_error" });
      }
      const stepMs = stepFor(nowMs - wantedMs);
      const sinceMs = Math.floor(wantedMs / stepMs) * stepMs;
      const [{ held, isComplete }, skips, counts] = await Promise.all([
        listHeld(q, flow.id),
        listSkips(q, flow.id, query.limit ?? SKIPS_SHOWN.byDefault),
        countSkips(q, flow.id, sinceMs, stepMs),
      ]);
      return json(200, {
        held: held.map(({ oldestAtMs, ...one }) => ({ ...one, oldestAt: iso(oldestAtMs) })),
        heldIsComplete: isComplete,
        skipped: skips.map((skip) => ({
          at: iso(idTimeMs(skip.id)),
          why: skip.why,
          key: skip.key,
          trigger: skip.trigger,
          eventId: skip.eventId === undefined ? null : publicId("msg", skip.eventId),
          scheduledAt: skip.scheduledAtMs === undefined ? null : iso(skip.scheduledAtMs),
          detail: skip.detail,
        })),
        since: iso(sinceMs),
        stepSeconds: stepMs / 1_000,
        counts: counts.map(({ atMs, why, count }) => ({ at: iso(atMs), why, count })),
      });
    }),
  ),
  route(
    {
      method: "get",
      path: `${path}/schedule`,
      operationId: "v1.flow.schedule.list",
      access: "read",
      tag,
      summary: "When its schedules come, and what became of those that came",
      params: flowParams,
      responses: { 200: { description: "One for each trigger with a schedule", schema: FlowScheduleList } },
    },
    onFlow(async (_, { q }, flow) => {
      const data = (await listSchedules(q, flow.id)).map(({ next, last, skipped, ...one }) => ({
        ...one,
        next: next.map(({ momentMs, beginsMs }) => ({ at: iso(momentMs), beginsAt: iso(beginsMs) })),
        last: last === undefined ? null : cameOut(last),
        skipped: skipped.map(cameOut),
      }));
      return json(200, { data });
    }),
  ),
];
