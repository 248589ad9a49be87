import { useParams } from "@tanstack/react-router";
import { createContext, useContext } from "react";
import { paths } from "./paths.ts";

type Everywhere =
  | "messages"
  | "message"
  | "endpoints"
  | "newEndpoint"
  | "endpoint"
  | "endpointOwed"
  | "endpointDead"
  | "endpointAttempts"
  | "endpointSettings";

/** Where the pages of one application stand: in the console, or in the portal, which has fewer of them at addresses of its own. */
export interface Place {
  /** The application where no address names it: the portal has one, that of its token. */
  readonly appId?: string;
  readonly paths: Pick<typeof paths, Everywhere> & Partial<Pick<typeof paths, "source" | "replay" | "newReplay">>;
  /** What leads to an application's pages has a way back to all applications. */
  readonly hasApplications: boolean;
}

export const PlaceContext = createContext<Place>({ paths, hasApplications: true });

export const usePlace = (): Place => useContext(PlaceContext);

/** The addresses of the place where this is shown. */
export const usePaths = (): Place["paths"] => usePlace().paths;

/** The application that a page is about. Throws when neither the place nor the address says which. */
export function useAppId(): string {
  const { appId } = usePlace();
  const inAddress: unknown = Reflect.get(useParams({ strict: false }), "appId");
  const found = appId ?? inAddress;
  if (typeof found !== "string") throw new Error("The address of this page has no $appId.");
  return found;
}
