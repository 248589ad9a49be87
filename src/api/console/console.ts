import type { Log } from "#kernel";
import { type Bundle, openBundle } from "./bundle.ts";
import { notice } from "./notice.ts";
import { prepareBundle, type Workshop } from "./prepare.ts";

/** What serves the browser: pages, and the files they load. */
export interface ConsoleFace {
  /** The answer when the request is for a page or a file of one; undefined: it is the API's. */
  answer(request: Request): Promise<Response | undefined>;
  /** Finds or makes the bundle now, rather than when somebody first asks for a page. */
  prepare(): void;
  stop(): void;
}

export interface ConsoleOptions {
  /** A folder with a bundle, made before; without one the workshop makes it. */
  readonly folder?: string | undefined;
  readonly workshop: Workshop;
  /** Origins whose pages may have the portal in a frame. */
  readonly frameAncestors: readonly string[];
  readonly log: Pick<Log, "info" | "warn">;
  readonly nowMs: () => number;
}

type State =
  | { readonly kind: "none" }
  | { readonly kind: "preparing" }
  | { readonly kind: "ready"; readonly bundle: Bundle }
  | { readonly kind: "failed"; readonly detail: string; readonly atMs: number };

/** Paths that are never a page, whatever a browser accepts. */
const NO_PAGE = /^\/(api|in|docs|metrics|livez|readyz|startupz|assets|approve|console\/session)(\/|$)/;
/** A failed build is tried again for whoever asks after so long. */
const RETRY_MS = 15_000;
const PATIENCE_MS = 300;

export function createConsole(options: ConsoleOptions): ConsoleFace {
  let state: State = { kind: "none" };
  let preparing: Promise<void> | undefined;
  const stopped = new AbortController();

  async function find(): Promise<State> {
    if (options.folder !== undefined) {
      const bundle = await openBundle(options.folder, options.frameAncestors);
      if (bundle !== undefined) return { kind: "ready", bundle };
      return failed(`POSTHORN_CONSOLE_DIR is ${JSON.stringify(options.folder)}, which holds no built console`);
    }
    const prepared = await prepareBundle(options.workshop, options.frameAncestors, stopped.signal);
    if (!prepared.ok) return failed(prepared.detail);
    if (prepared.builtInMs !== undefined) {
      options.log.info("console_built", `Made the console's bundle in ${prepared.builtInMs} ms.`, {
        folder: prepared.bundle.folder,
      });
    }
    return { kind: "ready", bundle: prepared.bundle };
  }

  function failed(detail: string): State {
    if (!stopped.signal.aborted)
      options.log.warn("console_unavailable", "There is no console to serve; everything else works.", { detail });
    return { kind: "failed", detail, atMs: options.nowMs() };
  }

  function prepare(): void {
    if (state.kind === "preparing" || state.kind === "ready" || stopped.signal.aborted) return;
    if (state.kind === "failed" && options.nowMs() - state.atMs < RETRY_MS) return;
    state = { kind: "preparing" };
    preparing = find().then(
      (found) => {
        state = found;
      },
      (error: unknown) => {
        state = failed(error instanceof Error ? error.message : String(error));
      },
    );
  }

  /** The state for an answer: what is found in the cache takes milliseconds, and nobody should see a notice for that. */
  async function currentState(): Promise<State> {
    prepare();
    if (preparing !== undefined) await Promise.race([preparing, Bun.sleep(PATIENCE_MS)]);
    return state;
  }

  async function page(request: Request, name: "console" | "portal"): Promise<Response> {
    const current = await currentState();
    switch (current.kind) {
      case "ready":
        return (
          (await current.bundle.page(request, name)) ??
          notice("No such page", "The console's bundle has no page of that name.", { status: 404 })
        );
      case "failed":
        return notice("The console is not available", `${current.detail}.`, { status: 503 });
      default:
        return notice("The console is being prepared", "This takes a few seconds, once. The page opens by itself.", {
          status: 503,
          refreshSeconds: 1,
        });
    }
  }

  return {
    prepare,
    stop: () => stopped.abort(),
    answer: async (request) => {
      if (request.method !== "GET" && request.method !== "HEAD") return undefined;
      const path = new URL(request.url).pathname;
      if (path.startsWith("/assets/")) {
        const found = await currentState();
        return found.kind === "ready" ? found.bundle.asset(request, path.slice(1)) : undefined;
      }
      if (NO_PAGE.test(path)) return undefined;
      const isHome = path === "/" || path === "/portal";
      if (!isHome && !(request.headers.get("accept") ?? "").includes("text/html")) return undefined;
      return page(request, path === "/portal" || path.startsWith("/portal/") ? "portal" : "console");
    },
  };
}
