import { useQuery } from "@tanstack/react-query";
import { session } from "../state/session.ts";
import { useStore } from "../state/store.ts";
import { client } from "./client.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];
export type Permission = Schemas["Permission"];
/** Who the token is. */
export type WhoAmI = Schemas["WhoAmIOut"];

export async function whoAmI(signal?: AbortSignal): Promise<WhoAmI> {
  const { data } = await client.GET("/api/v1/whoami", signal === undefined ? {} : { signal });
  if (data === undefined) throw new Error("The engine did not say who the token is");
  return data;
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
