import { expect, test } from "bun:test";
import { lockFaults, tidyFaults } from "./tidy.ts";

const untidy = (file: string, line: string): boolean => tidyFaults(file, `${line}\n`).length > 0;

test("folders of one machine are found, and what only looks like one is not", () => {
  for (const line of [
    'const data = "/home/ada/posthorn";',
    "see /work/main",
    "cd /root/posthorn",
    "path: /Users/ada/x",
    "rm -r /tmp/posthorn-1",
  ]) {
    expect(untidy("src/a.ts", line)).toBe(true);
  }
  for (const line of [
    "GET https://example.com/work/1",
    "$TMPDIR or /tmp",
    "/tmp/",
    "the /worker role, in a home folder such as /root",
    "./root/x",
    "$HOME/root",
    "src/**/root/",
  ]) {
    expect(untidy("src/a.ts", line)).toBe(false);
  }
  expect(untidy("deploy/Dockerfile", "WORKDIR /home/posthorn")).toBe(false);
});

test("the lock names no registry, wherever a package comes from", () => {
  expect(untidy("package-lock.json", '"resolved": "https://registry.example.com/a/-/a-1.0.0.tgz",')).toBe(true);
  expect(untidy("package-lock.json", '"funding": "https://example.com/sponsor"')).toBe(false);
  expect(untidy(".npmrc", "registry=https://registry.example.com/")).toBe(true);
  expect(untidy(".npmrc", "save-exact=true")).toBe(false);
});

test("the lock describes what other platforms need", () => {
  const tool = { version: "1.0.0", optionalDependencies: { "tool-linux": "1.0.0", "tool-mac": "1.0.0" } };
  const lock = { packages: { "node_modules/tool": tool, "node_modules/tool-linux": { version: "1.0.0" } } };
  expect(lockFaults(JSON.stringify(lock))).toHaveLength(1);
  expect(lockFaults(JSON.stringify(lock))[0]).toContain("tool-mac");
});

test("lines end in LF without white space before it, and files end in a newline", () => {
  expect(tidyFaults("migrations/1.sql", "select 1; \nselect 2;\r\nselect 3;")).toEqual([
    "migrations/1.sql:1: ends in white space.",
    "migrations/1.sql:2: ends in a carriage return; lines end in LF.",
    "migrations/1.sql: does not end with a newline.",
  ]);
});

test("golden and binary files are evidence and stay as they are", () => {
  expect(tidyFaults("test/golden/wire.txt", "POST / HTTP/1.1\r\n\r\n{}")).toEqual([]);
  expect(tidyFaults("console/logo.png", "\0 \r\n")).toEqual([]);
});
