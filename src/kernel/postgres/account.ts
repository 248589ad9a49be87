import { EmbeddedPostgresError } from "./errors.ts";
import { type Account, run } from "./run.ts";

/**
 * PostgreSQL refuses to run as root, so root runs it as the account whose data it already is, else as `postgres` where a
 * system has that account, else as `nobody`. Anyone else runs it as themselves.
 */
export async function serverAccount(ownerOfData: Account | undefined): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  if (ownerOfData !== undefined && ownerOfData.uid !== 0) return ownerOfData;
  for (const name of ["postgres", "nobody"]) {
    const account = await lookUp(name);
    if (account !== undefined) return account;
  }
  throw new EmbeddedPostgresError(
    "no_account",
    "PostgreSQL does not run as root, and this system has neither an account `postgres` nor `nobody` to run it as. " +
      "Create one, start Posthorn as an ordinary user, or set DATABASE_URL to a PostgreSQL 18 of your own.",
  );
}

/** `id` knows also the accounts that are not in /etc/passwd (directory services, macOS). */
async function lookUp(name: string): Promise<Account | undefined> {
  const uid = await run(["id", "-u", name]);
  const gid = await run(["id", "-g", name]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  const account = { uid: Number(uid.out), gid: Number(gid.out) };
  return account.uid > 0 && Number.isSafeInteger(account.gid) ? account : undefined;
}
