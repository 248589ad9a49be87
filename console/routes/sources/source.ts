import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";

type Schemas = components["schemas"];
export type Source = Schemas["SourceOut"];
export type Preset = Schemas["SourcePreset"];
export type Rejection = Schemas["SourceRejectionList"]["data"][number];

/** What people call it. */
export const nameOf = (source: Source): string => source.name || source.uid || source.id;

export const PATH = "/api/v1/app/{app_id}/source/{source_id}" as const;

const REJECTIONS_EVERY_MS = 5_000;

export function useSource(appId: string, sourceId: string) {
  return api.useQuery("get", PATH, { params: { path: { app_id: appId, source_id: sourceId } } });
}

/** The newest hundred requests that it refused, asked again while somebody looks. */
export function useRejections(appId: string, sourceId: string) {
  return api.useQuery(
    "get",
    `${PATH}/rejection`,
    { params: { path: { app_id: appId, source_id: sourceId } } },
    { refetchInterval: REJECTIONS_EVERY_MS },
  );
}
