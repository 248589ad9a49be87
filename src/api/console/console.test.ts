import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConsole } from "./console.ts";
import { bundleKey } from "./key.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-console-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const BUNDLE = {
  "index.html": "<title>console</title>",
  "portal.html": "<title>portal</title>",
  "assets/main-1.js": "plain",
  "assets/main-1.js.br": "brotli",
  "assets/main-1.js.gz": "gzip",
  "manifest.json": JSON.stringify({
    key: "k",
    files: {
      "index.html": { type: "text/html; charset=utf-8", hash: "h1" },
      "portal.html": { type: "text/html; charset=utf-8", hash: "h2" },
      "assets/main-1.js": { type: "text/javascript; charset=utf-8", hash: "h3", br: true, gzip: true },
    },
  }),
};

/** Makes a bundle out of nothing, as slowly as `wait` says, or fails. */
const builder = (body: string) => [
  process.execPath,
  "-e",
  `const out = process.argv[process.argv.indexOf("--out") + 1]; const fs = require("node:fs"); ${body}`,
  "--",
];
const MAKES = `fs.mkdirSync(out, { recursive: true }); fs.writeFileSync(out + "/index.html", "<title>made</title>");
  fs.writeFileSync(out + "/manifest.json", JSON.stringify({ key: "k", files: { "index.html": { type: "text/html", hash: "h" } } }));`;

function face(
  options: {
    readonly folder?: string;
    readonly command?: readonly string[];
    readonly root?: string;
    readonly nowMs?: () => number;
    readonly frameAncestors?: readonly string[];
  } = {},
) {
  const said: string[] = [];
  const log = { info: (event: string) => void said.push(event), warn: (event: string) => void said.push(event) };
  const root = options.root ?? folderOf({ "console/main.tsx": "1" });
  const made = createConsole({
    folder: options.folder,
    workshop: {
      root,
      caches: ["/proc/nothing", join(root, "cache")],
      builder: options.command ?? builder("process.exit(7)"),
    },
    frameAncestors: options.frameAncestors ?? [],
    log,
    nowMs: options.nowMs ?? Date.now,
  });
  const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    made.answer(new Request(`http://posthorn.test${path}`, { method, headers }));
  return { ...made, get, said, root };
}

const html = { accept: "text/html,application/xhtml+xml" };

describe("what the browser gets", () => {
  test("is the page for every address a browser asks for, and nothing where the API is asked", async () => {
    const { get } = face({ folder: folderOf(BUNDLE) });
    for (const path of ["/", "/apps/app_1/endpoints", "/settings/keys"])
      expect(await (await get(path, html))?.text()).toBe(BUNDLE["index.html"]);
    expect(await (await get("/", { accept: "*/*" }))?.text()).toBe(BUNDLE["index.html"]);
    expect(await (await get("/portal", html))?.text()).toBe(BUNDLE["portal.html"]);
    for (const path of [
      "/api/v1/none",
      "/in/token",
      "/docs",
      "/metrics",
      "/livez",
      "/readyz",
      "/console/session",
      `/approve/${"A".repeat(43)}`,
      "/assets/none.js",
    ]) {
      expect(await get(path, html)).toBeUndefined();
    }
    expect(await (await get("/approvals", html))?.text()).toBe(BUNDLE["index.html"]);
    expect(await get("/apps", { accept: "application/json" })).toBeUndefined();
    expect(await get("/", html, "POST")).toBeUndefined();
  });

  test("may load its own files and run nothing else; the console cannot be framed, the portal by whom the operator names", async () => {
    const { get } = face({ folder: folderOf(BUNDLE) });
    const own = await get("/", html);
    const policy = own?.headers.get("content-security-policy") ?? "";
    expect(policy).toStartWith("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain("unsafe");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(own?.headers.get("x-content-type-options")).toBe("nosniff");
    expect(own?.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    const portal = await get("/portal", html);
    expect(portal?.headers.get("content-security-policy")).toEndWith("frame-ancestors 'self'");
    expect(portal?.headers.get("x-frame-options")).toBeNull();
    const shop = "https://shop.example";
    const embedded = face({ folder: folderOf(BUNDLE), frameAncestors: [shop] });
    const policyOf = async (path: string) =>
      (await embedded.get(path, html))?.headers.get("content-security-policy")?.split("; ").at(-1);
    expect(await policyOf("/portal/endpoints")).toBe(`frame-ancestors 'self' ${shop}`);
    expect(await policyOf("/")).toBe("frame-ancestors 'none'");
  });

  test("is sent packed as the browser likes it, once", async () => {
    const { get } = face({ folder: folderOf(BUNDLE) });
    const js = "/assets/main-1.js";
    const packed = async (accept: string) => {
      const response = await get(js, { "accept-encoding": accept });
      return [response?.headers.get("content-encoding"), await response?.text()];
    };
    expect(await packed("gzip, deflate, br, zstd")).toEqual(["br", "brotli"]);
    expect(await packed("gzip, br;q=0")).toEqual(["gzip", "gzip"]);
    expect(await packed("identity")).toEqual([null, "plain"]);

    const first = await get(js, { "accept-encoding": "br" });
    expect(first?.headers.get("cache-control")).toContain("immutable");
    expect(first?.headers.get("vary")).toBe("Accept-Encoding");
    const again = await get(js, { "accept-encoding": "br", "if-none-match": first?.headers.get("etag") ?? "" });
    expect(again?.status).toBe(304);
    const head = await get(js, { "accept-encoding": "gzip" }, "HEAD");
    expect([head?.headers.get("content-length"), await head?.text()]).toEqual(["4", ""]);
    expect(await get("/assets/../manifest.json")).toBeUndefined();
  });

  test("is noticed when somebody builds into its folder again", async () => {
    const folder = folderOf(BUNDLE);
    const { get } = face({ folder });
    await get("/", html);
    writeFileSync(join(folder, "index.html"), "<title>newer</title>");
    writeFileSync(join(folder, "manifest.json"), BUNDLE["manifest.json"].replace('"h1"', '"h9"'));
    utimesSync(join(folder, "manifest.json"), new Date(), new Date(Date.now() + 5_000));
    expect((await get("/", html))?.headers.get("etag")).toBe('"h9"');
  });
});

describe("a console that is not built yet", () => {
  test("is made by a process of its own, and kept for the next start", async () => {
    const first = face({ command: builder(MAKES) });
    let page = await first.get("/", html);
    while (page?.status === 503) page = await first.get("/", html);
    expect(await page?.text()).toBe("<title>made</title>");
    expect(first.said).toEqual(["console_built"]);
    expect(readdirSync(join(first.root, "cache"))).toEqual([await bundleKey(first.root)]);

    const second = face({ root: first.root });
    expect((await second.get("/", html))?.status).toBe(200);
    expect(second.said).toEqual([]);
  });

  test("says meanwhile that it is being prepared, and comes back by itself", async () => {
    const root = folderOf({ "console/main.tsx": "1" });
    const made = face({
      root,
      command: builder(`while (!fs.existsSync(${JSON.stringify(join(root, "go"))})) Bun.sleepSync(5); ${MAKES}`),
    });
    const page = await made.get("/apps", html);
    expect(page?.status).toBe(503);
    expect(page?.headers.get("retry-after")).toBe("1");
    expect(await page?.text()).toContain('<meta http-equiv="refresh" content="1">');
    writeFileSync(join(root, "go"), "");
    let later = await made.get("/apps", html);
    while (later?.status === 503) later = await made.get("/apps", html);
    expect(later?.status).toBe(200);
  });

  test("says why it cannot be made, keeps everything else running, and is tried again later", async () => {
    let nowMs = 0;
    const root = folderOf({ "console/main.tsx": "1" });
    const flag = join(root, "good");
    const made = face({
      root,
      nowMs: () => nowMs,
      command: builder(
        `if (!fs.existsSync(${JSON.stringify(flag)})) { console.error("no such <module>"); process.exit(1); } ${MAKES}`,
      ),
    });
    let page = await made.get("/", html);
    while ((await page?.clone().text())?.includes("being prepared")) page = await made.get("/", html);
    expect(page?.status).toBe(503);
    expect(await page?.text()).toContain("no such &#60;module&#62;");
    expect(made.said).toEqual(["console_unavailable"]);

    writeFileSync(flag, "");
    expect(await (await made.get("/", html))?.text()).toContain("not available");
    nowMs += 60_000;
    let later = await made.get("/", html);
    while (later?.status === 503) later = await made.get("/", html);
    expect(later?.status).toBe(200);
  });

  test("says what is missing when its packages are not installed, or its folder holds none", async () => {
    const bare = face({ command: builder("process.exit(3)") });
    let page = await bare.get("/", html);
    while ((await page?.clone().text())?.includes("being prepared")) page = await bare.get("/", html);
    expect(await page?.text()).toContain("POSTHORN_CONSOLE_DIR");
    const empty = face({ folder: folderOf({ "readme.txt": "" }) });
    expect(await (await empty.get("/", html))?.text()).toContain("holds no built console");
  });
});

test("a key names the sources as they are: another file, another name, another byte, and not what stands beside them", async () => {
  const files = { "console/a.ts": "1", "console/kit/b.css": "2", "package-lock.json": "{}" };
  const key = (more: Record<string, string>) => bundleKey(folderOf({ ...files, ...more }));
  const same = await key({});
  expect(await key({})).toBe(same);
  expect(await key({ "console/README.md": "x", "console/a.test.ts": "x", "console/node_modules/x/y.js": "x" })).toBe(
    same,
  );
  expect(
    new Set([
      same,
      await key({ "console/a.ts": "3" }),
      await key({ "console/c.ts": "" }),
      await key({ "package-lock.json": "" }),
    ]).size,
  ).toBe(4);
  expect(existsSync("/proc/nothing")).toBe(false);
});
