import { OperatorFault } from "../operator/client.ts";
import type { Session } from "../operator/session.ts";
import { table } from "../operator/table.ts";
import { appPath } from "./sync.ts";

interface FlowSecret {
  readonly name: string;
  /** null: whatever flow the application has. */
  readonly flows: readonly string[] | null;
  readonly version: number;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly lastUsedOn: string | null;
}

/** What `set` was told. */
export interface SecretWish {
  /** The names of all flows that may use it from now on. */
  readonly flow?: readonly string[];
  readonly allFlows?: true;
  /** The variable that holds the value. */
  readonly fromEnv?: string;
  /** Keep the value; change the grants alone. */
  readonly keep?: true;
}

/** Where a value may come from: a command line is seen by every account of the machine, and stays in the shell's history. */
export interface SecretPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: () => Promise<string>;
}

const path = (app: string, name: string) => `${appPath(app)}/flow-secret/${encodeURIComponent(name)}`;
const granted = (flows: FlowSecret["flows"]): string =>
  flows === null ? "all flows" : flows.length === 0 ? "no flow" : flows.join(", ");

export async function listSecrets(session: Session, app: string): Promise<void> {
  const page = await session.client.get<{ data: readonly FlowSecret[]; done: boolean }>(`${appPath(app)}/flow-secret`, {
    limit: 250,
  });
  if (session.json) return session.out(`${JSON.stringify(page)}\n`);
  session.out(
    table(
      ["SECRET", "VERSION", "FLOWS", "CHANGED", "BY", "LAST USED"],
      page.data.map((one) => [
        one.name,
        String(one.version),
        granted(one.flows),
        one.updatedAt,
        one.updatedBy,
        one.lastUsedOn ?? "never",
      ]),
    ),
  );
  if (!page.done) session.tell("There are more; --json and the API's iterator show them.\n");
}

/** Makes a secret, gives it another value, or grants it to other flows. Without grants a new one is of no use to anybody, which is told. */
export async function setSecret(
  session: Session,
  app: string,
  name: string,
  wish: SecretWish,
  places: SecretPlaces,
): Promise<void> {
  if (wish.flow !== undefined && wish.allFlows) {
    throw new OperatorFault("bad_grant", "--flow names flows, --all-flows means every one; give one of the two");
  }
  const value = await givenValue(wish, places);
  const secret = await session.client.send<FlowSecret>("PUT", path(app, name), {
    ...(value !== undefined && { value }),
    ...(wish.allFlows ? { flows: null } : wish.flow !== undefined && { flows: wish.flow }),
  });
  if (session.json) return session.out(`${JSON.stringify(secret)}\n`);
  session.out(`${secret.name}, version ${secret.version}: ${granted(secret.flows)} may use it.\n`);
  if (secret.flows?.length === 0)
    session.tell("--flow <name> grants it to a flow, also to one that is pushed later.\n");
}

export async function deleteSecret(session: Session, app: string, name: string): Promise<void> {
  await session.client.send("DELETE", path(app, name));
  if (!session.json) session.out(`Deleted ${name}: steps that ask for it fail from now on.\n`);
}

async function givenValue(wish: SecretWish, { env, stdin }: SecretPlaces): Promise<string | undefined> {
  if (wish.keep) return undefined;
  if (wish.fromEnv === undefined) {
    // What `echo` and editors add is no part of a secret.
    const value = (await stdin()).replace(/\r?\n$/, "");
    if (value !== "") return value;
    throw new OperatorFault(
      "no_value",
      "Standard input holds no value; --from-env names a variable, --keep keeps the value",
    );
  }
  const value = env[wish.fromEnv];
  if (value !== undefined && value !== "") return value;
  throw new OperatorFault("no_value", `The variable ${wish.fromEnv} is not set, or empty`);
}
