import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useWhoAmI } from "../api/whoami.ts";
import { placesFor } from "./navigation.ts";
import { openPalette } from "./palette-loader.tsx";
import { openShortcutSheet } from "./shortcut-sheet.tsx";

const SEQUENCE_MS = 900;

/** Whether the keys are being typed into something, or a dialog has them. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]',
    ) !== null
  );
}

/** The keys of the whole console. A page adds its own with `useKey`. */
export function useShortcuts(): void {
  const navigate = useNavigate();
  const { data: who } = useWhoAmI();
  useEffect(() => {
    let first = "";
    let atMs = 0;
    const onKey = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        openPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (event.key === "?") {
        openShortcutSheet();
        return;
      }
      if (event.key === "/") {
        const filter = document.querySelector<HTMLInputElement>("main input[type=search]");
        if (filter !== null) {
          event.preventDefault();
          filter.focus();
        }
        return;
      }
      const sequence = event.timeStamp - atMs < SEQUENCE_MS ? `${first} ${event.key}` : event.key;
      first = event.key;
      atMs = event.timeStamp;
      const place = placesFor(who).find(({ keys }) => keys === sequence);
      if (place !== undefined) void navigate({ href: place.href });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate, who]);
}

/** One key of a page: `useKey("p", pause)`. Not while somebody types. List it in the sheet: `pageKeys` of shortcut-sheet.tsx. */
export function useKey(key: string, act: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== key || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [key, act]);
}
