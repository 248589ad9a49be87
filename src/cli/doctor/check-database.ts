import type { Config, DatabaseInspection, SchemaStatus, Sealer } from "#kernel";
import { type Finding, fail, ok, warn } from "./finding.ts";

// Each check is a function of what was found out, so that every finding can be tested without a server that is ill.

/** The server itself: its version, and the settings that the promises rest on. */
export function checkServer({ server, session, clock }: DatabaseInspection): Finding[] {
  const { settings, version, versionNumber } = server;
  const findings: Finding[] = [
    versionNumber >= 180_000
      ? ok("database.version", `PostgreSQL ${version}`)
      : fail(
          "database.version",
          `PostgreSQL ${version}`,
          "18 or later",
          "Upgrade the server; older ones lack uuidv7().",
        ),
  ];
  const setting = (
    name: string,
    isWell: (value: string) => boolean,
    level: "warn" | "fail",
    should: string,
    remedy: string,
  ) => {
    const value = settings[name] ?? "";
    const check = `database.${name.toLowerCase()}`;
    if (isWell(value)) findings.push(ok(check, value));
    else findings.push((level === "fail" ? fail : warn)(check, value, should, remedy));
  };
  const isOn = (value: string) => value === "on";
  setting("fsync", isOn, "fail", "on", "alter system set fsync = on: without it an acknowledged event is not on disk.");
  setting(
    "full_page_writes",
    isOn,
    "fail",
    "on",
    "alter system set full_page_writes = on: a power cut may tear a page.",
  );
  setting(
    "synchronous_commit",
    (value) => value !== "off",
    "fail",
    "on",
    "alter database … set synchronous_commit = on: off acknowledges events that a crash loses.",
  );
  setting("autovacuum", isOn, "fail", "on", "alter system set autovacuum = on: the hot tables only grow without it.");
  setting("server_encoding", (value) => value === "UTF8", "fail", "UTF8", "Create the database with encoding 'UTF8'.");
  setting(
    "default_transaction_read_only",
    (value) => value === "off",
    "fail",
    "off",
    "Point DATABASE_URL at a server that takes writes.",
  );
  setting(
    "idle_in_transaction_session_timeout",
    (value) => value !== "0",
    "warn",
    "a minute or so",
    "alter database … set idle_in_transaction_session_timeout = '60s': one forgotten session keeps every dead row alive.",
  );
  if (session.ok) {
    const { isReplica, isSuperuser, role, xidAge } = session.value;
    if (isReplica) {
      findings.push(
        fail(
          "database.primary",
          "a replica",
          "a primary",
          "Point DATABASE_URL at the primary, e.g. target_session_attrs=read-write.",
        ),
      );
    }
    findings.push(
      isSuperuser
        ? warn(
            "database.role",
            `${role} is a superuser`,
            "a role that owns its schema and no more",
            `Create a role for Posthorn and make it the schema's owner.`,
          )
        : ok("database.role", role),
    );
    if (xidAge > 1_000_000_000) {
      findings.push(
        warn(
          "database.wraparound",
          `the oldest transaction id is ${xidAge} old`,
          "below 1,000,000,000",
          "vacuum (freeze) the database soon, and find what keeps autovacuum from it.",
        ),
      );
    }
  }
  const skewMs = Math.round(clock.skewMs);
  // As exact as the way there and back allows.
  const size = Math.max(0, Math.abs(skewMs) - clock.roundTripMs / 2);
  const skew = `the database's clock is ${Math.abs(skewMs)} ms ${skewMs < 0 ? "behind" : "ahead of"} this machine's`;
  findings.push(
    size < 1_000
      ? ok("clock.database", skew)
      : (size < 30_000 ? warn : fail)(
          "clock.database",
          skew,
          "less than a second apart",
          "Run a time service (chrony, systemd-timesyncd) on both: ids, retries and signatures tell the time.",
        ),
  );
  const trip = `${clock.roundTripMs.toFixed(1)} ms there and back`;
  findings.push(
    clock.roundTripMs < 20
      ? ok("database.latency", trip)
      : warn(
          "database.latency",
          trip,
          "a few milliseconds",
          "Run Posthorn in the region of its database: each commit waits for this way.",
        ),
  );
  return findings;
}

/** Whether all processes together find room, and the role its rights. */
export function checkAccess({ server, session, denied, processes }: DatabaseInspection, config: Config): Finding[] {
  const findings: Finding[] = [];
  if (session.ok) {
    const { connections, roleConnections, databaseConnections, reserved, canCreate, hasSchema } = session.value;
    const limits = [Number(server.settings["max_connections"]) - reserved, roleConnections, databaseConnections];
    const room = Math.min(...limits.filter((limit) => limit > 0));
    const alive = Math.max(1, processes.ok ? processes.value.filter(({ overdueMs }) => overdueMs < 0).length : 1);
    const wanted = alive * config.databasePool;
    const is = `${connections} connections of ${room}; ${alive} process${alive === 1 ? "" : "es"} may use ${wanted}`;
    findings.push(
      wanted <= room * 0.9
        ? ok("database.connections", is)
        : (wanted <= room ? warn : fail)(
            "database.connections",
            is,
            "a tenth of them free",
            "Raise max_connections, lower POSTHORN_DATABASE_POOL, or put a pooler between.",
          ),
    );
    if (!hasSchema && !canCreate) {
      findings.push(
        fail(
          "database.rights",
          "the role may not create the schema posthorn",
          "it may, or the schema is there and its own",
          "create schema posthorn authorization <role>",
        ),
      );
    }
  }
  if (denied.ok) {
    findings.push(
      denied.value.length === 0
        ? ok("database.rights", "the role may read and write every table")
        : fail(
            "database.rights",
            `the role lacks rights on ${denied.value.join(", ")}`,
            "it owns the schema posthorn",
            "reassign owned by <old role> to <role>, or run every process under one role.",
          ),
    );
  }
  return findings;
}

export function checkSchema(status: SchemaStatus): Finding {
  switch (status.state) {
    case "current":
      return ok("schema", `migration ${status.number}`);
    case "behind":
      return warn(
        "schema",
        `migration ${status.number}; not applied: ${status.pending.join(", ")}`,
        "all applied",
        "posthorn migrate, or start an engine of this version.",
      );
    case "refused":
      return fail(
        "schema",
        status.why,
        "the migrations of this version",
        status.isNewer ? "Run the newer Posthorn." : "Restore the backup that belongs to this version.",
      );
  }
}

/** Who else works on this database. */
export function checkProcesses({ processes }: DatabaseInspection, version: string): Finding[] {
  if (!processes.ok) return [];
  const alive = processes.value.filter(({ overdueMs }) => overdueMs < 0);
  const silent = processes.value.filter(({ overdueMs }) => overdueMs > 10_000);
  const findings: Finding[] = [];
  const named = (list: readonly { readonly name: string; readonly version: string }[]) =>
    list.map((each) => `${each.name} (${each.version})`).join(", ");
  if (silent.length > 0) {
    findings.push(
      alive.length === 0
        ? ok("processes.lost", `${named(silent)} ended without leaving; the next engine takes over what they held`)
        : warn(
            "processes.lost",
            `${named(silent)} silent and not taken over`,
            "taken over within five seconds",
            "Look at the logs of the living ones: pulse_failed says why.",
          ),
    );
  }
  if (alive.length === 0) return [...findings, ok("processes", "none runs on this database")];
  const others = alive.filter((each) => each.version !== version);
  findings.push(
    others.length === 0
      ? ok("processes.version", `${alive.length} of version ${version}`)
      : warn(
          "processes.version",
          `beside ${version}: ${named(others)}`,
          "one version, but during a rolling upgrade",
          "Finish the upgrade.",
        ),
  );
  const missing = ["delivery", "upkeep"].filter((role) => !alive.some(({ roles }) => roles.includes(role)));
  for (const role of missing) {
    const cost = role === "delivery" ? "nothing is sent" : "no partition is made and nothing is cleaned up";
    findings.push(
      fail(
        `processes.${role}`,
        `no process plays the role ${role}: ${cost}`,
        "at least one",
        `Start one with POSTHORN_ROLES=${role} or all.`,
      ),
    );
  }
  return findings;
}

/** Whether the master keys of this process open what is sealed here. */
export function checkSealed({ sealed }: DatabaseInspection, sealer: Sealer | undefined): Finding[] {
  if (!sealed.ok) return [];
  if (sealer === undefined) {
    return sealed.value.length === 0
      ? []
      : [
          warn(
            "master_key",
            "no master key is at hand to compare",
            "the one that the engine uses",
            "Run the doctor with the engine's environment.",
          ),
        ];
  }
  const count = { current: 0, previous: 0, unknown: 0 };
  const closed = new Set<string>();
  for (const { beginning, column, rows } of sealed.value) {
    const by = sealer.sealedBy(beginning);
    count[by] += rows;
    if (by === "unknown") closed.add(column);
  }
  if (count.unknown > 0) {
    return [
      fail(
        "master_key",
        `${count.unknown} secrets (${[...closed].join(", ")}) are sealed by a key that is not configured`,
        "each opens",
        "Add the older key behind the current one: POSTHORN_MASTER_KEY=<current>,<older>.",
      ),
    ];
  }
  const is = `it opens all ${count.current + count.previous} secrets`;
  return count.previous > 0
    ? [
        warn(
          "master_key",
          `${is}; ${count.previous} are still sealed by an older one`,
          "none",
          "Keep the older key until upkeep has sealed them anew, within the hour.",
        ),
      ]
    : [ok("master_key", is)];
}

export function checkPartitions({ partitions, processes }: DatabaseInspection, nowMs: number): Finding[] {
  if (!partitions.ok || partitions.value.length === 0) return [];
  const day = (ahead: number) => new Date(nowMs + ahead * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
  const isIdle = processes.ok && processes.value.every(({ overdueMs }) => overdueMs >= 0);
  return partitions.value.flatMap(({ table, lastDay, astray }) => {
    const check = `partitions.${table}`;
    const is = `ready up to ${lastDay ?? "no day"}`;
    const findings: Finding[] = [];
    const remedy = "Start a process with the role upkeep, and look in its log for partitions_later or chore_failed.";
    if (lastDay !== null && lastDay >= day(1)) findings.push(ok(check, is));
    // An engine makes them when it starts: of a stopped one nothing else is to be expected.
    else if (isIdle) findings.push(ok(check, `${is}; the next start adds what is missing`));
    else findings.push((lastDay !== null && lastDay >= day(0) ? warn : fail)(check, is, "three days ahead", remedy));
    if (astray > 0) {
      findings.push(
        warn(
          `${check}.default`,
          `${astray}${astray >= 1_000 ? " or more" : ""} rows lie outside every day`,
          "none",
          "A clock stepped far ahead, or no partition was made in time; retention does not reach them.",
        ),
      );
    }
    return findings;
  });
}

/** What keeps dead rows alive, and how many there are. */
export function checkUpkeep({ longTransactions, tables }: DatabaseInspection): Finding[] {
  const findings: Finding[] = [];
  if (longTransactions.ok) {
    const [oldest] = longTransactions.value;
    findings.push(
      oldest === undefined
        ? ok("database.transactions", "none is older than a minute")
        : warn(
            "database.transactions",
            `pid ${oldest.pid} (${oldest.application || "no name"}, ${oldest.state}) holds a transaction for ${Math.round(oldest.seconds)} s; ${longTransactions.value.length} in all`,
            "none older than a minute",
            `End it: select pg_terminate_backend(${oldest.pid}). It keeps dead rows alive.`,
          ),
    );
  }
  if (tables.ok) {
    const bloated = tables.value.filter(({ live, dead }) => dead > 100_000 && dead > live * 2);
    findings.push(
      bloated.length === 0
        ? ok("database.dead_rows", "no table is mostly dead rows")
        : warn(
            "database.dead_rows",
            bloated.map(({ name, dead, live }) => `${name}: ${dead} dead beside ${live} live`).join("; "),
            "fewer dead rows than live ones",
            "Find the transaction, replication slot or prepared transaction that holds them, then vacuum the table.",
          ),
    );
  }
  return findings;
}
