import type { Browser, Page } from "playwright-core";
import { type Expected, type Watch, watch } from "./watch.ts";

export interface OpenOptions {
  readonly browser: Browser;
  /** Where the console is: the engine's base URL. */
  readonly engine: { readonly url: string };
  /** Signs in with it beforehand; without it the page opens as a stranger sees it. */
  readonly token?: string;
  /** Of the page, `/` unless given. */
  readonly path?: string;
  readonly scheme?: "light" | "dark";
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Answers that the test provokes on purpose. */
  readonly expected?: readonly Expected[];
  /** What a single layout shift may be, where more than nothing is known and borne. */
  readonly shiftMax?: number;
  /** Device pixels for each pixel of the page. */
  readonly scale?: number;
}

/** A page of the console in a context of its own; leaving the scope closes it. */
export interface ConsolePage extends AsyncDisposable {
  readonly page: Page;
  readonly seen: Watch;
}

/** Where the console keeps the token of whoever is signed in, for as long as the tab lives. */
export const TOKEN_KEY = "posthorn.token";
export const DESKTOP = { width: 1440, height: 900 };
export const NARROW = { width: 360, height: 740 };

/** Opens a page of the console and watches it from its first byte on. Resolves when the document is loaded. */
export async function openConsole(options: OpenOptions): Promise<ConsolePage> {
  const context = await options.browser.newContext({
    colorScheme: options.scheme ?? "light",
    viewport: options.viewport ?? DESKTOP,
    deviceScaleFactor: options.scale ?? 1,
    // Nothing moves by itself: what a test sees does not depend on when it looks.
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  try {
    context.setDefaultTimeout(15_000);
    const origin = new URL(options.engine.url).origin;
    if (options.token !== undefined)
      await context.addInitScript(signIn, { key: TOKEN_KEY, token: options.token, origin });
    const page = await context.newPage();
    const seen = await watch(context, page, origin, options.shiftMax);
    for (const answer of options.expected ?? []) seen.expect(answer);
    await page.goto(new URL(options.path ?? "/", options.engine.url).href, { waitUntil: "load" });
    return { page, seen, [Symbol.asyncDispose]: () => context.close() };
  } catch (error) {
    await context.close();
    throw error;
  }
}

/** In the page. A frame of another origin has a storage of its own, which the token is no business of. */
function signIn({ key, token, origin }: { key: string; token: string; origin: string }): void {
  if (location.origin !== origin || sessionStorage.getItem("signed in by the test") !== null) return;
  // Once: who signs out stays signed out in the documents that follow.
  sessionStorage.setItem("signed in by the test", "yes");
  sessionStorage.setItem(key, token);
}
