import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { EmbeddedPostgresError, faultFromWords } from "./errors.ts";
import { makePrivateFolder, ownerOf, type Place, reach, writeAs } from "./place.ts";
import { run } from "./run.ts";
import { HBA_FILE, settingsFile } from "./settings.ts";

/** The role and the database of the engine. */
export const ENGINE = "posthorn";
export const SUPERUSER = "postgres";

/** What only the engine may know of its server; in `postgres.json` of the data folder, mode 0600. */
export interface Credentials {
  readonly password: string;
  readonly superuserPassword: string;
}

/** Written through a name of its own and renamed: a crash leaves the old or the new, never half. */
async function keepCredentials(file: string, credentials: Credentials): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(credentials)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function knownCredentials(file: string): Promise<Credentials | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { password, superuserPassword } = JSON.parse(text);
    if (typeof password === "string" && typeof superuserPassword === "string") return { password, superuserPassword };
  } catch {
    // Not what we wrote: new ones are made and set below.
  }
  return undefined;
}

/** 192 random bits in letters that need no escape in a URL or in SQL. */
const newPassword = () => randomBytes(24).toString("base64url");

/**
 * Makes the data folder `<home>/postgres`, ready to start. It is made under another name and renamed when it is complete, so an
 * interrupted first start leaves nothing that looks like data. Returns undefined when the account cannot reach it there.
 */
export async function createCluster(home: string, as: Place["as"], binaries: Binaries): Promise<Place | undefined> {
  await removeUnfinished(home, as);
  const staging = join(home, `postgres.new-${randomBytes(4).toString("hex")}`);
  await makePrivateFolder(staging, as);
  const place = await reach(staging, as);
  if (place === undefined) {
    await rmdir(staging);
    return undefined;
  }
  const made = await run(
    [
      join(binaries.root, "bin", "initdb"),
      `--pgdata=${place.pgdata}`,
      `--username=${SUPERUSER}`,
      "--encoding=UTF8",
      // Comparisons by code point and the same on every machine: an index never breaks because a C library was updated.
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      // Nothing listens before pg_hba.conf is ours and the passwords are set, which happens below, without a server.
      "--auth=trust",
      "--no-instructions",
    ],
    { as, cwd: staging },
  );
  if (made.code !== 0) {
    await removeUnfinished(home, as);
    throw faultFromWords("Creating the data of the embedded PostgreSQL", made.err || made.out, staging);
  }
  await writeAs(
    place,
    "postgresql.conf",
    `${await readFile(join(staging, "postgresql.conf"), "utf8")}\ninclude 'posthorn.conf'\ninclude_if_exists 'local.conf'\n`,
  );
  await writeSettings(place, {});
  await singleUser(place, binaries, [
    `create role ${ENGINE} login nosuperuser nocreatedb nocreaterole`,
    `create database ${ENGINE} owner ${ENGINE}`,
  ]);
  const dir = join(home, "postgres");
  await rename(staging, dir);
  return reach(dir, as);
}

/** An account that is not ours is never trusted with a path: what it owns is removed as itself. */
async function removeUnfinished(home: string, as: Place["as"]): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith("postgres.new-")) continue;
    const dir = join(home, name);
    await run(["/bin/sh", "-c", "rm -rf ./*"], { as: as === undefined ? undefined : await ownerOf(dir), cwd: dir });
    await rmdir(dir);
  }
}

export async function writeSettings(place: Place, overrides: Readonly<Record<string, string>>): Promise<void> {
  await writeAs(place, "posthorn.conf", settingsFile(overrides));
  await writeAs(place, "pg_hba.conf", HBA_FILE);
}

/** Refuses data of another major version, which the server would refuse with less advice. */
export async function checkVersion(place: Place, binaries: Binaries): Promise<void> {
  const version = await readFile(join(place.dir, "PG_VERSION"), "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
  if (version === binaries.major) return;
  throw new EmbeddedPostgresError(
    version === undefined ? "failed" : "other_version",
    version === undefined
      ? `${place.dir} is not a data folder of PostgreSQL (it has no PG_VERSION). Move it away, or set POSTHORN_DATA.`
      : `The data in ${place.dir} was made by PostgreSQL ${version}, and this Posthorn brings ${binaries.major}. Run it with a ` +
          `PostgreSQL ${version} through DATABASE_URL, or move the folder away to start with no data.`,
  );
}

/** The passwords of the data; new ones are made and set when they were never set or their file was lost. */
export async function ensureCredentials(dataDir: string, place: Place, binaries: Binaries): Promise<Credentials> {
  const file = join(dataDir, "postgres.json");
  const known = await knownCredentials(file);
  if (known !== undefined && existsSync(join(place.dir, "passwords-set"))) return known;
  const credentials = known ?? { password: newPassword(), superuserPassword: newPassword() };
  await keepCredentials(file, credentials);
  await singleUser(place, binaries, [
    `alter role ${ENGINE} login nosuperuser nocreatedb nocreaterole password '${credentials.password}'`,
    // The role's name is also our schema's, which "$user" would put on the path: an unqualified name must fail here as it
    // would behind a DATABASE_URL with another role.
    `alter role ${ENGINE} set search_path to ''`,
    `alter role ${SUPERUSER} password '${credentials.superuserPassword}'`,
  ]);
  await writeAs(place, "passwords-set", "");
  return credentials;
}

/** Runs statements on data that no server has open. They travel through a pipe: nobody sees them in a list of processes. */
async function singleUser(place: Place, binaries: Binaries, statements: readonly string[]): Promise<void> {
  const ran = await run([join(binaries.root, "bin", "postgres"), "--single", "-j", "-D", place.pgdata, SUPERUSER], {
    as: place.as,
    cwd: place.dir,
    stdin: `${statements.join(";\n\n")};\n\n`,
  });
  // A failing statement does not fail the program.
  if (ran.code !== 0 || /(ERROR|FATAL|PANIC): /.test(ran.err))
    throw faultFromWords("Preparing the data of the embedded PostgreSQL", ran.err, place.dir);
}
