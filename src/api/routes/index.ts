import type { Route } from "../http/operation.ts";
import { apiKeyRoutes } from "./api-keys.ts";
import { applicationRoutes } from "./applications.ts";
import { approvalRoutes } from "./approvals.ts";
import { attemptedRoutes } from "./attempted.ts";
import { attemptRoutes } from "./attempts.ts";
import { auditRoutes } from "./audit.ts";
import { authRoutes } from "./auth.ts";
import { backgroundTaskRoutes } from "./background-tasks.ts";
import { deadLetterRoutes } from "./dead-letters.ts";
import { endpointActionRoutes } from "./endpoint-actions.ts";
import { endpointHeaderRoutes } from "./endpoint-headers.ts";
import { endpointHealthRoutes } from "./endpoint-health.ts";
import { endpointSecretRoutes } from "./endpoint-secrets.ts";
import { endpointStatsRoutes } from "./endpoint-stats.ts";
import { endpointRoutes } from "./endpoints.ts";
import { eventTypeRoutes } from "./event-types.ts";
import { expungeRoutes } from "./expunge.ts";
import { findRoutes } from "./find.ts";
import { flowActRoutes } from "./flow-acts.ts";
import { flowControlRoutes } from "./flow-control.ts";
import { flowSecretRoutes } from "./flow-secrets.ts";
import { flowVersionRoutes } from "./flow-versions.ts";
import { flowRoutes } from "./flows.ts";
import { instanceRoutes } from "./instance.ts";
import { messageRoutes } from "./messages.ts";
import { operationalWebhookRoutes } from "./operational-webhooks.ts";
import { overviewRoutes } from "./overview.ts";
import { owedRoutes } from "./owed.ts";
import { portalRoutes } from "./portal.ts";
import { replayRoutes } from "./replay.ts";
import { runRoutes } from "./runs.ts";
import { endpointSeriesRoutes } from "./series.ts";
import { sourceRoutes } from "./sources.ts";
import { tailRoutes } from "./tail.ts";
import { taskRoutes } from "./tasks.ts";
import { timelineRoutes } from "./timeline.ts";
import { workerRoutes } from "./workers.ts";

/** Every operation behind a token, in the order of the reference. */
export const routes: readonly Route[] = [
  ...applicationRoutes,
  ...eventTypeRoutes,
  ...endpointRoutes,
  ...endpointHeaderRoutes,
  ...endpointSecretRoutes,
  ...endpointActionRoutes,
  ...endpointHealthRoutes,
  ...endpointSeriesRoutes,
  ...endpointStatsRoutes,
  ...owedRoutes,
  ...deadLetterRoutes,
  ...messageRoutes,
  ...timelineRoutes,
  ...attemptRoutes,
  ...attemptedRoutes,
  ...expungeRoutes,
  ...replayRoutes,
  ...backgroundTaskRoutes,
  ...sourceRoutes,
  ...flowRoutes,
  ...flowVersionRoutes,
  ...flowActRoutes,
  ...flowControlRoutes,
  ...flowSecretRoutes,
  ...runRoutes,
  ...approvalRoutes,
  ...findRoutes,
  ...authRoutes,
  ...apiKeyRoutes,
  ...portalRoutes,
  ...auditRoutes,
  ...overviewRoutes,
  ...tailRoutes,
  ...instanceRoutes,
  ...operationalWebhookRoutes,
  ...taskRoutes,
  ...workerRoutes,
];
