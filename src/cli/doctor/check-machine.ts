import { lookup } from "node:dns/promises";
import { constants } from "node:fs";
import { access, readFile, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { type Config, isLoopback } from "#kernel";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** Settings that are allowed and seldom meant. */
export function checkSettings(config: Config): Finding[] {
  const findings: Finding[] = [ok("configuration", "every setting can be used")];
  const everywhere = config.allowNetworks.filter((network) => network.endsWith("/0"));
  if (everywhere.length > 0) {
    findings.push(
      warn(
        "configuration.networks",
        `deliveries may reach ${everywhere.join(", ")}`,
        "public addresses, and the networks you mean",
        "Name the networks in POSTHORN_ALLOW_NETWORKS: customers choose where deliveries go.",
      ),
    );
  }
  if (!isLoopback(config.listen.host) && config.publicUrl === undefined) {
    findings.push(
      warn(
        "configuration.public_url",
        "POSTHORN_PUBLIC_URL is not set",
        "the address under which strangers reach this server",
        "Set it: the URLs of sources are made from it.",
      ),
    );
  }
  return findings;
}

/** Descriptors beside requests: the database, the listener, clients. */
const DESCRIPTORS_BESIDE = 256;

/** Whether the engine may open what its settings let it have in flight. `pid`: of the engine that runs; else of this process. */
export async function checkDescriptors(config: Config, pid: number | undefined): Promise<Finding[]> {
  const text = await readFile(`/proc/${pid ?? "self"}/limits`, "utf8").catch(() => undefined);
  const limit = /^Max open files\s+(\d+|unlimited)/m.exec(text ?? "")?.[1];
  if (limit === undefined || limit === "unlimited") return [ok("descriptors", limit ?? "not told by this system")];
  const wanted = config.inFlightMax + config.databasePool + DESCRIPTORS_BESIDE;
  const is = `${limit} may be open${pid === undefined ? "" : ` in the engine (pid ${pid})`}; ${config.inFlightMax} requests may be in flight`;
  return [
    Number(limit) >= wanted
      ? ok("descriptors", is)
      : warn(
          "descriptors",
          is,
          `${wanted} or more`,
          "Raise the limit (ulimit -n, LimitNOFILE=), or lower POSTHORN_IN_FLIGHT_MAX.",
        ),
  ];
}

/** The data folder: its rights, its room, and who may read its secrets. */
export async function checkDataFolder(config: Config): Promise<Finding[]> {
  const folder = config.dataDir;
  const there = await stat(folder).catch(() => undefined);
  if (there === undefined) {
    return config.databaseUrl === undefined
      ? [ok("data.folder", `${folder} is not there yet; the first start makes it`)]
      : [];
  }
  const findings: Finding[] = [];
  const isWritable = await access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  findings.push(
    isWritable
      ? ok("data.folder", `${folder} can be written`)
      : fail(
          "data.folder",
          `${folder} cannot be written by account ${process.getuid?.()}`,
          "it can",
          "Run as the account that owns it, or name another folder with POSTHORN_DATA.",
        ),
  );
  const open: string[] = [];
  for (const name of ["master-key", "api-token", "postgres.json"]) {
    const file = await stat(join(folder, name)).catch(() => undefined);
    if (file !== undefined && (file.mode & 0o077) !== 0) open.push(name);
  }
  if (open.length > 0) {
    findings.push(
      fail(
        "data.secrets",
        `${open.join(", ")} can be read by other accounts`,
        "mode 0600",
        `chmod 600 ${open.map((name) => join(folder, name)).join(" ")}, and rotate what stood in them.`,
      ),
    );
  }
  const disk = await statfs(folder).catch(() => undefined);
  if (disk !== undefined && config.databaseUrl === undefined) {
    const free = disk.bavail * disk.bsize;
    const share = disk.bavail / Math.max(1, disk.blocks);
    const is = `${mebibytes(free)} MiB free (${Math.round(share * 100)} %)`;
    const remedy = "Free space, move POSTHORN_DATA to a larger disk, or shorten POSTHORN_RETENTION.";
    if (free < config.diskFreeBytesMin) {
      findings.push(fail("data.disk", is, `${mebibytes(config.diskFreeBytesMin)} MiB: intake has stopped`, remedy));
    } else if (free < config.diskFreeBytesMin * 4) {
      findings.push(warn("data.disk", is, `more: intake stops at ${mebibytes(config.diskFreeBytesMin)} MiB`, remedy));
    } else findings.push(ok("data.disk", is));
  }
  return findings;
}

const mebibytes = (bytes: number) => Math.round(bytes / 1024 ** 2);

const SLOW_LOOKUP_MS = 1_000;

/** Whether the names that the settings mention can be resolved, by the way deliveries resolve theirs. */
export async function checkNames(
  config: Config,
  resolve: (name: string) => Promise<unknown> = (name) => lookup(name),
): Promise<Finding[]> {
  const names = new Set<string>();
  const urls = [config.databaseUrl?.reveal(), config.publicUrl, config.otlpEndpoint, config.otlpTracesEndpoint];
  const hostOf = (url: string | undefined) => (url !== undefined && URL.canParse(url) ? new URL(url).hostname : "");
  const needed = hostOf(config.databaseUrl?.reveal());
  for (const url of urls) {
    const host = hostOf(url);
    if (host !== "" && !/^[\d.]+$|^\[/.test(host)) names.add(host);
  }
  const findings: Finding[] = [];
  for (const name of names) {
    const since = performance.now();
    const fault = await resolve(name).then(
      () => undefined,
      (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : String(error)),
    );
    const tookMs = Math.round(performance.now() - since);
    const remedy =
      "Look at /etc/resolv.conf and at the resolver it names; deliveries resolve their names the same way.";
    // The others may be names that only strangers need, or that come and go with a collector.
    if (fault !== undefined) {
      findings.push((name === needed ? fail : warn)("dns", `${name} cannot be resolved (${fault})`, "it can", remedy));
    } else if (tookMs > SLOW_LOOKUP_MS) findings.push(warn("dns", `${name} took ${tookMs} ms`, "milliseconds", remedy));
    else findings.push(ok("dns", `${name} in ${tookMs} ms`));
  }
  return findings;
}
