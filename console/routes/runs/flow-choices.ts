import { api } from "../../api/client.ts";

/** The flows of an application to choose from: the first 250. Empty while they load. */
export function useFlowChoices(appId: string, isEnabled = true) {
  const flows = api.useQuery(
    "get",
    "/api/v1/app/{app_id}/flow",
    { params: { path: { app_id: appId }, query: { limit: 250 } } },
    { enabled: isEnabled, staleTime: 30_000 },
  );
  return (flows.data?.data ?? []).map(({ name, title }) => ({ id: name, label: title || name }));
}
