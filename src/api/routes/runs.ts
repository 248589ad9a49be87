import { route } from "../http/operation.ts";
import { applicationParams } from "../schemas/application.ts";
import { flowParams } from "../schemas/flow.ts";
import {
  RunAnsweredOut,
  RunBatchIn,
  RunBatchOut,
  RunCancelIn,
  RunDetailOut,
  RunJournalOut,
  RunList,
  RunOut,
  RunRerunIn,
  RunStartIn,
  RunTailStream,
  RunValueOut,
  runJournalQuery,
  runListQuery,
  runParams,
  runValueQuery,
} from "../schemas/run.ts";

const tag = "Run";
const path = "/api/v1/app/{app_id}/run/{run_id}";

export const runRoutes = [
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/flow/{flow_id}/run",
      operationId: "v1.flow.start",
      access: "write",
      tag,
      summary: "Start a run",
      description:
        "With an Idempotency-Key the same request starts it once. With `wait` the answer comes when its `respond` step spoke, or when it ended; if that takes longer than `wait`, the answer is 202 with the run, which goes on.",
      params: flowParams,
      body: RunStartIn,
      responses: {
        200: { description: "It answered, or ended", schema: RunAnsweredOut },
        202: { description: "Begun", schema: RunOut },
      },
    },
    undefined,
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/flow/{flow_id}/run/batch",
      operationId: "v1.flow.start-batch",
      access: "write",
      tag,
      summary: "Start many runs",
      description: "All or none.",
      params: flowParams,
      body: RunBatchIn,
      responses: { 202: { description: "Begun", schema: RunBatchOut } },
    },
    undefined,
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/run",
      operationId: "v1.run.list",
      access: "read",
      tag,
      summary: "List runs, the newest first",
      params: applicationParams,
      query: runListQuery,
      responses: { 200: { description: "A page of runs", schema: RunList } },
    },
    undefined,
  ),
  route(
    {
      method: "get",
      path,
      operationId: "v1.run.get",
      access: "read",
      tag,
      summary: "Get a run with all that is recorded of it",
      description: "Values above 16 KiB, and of very long runs the later steps, are left out and told.",
      params: runParams,
      responses: { 200: { description: "The run", schema: RunDetailOut } },
    },
    undefined,
  ),
  route(
    {
      method: "get",
      path: `${path}/journal`,
      operationId: "v1.run.journal",
      access: "read",
      tag,
      summary: "Read a run's journal, in order",
      params: runParams,
      query: runJournalQuery,
      responses: { 200: { description: "A page of entries", schema: RunJournalOut } },
    },
    undefined,
  ),
  route(
    {
      method: "get",
      path: `${path}/value`,
      operationId: "v1.run.value",
      access: "read",
      tag,
      summary: "Get one value of a run, whole",
      params: runParams,
      query: runValueQuery,
      responses: { 200: { description: "The value, or why it cannot be told", schema: RunValueOut } },
    },
    undefined,
  ),
  route(
    {
      method: "get",
      path: `${path}/tail`,
      operationId: "v1.run.tail",
      access: "read",
      tag,
      summary: "Watch a run as it goes on",
      params: runParams,
      responses: {
        200: { description: "What happens, until it ends", schema: RunTailStream, contentType: "text/event-stream" },
      },
    },
    undefined,
  ),
  route(
    {
      method: "post",
      path: `${path}/cancel`,
      operationId: "v1.run.cancel",
      access: "write",
      tag,
      summary: "Cancel a run",
      description:
        "What is under way is given up, what was done is compensated. One that has ended is answered 409 `run_ended`.",
      params: runParams,
      body: RunCancelIn,
      responses: { 202: { description: "It will end", schema: RunOut } },
    },
    undefined,
  ),
  route(
    {
      method: "post",
      path: `${path}/rerun`,
      operationId: "v1.run.rerun",
      access: "write",
      tag,
      summary: "Run it again",
      description:
        "A new run; the old one stays as it is. Steps before `from` keep their results and are not done again.",
      params: runParams,
      body: RunRerunIn,
      responses: { 202: { description: "Begun", schema: RunOut } },
    },
    undefined,
  ),
];
