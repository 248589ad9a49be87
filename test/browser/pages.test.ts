import { afterAll, beforeAll, expect, test } from "bun:test";
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

/** For two worlds or two pages, on a machine that is busy with other things too: when it is over Bun ends the browser, and all that follows. */
const PATIENCE_MS = 90_000;

const started = browser();
let busy: BusyWorld;
let empty: EmptyWorld;

beforeAll(async () => {
  if (chromiumMissing() === undefined) [busy, empty] = await Promise.all([busyWorld(), emptyWorld()]);
}, PATIENCE_MS);
afterAll(async () => {
  await Promise.all([busy?.[Symbol.asyncDispose](), empty?.[Symbol.asyncDispose]()]);
});

/** By night at a desk, and by day in the hand: between them every page in both themes and both widths. */
const WAYS = [
  { scheme: "dark", viewport: DESKTOP },
  { scheme: "light", viewport: NARROW },
] as const;

async function open(view: View, way: (typeof WAYS)[number]): Promise<ConsolePage> {
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
    ...way,
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

async function judge(view: View, way: (typeof WAYS)[number]): Promise<void> {
  await using opened = await open(view, way);
  const wide = await opened.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(wide, "pixels that one has to scroll sideways for").toBeLessThanOrEqual(0);
  await axe(opened);
  await expectClean(opened);
}

/** Those first that need a world that sends. */
const inOrder = VIEWS.toSorted((a, b) => Number(b.isLive ?? false) - Number(a.isLive ?? false));

for (const view of inOrder) {
  // Both ways at once: while one page waits for its answers the other is judged. More at a time only share two processors.
  let judging: readonly Promise<unknown>[] | undefined;
  for (const [number, way] of WAYS.entries())
    browserTest(
      `${view.name}, ${way.scheme}, ${way.viewport.width} px: clean, accessible, and no wider than the screen`,
      async () => {
        if (view.isLive !== true) await busy.traffic.stop();
        judging ??= WAYS.map((each) => judge(view, each).catch((fault: unknown) => fault));
        const fault = await judging[number];
        if (fault !== undefined) throw fault;
      },
      PATIENCE_MS,
    );
}

test("every view has a name of its own", () => {
  expect(new Set(VIEWS.map(({ name }) => name)).size).toBe(VIEWS.length);
});
