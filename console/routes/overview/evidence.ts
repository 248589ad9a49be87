import type { Attention } from "../../api/overview.ts";
import { paths } from "../paths.ts";

/** The page that shows why something needs attention; undefined: this one already does. */
export function placeOf(item: Pick<Attention, "kind" | "appId" | "endpointId" | "sourceId">): string | undefined {
  if (item.appId !== null && item.sourceId !== null) return paths.source(item.appId, item.sourceId);
  if (item.appId !== null && item.endpointId !== null) {
    return item.kind === "backlog_old"
      ? paths.endpointOwed(item.appId, item.endpointId)
      : paths.endpoint(item.appId, item.endpointId);
  }
  if (item.appId !== null) return paths.app(item.appId);
  if (item.kind === "process_lost") return "#processes";
  if (item.kind === "disk_low" || item.kind === "database_slow") return paths.about;
  return undefined;
}
