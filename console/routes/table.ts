// Every page of the console. A feature adds two lines: its import and its entry; the rest lies in its own folder.
import { appPages } from "./apps/pages.ts";
import { endpointPages } from "./endpoints/pages.ts";
import { eventTypePages } from "./event-types/pages.ts";
import { messagePages } from "./messages/pages.ts";
import { operationalWebhookPages } from "./operational-webhooks/pages.ts";
import { overviewPages } from "./overview/pages.ts";
import type { PageSpec } from "./page.ts";
import { replayPages } from "./replays/pages.ts";
import { settingsPages } from "./settings/pages.ts";
import { sourcePages } from "./sources/pages.ts";
import { tailPages } from "./tail/pages.ts";

export const pages: readonly PageSpec[] = [
  ...appPages,
  ...endpointPages,
  ...eventTypePages,
  ...overviewPages,
  ...messagePages,
  ...operationalWebhookPages,
  ...replayPages,
  ...sourcePages,
  ...settingsPages,
  ...tailPages,
];
