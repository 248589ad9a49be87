// Makes the console as the browser gets it: `node tools/bun.mjs tools/console-build.ts [--out <folder>] [--watch]`. The engine runs it in a
// process of its own when it finds no current bundle; an image runs it once.
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { bundleKey } from "#api";

const root = resolve(import.meta.dir, "..");
const source = join(root, "console");
/** Of the JavaScript that a page needs before it shows anything. What an operator waits for on a slow line. */
const INITIAL_BYTES_MAX = 250_000;
const PACKAGES_MISSING = 3;
/** The order in which rules win: a page may overrule the kit, never the other way about. */
const LAYERS = ["style", "kit", "shell", "routes", "portal"] as const;
/** A page, the script it starts with, and its title while that loads. */
const PAGES = [
  { page: "index.html", script: "main.tsx" },
  { page: "portal.html", script: "portal/main.tsx" },
] as const;

interface Built {
  readonly folder: string;
  readonly initial: Readonly<Record<string, number>>;
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly br: number;
    readonly gzip: number;
  }[];
}

/** Makes a bundle in `out`, which appears whole or not at all. Throws what the bundler says; or when a page starts with too much. */
export async function buildConsole(out: string): Promise<Built> {
  const key = await bundleKey(root);
  mkdirSync(dirname(out), { recursive: true });
  const folder = mkdtempSync(join(dirname(out), `${basename(out)}-`));
  try {
    const built = await bundle(folder, key);
    // Two processes may make the same bundle at the same time; whoever is second finds it done.
    const old = `${folder}-old`;
    if (existsSync(out)) renameSync(out, old);
    try {
      renameSync(folder, out);
    } catch (error) {
      if (!existsSync(join(out, "manifest.json"))) throw error;
    }
    rmSync(old, { recursive: true, force: true });
    return { ...built, folder: out };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundle(folder: string, key: string): Promise<Built> {
  const pages = PAGES.filter(({ page }) => existsSync(join(source, page)));
  const scripts = await Bun.build({
    entrypoints: pages.map(({ script }) => join(source, script)),
    root: source,
    target: "browser",
    format: "esm",
    splitting: true,
    minify: true,
    metafile: true,
    define: { "process.env.NODE_ENV": '"production"' },
    naming: {
      entry: "assets/[name]-[hash].[ext]",
      chunk: "assets/[name]-[hash].[ext]",
      asset: "assets/[name]-[hash].[ext]",
    },
    plugins: [englishOnly],
    throw: false,
  });
  if (!scripts.success) throw new Error(scripts.logs.map(String).join("\n"));

  const text = new Map<string, { readonly bytes: Uint8Array<ArrayBuffer>; readonly hash: string }>();
  const add = (path: string, bytes: Uint8Array<ArrayBuffer>): void => {
    text.set(path, { bytes, hash: new Bun.CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 16) });
  };
  const nameOf = (path: string): string => path.replace(/^\.\//, "");
  for (const output of scripts.outputs) add(nameOf(output.path), new Uint8Array(await output.arrayBuffer()));

  const named = (name: string, extension: string, bytes: Uint8Array<ArrayBuffer>): string => {
    const path = `assets/${name}-${new Bun.CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 8)}.${extension}`;
    add(path, bytes);
    return path;
  };
  const stylePath = named("style", "css", await stylesheet(folder));
  const bootPath = named("boot", "js", await bootScript());

  const graph = graphOf(scripts.metafile);
  const entry = (script: string): string => {
    const found = graph.entries.get(`console/${script}`) ?? graph.entries.get(script);
    if (found === undefined)
      throw new Error(`The bundler made nothing of ${script}; it made ${[...graph.entries.keys()].join(", ")}.`);
    return found;
  };
  const initial: Record<string, number> = {};
  for (const { page, script } of pages) {
    const start = entry(script);
    const needed = reachable(start, graph.imports);
    initial[page] = needed.reduce(
      (sum, path) => sum + gzipSync(text.get(path)?.bytes ?? new Uint8Array()).byteLength,
      0,
    );
    const html = readFileSync(join(source, page), "utf8")
      .replace("%STYLE%", `/${stylePath}`)
      .replace("%BOOT%", `/${bootPath}`)
      .replace("%SCRIPT%", `/${start}`)
      .replace(
        "%PRELOAD%",
        needed
          .filter((path) => path !== start)
          .map((path) => `<link rel="modulepreload" href="/${path}">`)
          .join("\n    "),
      );
    const left = /%[A-Z]+%/.exec(html);
    if (left !== null) throw new Error(`${page} has ${left[0]}, which the builder does not know.`);
    add(page, new Uint8Array(Buffer.from(html)));
  }

  const listed: Record<string, { type: string; hash: string; br?: true; gzip?: true }> = {};
  const files: { path: string; bytes: number; br: number; gzip: number }[] = [];
  for (const [path, { bytes, hash }] of text) {
    const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } });
    const gzip = gzipSync(bytes, { level: 9 });
    const smaller = (packed: Uint8Array): boolean => packed.byteLength < bytes.byteLength * 0.95;
    write(join(folder, path), bytes);
    if (smaller(br)) write(join(folder, `${path}.br`), br);
    if (smaller(gzip)) write(join(folder, `${path}.gz`), gzip);
    listed[path] = { type: typeOf(path), hash, ...(smaller(br) && { br: true }), ...(smaller(gzip) && { gzip: true }) };
    files.push({ path, bytes: bytes.byteLength, br: br.byteLength, gzip: gzip.byteLength });
  }
  write(join(folder, "manifest.json"), Buffer.from(`${JSON.stringify({ key, files: listed }, null, 1)}\n`));

  for (const [page, bytes] of Object.entries(initial)) {
    if (bytes > INITIAL_BYTES_MAX) {
      throw new Error(
        `${page} starts with ${bytes} bytes of compressed JavaScript; ${INITIAL_BYTES_MAX} is the limit. Load what is not needed at once with import().`,
      );
    }
  }
  return { folder, initial, files };
}

/** What runs before the first paint: a plain script, because modules wait. */
async function bootScript(): Promise<Uint8Array<ArrayBuffer>> {
  const made = await Bun.build({
    entrypoints: [join(source, "boot.ts")],
    target: "browser",
    format: "iife",
    minify: true,
    throw: false,
  });
  const [output] = made.outputs;
  if (!made.success || output === undefined) throw new Error(made.logs.map(String).join("\n"));
  return new Uint8Array(await output.arrayBuffer());
}

/** Every stylesheet of the console as one: pages that load later then change nothing that is already shown. */
async function stylesheet(scratch: string): Promise<Uint8Array<ArrayBuffer>> {
  const parts = [`@layer ${LAYERS.join(", ")};`];
  for (const layer of LAYERS) {
    for (const file of globSync(`${layer}/**/*.css`, { cwd: source }).toSorted()) {
      parts.push(`@layer ${layer} {\n${readFileSync(join(source, file), "utf8")}\n}`);
    }
  }
  const vendor = readFileSync(Bun.resolveSync("uplot/dist/uPlot.min.css", source), "utf8");
  const whole = join(scratch, "style.css");
  writeFileSync(whole, `@layer vendor, ${LAYERS.join(", ")};\n@layer vendor {${vendor}}\n${parts.join("\n")}`);
  const made = await Bun.build({ entrypoints: [whole], minify: true, throw: false });
  rmSync(whole);
  const [output] = made.outputs;
  if (!made.success || output === undefined) throw new Error(made.logs.map(String).join("\n"));
  return new Uint8Array(await output.arrayBuffer());
}

/** React Aria brings its sentences in thirty languages; the console speaks one. */
const englishOnly: Bun.BunPlugin = {
  name: "english only",
  setup: (build) => {
    build.onLoad({ filter: /[\\/]intl[\\/].*[a-z]{2}-[A-Z]{2}\.(mjs|js)$/ }, async ({ path }) => ({
      contents: /en-US\.(mjs|js)$/.test(path) ? await Bun.file(path).text() : "export default {};",
      loader: "js",
    }));
  },
};

interface Graph {
  readonly entries: ReadonlyMap<string, string>;
  /** What each file imports before it runs. */
  readonly imports: ReadonlyMap<string, readonly string[]>;
}

function graphOf(metafile: Bun.BuildMetafile | undefined): Graph {
  const entries = new Map<string, string>();
  const imports = new Map<string, readonly string[]>();
  const clean = (path: string): string => path.replace(/^\.\//, "");
  for (const [path, output] of Object.entries(metafile?.outputs ?? {})) {
    if (output.entryPoint !== undefined)
      entries.set(relative(source, resolve(process.cwd(), output.entryPoint)), clean(path));
    imports.set(
      clean(path),
      output.imports.filter(({ kind }) => kind === "import-statement").map((found) => clean(found.path)),
    );
  }
  return { entries, imports };
}

function reachable(start: string, imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set([start]);
  for (const path of found) for (const next of imports.get(path) ?? []) found.add(next);
  return [...found];
}

function write(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

function typeOf(path: string): string {
  if (path.endsWith(".js")) return "text/javascript; charset=utf-8";
  if (path.endsWith(".css")) return "text/css; charset=utf-8";
  if (path.endsWith(".html")) return "text/html; charset=utf-8";
  return path.endsWith(".svg") ? "image/svg+xml" : "application/octet-stream";
}

/** Bundles of earlier sources; two are kept for whoever still has a page of them open. */
function removeOlder(cache: string, keep: string): void {
  const old = globSync("*/manifest.json", { cwd: cache })
    .map((found) => dirname(found))
    .filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== keep)
    .map((name) => ({ name, madeMs: Bun.file(join(cache, name, "manifest.json")).lastModified }))
    .toSorted((a, b) => b.madeMs - a.madeMs);
  for (const { name } of old.slice(2)) rmSync(join(cache, name), { recursive: true, force: true });
}

async function main(args: readonly string[]): Promise<number> {
  const at = args.indexOf("--out");
  const given = at === -1 ? undefined : args[at + 1];
  if (!existsSync(join(root, "node_modules/react-dom/package.json"))) {
    console.error("The packages the console is made from are not installed; `npm ci` brings them.");
    return PACKAGES_MISSING;
  }
  const build = async (): Promise<number> => {
    const key = await bundleKey(root);
    const out = given === undefined ? join(root, "node_modules/.cache/posthorn-console", key) : resolve(given);
    try {
      const startedMs = performance.now();
      const built = await buildConsole(out);
      if (given === undefined || basename(out) === key) removeOlder(dirname(out), basename(out));
      report(built, performance.now() - startedMs);
      return 0;
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      return 1;
    }
  };
  const code = await build();
  if (!args.includes("--watch")) return code;
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(source, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void build(), 150);
  });
  return new Promise(() => {});
}

function report(built: Built, ms: number): void {
  const kilo = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
  for (const file of built.files.toSorted((a, b) => b.gzip - a.gzip)) {
    console.log(`${file.path.padEnd(44)}${kilo(file.bytes)}  gzip${kilo(file.gzip)}  br${kilo(file.br)}`);
  }
  for (const [page, bytes] of Object.entries(built.initial))
    console.log(`${page}: starts with ${kilo(bytes).trim()} of compressed JavaScript`);
  console.log(`${built.folder}, ${ms.toFixed(0)} ms`);
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
