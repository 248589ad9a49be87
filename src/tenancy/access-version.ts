import type { Queryable } from "#kernel";

/** To be called in every transaction that shuts somebody out: other processes see it before they trust what they remember. */
export async function bumpAccess(tx: Queryable): Promise<void> {
  await tx.query("update posthorn.access_version set version = version + 1");
}
