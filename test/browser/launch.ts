import { type Browser, chromium } from "playwright-core";
import { findChromium } from "./chromium.ts";

const FLAGS = [
  // The sandbox needs rights that neither root nor a user in a container has. The pages are our own.
  "--no-sandbox",
  "--no-zygote",
  "--disable-gpu",
  // /dev/shm is small in containers.
  "--disable-dev-shm-usage",
  "--font-render-hinting=none",
  "--force-color-profile=srgb",
  "--hide-scrollbars",
];

/** Starts a browser. It and all its processes end with `close()`, and with this process however that ends: they share a pipe. */
export async function launchBrowser(): Promise<Browser> {
  const { path, env } = await findChromium();
  const own: Record<string, string> = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LANG: "C.UTF-8", ...env };
  return chromium.launch({ executablePath: path, args: FLAGS, env: own, timeout: 30_000, chromiumSandbox: false });
}
