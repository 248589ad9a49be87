import type { Route } from "../http/operation.ts";
import { applicationRoutes } from "./applications.ts";
import { attemptRoutes } from "./attempts.ts";
import { deadLetterRoutes } from "./dead-letters.ts";
import { endpointHeaderRoutes } from "./endpoint-headers.ts";
import { endpointHealthRoutes } from "./endpoint-health.ts";
import { endpointSecretRoutes } from "./endpoint-secrets.ts";
import { endpointRoutes } from "./endpoints.ts";
import { eventTypeRoutes } from "./event-types.ts";
import { messageRoutes } from "./messages.ts";
import { owedRoutes } from "./owed.ts";
import { operationalWebhookRoutes } from "./operational-webhooks.ts";
import { sourceRoutes } from "./sources.ts";
import { timelineRoutes } from "./timeline.ts";

/** Every operation behind a token, in the order of the reference. */
export const routes: readonly Route[] = [
  ...applicationRoutes,
  ...eventTypeRoutes,
  ...endpointRoutes,
  ...endpointHeaderRoutes,
  ...endpointSecretRoutes,
  ...endpointHealthRoutes,
  ...owedRoutes,
  ...deadLetterRoutes,
  ...messageRoutes,
  ...timelineRoutes,
  ...attemptRoutes,
  ...sourceRoutes,
];
  ...operationalWebhookRoutes,
