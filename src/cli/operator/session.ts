import { type Config, type Environment, parseConfig } from "#kernel";
import { tellToken } from "../token.ts";
import { type Client, createClient, OperatorFault } from "./client.ts";
import { moment } from "./moment.ts";

/** Variables of who asks; the engine has no use for them. */
export const URL_VARIABLE = "POSTHORN_URL";
export const TOKEN_VARIABLE = "POSTHORN_TOKEN";

/** Options that every command which asks an engine has. */
export interface Asking {
  readonly url?: string;
  readonly token?: string;
  readonly json?: true;
}

/** Runs a module of the user's, by its URL: definitions of flows may be programs. Rejects with what it throws. */
export type ImportModule = (url: string) => Promise<Readonly<Record<string, unknown>>>;

/** What an operator's command works with. */
export interface Session {
  readonly client: Client;
  readonly json: boolean;
  out(text: string): void;
  /** Words for the person, apart from what a program would read. */
  tell(text: string): void;
  /** An option that says when, as ISO 8601. */
  when(text: string | undefined): string | undefined;
  readonly signal: AbortSignal;
  readonly importModule: ImportModule;
}

/**
 * Where the engine is and who asks: the options, then POSTHORN_URL and POSTHORN_TOKEN, then what the settings of an engine on
 * this machine say.
 */
export async function connect(env: Environment, asking: Asking): Promise<{ url: string; token: string }> {
  const parsed = parseConfig(env);
  const config = parsed.ok ? parsed.config : undefined;
  const url = asking.url ?? given(env, URL_VARIABLE) ?? urlOf(config);
  const token = asking.token ?? given(env, TOKEN_VARIABLE) ?? config?.apiToken?.reveal() ?? (await generated(parsed));
  return { url, token };
}

export function open(
  client: Client,
  asking: Asking,
  io: Pick<Session, "out" | "tell" | "signal" | "importModule"> & { readonly nowMs: number },
): Session {
  return {
    client,
    json: asking.json === true,
    out: io.out,
    tell: io.tell,
    signal: io.signal,
    importModule: io.importModule,
    when: (text) => {
      if (text === undefined) return undefined;
      const at = moment(text, io.nowMs);
      if (at === undefined)
        throw new OperatorFault(
          "bad_moment",
          `${JSON.stringify(text)} is no time; it should be like 15m, 6h, 2d (ago) or 2026-05-01T10:00:00Z`,
        );
      return at;
    },
  };
}

export { createClient };

const given = (env: Environment, name: string): string | undefined => env[name]?.trim() || undefined;

function urlOf(config: Config | undefined): string {
  if (config === undefined) return "http://127.0.0.1:8420";
  const { host, port } = config.listen;
  const reached = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}

/** Where the settings have a fault nobody knows in which folder a token lies: that is said, and not that there is none. */
async function generated(parsed: ReturnType<typeof parseConfig>): Promise<string> {
  const told = parsed.ok
    ? await tellToken(parsed.config)
    : {
        ok: false,
        text: ["The settings here have a fault:", ...parsed.faults.map(({ message }) => `  ${message}`)].join("\n"),
      };
  if (told.ok) return told.text;
  throw new OperatorFault(
    "no_token",
    `There is no token to ask with: set ${TOKEN_VARIABLE}, or give --token.\n${told.text}`,
  );
}
