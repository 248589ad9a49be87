import { stat } from "node:fs/promises";
import { join } from "node:path";
import { assetHeaders, pageHeaders } from "./headers.ts";

/** One file of a bundle, as `tools/console-build.ts` lists it. Encodings that would not be smaller are absent. */
interface BundledFile {
  readonly type: string;
  readonly hash: string;
  readonly br?: true;
  readonly gzip?: true;
}

export interface Manifest {
  readonly key: string;
  readonly files: Readonly<Record<string, BundledFile>>;
}

/** A folder that holds the console as the browser gets it. Nothing of it stays in memory but the list of its files. */
export interface Bundle {
  readonly folder: string;
  /** `index.html` or `portal.html`. */
  page(request: Request, name: "console" | "portal"): Promise<Response | undefined>;
  /** A file under `/assets/`, or nothing when the bundle has none of that name. */
  asset(request: Request, path: string): Response | undefined;
}

/**
 * Opens the bundle in `folder`; undefined when there is none. Throws when its list cannot be read. `ancestors`: whose pages may have the
 * portal in a frame.
 */
export async function openBundle(folder: string, ancestors: readonly string[]): Promise<Bundle | undefined> {
  const listPath = join(folder, "manifest.json");
  let seenMs = await stat(listPath).then(
    (found) => found.mtimeMs,
    () => undefined,
  );
  if (seenMs === undefined) return undefined;
  let { files }: Manifest = await Bun.file(listPath).json();

  /** A folder that somebody builds into again is noticed with the next page. */
  async function refresh(): Promise<void> {
    const found = await stat(listPath).catch(() => undefined);
    if (found === undefined || found.mtimeMs === seenMs) return;
    ({ files } = await Bun.file(listPath).json());
    seenMs = found.mtimeMs;
  }

  function answer(request: Request, path: string, headers: Readonly<Record<string, string>>): Response | undefined {
    const file = files[path];
    if (file === undefined) return undefined;
    const encoding = encodingFor(request, file);
    const etag = `"${file.hash}${encoding === undefined ? "" : `-${encoding}`}"`;
    const all: Record<string, string> = { ...headers, ETag: etag, Vary: "Accept-Encoding" };
    if (isKnown(request, etag)) return new Response(null, { status: 304, headers: all });
    all["Content-Type"] = file.type;
    if (encoding !== undefined) all["Content-Encoding"] = encoding;
    const suffix = encoding === "br" ? ".br" : encoding === "gzip" ? ".gz" : "";
    const bytes = Bun.file(join(folder, path + suffix));
    return request.method === "HEAD"
      ? new Response(null, { headers: { ...all, "Content-Length": String(bytes.size) } })
      : new Response(bytes, { headers: all });
  }

  return {
    folder,
    page: async (request, name) => {
      await refresh();
      const headers = { ...pageHeaders(name, ancestors), "Cache-Control": "no-cache" };
      return answer(request, name === "portal" ? "portal.html" : "index.html", headers);
    },
    asset: (request, path) => answer(request, path, assetHeaders),
  };
}

function encodingFor(request: Request, file: BundledFile): "br" | "gzip" | undefined {
  const accepted = request.headers.get("accept-encoding") ?? "";
  const takes = (name: string): boolean =>
    accepted.split(",").some((part) => {
      const [coding = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
      return coding === name && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    });
  if (file.br === true && takes("br")) return "br";
  return file.gzip === true && takes("gzip") ? "gzip" : undefined;
}

function isKnown(request: Request, etag: string): boolean {
  const known =
    request.headers
      .get("if-none-match")
      ?.split(",")
      .map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  return known.includes(etag) || known.includes("*");
}
