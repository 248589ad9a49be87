import { useEffect, useRef } from "react";

/** After a step the focus is on the title of the page, which screen readers then read; the first page keeps the browser's own start. */
export function useFocusAfterStep(path: string): void {
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    const frame = requestAnimationFrame(() =>
      (document.getElementById("page-title") ?? document.getElementById("main"))?.focus({ preventScroll: true }),
    );
    return () => cancelAnimationFrame(frame);
  }, [path]);
}
