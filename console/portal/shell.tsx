import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { Eye, LogOut } from "lucide-react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-aria-components";
import { client } from "../api/client.ts";
import { asFailure } from "../api/failure.ts";
import { useWhoAmI } from "../api/whoami.ts";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { Failing } from "../kit/states.tsx";
import { type Place, PlaceContext } from "../routes/place.ts";
import { ConnectionBanner } from "../shell/connection-banner.tsx";
import { useFocusAfterStep } from "../shell/focus-after-step.ts";
import { session, signOut } from "../state/session.ts";
import { siteName } from "../state/site-name.ts";
import { useStore } from "../state/store.ts";
import { Closed, type Closing } from "./closed.tsx";
import { isFramed } from "./frame.ts";
import { logoOf } from "./looks.ts";
import { eventTypesPath, portalPaths } from "./paths.ts";
import { type Portal, usePortal } from "./portal.ts";
import { wear } from "./wear.ts";

/** What stands around every page of the portal; without a good token, what stands in its place. */
export function PortalShell() {
  const token = useStore(session);
  const portal = usePortal();
  const who = useWhoAmI();
  const closing = useClosing(token);
  const { data } = portal;

  useLayoutEffect(() => (data === undefined ? undefined : wear(data.theme)), [data]);
  useEffect(() => siteName.set(data === undefined ? "Webhooks" : (data.theme.name ?? data.application.name)), [data]);
  useEndOf(data?.expiresAt);

  if (token === undefined) return <Closed why={closing} />;
  const error = portal.error ?? who.error;
  // A key of the organisation is good for much, and for no portal.
  if (error !== null && ["missing", "forbidden"].includes(asFailure(error).kind)) return <Closed why="not_this" />;
  if (data !== undefined && who.data !== undefined) return <Inside portal={data} />;
  if (error === null) return <div className="portal-wait" role="status" aria-label="Loading" />;
  const retry = () => void Promise.all([portal.refetch(), who.refetch()]);
  return (
    <main className="portal-closed">
      <h1 className="hidden-visually">Not available</h1>
      <Failing error={error} onRetry={retry} />
    </main>
  );
}

let hasLeft = false;

/** Why there is no token: there never was one, it ran out, or somebody signed out. */
function useClosing(token: string | undefined): Closing {
  const had = useRef(false);
  if (token !== undefined) {
    had.current = true;
    hasLeft = false;
  }
  if (hasLeft) return "left";
  return had.current ? "ended" : "never";
}

const TIMER_MS_MAX = 2 ** 31 - 1;

/** The page closes when its token ends, not with the next thing somebody does. */
function useEndOf(expiresAt: string | null | undefined): void {
  useEffect(() => {
    if (expiresAt === null || expiresAt === undefined) return;
    const timer = setTimeout(signOut, Math.min(Math.max(Date.parse(expiresAt) - Date.now(), 0), TIMER_MS_MAX));
    return () => clearTimeout(timer);
  }, [expiresAt]);
}

const PLACES = [
  { label: "Endpoints", href: portalPaths.endpoints(), under: "/portal/endpoints" },
  { label: "Messages", href: portalPaths.messages(), under: portalPaths.messages() },
  { label: "Event types", href: eventTypesPath, under: eventTypesPath },
] as const;

function Inside({ portal }: { readonly portal: Portal }) {
  const { application, theme, readOnly } = portal;
  const path = useRouterState({ select: (state) => state.location.pathname.replace(/(.)\/+$/, "$1") });
  const place = useMemo<Place>(
    () => ({ appId: application.id, paths: portalPaths, hasApplications: false }),
    [application.id],
  );
  useFocusAfterStep(path);
  const name = theme.name ?? application.name;
  const logo = logoOf(theme);
  return (
    <PlaceContext value={place}>
      <div className="portal" data-framed={isFramed || undefined}>
        <a className="skip" href="#main">
          Skip to the page
        </a>
        <header className="portal-head">
          <div className="portal-brand">
            {logo === undefined ? (
              <span className="truncate">{name}</span>
            ) : (
              <>
                <img src={logo} alt="" />
                <span className="truncate">{name}</span>
              </>
            )}
          </div>
          <nav aria-label="Main" className="portal-nav">
            {PLACES.map(({ label, href, under }) => (
              <Link
                key={href}
                href={href}
                className="side-item"
                aria-current={path === href || path.startsWith(`${under}/`) ? "page" : undefined}
              >
                {label}
              </Link>
            ))}
          </nav>
          <div className="portal-end">
            {readOnly && <Badge icon={Eye}>For looking only</Badge>}
            {!isFramed && <SignOut />}
          </div>
        </header>
        <main id="main" className="portal-main" tabIndex={-1}>
          <ConnectionBanner />
          <Outlet />
        </main>
      </div>
    </PlaceContext>
  );
}

function SignOut() {
  const queries = useQueryClient();
  const [isPending, setPending] = useState(false);
  const go = async () => {
    setPending(true);
    hasLeft = true;
    try {
      await client.POST("/api/v1/auth/logout");
    } catch {
      // It ends by itself; here it is forgotten at once all the same.
    }
    queries.clear();
    signOut();
  };
  return (
    <Button look="quiet" icon={<LogOut />} isPending={isPending} onPress={() => void go()}>
      Sign out
    </Button>
  );
}
