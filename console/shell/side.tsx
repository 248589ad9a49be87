import { useQuery } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { BookOpen, ChevronsUpDown, Keyboard, LogOut, Monitor, Moon, Search, Sun, UserRound } from "lucide-react";
import { useEffect } from "react";
import { Button as AriaButton, Link } from "react-aria-components";
import { ask, client } from "../api/client.ts";
import { useWhoAmI, type WhoAmI } from "../api/whoami.ts";
import { Menu } from "../kit/menu.tsx";
import { paths } from "../routes/paths.ts";
import { currentApp, enterApp } from "../state/current-app.ts";
import { chooseTheme, showUtc, useTheme, useUtc } from "../state/preferences.ts";
import { leave } from "../state/session.ts";
import { useStore } from "../state/store.ts";
import { Mark } from "./mark.tsx";
import { isAt, placesFor } from "./navigation.ts";
import { openPalette } from "./palette-loader.tsx";
import { openShortcutSheet } from "./shortcut-sheet.tsx";

const THEMES = { system: Monitor, light: Sun, dark: Moon } as const;

/** The side: where one is, where one can go, who one is. */
export function Side() {
  const { data: who } = useWhoAmI();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const theme = useTheme();
  const inUtc = useUtc();
  const ThemeIcon = THEMES[theme];

  return (
    <div className="side">
      <div className="side-head">
        <Link href={who?.appId == null ? paths.overview : paths.app(who.appId)} className="side-brand">
          <Mark />
          <span>Posthorn</span>
        </Link>
      </div>
      <AriaButton className="side-search" onPress={openPalette}>
        <Search aria-hidden />
        <span className="grow">Search</span>
        <kbd>{isMac ? "⌘" : "Ctrl"} K</kbd>
      </AriaButton>
      <nav aria-label="Main" className="side-nav">
        {placesFor(who).map((place) => {
          const isCurrent = isAt(place, path);
          return (
            <Link
              key={place.href}
              href={place.href}
              className="side-item"
              aria-current={isCurrent ? "page" : undefined}
            >
              <place.icon aria-hidden />
              {place.label}
            </Link>
          );
        })}
      </nav>
      {/* After the places above it, which would push it down. */}
      {who !== undefined && (
        <AppSwitcher
          path={path}
          fixed={who.appId === null ? undefined : { id: who.appId, name: who.appName ?? who.appId }}
        />
      )}
      <div className="side-foot">
        <Menu
          label="You"
          actions={[
            {
              id: "theme",
              label: `Theme: ${theme}`,
              note: "system, light, dark",
              icon: <ThemeIcon />,
              onAction: () => chooseTheme(theme === "system" ? "light" : theme === "light" ? "dark" : "system"),
            },
            {
              id: "utc",
              label: inUtc ? "Show local times" : "Show times in UTC",
              icon: <Monitor />,
              onAction: () => showUtc(!inUtc),
            },
            { id: "keys", label: "Keyboard shortcuts", note: "?", icon: <Keyboard />, onAction: openShortcutSheet },
            {
              id: "docs",
              label: "API reference",
              icon: <BookOpen />,
              onAction: () => window.open("/docs", "_blank", "noopener"),
            },
            {
              id: "out",
              label: "Sign out",
              icon: <LogOut />,
              separated: true,
              onAction: () => void signOut(who?.kind),
            },
          ]}
        >
          <AriaButton className="side-item side-you">
            <UserRound aria-hidden />
            <span className="grow truncate">
              <span className="truncate">{who?.name ?? "\u00a0"}</span>
              <small>{who === undefined ? "\u00a0" : who.development ? "development" : who.role}</small>
            </span>
            <ChevronsUpDown aria-hidden />
          </AriaButton>
        </Menu>
      </div>
    </div>
  );
}

/** A session of the console is ended in the engine too; a key is no session, and stays what it is. */
async function signOut(kind: WhoAmI["kind"] | undefined): Promise<void> {
  try {
    if (kind === "console") await client.POST("/api/v1/auth/logout");
  } catch {
    // It ends by itself within the hour; here it is forgotten at once all the same.
  }
  leave();
}

const isMac = typeof navigator !== "undefined" && /mac|iphone|ipad/i.test(navigator.userAgent);

interface App {
  readonly id: string;
  readonly uid?: string | null;
  readonly name: string;
}

const APP_PAGES = [
  { label: "Messages", href: paths.messages },
  { label: "Endpoints", href: paths.endpoints },
  { label: "Sources", href: paths.sources },
  { label: "Flows", href: paths.flows },
  { label: "Runs", href: paths.runs },
  { label: "Approvals", href: paths.approvals },
  { label: "Tasks", href: paths.tasks },
  { label: "Secrets", href: paths.flowSecrets },
] as const;

/** The application one is in, its pages, and the way to another. */
function AppSwitcher({
  path,
  fixed,
}: {
  readonly path: string;
  readonly fixed: { readonly id: string; readonly name: string } | undefined;
}) {
  const remembered = useStore(currentApp);
  const inPath = /^\/apps\/([^/]+)/.exec(path)?.[1];
  const asked = inPath === undefined || inPath === "new" ? undefined : decodeURIComponent(inPath);
  const found = useQuery({
    queryKey: ["shell", "app", asked],
    queryFn: ({ signal }) => ask<App>(`/api/v1/app/${encodeURIComponent(asked ?? "")}`, { signal }),
    enabled: asked !== undefined && fixed === undefined,
    staleTime: 60_000,
  });
  useEffect(() => {
    if (found.data !== undefined) enterApp({ id: found.data.id, name: found.data.name });
  }, [found.data]);
  const shown = fixed ?? (found.data === undefined ? remembered : { id: found.data.id, name: found.data.name });
  if (shown === undefined) return null;
  return (
    <nav aria-label="Application" className="side-app">
      <AriaButton className="side-item side-switch" onPress={openPalette} isDisabled={fixed !== undefined}>
        <span className="side-letter" aria-hidden="true">
          {shown.name.slice(0, 1).toUpperCase()}
        </span>
        <span className="grow truncate">{shown.name}</span>
        <span className="hidden-visually">, change the application</span>
        {fixed === undefined && <ChevronsUpDown aria-hidden />}
      </AriaButton>
      {APP_PAGES.map((page) => {
        const href = page.href(asked ?? shown.id);
        const isCurrent = path === href || path.startsWith(`${href}/`);
        return (
          <Link
            key={page.label}
            href={href}
            className="side-item side-sub"
            aria-current={isCurrent ? "page" : undefined}
          >
            {page.label}
          </Link>
        );
      })}
    </nav>
  );
}
