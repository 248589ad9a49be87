// Strings from outside enter here, once, and leave as one typed, frozen object (or as the list of everything that is wrong).
import type { Config, Setting, SettingGroup } from "./config/settings.ts";
import { SETTINGS } from "./config/settings.ts";
import type { Reading } from "./config/values.ts";
import { nearest } from "./nearest.ts";

export type { Config, Role, SettingGroup } from "./config/settings.ts";
export { isLoopback, ROLES } from "./config/settings.ts";
export type { ListenAddress } from "./config/values.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** One thing that is wrong with the settings. `message` is whole: it names the setting, quotes the value unless secret, and says what would be right. */
export interface Fault {
  readonly kind: "unreadable" | "unknown" | "missing" | "contradiction";
  readonly setting: string;
  readonly message: string;
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const entries: readonly (readonly [string, Setting])[] = Object.entries(SETTINGS);
const names: readonly string[] = entries.map(([, setting]) => setting.name);

/**
 * Reads all settings from an environment. An empty value counts as not set, because compose files and charts write
 * `NAME=` for that. Reads nothing but its argument.
 */
export function parseConfig(env: Environment): ParsedConfig {
  const faults: Fault[] = unknownNames(env);
  const values: Record<string, unknown> = {};
  const derived: [string, Setting][] = [];
  for (const [key, setting] of entries) {
    const text = textOf(env, setting) ?? (typeof setting.default === "string" ? setting.default : undefined);
    if (text === undefined) {
      derived.push([key, setting]);
      continue;
    }
    const reading: Reading<unknown> = setting.value.read(text);
    if (reading.ok) {
      values[key] = reading.value;
    } else {
      const quoted = setting.secret ? "its (secret) value" : JSON.stringify(text);
      faults.push({
        kind: "unreadable",
        setting: setting.name,
        message: `${setting.name}: cannot use ${quoted}: ${reading.problem}.`,
      });
    }
  }
  faults.push(...missing(env));
  // Each key of SETTINGS was read by its own reader, which is what Config says; a key that failed is absent and is not relied on.
  const draft = values as Partial<Config>;
  faults.push(...contradictions(draft));
  if (faults.length > 0) {
    return { ok: false, faults };
  }
  for (const [key, setting] of derived) {
    if (typeof setting.default === "object" && draft.listen !== undefined) {
      values[key] = setting.default.from({ listen: draft.listen, embedded: draft.databaseUrl === undefined });
    }
  }
  // Without faults every setting with a default has a value, so the draft is whole.
  return { ok: true, config: Object.freeze(values) as unknown as Config };
}

const textOf = (env: Environment, setting: Setting): string | undefined => {
  const text = env[setting.name]?.trim();
  return text === "" ? undefined : text;
};

/** What `bin/bun.mjs` tells the process that it starts, and what commands that ask a running engine read. */
const NOT_OF_THE_ENGINE: ReadonlySet<string> = new Set([
  "POSTHORN_LAUNCHER_PID",
  "POSTHORN_URL",
  "POSTHORN_TOKEN",
  "POSTHORN_APP",
]);

function unknownNames(env: Environment): Fault[] {
  return Object.keys(env)
    .filter(
      (name) =>
        name.startsWith("POSTHORN_") &&
        env[name] !== undefined &&
        !names.includes(name) &&
        !NOT_OF_THE_ENGINE.has(name) &&
        !isServiceLink(name, env[name] ?? ""),
    )
    .sort()
    .map((name) => {
      const meant = nearest(name, names);
      const hint = meant === undefined ? "`posthorn config` lists the settings." : `did you mean ${meant}?`;
      return { kind: "unknown", setting: name, message: `${name}: there is no such setting; ${hint}` };
    });
}

/**
 * Kubernetes tells each container about the services of its namespace through variables made from their names, so a service
 * called `posthorn` yields POSTHORN_SERVICE_HOST, POSTHORN_PORT and more. They are no settings of ours.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
function isServiceLink(name: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$/.test(name) ||
    /_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
    (name.endsWith("_PORT") && /^(tcp|udp|sctp):\/\//.test(value))
  );
}

/** Generated secrets live in the data folder of one machine; a database that is shared needs secrets that are shared too. */
function missing(env: Environment): Fault[] {
  if (textOf(env, SETTINGS.databaseUrl) === undefined) {
    return [];
  }
  return [SETTINGS.apiToken, SETTINGS.masterKeys]
    .filter((setting) => textOf(env, setting) === undefined)
    .map((setting) => ({
      kind: "missing",
      setting: setting.name,
      message: `${setting.name}: must be set when DATABASE_URL is set (it is generated only for the embedded PostgreSQL); openssl rand -base64 32 makes a good one.`,
    }));
}

/** Rules between settings, checked on the values that could be read. */
function contradictions(draft: Partial<Config>): Fault[] {
  const faults: Fault[] = [];
  const atMost = (small: NumberKey, large: NumberKey, why: string): void => {
    const [smaller, larger] = [draft[small], draft[large]];
    if (smaller !== undefined && larger !== undefined && smaller > larger) {
      const [is, of] = [SETTINGS[small].name, SETTINGS[large].name];
      faults.push({
        kind: "contradiction",
        setting: is,
        message: `${is}: it is ${shown(small, smaller)} and must be at most ${of}, which is ${shown(large, larger)}: ${why}.`,
      });
    }
  };
  atMost("endpointConcurrency", "inFlightMax", "one endpoint cannot use more requests than the process has");
  atMost("bodyBytesMax", "batchBytesMax", "a batch must be able to hold one event");
  atMost("batchBytesMax", "queueBytesMax", "a batch enters the queue whole or not at all");
  atMost("batchEventsMax", "queueEventsMax", "a batch enters the queue whole or not at all");
  atMost("dedupeWindowMs", "retentionMs", "a repetition is answered with the event, which must still exist");
  return faults;
}

type NumberKey = { [K in keyof typeof SETTINGS]: Config[K] extends number ? K : never }[keyof typeof SETTINGS];

/** A number in the unit an operator would write it in. */
function shown(key: string, value: number): string {
  const units: readonly (readonly [number, string])[] = /Bytes/.test(key)
    ? [
        [1024 ** 3, "GiB"],
        [1024 ** 2, "MiB"],
        [1024, "KiB"],
        [1, "B"],
      ]
    : key.endsWith("Ms")
      ? [
          [86_400_000, "d"],
          [3_600_000, "h"],
          [60_000, "m"],
          [1000, "s"],
          [1, "ms"],
        ]
      : [];
  const unit = value === 0 ? units.at(-1) : units.find(([factor]) => value % factor === 0);
  return unit === undefined ? String(value) : `${value / unit[0]}${unit[1]}`;
}

/** A line of the reference: everything said here is made from the one declaration of the setting. */
export interface SettingReference {
  readonly name: string;
  readonly group: SettingGroup;
  readonly kind: string;
  /** As written, or a sentence for a default that depends; for a setting without default, what its absence means. */
  readonly default: string;
  readonly optional: boolean;
  readonly secret: boolean;
  readonly summary: string;
}

/** All settings in the order of their declaration, groups together. */
export function configReference(): readonly SettingReference[] {
  return entries.map(([, setting]) => ({
    name: setting.name,
    group: setting.group,
    kind: setting.value.kind,
    default: typeof setting.default === "object" ? setting.default.told : (setting.default ?? setting.absent ?? "none"),
    optional: setting.default === undefined,
    secret: setting.secret === true,
    summary: setting.summary,
  }));
}

export interface EffectiveSetting {
  readonly name: string;
  /** As an operator would write it; secrets read `[secret]`, absent values what their absence means. */
  readonly value: string;
  readonly origin: "environment" | "default" | "absent";
}

/** What is in force and where it comes from, for settings without fault. */
export function effectiveSettings(env: Environment, config: Config): readonly EffectiveSetting[] {
  const values: Readonly<Record<string, unknown>> = config;
  return entries.map(([key, setting]) => {
    const text = textOf(env, setting);
    const value = values[key];
    if (value === undefined) {
      return { name: setting.name, value: setting.absent ?? "", origin: "absent" };
    }
    const origin = text === undefined ? "default" : "environment";
    const list = Array.isArray(value) ? value.join(", ") || "none" : undefined;
    const written = text ?? (typeof setting.default === "string" ? setting.default : undefined);
    return { name: setting.name, value: setting.secret ? "[secret]" : (written ?? list ?? String(value)), origin };
  });
}
