import type { Attention } from "../../api/overview.ts";
import { paths } from "../paths.ts";

/** The page that shows why something needs attention; undefined: there is none for what it is about. */
export function placeOf({
  kind,
  appId,
  endpointId,
  sourceId,
}: Pick<Attention, "kind" | "appId" | "endpointId" | "sourceId">): string | undefined {
  switch (kind) {
    case "breaker_open":
    case "endpoint_failing":
    case "endpoint_disabled":
      return appId === null || endpointId === null ? undefined : paths.endpoint(appId, endpointId);
    case "backlog_old":
      if (appId === null) return undefined;
      return endpointId === null ? paths.endpoints(appId) : paths.endpointOwed(appId, endpointId);
    case "source_rejecting":
      return appId === null || sourceId === null ? undefined : paths.source(appId, sourceId);
    case "process_lost":
      return "#processes";
    case "disk_low":
    case "database_slow":
      return paths.about;
  }
}
