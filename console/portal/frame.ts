/** Whether somebody's page shows the portal in a frame. */
export const isFramed = typeof window !== "undefined" && window.parent !== window;

/** The origin of the page that holds the frame; undefined where the browser tells neither way. */
function parentOrigin(): string | undefined {
  const { ancestorOrigins } = location;
  const told = ancestorOrigins?.[0] ?? (document.referrer === "" ? undefined : new URL(document.referrer).origin);
  return told === "null" ? undefined : told;
}

/** As Svix's portal says it, so that `<AppPortal fullSize>` of svix-react understands it. */
const HEIGHT = "svix.iframe-resizer-height";

/**
 * Tells the page around the frame how high the portal is, so that it can make the frame as high. It is told to that page's origin and to
 * no other; the browser has checked that it is one that may hold the portal (`frame-ancestors`).
 */
export function tellHeight(): void {
  const origin = isFramed ? parentOrigin() : undefined;
  if (origin === undefined) return;
  const place = document.getElementById("root");
  if (place === null) return;
  let told = 0;
  const observer = new ResizeObserver(() => {
    const height = Math.ceil(place.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    window.parent.postMessage({ type: HEIGHT, payload: { height } }, origin);
  });
  observer.observe(place);
}
