import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { settled, VIEWS, type View } from "./gallery.ts";
import {
  axe,
  type BusyWorld,
  browser,
  browserTest,
  busyWorld,
  type ConsolePage,
  chromiumMissing,
  DESKTOP,
  type EmptyWorld,
  emptyWorld,
  expectClean,
  NARROW,
  openConsole,
} from "./index.ts";

const started = browser();
let busy: BusyWorld;
let empty: EmptyWorld;

beforeAll(async () => {
  if (chromiumMissing() === undefined) [busy, empty] = await Promise.all([busyWorld(), emptyWorld()]);
});
afterAll(async () => {
  await Promise.all([busy?.[Symbol.asyncDispose](), empty?.[Symbol.asyncDispose]()]);
});

/** As most people see a page, and as it is in the hand. */
const WAYS = [DESKTOP, NARROW] as const;

async function open(view: View, viewport: (typeof WAYS)[number]): Promise<ConsolePage> {
  const { engine, token } = view.world === "busy" ? busy : empty;
  // Only on a laptop does the engine offer to sign one in: it has no such route elsewhere.
  const unoffered = { status: 404, path: /^\/console\/session$/ };
  const signedIn = view.stranger === true ? { expected: [unoffered] } : { token };
  // A view of the empty world asks the world for no id.
  const opened = await openConsole({
    browser: await started(),
    engine,
    path: view.path(busy),
    ...signedIn,
    viewport,
    ...(view.shiftMax !== undefined && { shiftMax: view.shiftMax }),
  });
  try {
    await view.ready(opened.page);
    await settled(opened.page);
    return opened;
  } catch (error) {
    const seen = await opened.page.locator("body").innerText();
    await opened[Symbol.asyncDispose]();
    throw new Error(`${view.name} did not become ready. It says:\n${seen.slice(0, 2_000)}`, { cause: error });
  }
}

/** Resolves when the colours are those that were asked for: the first frame begins to change them. */
const painted = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
  });

for (const view of VIEWS)
  for (const viewport of WAYS)
    browserTest(
      `${view.name}, ${viewport.width} px: clean, accessible by day and night, no wider than the screen`,
      async () => {
        await using opened = await open(view, viewport);
        const wide = await opened.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide, "pixels that one has to scroll sideways for").toBeLessThanOrEqual(0);
        await axe(opened);
        if (viewport === DESKTOP) {
          // The same page at night: only its colours are others.
          await opened.page.emulateMedia({ colorScheme: "dark" });
          await painted(opened.page);
          await axe(opened, { only: ["color-contrast"] });
        }
        await expectClean(opened);
      },
    );

test("every view has a name of its own", () => {
  expect(new Set(VIEWS.map(({ name }) => name)).size).toBe(VIEWS.length);
});
