import type { ReactNode } from "react";
import type { Permission } from "../api/whoami.ts";

/** A page as the route table knows it. Its module is loaded when somebody first goes there. */
export interface PageSpec {
  /** As the router writes it: `/apps/$appId/endpoints/$endpointId`. */
  readonly path: string;
  /** What a page is called while its module loads. */
  readonly title: string;
  /** Without it the page says that the key may not see this, and asks for nothing. */
  readonly needs?: Permission | undefined;
  /** The module; its default export is the page. */
  readonly load: () => Promise<{ readonly default: () => ReactNode }>;
}

export function page(spec: PageSpec): PageSpec {
  return spec;
}
