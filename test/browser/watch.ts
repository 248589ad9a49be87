import type { BrowserContext, ConsoleMessage, Page, Request, Response } from "playwright-core";
import { type Fault, tellFault } from "./faults.ts";
import { type Told, watchFromInside } from "./in-page.ts";

/** An answer that a test provokes on purpose. */
export interface Expected {
  readonly status: number;
  readonly path: RegExp;
}

/** What was seen on a page since it was opened. */
export interface Watch {
  readonly faults: readonly Fault[];
  /** Of the last document that was loaded; undefined before it painted anything. */
  readonly firstContentfulPaintMs: number | undefined;
  /** Bytes of scripts as they came over the wire, by URL. */
  readonly scripts: ReadonlyMap<string, number>;
  /** From now on such an answer is no fault. */
  expect(answer: Expected): void;
  /** Forgets the faults so far: what comes is judged anew. */
  clear(): void;
}

/** Less than a pixel or two on a small thing: rounding, not movement. */
export const SHIFT_MAX = 0.002;

/** Watches a page for everything in `Fault`. `origin` is the one host it may speak to. */
export async function watch(context: BrowserContext, page: Page, origin: string, shiftMax = SHIFT_MAX): Promise<Watch> {
  let faults: Fault[] = [];
  const expected: Expected[] = [];
  const scripts = new Map<string, number>();
  let firstContentfulPaintMs: number | undefined;

  await context.exposeBinding("posthornTell", (_, told: Told) => {
    if (told.kind === "first_contentful_paint") firstContentfulPaintMs = told.ms;
    else if (told.kind !== "layout_shift" || told.value > shiftMax) faults.push(told);
  });
  await context.addInitScript(watchFromInside);

  page.on("console", (message) => {
    const level = message.type();
    if ((level !== "error" && level !== "warning") || isToldElsewhere(message)) return;
    const { url, lineNumber } = message.location();
    faults.push({ kind: "console", level, text: message.text(), at: `${url}:${lineNumber}` });
  });
  page.on("pageerror", (error) => faults.push({ kind: "page_error", text: error.stack ?? error.message }));
  page.on("request", (request) => {
    if (isElsewhere(request.url(), origin)) faults.push({ kind: "other_host", request: named(request) });
  });
  page.on("websocket", (socket) => {
    if (isElsewhere(socket.url(), origin)) faults.push({ kind: "other_host", request: `WebSocket ${socket.url()}` });
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "unknown";
    // The page itself gave it up: it went elsewhere, or closed a stream. What a policy blocks tells so itself.
    if (why === "net::ERR_ABORTED" || why === "csp") return;
    faults.push({ kind: "request_failed", request: named(request), why });
  });
  page.on("response", (response) => {
    judge(response);
    if (response.request().resourceType() === "script") void weigh(response.request());
  });

  function judge(response: Response): void {
    const status = response.status();
    const request = response.request();
    const { pathname } = new URL(response.url());
    if (status >= 400 && !expected.some((answer) => answer.status === status && answer.path.test(pathname)))
      faults.push({ kind: "refused", request: named(request), status });
    const isDocument = request.isNavigationRequest() && /html/.test(response.headers()["content-type"] ?? "");
    if (isDocument && response.headers()["content-security-policy"] === undefined)
      faults.push({ kind: "csp_missing", url: response.url() });
  }

  async function weigh(request: Request): Promise<void> {
    // A page that is closed meanwhile has no sizes any more.
    const sizes = await request.sizes().catch(() => undefined);
    if (sizes !== undefined) scripts.set(request.url(), sizes.responseBodySize);
  }

  return {
    get faults() {
      return faults;
    },
    get firstContentfulPaintMs() {
      return firstContentfulPaintMs;
    },
    scripts,
    expect: (answer) => void expected.push(answer),
    clear() {
      faults = [];
    },
  };
}

/** Throws with everything that was seen and should not have been. Gives the page two frames to say what it has to say. */
export async function expectClean({ page, seen }: { readonly page: Page; readonly seen: Watch }): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
  });
  if (seen.faults.length === 0) return;
  const lines = [...new Set(seen.faults.map(tellFault))];
  throw new Error(`${page.url()} is not clean:\n${lines.map((line) => `- ${line}`).join("\n")}`);
}

const named = (request: Request): string => `${request.method()} ${request.url()}`;

/** The browser writes a line of its own for what has a fault of its own here. */
const isToldElsewhere = (message: ConsoleMessage): boolean =>
  /^Failed to load resource: (the server responded with a status of|net::)/.test(message.text()) ||
  /violates the following Content Security Policy directive/.test(message.text());

function isElsewhere(url: string, origin: string): boolean {
  const { protocol, host } = new URL(url);
  return !["data:", "blob:", "about:"].includes(protocol) && host !== new URL(origin).host;
}
