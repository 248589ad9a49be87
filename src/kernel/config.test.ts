import { describe, expect, test } from "bun:test";
import { inspect } from "node:util";
import fc from "fast-check";
import type { Config, Environment, Fault } from "./config.ts";
import { configReference, effectiveSettings, parseConfig } from "./config.ts";

function configOf(env: Environment): Config {
  const parsed = parseConfig(env);
  if (!parsed.ok) {
    throw new Error(parsed.faults.map((fault) => fault.message).join("\n"));
  }
  return parsed.config;
}

function faultsOf(env: Environment): readonly Fault[] {
  const parsed = parseConfig(env);
  return parsed.ok ? [] : parsed.faults;
}

/** A key as `openssl rand -base64 32` would make it, of 32 equal bytes. */
const keyOf = (letter: string): string => Buffer.from(letter.repeat(32)).toString("base64");

const shared = {
  DATABASE_URL: "postgres://posthorn:open-sesame@db:5432/posthorn",
  POSTHORN_API_TOKEN: "a-token-of-good-length",
  POSTHORN_MASTER_KEY: keyOf("k"),
};

describe("values", () => {
  test("an empty environment gives the development setup", () => {
    const config = configOf({});
    expect(config.listen).toEqual({ host: "127.0.0.1", port: 8420 });
    expect(config.dataDir).toBe("./.posthorn");
    expect([...config.roles]).toEqual(["ingest", "api", "delivery", "flows", "upkeep"]);
    expect(config.bodyBytesMax).toBe(1_048_576);
    expect(config.deliveryTimeoutMs).toBe(15_000);
    expect(config.retentionMs).toBe(90 * 86_400_000);
    for (const absent of ["databaseUrl", "apiToken", "masterKeys", "eventsPerSecond", "publicUrl"]) {
      expect(Object.hasOwn(config, absent)).toBe(false);
    }
  });

  test("the config is frozen", () => {
    const config = configOf({});
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.listen)).toBe(true);
    expect(Object.isFrozen(config.allowNetworks)).toBe(true);
  });

  test("an empty value counts as not set", () => {
    expect(configOf({ POSTHORN_LISTEN: "", DATABASE_URL: " " }).listen.port).toBe(8420);
  });

  test.each([
    ["127.0.0.1:0", "127.0.0.1", 0],
    ["[::1]:8420", "::1", 8420],
    ["[::]:80", "::", 80],
    ["localhost:8420", "localhost", 8420],
    ["0.0.0.0:65535", "0.0.0.0", 65_535],
  ])("%s is an address to listen on", (text, host, port) => {
    expect(configOf({ POSTHORN_LISTEN: text }).listen).toEqual({ host, port });
  });

  test.each([
    "8420",
    ":8420",
    "localhost",
    "127.0.0.1:65536",
    "127.1:80",
    "::1:8420",
    "[127.0.0.1]:80",
    "[::1]",
    "http://localhost:80",
  ])("%s is no address to listen on", (text) => {
    const [fault] = faultsOf({ POSTHORN_LISTEN: text });
    expect(fault?.kind).toBe("unreadable");
    expect(fault?.message).toContain(JSON.stringify(text));
    expect(fault?.message).toContain("[::1]:8420");
  });

  test("sizes and durations carry their unit, and a bare number is asked for one", () => {
    const config = configOf({
      POSTHORN_BODY_BYTES_MAX: "512KiB",
      POSTHORN_HELD_FOR: "2h",
      POSTHORN_DISK_FREE_MIN: "0B",
    });
    expect(config.bodyBytesMax).toBe(524_288);
    expect(config.heldForMs).toBe(7_200_000);
    expect(config.diskFreeBytesMin).toBe(0);
    for (const text of ["512", "1MB", "1.5MiB", "-1KiB", "KiB", "1 MiB", "1constructor"]) {
      expect(faultsOf({ POSTHORN_BODY_BYTES_MAX: text })[0]?.message).toContain("such as 512KiB");
    }
  });

  test("a number outside its range is answered with the range", () => {
    expect(faultsOf({ POSTHORN_DATABASE_POOL: "1" })[0]?.message).toContain("from 2 to 200");
    expect(faultsOf({ POSTHORN_DELIVERY_TIMEOUT: "2m" })[0]?.message).toContain("from 1s to 60s");
    expect(configOf({ POSTHORN_HELD_MAX: "2_000_000" }).heldMax).toBe(2_000_000);
  });

  test("roles are all or a list, and an unknown one is named", () => {
    expect([...configOf({ POSTHORN_ROLES: "delivery, upkeep" }).roles]).toEqual(["delivery", "upkeep"]);
    expect(faultsOf({ POSTHORN_ROLES: "delivery,worker" })[0]?.message).toContain(
      '"worker" is none of ingest, api, delivery, flows, upkeep',
    );
  });

  test("several master keys keep their order", () => {
    const keys = configOf({ POSTHORN_MASTER_KEY: `${keyOf("n")}, ${keyOf("o")}` }).masterKeys;
    expect(keys?.map((key) => key.reveal())).toEqual([keyOf("n"), keyOf("o")]);
  });
});

describe("P8: networks that deliveries may reach", () => {
  const loopback = ["127.0.0.0/8", "::1/128"];

  test("the embedded setup on a loopback address reaches loopback, others reach nothing private", () => {
    expect(configOf({}).allowNetworks).toEqual(loopback);
    expect(configOf({ POSTHORN_LISTEN: "[::1]:0" }).allowNetworks).toEqual(loopback);
    expect(configOf({ POSTHORN_LISTEN: "0.0.0.0:8420" }).allowNetworks).toEqual([]);
    expect(configOf(shared).allowNetworks).toEqual([]);
  });

  test("a list replaces the default, and none empties it", () => {
    expect(configOf({ POSTHORN_ALLOW_NETWORKS: "10.0.0.0/8, fd00::/8, 192.0.2.7" }).allowNetworks).toEqual([
      "10.0.0.0/8",
      "fd00::/8",
      "192.0.2.7/32",
    ]);
    expect(configOf({ POSTHORN_ALLOW_NETWORKS: "none" }).allowNetworks).toEqual([]);
  });

  test.each([
    "10.0.0.0/33",
    "10/8",
    "0x7f.0.0.1",
    "010.0.0.0/8",
    "fd00::/129",
    "example.com",
    "10.0.0.0/8/8",
    "10.0.0.0/",
    "fe80::1%eth0/64",
    "10.0.0.0/8,",
  ])("%s is no list of networks", (text) => {
    expect(faultsOf({ POSTHORN_ALLOW_NETWORKS: text })[0]?.kind).toBe("unreadable");
  });

  test("bits beyond the prefix are answered with the network", () => {
    expect(faultsOf({ POSTHORN_ALLOW_NETWORKS: "10.1.2.3/8" })[0]?.message).toContain("10.0.0.0/8");
  });
});

describe("origins of other web pages", () => {
  test("the API answers all of them, and none may frame the portal, unless the operator says so", () => {
    expect([configOf({}).corsOrigins, configOf({}).portalFrameAncestors]).toEqual([["*"], []]);
    const named = configOf({ POSTHORN_CORS_ORIGINS: "https://shop.example, http://localhost:3000/" }).corsOrigins;
    expect(named).toEqual(["https://shop.example", "http://localhost:3000"]);
    expect(configOf({ POSTHORN_CORS_ORIGINS: "none" }).corsOrigins).toEqual([]);
    expect(configOf({ POSTHORN_PORTAL_FRAME_ANCESTORS: "https://a.example,*" }).portalFrameAncestors).toEqual(["*"]);
  });

  // What is let through here stands in a header: nothing may end a directive and begin another.
  test.each([
    "shop.example",
    "https://shop.example/path",
    "https://*.example",
    "https://shop.example; script-src *",
    "https://shop.example 'unsafe-inline'",
    "file:///tmp",
    "null",
    "https://shop.example,",
  ])("%p is no list of origins", (text) => {
    expect(faultsOf({ POSTHORN_PORTAL_FRAME_ANCESTORS: text })[0]?.kind).toBe("unreadable");
  });

  test("what is nearly one is answered with the one it may mean", () => {
    expect(faultsOf({ POSTHORN_CORS_ORIGINS: "https://Shop.example:443" })[0]?.message).toContain(
      "https://shop.example",
    );
  });
});

describe("faults", () => {
  test("all are told at once", () => {
    const faults = faultsOf({
      ...shared,
      POSTHORN_API_TOKEN: "",
      POSTHORN_LISTEN: "nowhere",
      POSTHORN_ROLES: "none",
      POSTHORN_LISTN: "x",
      POSTHORN_IN_FLIGHT_MAX: "10",
    });
    expect(faults.map((fault) => `${fault.kind} ${fault.setting}`)).toEqual([
      "unknown POSTHORN_LISTN",
      "unreadable POSTHORN_LISTEN",
      "unreadable POSTHORN_ROLES",
      "missing POSTHORN_API_TOKEN",
      "contradiction POSTHORN_ENDPOINT_CONCURRENCY",
    ]);
  });

  test("an unknown name is answered with the name that was meant", () => {
    expect(faultsOf({ POSTHORN_DATBASE_POOL: "4" })[0]?.message).toContain("did you mean POSTHORN_DATABASE_POOL?");
    expect(faultsOf({ POSTHORN_COFFEE_TEMPERATURE_DEGREES: "90" })[0]?.message).toContain("posthorn config");
  });

  test("variables that Kubernetes makes from services are no settings", () => {
    const links = {
      POSTHORN_SERVICE_HOST: "10.0.0.9",
      POSTHORN_SERVICE_PORT: "80",
      POSTHORN_SERVICE_PORT_HTTP: "80",
      POSTHORN_PORT: "tcp://10.0.0.9:80",
      POSTHORN_PORT_80_TCP: "tcp://10.0.0.9:80",
      POSTHORN_PORT_80_TCP_ADDR: "10.0.0.9",
      POSTHORN_API_PORT: "tcp://10.0.0.8:80",
    };
    expect(faultsOf(links)).toEqual([]);
    expect(faultsOf({ POSTHORN_PORT: "8420" })[0]?.kind).toBe("unknown");
  });

  test("what our own launcher tells the engine is no setting", () => {
    expect(faultsOf({ POSTHORN_LAUNCHER_PID: "1" })).toEqual([]);
  });

  test("what commands that ask a running engine read is no setting, and keeps no engine from starting", () => {
    expect(faultsOf({ POSTHORN_URL: "http://127.0.0.1:1", POSTHORN_TOKEN: "t", POSTHORN_APP: "shop" })).toEqual([]);
  });

  test("a shared database wants shared secrets", () => {
    const faults = faultsOf({ DATABASE_URL: shared.DATABASE_URL });
    expect(faults.map((fault) => fault.setting)).toEqual(["POSTHORN_API_TOKEN", "POSTHORN_MASTER_KEY"]);
    expect(faultsOf(shared)).toEqual([]);
  });

  test("settings that contradict each other are told with both values", () => {
    expect(faultsOf({ POSTHORN_BATCH_BYTES_MAX: "512KiB" })[0]?.message).toBe(
      "POSTHORN_BODY_BYTES_MAX: it is 1MiB and must be at most POSTHORN_BATCH_BYTES_MAX, which is 512KiB: a batch must be able to hold one event.",
    );
    expect(faultsOf({ POSTHORN_RETENTION: "1d", POSTHORN_DEDUPE_WINDOW: "36h" })[0]?.kind).toBe("contradiction");
  });

  test("P8: no fault and no print of the config shows a secret", () => {
    const faulty = {
      DATABASE_URL: "mysql://u:open-sesame@db/x",
      POSTHORN_API_TOKEN: "open-sesame",
      POSTHORN_MASTER_KEY: "open-sesame",
    };
    const faults = faultsOf(faulty);
    expect(faults.map((fault) => fault.setting)).toEqual(["DATABASE_URL", "POSTHORN_API_TOKEN", "POSTHORN_MASTER_KEY"]);
    expect(JSON.stringify(faults)).not.toContain("open-sesame");
    const config = configOf(shared);
    const shown = [
      inspect(config, { depth: 9 }),
      Bun.inspect(config),
      JSON.stringify(config),
      JSON.stringify(effectiveSettings(shared, config)),
    ].join();
    for (const secret of ["open-sesame", "a-token-of-good-length", keyOf("k").slice(0, 8)]) {
      expect(shown).not.toContain(secret);
    }
  });

  test("whatever a value is, the answer is a config or faults that name a setting", () => {
    const names = configReference().map((setting) => setting.name);
    const value = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[0-9a-fA-F.:[\]/,]{0,12}$/),
      fc.stringMatching(/^\d{1,18}(B|KiB|ms|s|d)$/),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (env) => {
        for (const fault of faultsOf(env)) {
          expect(names).toContain(fault.setting);
          expect(fault.message).toStartWith(`${fault.setting}: `);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("reference", () => {
  test("each setting stands in it once, in groups that are not torn apart", () => {
    const reference = configReference();
    expect(new Set(reference.map((setting) => setting.name)).size).toBe(reference.length);
    const groups = reference.map((setting) => setting.group).filter((group, index, all) => group !== all[index - 1]);
    expect(new Set(groups).size).toBe(groups.length);
    for (const setting of reference) {
      expect(setting.summary).toMatch(/^[A-Z].*[^.]\.$/);
    }
  });

  test("what is in force is told with its origin", () => {
    const env = { POSTHORN_LOG_LEVEL: "debug", POSTHORN_API_TOKEN: "a-token-of-good-length" };
    const rows = new Map(effectiveSettings(env, configOf(env)).map((row) => [row.name, row]));
    expect(rows.get("POSTHORN_LOG_LEVEL")).toEqual({
      name: "POSTHORN_LOG_LEVEL",
      value: "debug",
      origin: "environment",
    });
    expect(rows.get("POSTHORN_API_TOKEN")?.value).toBe("[secret]");
    expect(rows.get("POSTHORN_ALLOW_NETWORKS")).toEqual({
      name: "POSTHORN_ALLOW_NETWORKS",
      value: "127.0.0.0/8, ::1/128",
      origin: "default",
    });
    expect(rows.get("DATABASE_URL")).toEqual({
      name: "DATABASE_URL",
      value: "the embedded PostgreSQL",
      origin: "absent",
    });
  });
});
