import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dir, "..");
const SKIPPED = new Set(["node_modules", ".git", ".posthorn"]);

function files(folder: string, wanted: (name: string) => boolean): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path, wanted) : wanted(entry.name) ? [path] : [];
  });
}

const read = (path: string) => readFileSync(path, "utf8");
const pages = files(ROOT, (name) => name.endsWith(".md")).map((path) => ({
  page: relative(ROOT, path),
  path,
  text: read(path),
}));
const prose = (text: string) => text.replace(/^```[\s\S]*?^```/gm, "");

/** As GitHub makes anchors of headings. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchorsOf = (text: string) => new Set([...prose(text).matchAll(/^#+ (.+)$/gm)].map((m) => anchorOf(m[1] ?? "")));

test("every link between pages leads somewhere", () => {
  const broken = pages.flatMap(({ page, path, text }) =>
    [...prose(text).matchAll(/\]\(([^()\s]+)\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [file = "", anchor] = target.split("#");
        const found = file === "" ? path : join(dirname(path), file);
        if (!existsSync(found)) return true;
        return anchor !== undefined && !anchorsOf(read(found)).has(anchor);
      })
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

test("every picture that a page shows is there, in both schemes", () => {
  const gone = pages.flatMap(({ page, path, text }) =>
    [...prose(text).matchAll(/<(?:img|source)\b[^>]*?\s(?:src|srcset)="([^":]+)"/g)]
      .flatMap(([, target = ""]) => [target, target.replace("-light.", "-dark.")])
      .filter((target) => !existsSync(join(dirname(path), target)))
      .map((target) => `${page}: ${target}`),
  );
  expect(gone).toEqual([]);
});

test("every file of the repository that a page names is there", () => {
  const gone = pages
    .filter(({ page }) => page !== "CHANGELOG.md")
    .flatMap(({ page, text }) =>
      [...prose(text).matchAll(/`((?:src|test|docs|tools|bench|migrations|bin)\/[\w./-]+)`/g)]
        .map(([, named = ""]) => named)
        .filter((named) => !/x\.test\.ts|^bench\/results\//.test(named) && !existsSync(join(ROOT, named)))
        .map((named) => `${page}: ${named}`),
    );
  expect(gone).toEqual([]);
});

/** The codes that the sources can answer with: closed unions, and literals where an error body is made. */
function codesInSource(): Set<string> {
  const codes = new Set<string>();
  const union = (file: string, name: string) => {
    const text = read(join(ROOT, file));
    const body = new RegExp(`type ${name} =([^;]+);`).exec(text)?.[1] ?? "";
    for (const [, code = ""] of body.matchAll(/(?<!\[)"([a-z_]+)"/g)) codes.add(code);
  };
  union("src/api/http/reply.ts", "ErrorCode");
  union("src/ingest/answer.ts", "NotNowCode");
  union("src/ingest/rejection.ts", "RejectionReason");
  union("src/ingest/presets/preset.ts", "DisbeliefReason");
  const intake = read(join(ROOT, "src/kernel/intake.ts"));
  for (const [, code = ""] of intake.matchAll(/code: "([a-z_]+)"/g)) codes.add(code);
  for (const room of ["api", "ingest"]) {
    for (const path of files(join(ROOT, "src", room), (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))) {
      const made = /(?:errorBody\(|refuse\(\s*\d+,|askAgain\()\s*"([a-z_]+)"/g;
      for (const [, code = ""] of read(path).matchAll(made)) codes.add(code);
    }
  }
  return codes;
}

test("the reference of errors has every code that a client can see, and no other", () => {
  const rows = read(join(ROOT, "docs/reference/errors.md")).matchAll(/^\| [\d, ]+ \| (.+?) \|/gm);
  const told = new Set([...rows].flatMap(([, cell = ""]) => [...cell.matchAll(/`([a-z_]+)`/g)].map((m) => m[1] ?? "")));
  const known = codesInSource();
  expect(known.size).toBeGreaterThan(30);
  expect([...told].sort()).toEqual([...known].sort());
});
