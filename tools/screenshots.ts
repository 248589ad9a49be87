// Pictures of the console: `npm run screenshots`. Starts an engine with traffic, opens the views of `test/browser/gallery.ts` in light and dark, and
// writes those that the README and the guides show into docs/images/. With `--all --out <folder>` every view, wide and narrow, into that folder;
// `--only tail` those whose name has that in it; `--after 5` does not wait a minute and a half for traffic.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser } from "playwright-core";
import { chromiumMissing } from "../test/browser/chromium.ts";
import { settled, VIEWS, type View } from "../test/browser/gallery.ts";
import { launchBrowser } from "../test/browser/launch.ts";
import { DESKTOP, NARROW, openConsole } from "../test/browser/open.ts";
import { type BusyWorld, busyWorld, type EmptyWorld, emptyWorld } from "../test/browser/world/index.ts";
import { stopShared } from "../test/harness/shared.ts";
import { until } from "../test/kit/index.ts";

const SCHEMES = ["light", "dark"] as const;
const IMAGES = join(import.meta.dir, "../docs/images");
/** Points are sharp on the screens people have; the file is made smaller by its palette. */
const SCALE = 1.5;
/** Charts have a point each minute or less often: pictures that are kept wait for a few, others only for something to show. */
const EVENTS_PER_SECOND = 40;

const { values } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
    out: { type: "string" },
    only: { type: "string", default: "" },
    after: { type: "string", default: "90" },
  },
});
if (values.all && values.out === undefined) {
  console.error("`--all` makes pictures that nobody keeps: say where to with `--out <folder>`.");
  process.exit(2);
}
const missing = chromiumMissing();
if (missing !== undefined) {
  console.error(`No pictures: ${missing}.`);
  process.exit(1);
}

const out = values.out ?? IMAGES;
const views = VIEWS.filter(({ name, kept }) => (values.all || kept === true) && name.includes(values.only));
const sizes = values.all
  ? ([
      ["", DESKTOP],
      ["-narrow", NARROW],
    ] as const)
  : ([["", DESKTOP]] as const);
await mkdir(out, { recursive: true });

const faults: string[] = [];
try {
  await using browser = { use: await launchBrowser(), [Symbol.asyncDispose]: () => browser.use.close() };
  await using worlds = new AsyncDisposableStack();
  const isWanted = (world: View["world"]) => views.some((view) => view.world === world);
  // A busy world knows all an empty one knows, so a view of the empty one never asks for more than its path.
  const busy = isWanted("busy") ? worlds.use(await busyWorld({ perSecond: EVENTS_PER_SECOND })) : undefined;
  const empty = isWanted("empty") ? worlds.use(await emptyWorld()) : undefined;
  const eventsMin = EVENTS_PER_SECOND * Number(values["after"]);
  if (busy !== undefined) await until("there was traffic", () => busy.traffic.sent >= eventsMin, 600_000);
  for (const view of views)
    for (const scheme of SCHEMES)
      for (const [suffix, viewport] of sizes) {
        const world = view.world === "busy" ? busy : empty;
        if (world === undefined) continue;
        const file = join(out, `${view.name}${suffix}-${scheme}.png`);
        try {
          await picture({ browser: browser.use, view, world, scheme, viewport, file });
          console.log(`${file}  ${Math.round(Bun.file(file).size / 1024)} kB`);
        } catch (error) {
          faults.push(`${view.name}, ${scheme}${suffix}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
} finally {
  await stopShared();
}
for (const fault of faults) console.error(fault);
process.exit(faults.length === 0 ? 0 : 1);

async function picture(wanted: {
  readonly browser: Browser;
  readonly view: View;
  readonly world: EmptyWorld | BusyWorld;
  readonly scheme: (typeof SCHEMES)[number];
  readonly viewport: { readonly width: number; readonly height: number };
  readonly file: string;
}): Promise<void> {
  const { browser, view, world, scheme, viewport, file } = wanted;
  await using opened = await openConsole({
    browser,
    engine: world.engine,
    ...(view.stranger !== true && { token: world.token }),
    path: view.path(world as BusyWorld),
    scheme,
    viewport,
    scale: SCALE,
  });
  await view.ready(opened.page);
  await view.before?.(opened.page);
  await settled(opened.page);
  const shot = await opened.page.screenshot({ animations: "disabled", caret: "hide" });
  await new Bun.Image(shot).png({ palette: true, colors: 256, compressionLevel: 9 }).write(file);
}
