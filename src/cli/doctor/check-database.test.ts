import { describe, expect, test } from "bun:test";
import { createSealer, type DatabaseInspection, parseConfig } from "#kernel";
import {
  checkAccess,
  checkPartitions,
  checkProcesses,
  checkSchema,
  checkSealed,
  checkServer,
  checkUpkeep,
} from "./check-database.ts";
import type { Finding } from "./finding.ts";

const good = <T>(value: T) => ({ ok: true, value }) as const;
const DAY = Date.UTC(2026, 0, 10, 12);

const SESSION = {
  isReplica: false,
  isSuperuser: false,
  role: "posthorn",
  roleConnections: -1,
  databaseConnections: -1,
  reserved: 3,
  connections: 10,
  xidAge: 1_000,
  canCreate: true,
  hasSchema: true,
};
const SETTINGS = {
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  autovacuum: "on",
  server_encoding: "UTF8",
  default_transaction_read_only: "off",
  idle_in_transaction_session_timeout: "1min",
  max_connections: "100",
};
const ALIVE = { name: "a:1", roles: ["delivery", "upkeep"], version: "1.0.0", overdueMs: -3_000 };
const WELL: DatabaseInspection = {
  server: { version: "18.1", versionNumber: 180_001, settings: SETTINGS },
  session: good(SESSION),
  clock: { skewMs: 3, roundTripMs: 1 },
  denied: good([]),
  processes: good([ALIVE]),
  sealed: good([]),
  partitions: good([{ table: "event", lastDay: "20260113", astray: 0 }]),
  longTransactions: good([]),
  tables: good([{ name: "event", bytes: 1, live: 1_000, dead: 0, vacuumedAt: null }]),
};
const parsed = parseConfig({});
if (!parsed.ok) throw new Error("The defaults have no fault.");
const { config } = parsed;

/** What is not well, as `level check`. */
const ill = (findings: readonly Finding[]) => {
  for (const { level, should, remedy } of findings) {
    expect([level === "ok", should === undefined, remedy === undefined]).toEqual(Array(3).fill(level === "ok"));
  }
  return findings.filter(({ level }) => level !== "ok").map(({ level, check }) => `${level} ${check}`);
};

test("a database that is as it should be has nothing wrong", () => {
  expect(
    ill([
      ...checkServer(WELL),
      ...checkAccess(WELL, config),
      checkSchema({ state: "current", number: 7 }),
      ...checkProcesses(WELL, "1.0.0"),
      ...checkSealed(WELL, createSealer({ current: new Uint8Array(32) })),
      ...checkPartitions(WELL, DAY),
      ...checkUpkeep(WELL),
    ]),
  ).toEqual([]);
});

describe("the server", () => {
  const withSetting = (name: string, value: string) =>
    ill(checkServer({ ...WELL, server: { ...WELL.server, settings: { ...SETTINGS, [name]: value } } }));

  test("P1: settings that void a promise are failures", () => {
    for (const name of ["fsync", "full_page_writes", "synchronous_commit", "autovacuum"])
      expect(withSetting(name, "off")).toEqual([`fail database.${name}`]);
    expect(withSetting("server_encoding", "SQL_ASCII")).toEqual(["fail database.server_encoding"]);
    expect(withSetting("default_transaction_read_only", "on")).toEqual(["fail database.default_transaction_read_only"]);
    expect(withSetting("idle_in_transaction_session_timeout", "0")).toEqual([
      "warn database.idle_in_transaction_session_timeout",
    ]);
    for (const value of ["local", "remote_write", "remote_apply"])
      expect(withSetting("synchronous_commit", value)).toEqual([]);
  });

  test("an old version, a replica, a superuser, an old transaction id", () => {
    const server = { ...WELL.server, version: "17.2", versionNumber: 170_002 };
    expect(ill(checkServer({ ...WELL, server }))).toEqual(["fail database.version"]);
    const session = good({ ...SESSION, isReplica: true, isSuperuser: true, xidAge: 1_500_000_000 });
    expect(ill(checkServer({ ...WELL, session }))).toEqual([
      "fail database.primary",
      "warn database.role",
      "warn database.wraparound",
    ]);
  });

  test("a clock is judged no more exactly than the way to it allows", () => {
    const clock = (skewMs: number, roundTripMs: number) =>
      ill(checkServer({ ...WELL, clock: { skewMs, roundTripMs } }));
    expect(clock(900, 1)).toEqual([]);
    expect(clock(-5_000, 1)).toEqual(["warn clock.database"]);
    expect(clock(60_000, 1)).toEqual(["fail clock.database"]);
    expect(clock(1_500, 1_200)).toEqual(["warn database.latency"]);
  });
});

describe("access", () => {
  test("all processes together must find room, whoever sets the limit", () => {
    const processes = good(Array.from({ length: 15 }, (_, n) => ({ ...ALIVE, name: `p:${n}` })));
    expect(ill(checkAccess({ ...WELL, processes }, config))).toEqual(["warn database.connections"]);
    const session = (limits: object) => ill(checkAccess({ ...WELL, session: good({ ...SESSION, ...limits }) }, config));
    expect(session({ roleConnections: 5 })).toEqual(["fail database.connections"]);
    expect(session({ databaseConnections: 5 })).toEqual(["fail database.connections"]);
    expect(session({ databaseConnections: -1, roleConnections: -1 })).toEqual([]);
  });

  test("a role without rights is told which", () => {
    const findings = checkAccess({ ...WELL, denied: good(["event"]) }, config);
    expect(ill(findings)).toEqual(["fail database.rights"]);
    expect(findings.at(-1)?.is).toContain("event");
    const session = good({ ...SESSION, hasSchema: false, canCreate: false });
    expect(ill(checkAccess({ ...WELL, session }, config))).toEqual(["fail database.rights"]);
  });
});

test("a schema that is older is to be migrated, one that is newer needs the newer program", () => {
  expect(checkSchema({ state: "behind", number: 1, pending: ["0002_x"] })).toMatchObject({ level: "warn" });
  const refused = { state: "refused", number: 9, why: "newer" } as const;
  expect(checkSchema({ ...refused, isNewer: true }).remedy).toContain("newer");
  expect(checkSchema({ ...refused, isNewer: false }).remedy).toContain("backup");
});

describe("processes", () => {
  const of = (...processes: (typeof ALIVE)[]) => ill(checkProcesses({ ...WELL, processes: good(processes) }, "1.0.0"));

  test("another version, a silent one, a role that nobody plays", () => {
    expect(of(ALIVE, { ...ALIVE, version: "1.1.0" })).toEqual(["warn processes.version"]);
    expect(of(ALIVE, { ...ALIVE, overdueMs: 60_000 })).toEqual(["warn processes.lost"]);
    expect(of({ ...ALIVE, roles: ["api"] })).toEqual(["fail processes.delivery", "fail processes.upkeep"]);
  });

  test("nobody is no fault of theirs, also when the last one was killed", () => {
    expect(of()).toEqual([]);
    expect(of({ ...ALIVE, overdueMs: 60_000 })).toEqual([]);
  });
});

test("P8: the master key is compared by the beginnings of what is sealed, and nothing is opened", () => {
  const [current, previous, foreign] = [1, 2, 3].map((n) => new Uint8Array(32).fill(n));
  if (current === undefined || previous === undefined || foreign === undefined) throw new Error("There are three.");
  const sealedBy = (key: Uint8Array) => ({
    column: "endpoint_secret.sealed",
    beginning: createSealer({ current: key }).seal(Buffer.from("x"), "c").subarray(0, 5),
    rows: 2,
  });
  const check = (keys: readonly Uint8Array[], sealer = createSealer({ current, previous: [previous] })) =>
    ill(checkSealed({ ...WELL, sealed: good(keys.map(sealedBy)) }, sealer));
  expect(check([current])).toEqual([]);
  expect(check([current, previous])).toEqual(["warn master_key"]);
  expect(check([current, foreign])).toEqual(["fail master_key"]);
  expect(ill(checkSealed({ ...WELL, sealed: good([sealedBy(current)]) }, undefined))).toEqual(["warn master_key"]);
});

test("partitions stand ready ahead while somebody makes them", () => {
  const of = (lastDay: string | null, more: Partial<DatabaseInspection> = {}, astray = 0) =>
    ill(checkPartitions({ ...WELL, ...more, partitions: good([{ table: "event", lastDay, astray }]) }, DAY));
  expect(of("20260111")).toEqual([]);
  expect(of("20260110")).toEqual(["warn partitions.event"]);
  expect(of("20260109")).toEqual(["fail partitions.event"]);
  expect(of(null)).toEqual(["fail partitions.event"]);
  expect(of("20260101", { processes: good([]) })).toEqual([]);
  expect(of("20260113", {}, 5)).toEqual(["warn partitions.event.default"]);
});

test("what keeps dead rows alive, and tables that are mostly dead", () => {
  const longTransactions = good([{ pid: 42, application: "dump", state: "idle in transaction", seconds: 600 }]);
  const tables = good([{ name: "delivery_owed", bytes: 1, live: 10, dead: 200_000, vacuumedAt: null }]);
  const findings = checkUpkeep({ ...WELL, longTransactions, tables });
  expect(ill(findings)).toEqual(["warn database.transactions", "warn database.dead_rows"]);
  expect(findings[0]?.remedy).toContain("42");
});

test("what the role may not ask is left out, and nothing else is", () => {
  const no = { ok: false, why: "permission denied" } as const;
  const blind: DatabaseInspection = {
    ...WELL,
    session: no,
    denied: no,
    processes: no,
    sealed: no,
    partitions: no,
    longTransactions: no,
    tables: no,
  };
  expect(ill([...checkServer(blind), ...checkAccess(blind, config), ...checkUpkeep(blind)])).toEqual([]);
  expect(checkServer(blind).length).toBeGreaterThan(5);
});
