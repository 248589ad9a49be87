import { useQuery } from "@tanstack/react-query";
import { client } from "../../api/client.ts";
import type { EventType } from "./draft.ts";

const PAGE = 250;
/** More than anybody reads: those after are found by their address. */
const TYPES_MAX = 2_000;

export interface AllTypes {
  readonly types: readonly EventType[];
  readonly isWhole: boolean;
}

/** All event types by name, also those out of use: what is searched is searched in all of them. */
export function useEventTypes() {
  return useQuery({
    // Under the key of the list, so that whoever changes an event type makes this anew.
    queryKey: ["get", "/api/v1/event-type", "all"],
    queryFn: async ({ signal }): Promise<AllTypes> => {
      const types: EventType[] = [];
      let iterator: string | undefined;
      for (;;) {
        const { data } = await client.GET("/api/v1/event-type", {
          params: {
            query: {
              limit: PAGE,
              include_archived: true,
              with_content: true,
              ...(iterator !== undefined && { iterator }),
            },
          },
          signal,
        });
        types.push(...(data?.data ?? []));
        iterator = data?.iterator ?? undefined;
        if (data === undefined || data.done || iterator === undefined) return { types, isWhole: true };
        if (types.length >= TYPES_MAX) return { types, isWhole: false };
      }
    },
  });
}
