// Every page of the console. A feature adds two lines: its import and its entry; the rest lies in its own folder.
import { appPages } from "./apps/pages.ts";
import { endpointPages } from "./endpoints/pages.ts";
import { messagePages } from "./messages/pages.ts";
import { operationalWebhookPages } from "./operational-webhooks/pages.ts";
import { overviewPages } from "./overview/pages.ts";
import type { PageSpec } from "./page.ts";
import { replayPages } from "./replays/pages.ts";
import { settingsPages } from "./settings/pages.ts";
import { tailPages } from "./tail/pages.ts";

export const pages: readonly PageSpec[] = [
  ...appPages,
  ...endpointPages,
  ...overviewPages,
  ...messagePages,
  ...operationalWebhookPages,
  ...replayPages,
  ...settingsPages,
  ...tailPages,
];
