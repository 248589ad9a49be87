// Checks the law of arrows: `node tools/bun.mjs tools/rooms.ts`. Part of `npm run check`.
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { codeOf, importsOf } from "./rooms/imports.ts";
import { mayImport, ownerOf, REASON, ROOMS } from "./rooms/law.ts";
import { ringsOf } from "./rooms/rings.ts";

/** Everything in the repository at `root` that breaks the law, one sentence each, beginning with the file. Empty when all is well. */
export function checkRooms(root: string): string[] {
  const faults: string[] = [];
  const doors = readDoors(root);
  const files = ["src", "console", "test", "tools", "bench"]
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root, exclude: ["**/node_modules/**"] }))
    .map((file) => file.split(sep).join("/"))
    .sort();
  const graph = new Map<string, string[]>();

  for (const file of files) {
    const source = readFileSync(join(root, file), "utf8");
    const arrows: string[] = [];
    for (const { specifier, dynamic } of importsOf(source, dialectOf(file))) {
      const target = targetOf(file, specifier, doors);
      if (specifier.startsWith("#") && target === undefined) {
        faults.push(
          `${file}: imports "${specifier}", which is no door; the doors are ${[...doors.keys()].join(", ")}.`,
        );
      } else if (target !== undefined) {
        const fault = arrowFault(file, specifier, target);
        if (fault !== undefined) {
          faults.push(`${file}: ${fault}`);
        }
        if (!dynamic) {
          arrows.push(target);
        }
      }
    }
    graph.set(file, arrows);
    faults.push(...tableFaults(file, source));
  }

  for (const ring of ringsOf(graph)) {
    faults.push(
      `${ring[0]}: stands in a ring: ${ring.join(" -> ")}. They are one thought, or a third file is missing.`,
    );
  }
  return [...faults, ...floorPlanFaults(root), ...migrationFaults(root)];
}

function readDoors(root: string): ReadonlyMap<string, string> {
  const manifest: { imports?: Record<string, string> } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return new Map(Object.entries(manifest.imports ?? {}).map(([door, path]) => [door, path.replace(/^\.\//, "")]));
}

/** The file of this repository that an import reaches, or nothing for a package. */
function targetOf(file: string, specifier: string, doors: ReadonlyMap<string, string>): string | undefined {
  return specifier.startsWith(".") ? join(dirname(file), specifier).split(sep).join("/") : doors.get(specifier);
}

/** The room a file lies in: `src/<room>/…`; nothing for main.ts and the wiring it is parted into, and for what is not in src. */
function roomOf(file: string): string | undefined {
  const folder = /^src\/([^/]+)\//.exec(file)?.[1];
  return folder === WIRING ? undefined : folder;
}

/** The parts of main.ts: together they know every room, and no room knows them. */
const WIRING = "wiring";

const dialectOf = (file: string) => (file.endsWith(".tsx") ? "tsx" : "ts");

const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);

function arrowFault(file: string, specifier: string, target: string): string | undefined {
  const from = roomOf(file);
  const to = roomOf(target);
  const inSource = target.startsWith("src/");
  const throughDoor = specifier.startsWith("#");

  if (file.startsWith("console/")) {
    return target.startsWith("console/")
      ? undefined
      : `imports "${specifier}"; the console meets the server only over HTTP.`;
  }
  if (target.startsWith("console/") && file.startsWith("src/")) {
    return `imports "${specifier}"; nothing of the server knows what the browser runs.`;
  }
  if (from === undefined) {
    return inSource && to !== undefined && !throughDoor
      ? `imports "${specifier}"; from outside a room only its door may be used, which is "#${to}".`
      : undefined;
  }
  if (to === from) {
    return throughDoor ? `imports its own door "${specifier}"; inside a room import the file itself.` : undefined;
  }
  if (to !== undefined) {
    if (!mayImport(from, to)) {
      const kind = ROOMS[from];
      return `${from} may not import ${to} ("${specifier}"): ${kind === undefined ? `${from} is no room of tools/rooms/law.ts` : REASON[kind]}.`;
    }
    return throughDoor
      ? undefined
      : `imports "${specifier}"; from outside a room only its door may be used, which is "#${to}".`;
  }
  if (inSource) {
    return `imports "${specifier}"; nobody imports what knows everybody.`;
  }
  const isCode = /\.(ts|tsx|mjs|js)$/.test(target);
  if (isCode && !(isTest(file) && target.startsWith("test/"))) {
    return `imports "${specifier}"; code of a room does not depend on what stands beside src.`;
  }
  return undefined;
}

/** Tests may look into any table to see what became of things; the engine's own code may not. */
function tableFaults(file: string, source: string): string[] {
  const room = roomOf(file);
  if (!file.startsWith("src/") || isTest(file) || !source.includes("posthorn.")) {
    return [];
  }
  const named = new Set(
    [...codeOf(source, dialectOf(file)).matchAll(/\bposthorn\.([a-z][a-z0-9_]*)/g)].map((match) => match[1] ?? ""),
  );
  return [...named].flatMap((table) => {
    const owner = ownerOf(table);
    return owner === undefined || owner === room
      ? []
      : [`${file}: names the table posthorn.${table}, which belongs to ${owner}; ask through "#${owner}".`];
  });
}

function floorPlanFaults(root: string): string[] {
  const entries = readdirSync(join(root, "src"), { withFileTypes: true });
  return entries
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      if (!entry.isDirectory()) {
        return /^main(\.test)?\.tsx?$/.test(entry.name)
          ? []
          : [`src/${entry.name}: lies in no room; only main.ts stands outside them.`];
      }
      if (entry.name === WIRING) return [];
      const room = `src/${entry.name}`;
      if (ROOMS[entry.name] === undefined) {
        return [`${room}: is no room of tools/rooms/law.ts; name its kind there.`];
      }
      return ["index.ts", "README.md"]
        .filter((file) => !existsSync(join(root, room, file)))
        .map((file) => `${room}: has no ${file}; every room has a door and a page about itself.`);
    });
}

function migrationFaults(root: string): string[] {
  return globSync("migrations/*.sql", { cwd: root }).flatMap((file) => {
    const created = readFileSync(join(root, file), "utf8").matchAll(
      /create table (?:if not exists )?posthorn\.([a-z0-9_]+)/g,
    );
    return [...created].flatMap(([, table = ""]) =>
      ownerOf(table) === undefined
        ? [`${file}: creates posthorn.${table}, which no room owns; name its room in tools/rooms/law.ts.`]
        : [],
    );
  });
}

if (import.meta.main) {
  const root = relative(process.cwd(), join(import.meta.dir, "..")) || ".";
  const faults = checkRooms(root);
  for (const fault of faults) {
    console.error(fault);
  }
  console.log(
    faults.length === 0 ? "The law of arrows holds." : `The law of arrows is broken in ${faults.length} places.`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}
