import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMay } from "../api/whoami.ts";
import { ButtonLink } from "../kit/button.tsx";
import { Page } from "../kit/page.tsx";
import { Empty, Failing } from "../kit/states.tsx";
import type { PageSpec } from "../routes/page.ts";
import { PageLoading } from "../shell/page-loading.tsx";
import { portalPages } from "./pages.ts";
import { portalPaths } from "./paths.ts";
import { PortalShell } from "./shell.tsx";

const root = createRootRoute({ component: PortalShell, notFoundComponent: Missing });

function routeOf({ path, title, needs, load }: PageSpec) {
  const Shown = lazyRouteComponent<{ readonly default: () => ReactNode }>(load);
  return createRoute({
    getParentRoute: () => root,
    path,
    component: () => (
      <Allowed title={title} needs={needs}>
        <Shown />
      </Allowed>
    ),
    loader: () => Shown.preload?.(),
    pendingComponent: () => <PageLoading title={title} />,
    pendingMs: 120,
    errorComponent: ({ error, reset }) => <Failing error={error} onRetry={reset} />,
  });
}

function Allowed({ title, needs, children }: Pick<PageSpec, "title" | "needs"> & { readonly children: ReactNode }) {
  const may = useMay(needs ?? "portal:read");
  if (may) return children;
  return (
    <Page title={title}>
      <Empty
        title="You may look, and change nothing"
        actions={<ButtonLink href={portalPaths.endpoints()}>Go to the endpoints</ButtonLink>}
      >
        <p>This page was opened for looking only.</p>
      </Empty>
    </Page>
  );
}

function Missing() {
  return (
    <Page title="There is no such page">
      <Empty
        title="Nothing is here"
        actions={<ButtonLink href={portalPaths.endpoints()}>Go to the endpoints</ButtonLink>}
      >
        <p>The address may be mistyped, or from another version.</p>
      </Empty>
    </Page>
  );
}

/** Made when the token is out of the address: the router remembers the address it begins with. */
export function createPortalRouter() {
  return createRouter({
    routeTree: root.addChildren(portalPages.map(routeOf)),
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  });
}
