import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";

export type Instance = components["schemas"]["InstanceOut"];
export type Setting = Instance["settings"][number];

/** What runs here, as the process that answers tells it. */
export const useInstance = () => api.useQuery("get", "/api/v1/instance", {}, { staleTime: 30_000 });
