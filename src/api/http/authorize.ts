import { parsePublicId, publicId } from "#kernel";
import { isWithinApplication, type Principal, permits, type Unauthenticated } from "#tenancy";
import type { Route } from "./operation.ts";
import { notFound, quote, type Reply, refuse } from "./reply.ts";

const CHALLENGE = { "WWW-Authenticate": "Bearer" };

const UNAUTHENTICATED: Readonly<Record<Exclude<Unauthenticated, "busy">, string>> = {
  missing: "There is no Authorization header; it should be: Bearer <token>",
  not_bearer: "The Authorization header is not a bearer token; it should be: Bearer <token>",
  wrong: "The token is not known here",
  expired: "The token is expired; it should be replaced by a new one",
};

export function unauthenticated(reason: Unauthenticated): Reply {
  if (reason !== "busy") return refuse(401, "authentication_failed", UNAUTHENTICATED[reason], CHALLENGE);
  const detail = "More unknown tokens wait to be looked up than this process may hold; nothing was done";
  return refuse(503, "overloaded", detail, { "Retry-After": "1" });
}

/** 403 to who is inside and may not: what it takes, and what the token has. */
export function forbidden(principal: Principal, permission: string): Reply {
  const has = principal.permissions.join(", ") || "none";
  const who = `the token ${quote(principal.name)} (${principal.role})`;
  return refuse(403, "forbidden", `This takes the permission ${quote(permission)}; ${who} has ${has}`);
}

export type Decision =
  | {
      readonly ok: true;
      /** Of the path. An application stands there by its id when it was this that let the request in. */
      readonly params: Readonly<Record<string, string>>;
    }
  | { readonly ok: false; readonly reply: Reply };

/**
 * Whether a principal may use an operation on what the path names. Decided from the operation's `access` and its path alone,
 * before anything of the request besides its head is looked at.
 *
 * The application comes first: whoever has a token for one application is told of every other that there is none, in the
 * words and with the bytes for one that never was, whatever he is missing besides. `applicationOf` looks a uid up; the
 * handler then gets the id that was decided on, so that a uid which changes hands in between leads nowhere else.
 */
export async function authorize(
  principal: Principal,
  operation: Pick<Route, "access" | "path">,
  params: Readonly<Record<string, string>>,
  applicationOf: (uid: string) => Promise<string | undefined>,
): Promise<Decision> {
  let decided = params;
  const { appId } = principal;
  if (appId !== undefined) {
    const asked = params["app_id"];
    if (asked !== undefined && operation.path.includes("{app_id}")) {
      const id = parsePublicId("app", asked) ?? (await applicationOf(asked));
      if (id !== appId) return { ok: false, reply: notFound("application", asked) };
      decided = { ...params, app_id: publicId("app", appId) };
    } else if (!isWithinApplication(operation.access, operation.path)) {
      const detail = `This concerns the whole organisation; the token ${quote(principal.name)} is for one application`;
      return { ok: false, reply: refuse(403, "forbidden", detail) };
    }
  }
  if (!permits(principal.permissions, operation.access)) {
    return { ok: false, reply: forbidden(principal, operation.access) };
  }
  return { ok: true, params: decided };
}
