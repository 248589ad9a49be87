import { api } from "../api/client.ts";
import { useWhoAmI } from "../api/whoami.ts";

const SHOWN_MAX = 250;

export interface KnownApps {
  /** The newest first; at most 250. Undefined while they load. */
  readonly list: readonly { readonly id: string; readonly name: string }[] | undefined;
  readonly isWhole: boolean;
  /** There is no choice: the key is for one application. */
  readonly isFixed: boolean;
  readonly error: unknown;
  nameOf(appId: string): string | undefined;
}

/** The applications somebody may choose from: all, or the one that their key is for. */
export function useKnownApps(): KnownApps {
  const { data: who } = useWhoAmI();
  const isWide = who?.appId === null;
  const asked = api.useQuery(
    "get",
    "/api/v1/app",
    { params: { query: { limit: SHOWN_MAX, order: "descending" } } },
    { enabled: isWide, staleTime: 30_000 },
  );
  const own = who?.appId == null ? undefined : [{ id: who.appId, name: who.appName ?? who.appId }];
  const list = own ?? asked.data?.data;
  return {
    list,
    isFixed: own !== undefined,
    isWhole: own !== undefined || asked.data?.done !== false,
    error: asked.error,
    nameOf: (appId) => list?.find(({ id }) => id === appId)?.name,
  };
}
