import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Empty, Failing } from "./kit/states.tsx";
import type { PageSpec } from "./routes/page.ts";
import { paths } from "./routes/paths.ts";
import { pages } from "./routes/table.ts";
import { Gate } from "./shell/gate.tsx";
import { PageLoading } from "./shell/page-loading.tsx";
import { MissingPage, PageShell } from "./shell/page-shell.tsx";
import { session } from "./state/session.ts";

const root = createRootRoute({ component: Outlet, notFoundComponent: MissingPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("./routes/sign-in/sign-in.tsx")),
});

/** Everything but signing in stands in the shell, for somebody who is signed in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: PageShell,
  beforeLoad: ({ location }) => {
    if (session.get() === undefined)
      throw redirect({ href: `${paths.signIn}?next=${encodeURIComponent(location.href)}`, replace: true });
  },
});

function routeOf({ path, title, needs, load }: PageSpec) {
  const Page = lazyRouteComponent<{ readonly default: () => ReactNode }>(load);
  return createRoute({
    getParentRoute: () => inside,
    path,
    component: () => (
      <Gate title={title} needs={needs}>
        <Page />
      </Gate>
    ),
    loader: () => Page.preload?.(),
    pendingComponent: () => <PageLoading title={title} />,
    pendingMs: 120,
    errorComponent: ({ error, reset }) =>
      isStale(error) ? (
        <Empty title="A newer console is there">
          <p>This page was opened before the engine was updated. Load it again.</p>
        </Empty>
      ) : (
        <Failing error={error} onRetry={reset} />
      ),
  });
}

/** A part of the page that the engine no longer has: another version was started meanwhile. */
function isStale(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|importing a module/i.test(error.message);
}

export const router = createRouter({
  routeTree: root.addChildren([signIn, inside.addChildren(pages.map(routeOf))]),
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});
