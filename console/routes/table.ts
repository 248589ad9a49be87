// Every page of the console. A feature adds two lines: its import and its entry; the rest lies in its own folder.
import { approvalPages } from "./approvals/pages.ts";
import { appPages } from "./apps/pages.ts";
import { endpointPages } from "./endpoints/pages.ts";
import { eventTypePages } from "./event-types/pages.ts";
import { flowSecretPages } from "./flow-secrets/pages.ts";
import { flowPages } from "./flows/pages.ts";
import { messagePages } from "./messages/pages.ts";
import { operationalWebhookPages } from "./operational-webhooks/pages.ts";
import { overviewPages } from "./overview/pages.ts";
import type { PageSpec } from "./page.ts";
import { replayPages } from "./replays/pages.ts";
import { runPages } from "./runs/pages.ts";
import { settingsPages } from "./settings/pages.ts";
import { sourcePages } from "./sources/pages.ts";
import { tailPages } from "./tail/pages.ts";
import { taskPages } from "./tasks/pages.ts";

export const pages: readonly PageSpec[] = [
  ...appPages,
  ...endpointPages,
  ...eventTypePages,
  ...flowPages,
  ...runPages,
  ...approvalPages,
  ...taskPages,
  ...flowSecretPages,
  ...overviewPages,
  ...messagePages,
  ...operationalWebhookPages,
  ...replayPages,
  ...sourcePages,
  ...settingsPages,
  ...tailPages,
];
