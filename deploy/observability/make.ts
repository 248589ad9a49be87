// Makes the dashboards and the recording rules: `node tools/bun.mjs deploy/observability/make.ts`. A test compares what is committed with it.
import { join } from "node:path";
import { database } from "./source/database.ts";
import { delivery } from "./source/delivery.ts";
import { flows } from "./source/flows.ts";
import { ingest } from "./source/ingest.ts";
import { overview } from "./source/overview.ts";
import { dashboardJson } from "./source/panel.ts";
import { recordingRules } from "./source/recording.ts";

/** As the formatter of this repository wants it: short lists on one line. */
const written = (value: object): string =>
  JSON.stringify(value, null, 2).replace(
    /\[\s+("[^"]*"(?:,\s+"[^"]*")*)\s+\]/g,
    (_, items: string) => `[${items.replace(/,\s+/g, ", ")}]`,
  );

/** What is made, by path below this folder. */
export function outputs(): ReadonlyMap<string, string> {
  const made = new Map<string, string>([["prometheus/posthorn.recording.yml", recordingRules()]]);
  for (const dashboard of [overview, delivery, ingest, flows, database])
    made.set(`grafana/${dashboard.uid}.json`, `${written(dashboardJson(dashboard))}\n`);
  return made;
}

if (import.meta.main)
  for (const [path, text] of outputs()) {
    await Bun.write(join(import.meta.dir, path), text);
    console.log(path);
  }
