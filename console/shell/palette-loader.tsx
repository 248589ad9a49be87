import { lazy, Suspense } from "react";
import { createStore, useStore } from "../state/store.ts";

const isOpen = createStore(false);
export const openPalette = (): void => isOpen.set(true);
const close = (): void => isOpen.set(false);

const Palette = lazy(() => import("./palette.tsx"));

/** The command palette; its module is loaded when it is first opened. */
export function CommandPalette() {
  const open = useStore(isOpen);
  return open ? (
    <Suspense fallback={null}>
      <Palette onClose={close} />
    </Suspense>
  ) : null;
}
