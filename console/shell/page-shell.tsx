import { Outlet, useRouterState } from "@tanstack/react-router";
import { Menu as MenuIcon, Search } from "lucide-react";
import { useEffect, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { Button, ButtonLink, IconButton } from "../kit/button.tsx";
import { Empty } from "../kit/states.tsx";
import { paths } from "../routes/paths.ts";
import { session } from "../state/session.ts";
import { useStore } from "../state/store.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { useFocusAfterStep } from "./focus-after-step.ts";
import { CommandPalette, openPalette } from "./palette-loader.tsx";
import { ShortcutSheet } from "./shortcut-sheet.tsx";
import { useShortcuts } from "./shortcuts.ts";
import { Side } from "./side.tsx";

/** What stands around every page: the way everywhere else, and who is signed in. */
export function PageShell() {
  const token = useStore(session);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  useShortcuts();
  useFocusAfterStep(path);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a step is what closes it.
  useEffect(() => setDrawerOpen(false), [path]);
  if (token === undefined) return null;

  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <aside className="shell-side">
        <Side />
      </aside>
      <div className="shell-top">
        <IconButton label="Open the navigation" icon={<MenuIcon />} onPress={() => setDrawerOpen(true)} />
        <strong className="grow">Posthorn</strong>
        <IconButton label="Search and commands" icon={<Search />} onPress={openPalette} />
      </div>
      <ModalOverlay
        className="scrim"
        data-place="side"
        isOpen={isDrawerOpen}
        onOpenChange={setDrawerOpen}
        isDismissable
      >
        <Modal className="modal">
          <Dialog className="dialog" aria-label="Navigation">
            <Side />
          </Dialog>
        </Modal>
      </ModalOverlay>
      <main id="main" className="shell-main" tabIndex={-1}>
        <ConnectionBanner />
        <Outlet />
      </main>
      <CommandPalette />
      <ShortcutSheet />
    </div>
  );
}

export function MissingPage() {
  return (
    <main className="page">
      <Empty title="There is no such page" actions={<ButtonLink href={paths.overview}>Go to the overview</ButtonLink>}>
        <p>The address may be mistyped, or from another version.</p>
      </Empty>
      <Button onPress={() => history.back()}>Go back</Button>
    </main>
  );
}
