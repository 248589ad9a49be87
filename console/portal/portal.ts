import { useQuery } from "@tanstack/react-query";
import { client } from "../api/client.ts";
import type { components } from "../api/schema.d.ts";
import { session } from "../state/session.ts";
import { useStore } from "../state/store.ts";

/** What the portal begins with: whose it is, how it looks, until when it is open. */
export type Portal = components["schemas"]["PortalOut"];

export function usePortal() {
  const token = useStore(session);
  return useQuery({
    queryKey: ["portal", token],
    queryFn: async ({ signal }) => {
      const { data } = await client.GET("/api/v1/portal", { signal });
      if (data === undefined) throw new Error("The engine did not say whose portal this is");
      return data;
    },
    enabled: token !== undefined,
    staleTime: 60_000,
  });
}
