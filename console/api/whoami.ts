import { useQuery } from "@tanstack/react-query";
import { session } from "../state/session.ts";
import { useStore } from "../state/store.ts";
import { ask } from "./client.ts";
import { asFailure } from "./failure.ts";

export type Permission = "read" | "write" | "admin" | "ingest" | "portal";

/** Who the token is, as GET /api/v1/whoami says. */
export interface WhoAmI {
  readonly kind: "root" | "key" | "portal" | "console";
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly permissions: readonly Permission[];
  readonly appId: string | null;
  readonly appName: string | null;
  readonly expiresAt: string | null;
  readonly development: boolean;
}

/** An engine that does not know the operation knows one token only, which may do everything. */
const ROOT: WhoAmI = {
  kind: "root",
  id: "root",
  name: "Root token",
  role: "admin",
  permissions: ["read", "write", "admin", "ingest", "portal"],
  appId: null,
  appName: null,
  expiresAt: null,
  development: false,
};

export async function whoAmI(signal?: AbortSignal): Promise<WhoAmI> {
  try {
    return await ask<WhoAmI>("/api/v1/whoami", signal === undefined ? {} : { signal });
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code !== "no_such_route") throw failure;
    await ask("/api/v1/event-type", { query: { limit: 1 }, ...(signal !== undefined && { signal }) });
    return ROOT;
  }
}

export function useWhoAmI() {
  const token = useStore(session);
  return useQuery({
    queryKey: ["whoami", token],
    queryFn: ({ signal }) => whoAmI(signal),
    enabled: token !== undefined,
    staleTime: 60_000,
  });
}

/** Whether the one who is signed in may do this; false until that is known. Hides what would only be refused. */
export function useMay(permission: Permission): boolean {
  const { data } = useWhoAmI();
  return data?.permissions.includes(permission) ?? false;
}
