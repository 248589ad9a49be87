import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Failure } from "../../api/failure.ts";
import type { Feed, FeedView } from "./feed.ts";
import { followTail, type TailQuery } from "./stream.ts";

export type TailState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "lost"; readonly failure: Failure | undefined }
  | { readonly kind: "refused"; readonly failure: Failure };

/** The least time between two pictures: more than fifteen a second nobody can read, and the machine has better to do. */
const FRAME_MS = 66;

/** Follows the tail for as long as the page is there. */
export function useTail(query: TailQuery, feed: Feed, names: ReadonlyMap<string, string>): TailState {
  // Names come a moment later than what happens, and change while the stream goes on.
  const known = useRef(names);
  known.current = names;
  const [state, setState] = useState<TailState>({ kind: "connecting" });
  const { appId, isScoped, words } = query;
  const kinds = query.kinds.join(",");
  useEffect(() => {
    const stopped = new AbortController();
    let lostAtMs: number | undefined;
    setState({ kind: "connecting" });
    void followTail(
      { appId, isScoped, words, kinds: kinds.split(",") },
      {
        onOpen: () => {
          if (lostAtMs !== undefined) feed.gap(lostAtMs, Date.now());
          lostAtMs = undefined;
          setState({ kind: "live" });
        },
        onBatch: ({ items, skipped }) =>
          feed.take(
            { items: items.map((item) => ({ ...item, appName: known.current.get(item.appId) ?? null })), skipped },
            Date.now(),
          ),
        onLost: (failure, isFinal) => {
          lostAtMs ??= Date.now();
          setState(isFinal && failure !== undefined ? { kind: "refused", failure } : { kind: "lost", failure });
        },
      },
      stopped.signal,
    );
    return () => stopped.abort();
  }, [appId, isScoped, words, kinds, feed]);
  return state;
}

/** The feed as it is now, at most once each 66 ms, and only when it changed. */
export function useFeed(feed: Feed): FeedView {
  const [source] = useState(() => pictures(feed));
  return useSyncExternalStore(source.subscribe, source.get, source.get);
}

function pictures(feed: Feed) {
  let view = feed.view(Date.now());
  let version = feed.version;
  return {
    get: () => view,
    subscribe: (changed: () => void) => {
      let frame = 0;
      let shownAtMs = 0;
      const look = (): void => {
        frame = requestAnimationFrame(look);
        const nowMs = Date.now();
        // Once a second also without news: the rate falls by itself.
        const isDue = nowMs - shownAtMs >= (feed.version === version ? 1_000 : FRAME_MS);
        if (!isDue) return;
        if (feed.version === version && view.perSecond === 0) return;
        shownAtMs = nowMs;
        version = feed.version;
        view = feed.view(nowMs);
        changed();
      };
      frame = requestAnimationFrame(look);
      return () => cancelAnimationFrame(frame);
    },
  };
}
