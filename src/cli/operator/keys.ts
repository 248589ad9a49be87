import type { Session } from "./session.ts";
import { table } from "./table.ts";

const KEYS = "/api/v1/api-key";

interface Key {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly appId: string | null;
  readonly prefix: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly token?: string;
}

export interface NewKey {
  readonly role: string;
  readonly app?: string;
  readonly expires?: string;
}

export async function listKeys(session: Session): Promise<void> {
  const page = await session.client.get<{ data: readonly Key[]; done: boolean }>(KEYS, { limit: 250 });
  if (session.json) return session.out(`${JSON.stringify(page)}\n`);
  session.out(
    table(
      ["ID", "NAME", "ROLE", "SCOPE", "LAST USED", "EXPIRES"],
      page.data.map((key) => [
        key.id,
        key.name,
        key.role,
        key.appId ?? "organisation",
        key.lastUsedAt ?? "never",
        key.expiresAt ?? "never",
      ]),
    ),
  );
  if (!page.done) session.tell("There are more; --json and the API's iterator show them.\n");
}

export async function createKey(session: Session, name: string, asked: NewKey): Promise<void> {
  const key = await session.client.send<Key>("POST", KEYS, {
    name,
    role: asked.role,
    ...(asked.app !== undefined && { appId: asked.app }),
    ...(asked.expires !== undefined && { expiresAt: session.when(asked.expires) }),
  });
  tellNew(session, key);
}

export async function rotateKey(session: Session, id: string, graceSeconds: number | undefined): Promise<void> {
  const body = graceSeconds === undefined ? {} : { graceSeconds };
  tellNew(session, await session.client.send<Key>("POST", `${KEYS}/${encodeURIComponent(id)}/rotate`, body));
}

export async function revokeKey(session: Session, id: string): Promise<void> {
  await session.client.send("DELETE", `${KEYS}/${encodeURIComponent(id)}`);
  session.tell(`Revoked ${id}.\n`);
}

/** The token alone on standard output, so that it can go straight into a secret store. */
function tellNew(session: Session, key: Key): void {
  if (session.json) {
    session.out(`${JSON.stringify(key)}\n`);
    return;
  }
  session.tell(`${key.id} (${key.name}): ${key.role}, ${key.appId ?? "organisation"}. The token is shown this once:\n`);
  session.out(`${key.token}\n`);
}
