import { afterAll, describe, expect } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Subprocess, spawn } from "bun";
import { until } from "../kit/index.ts";
import { unpacked } from "./chromium.ts";
import { axe, browser, browserTest, expectClean, type Fault, openConsole } from "./index.ts";

const started = browser();

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";
const page = (body: string, script = "", csp: string | undefined = CSP) => ({ body, script, csp });

/** One page for each fault, and one without any. */
const PAGES = {
  clean: page(
    `<main><h1>Good</h1><button id="b" type="button">Go on</button></main>`,
    "document.body.dataset.ran = 'yes'",
  ),
  console: page("<main><h1>Talks</h1></main>", "console.error('This went wrong'); console.warn('That is odd')"),
  page_error: page("<main><h1>Throws</h1></main>", "setTimeout(() => { throw new TypeError('Nobody catches me') })"),
  refused: page("<main><h1>Asks</h1></main>", "fetch('/nothing-here')"),
  other_host: page(
    "<main><h1>Leaks</h1></main>",
    "new Image().src = 'http://127.0.0.2:9/pixel.png'",
    `${CSP.replace("img-src 'self'", "img-src *")}`,
  ),
  csp_violation: page("<main><h1>Injects</h1><script>document.title = 'in'</script></main>"),
  csp_missing: { body: "<main><h1>Trusts</h1></main>", script: "", csp: undefined },
  layout_shift: page(
    `<main><div id="late"></div><p>Somebody reads this.</p><p>And this.</p></main>`,
    "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => { document.getElementById('late').className = 'tall'; document.body.dataset.ran = 'yes' }, 50)))",
  ),
} satisfies Record<string, { body: string; script: string; csp: string | undefined }>;

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/style.css")
      return answer("text/css", "body{margin:0;color:#111;background:#fff}.tall{height:300px}");
    if (pathname === "/favicon.ico") return new Response(null, { status: 204 });
    const [, name = "", file] = pathname.split("/");
    const known = Object.entries(PAGES).find(([key]) => key === name)?.[1];
    if (known === undefined) return new Response("no such page", { status: 404 });
    if (file === "script.js") return answer("text/javascript", known.script);
    return answer(
      "text/html; charset=utf-8",
      `<!doctype html><html lang="en"><head><title>${name}</title><link rel="stylesheet" href="/style.css"><script type="module" src="/${name}/script.js"></script></head><body>${known.body}</body></html>`,
      known.csp === undefined ? {} : { "content-security-policy": known.csp },
    );
  },
});
afterAll(() => {
  server.stop(true);
});

function answer(type: string, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { headers: { "content-type": type, ...headers } });
}

const open = async (name: keyof typeof PAGES) =>
  openConsole({ browser: await started(), engine: { url: server.url.origin }, path: `/${name}/` });

/** The kinds of faults of a page, once there is one. */
async function faultsOf(name: keyof typeof PAGES): Promise<Fault["kind"][]> {
  await using opened = await open(name);
  await until(`the page ${name} did what it should not`, () => opened.seen.faults.length > 0);
  expect(await faultOf(expectClean(opened))).toMatch(/is not clean/);
  return [...new Set(opened.seen.faults.map(({ kind }) => kind))];
}

/** What a check complained about; "nothing" when it did not. */
const faultOf = (check: Promise<void>): Promise<string> =>
  check.then(
    () => "nothing",
    (error: Error) => error.message,
  );

describe("a watched page", () => {
  browserTest("that does nothing wrong is clean and accessible, under a strict policy", async () => {
    await using opened = await open("clean");
    await opened.page.waitForSelector("body[data-ran=yes]");
    await expectClean(opened);
    await axe(opened);
    expect(opened.seen.firstContentfulPaintMs).toBeGreaterThan(0);
    expect([...opened.seen.scripts.keys()]).toEqual([`${server.url.origin}/clean/script.js`]);
  });

  for (const kind of [
    "console",
    "page_error",
    "refused",
    "other_host",
    "csp_violation",
    "csp_missing",
    "layout_shift",
  ] as const)
    browserTest(`that has a fault of the kind ${kind} is not clean`, async () => {
      expect(await faultsOf(kind)).toContain(kind);
    });

  browserTest("whose request gets no answer is not clean", async () => {
    await using opened = await open("clean");
    await opened.page.route("**/cut", (route) => route.abort("connectionreset"));
    await opened.page.evaluate(() => fetch("/cut").catch(() => undefined));
    expect(await faultOf(expectClean(opened))).toMatch(/had no answer: GET .*\/cut: net::ERR_CONNECTION_RESET/);
  });

  browserTest("tells what moved in a layout shift", async () => {
    await using opened = await open("layout_shift");
    await opened.page.waitForSelector("body[data-ran=yes]");
    expect(await faultOf(expectClean(opened))).toMatch(/shifted by 0\.\d+: .*Somebody reads this/);
  });

  browserTest("may be refused what the test provokes", async () => {
    await using opened = await open("clean");
    opened.seen.expect({ status: 404, path: /^\/nothing-here$/ });
    await opened.page.evaluate(() => fetch("/nothing-here"));
    await expectClean(opened);
  });

  browserTest("is judged anew after its faults were forgotten", async () => {
    await using opened = await open("csp_missing");
    expect(opened.seen.faults).toHaveLength(1);
    opened.seen.clear();
    await expectClean(opened);
  });

  browserTest("that a person with bad eyes or no mouse cannot use is told by axe, with the element", async () => {
    await using opened = await open("clean");
    await opened.page.evaluate(() => {
      const image = document.createElement("img");
      image.id = "nameless";
      document.querySelector("main")?.append(image);
    });
    expect(await faultOf(axe(opened))).toMatch(/image-alt.*\n.*#nameless/);
  });

  browserTest("is signed in once: who signs out stays so", async () => {
    const options = { browser: await started(), engine: { url: server.url.origin }, path: "/clean/", token: "secret" };
    await using opened = await openConsole(options);
    const token = () => opened.page.evaluate(() => sessionStorage.getItem("posthorn.token"));
    expect(await token()).toBe("secret");
    await opened.page.evaluate(() => sessionStorage.removeItem("posthorn.token"));
    await opened.page.reload();
    expect(await token()).toBeNull();
  });
});

describe("the browser", () => {
  browserTest("is unpacked once by two who ask at the same time", async () => {
    const base = await mkdtemp(join(tmpdir(), "posthorn-unpack-test-"));
    try {
      const folders = await Promise.all([unpacked(base), unpacked(base)]);
      expect(new Set(folders).size).toBe(1);
      expect(await readdir(base)).toHaveLength(1);
    } finally {
      await rm(base, { recursive: true, force: true });
    }
  });

  for (const ending of ["killed", "a failure"] as const)
    browserTest(`is gone with all its processes when the run that started it ends by being ${ending}`, async () => {
      const program = `
        import { launchBrowser } from ${JSON.stringify(join(import.meta.dir, "launch.ts"))};
        const browser = await launchBrowser();
        await browser.newPage();
        console.log("up");
        ${ending === "killed" ? "setInterval(() => {}, 1000)" : "throw new Error('on purpose')"}`;
      const child = spawn([process.execPath, "--no-install", "-e", program], { stdout: "pipe", stderr: "ignore" });
      const reader = child.stdout.getReader();
      await reader.read();
      const processes = await below(child);
      if (ending === "killed") {
        expect(processes.length).toBeGreaterThan(1);
        child.kill("SIGKILL");
      }
      await child.exited;
      await until("the browser's processes are gone", async () =>
        (await Promise.all(processes.map(lives))).every((l) => !l),
      );
    });
});

/** The processes below one, at any depth. */
async function below({ pid }: Subprocess): Promise<number[]> {
  const listed = await Bun.$`ps -eo pid=,ppid=`.text();
  const parents = new Map(
    listed
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]),
  );
  const isBelow = (id: number): boolean => {
    const parent = parents.get(id);
    return parent === pid || (parent !== undefined && parent > 1 && isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

/** Whether a process runs; one that ended and that nobody waited for does not. */
async function lives(pid: number): Promise<boolean> {
  const stat = await Bun.file(`/proc/${pid}/stat`)
    .text()
    .catch(() => "");
  return stat !== "" && !/\) Z /.test(stat);
}
