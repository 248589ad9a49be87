import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { importsOf } from "./rooms/imports.ts";
import { ringsOf } from "./rooms/rings.ts";
import { checkRooms } from "./rooms.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) {
    rmSync(folder, { recursive: true });
  }
});

/** What the tool says about a repository of these files; each room it names gets a door and a page unless they are given. */
function check(files: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), "posthorn-rooms-"));
  folders.push(root);
  const doors = ["kernel", "tenancy", "events", "delivery", "ingest", "api", "cli"];
  const imports = Object.fromEntries([
    ...doors.map((room) => [`#${room}`, `./src/${room}/index.ts`]),
    ["#test", "./test/harness/index.ts"],
  ]);
  const all: Record<string, string> = { "package.json": JSON.stringify({ imports }), "src/main.ts": "" };
  for (const file of Object.keys(files)) {
    const room = /^src\/([^/]+)\//.exec(file)?.[1];
    if (room !== undefined) {
      all[`src/${room}/index.ts`] = "";
      all[`src/${room}/README.md`] = "";
    }
  }
  for (const [file, text] of Object.entries({ ...all, ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return checkRooms(root);
}

describe("arrows", () => {
  test("the arrows of the house are lawful", () => {
    const faults = check({
      "src/kernel/clock.ts": 'import pino from "pino"; import { x } from "./id.ts";',
      "src/kernel/id.ts": "export const x = 1;",
      "src/tenancy/app.ts": 'import { x } from "#kernel";',
      "src/events/append.ts": 'import { x } from "#kernel"; import { y } from "#tenancy";',
      "src/delivery/send.ts": 'import { x } from "#kernel"; import { y } from "#tenancy"; import { z } from "#events";',
      "src/delivery/send.test.ts": 'import { x } from "#test"; import { y } from "./send.ts";',
      "src/api/routes.ts": 'import { x } from "#delivery"; import { y } from "#ingest";',
      "src/cli/version.ts": 'import manifest from "../../package.json" with { type: "json" };',
      "src/main.ts": 'import { x } from "#api"; import { y } from "#kernel";',
      "test/harness/index.ts": 'import { x } from "#delivery";',
      "bench/all.ts": 'import { x } from "#kernel";',
      "console/kit/button.tsx": 'import { paths } from "../routes/paths.ts"; import { x } from "react";',
      "console/routes/paths.ts": "export const paths = {};",
      "test/browser/gallery.ts": 'import { paths } from "../../console/routes/paths.ts";',
    });
    expect(faults).toEqual([]);
  });

  test.each([
    ["src/kernel/a.ts", "#events", "the kernel is the ground"],
    ["src/tenancy/a.ts", "#events", "the spine stands on the kernel"],
    ["src/events/a.ts", "#delivery", "knows no rib"],
    ["src/delivery/a.ts", "#ingest", "ribs meet only in the event log"],
    ["src/ingest/a.ts", "#api", "ribs meet only in the event log"],
    ["src/api/a.ts", "#cli", "never another face"],
    ["src/delivery/a.ts", "#delivery", "inside a room import the file itself"],
    ["src/delivery/a.ts", "../kernel/db.ts", 'which is "#kernel"'],
    ["src/delivery/a.ts", "../main.ts", "nobody imports what knows everybody"],
    ["src/delivery/a.ts", "../../bench/load.ts", "does not depend on what stands beside src"],
    ["src/delivery/a.ts", "#kernel/db", "is no door"],
    ["bench/a.ts", "../src/kernel/db.ts", 'which is "#kernel"'],
    ["src/main.ts", "./kernel/db.ts", 'which is "#kernel"'],
    ["src/wiring/a.ts", "../kernel/db.ts", 'which is "#kernel"'],
    ["src/delivery/a.ts", "../wiring/a.ts", "nobody imports what knows everybody"],
    ["src/api/a.ts", "../../console/routes/paths.ts", "nothing of the server knows what the browser runs"],
    ["console/kit/a.tsx", "#kernel", "meets the server only over HTTP"],
    ["console/kit/a.tsx", "../../src/api/index.ts", "meets the server only over HTTP"],
  ])("%s may not import %s", (file, specifier, reason) => {
    for (const source of [
      `import { x } from "${specifier}";`,
      `import type { X } from "${specifier}";`,
      `export { x } from "${specifier}";`,
      `const x = await import("${specifier}");`,
    ]) {
      const faults = check({ [file]: source });
      expect(faults).toHaveLength(1);
      expect(faults[0]).toStartWith(`${file}: `);
      expect(faults[0]).toContain(reason);
    }
  });
});

describe("rings", () => {
  test("a ring of types is a ring, and is told as a walk", () => {
    const faults = check({
      "src/events/a.ts": 'import type { B } from "./b.ts"; export type A = B;',
      "src/events/b.ts": 'import { type C } from "./c.ts"; export type B = C;',
      "src/events/c.ts": 'export type { A as C } from "./a.ts";',
    });
    expect(faults).toEqual([
      "src/events/a.ts: stands in a ring: src/events/a.ts -> src/events/b.ts -> src/events/c.ts -> src/events/a.ts. They are one thought, or a third file is missing.",
    ]);
  });

  test("an import that waits until it is needed makes no ring", () => {
    const faults = check({
      "src/events/a.ts": 'export const b = () => import("./b.ts");',
      "src/events/b.ts": 'import { b } from "./a.ts";',
    });
    expect(faults).toEqual([]);
  });

  test("two rings are two, a chain is none, a loop of one is one, and length does not matter", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["a", "c"]],
      ["c", ["d"]],
      ["d", ["c"]],
      ["e", ["e"]],
      ["f", ["a"]],
    ]);
    expect(ringsOf(graph).toSorted()).toEqual([
      ["a", "b", "a"],
      ["c", "d", "c"],
      ["e", "e"],
    ]);
    const chain = new Map(Array.from({ length: 50_000 }, (_, i) => [`${i}`, [`${i + 1}`]] as const));
    expect(ringsOf(chain)).toEqual([]);
  });
});

describe("tables", () => {
  test("a table is named only by its room", () => {
    const source = "export const sql = `select id from posthorn.event where id = $1`;";
    expect(check({ "src/events/read.ts": source })).toEqual([]);
    expect(check({ "src/delivery/read.ts": source })).toEqual([
      'src/delivery/read.ts: names the table posthorn.event, which belongs to events; ask through "#events".',
    ]);
  });

  test("comments, tests and functions of the schema may be named anywhere", () => {
    const faults = check({
      "src/delivery/a.ts": "// Joins posthorn.event by hand.\nexport const sql = `select posthorn.process_alive($1)`;",
      "src/delivery/a.test.ts": "export const sql = `select count(*) from posthorn.event`;",
    });
    expect(faults).toEqual([]);
  });

  test("a table that migrations create has a room", () => {
    expect(check({ "migrations/0002_coffee.sql": "create table posthorn.coffee (id uuid);" })[0]).toContain(
      "no room owns",
    );
  });
});

test("every room has a door and a page, and src holds only rooms", () => {
  const faults = check({ "src/attic/box.ts": "", "src/helpers.ts": "", "src/events/a.ts": "" });
  expect(faults.map((fault) => fault.split(":")[0])).toEqual(["src/attic", "src/helpers.ts"]);
});

test("every way to import is seen, and text that looks like one is not", () => {
  const source = `
import type { A } from "t1";
import D, { type B } from "t2";
import { type C, c } from "t3";
import "t4";
export type { E } from "t5";
export * from "t6";
export type * from "t7";
import type F from "t8";
import type * as ns from "t9";
const x: import("t10").Y = await import("t11");
const text = \`import no from "no"\`; // import never from "never"
type G = { type: string; imports: string[] };
import {
  type H,
  type I,
} from "t12";
`;
  const seen = importsOf(source);
  expect(new Set(seen.map((found) => found.specifier))).toEqual(
    new Set(Array.from({ length: 12 }, (_, i) => `t${i + 1}`)),
  );
  expect(seen.filter((found) => found.dynamic).map((found) => found.specifier)).toEqual(["t11", "t10"]);
});
