import { page } from "../page.ts";

const one = "/apps/$appId/endpoints/$endpointId";

export const endpointPages = [
  page({ path: "/apps/$appId/endpoints", title: "Endpoints", needs: "read", load: () => import("./endpoints.tsx") }),
  page({ path: "/apps/$appId/endpoints/new", title: "New endpoint", needs: "write", load: () => import("./new.tsx") }),
  page({ path: one, title: "Endpoint", needs: "read", load: () => import("./health.tsx") }),
  page({ path: `${one}/attempts`, title: "Attempts", needs: "read", load: () => import("./attempts.tsx") }),
  page({ path: `${one}/owed`, title: "Owed", needs: "read", load: () => import("./owed.tsx") }),
  page({ path: `${one}/dead`, title: "Dead letters", needs: "read", load: () => import("./dead.tsx") }),
  page({ path: `${one}/settings`, title: "Endpoint settings", needs: "read", load: () => import("./settings.tsx") }),
];
