import { expect, test } from "bun:test";
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Db } from "./db.ts";
import { createIntake, type IntakeOptions } from "./intake.ts";

function world(disk?: IntakeOptions["disk"]) {
  const state = { available: true, full: false, events: 0, bytes: 0 };
  const unused = () => Promise.reject(new Error("Intake asks the database nothing."));
  const db: Db = {
    get available() {
      return state.available;
    },
    get full() {
      return state.full;
    },
    query: unused,
    atOnce: unused,
    transaction: unused,
    onRecovered: () => {},
    close: unused,
  };
  const intake = createIntake({
    db,
    pending: () => state,
    eventsMax: 10,
    bytesMax: 1_000,
    ...(disk === undefined ? {} : { disk }),
  });
  return { state, intake, code: () => intake.refusal()?.code };
}

test("P7: what waits for its commit is bounded, by number and by bytes", () => {
  const { state, code } = world();
  expect(code()).toBeUndefined();
  state.events = 10;
  expect(code()).toBe("overloaded");
  Object.assign(state, { events: 9, bytes: 1_000 });
  expect(code()).toBe("overloaded");
  state.bytes = 999;
  expect(code()).toBeUndefined();
});

test("P1: without a database, or with one that cannot write, nothing is accepted until it is back", () => {
  const { state, code } = world();
  state.available = false;
  expect(code()).toBe("database_unavailable");
  state.full = true;
  expect(code()).toBe("disk_full");
  Object.assign(state, { available: true, full: false });
  expect(code()).toBeUndefined();
});

test("P12: a process that leaves accepts nothing more, and says so before all else", () => {
  const { state, intake, code } = world();
  Object.assign(state, { available: false, full: true, events: 10 });
  intake.drain();
  expect(code()).toBe("draining");
});

test("whoever wants to know why gets every reason at once", () => {
  const { state, intake } = world();
  const codes = () => intake.refusals().map(({ code }) => code);
  expect(codes()).toEqual([]);
  Object.assign(state, { available: false, events: 10 });
  expect(codes()).toEqual(["database_unavailable", "overloaded"]);
  // A database that cannot write answers: it is not away.
  Object.assign(state, { full: true, events: 0 });
  intake.drain();
  expect(codes()).toEqual(["draining", "disk_full"]);
});

test("every refusal says when to come again, and that retrying is safe", () => {
  const { state, intake } = world();
  for (const change of [{ events: 10 }, { available: false }, { full: true }]) {
    Object.assign(state, { available: true, full: false, events: 0 }, change);
    const refusal = intake.refusal();
    expect(refusal?.retryAfterSeconds).toBeGreaterThan(0);
    expect(refusal?.detail).toContain("etrying is safe");
  }
});

test("a disk that fills stops intake, which comes back by itself once there is some room more", async () => {
  const { bavail, bsize } = await statfs(tmpdir());
  const free = bavail * bsize;
  let freeBytesMin = free * 2;
  const disk = {
    folder: tmpdir(),
    get freeBytesMin() {
      return freeBytesMin;
    },
  };
  const { intake, code } = world(disk);
  expect(code()).toBeUndefined();
  await intake.measure();
  expect(code()).toBe("disk_full");
  // Just above the mark it stays as it was: stopped now, accepting when it comes from above.
  freeBytesMin = free / 1.05;
  await intake.measure();
  expect(code()).toBe("disk_full");
  freeBytesMin = free / 2;
  await intake.measure();
  expect(code()).toBeUndefined();
  freeBytesMin = free / 1.05;
  await intake.measure();
  expect(code()).toBeUndefined();
});

test("where the database is somewhere else, its disk is not measured here", async () => {
  const { intake, code } = world();
  await intake.measure();
  expect(code()).toBeUndefined();
});
