import { expect, test } from "bun:test";
import { faultFromWords, faultOfFolder } from "./errors.ts";

test.each([
  ['FATAL:  could not extend file "base/1/2691": No space left on device', "disk_full", "free some space"],
  ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', "port_taken", "took its port"],
  ["FATAL:  could not map anonymous shared memory: Cannot allocate memory", "no_memory", "no memory left"],
  ['FATAL:  data directory "/x" has wrong ownership', "no_permission", "check who owns that folder"],
  ["FATAL:  database files are incompatible with server", "other_version", "another build of PostgreSQL"],
  ["FATAL:  something new", "failed", "something new"],
] as const)("the words %p are told as %s, with advice and as they were", (words, fault, advice) => {
  const error = faultFromWords("Starting the embedded PostgreSQL", words, "/data/postgres");
  expect(error.fault).toBe(fault);
  expect(error.message).toContain(advice);
  expect(error.message).toContain(words);
});

test("what the system refuses in the data folder is told with what to do, and a fault of ours is left as it is", () => {
  const closed = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
  expect(faultOfFolder(closed, "/data")).toMatchObject({ fault: "no_permission", cause: closed });
  const full = Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
  expect(faultOfFolder(full, "/data")).toMatchObject({ fault: "disk_full" });
  const ours = new TypeError("x is not a function");
  expect(faultOfFolder(ours, "/data")).toBe(ours);
});
