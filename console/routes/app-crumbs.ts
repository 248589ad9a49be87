import { useMemo } from "react";
import { api } from "../api/client.ts";
import type { Crumb } from "../kit/page.tsx";
import { currentApp } from "../state/current-app.ts";
import { useStore } from "../state/store.ts";
import { paths } from "./paths.ts";
import { usePlace } from "./place.ts";

/** The way to a page of an application. Its name is known at once where somebody came through the application. */
export function useAppCrumbs(appId: string, ...more: readonly Crumb[]): readonly Crumb[] {
  const { hasApplications } = usePlace();
  const known = useStore(currentApp);
  const app = api.useQuery(
    "get",
    "/api/v1/app/{app_id}",
    { params: { path: { app_id: appId } } },
    { staleTime: 60_000, enabled: hasApplications },
  );
  const name = app.data?.name ?? (known?.id === appId ? known.name : undefined);
  const rest = JSON.stringify(more);
  return useMemo(
    () => [
      ...(hasApplications
        ? [
            { label: "Applications", href: paths.apps },
            // As wide as an id while the name is on its way.
            { label: name ?? appId.slice(0, 12), href: paths.app(appId) },
          ]
        : []),
      ...(JSON.parse(rest) as readonly Crumb[]),
    ],
    [appId, name, rest, hasApplications],
  );
}
