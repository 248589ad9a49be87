import { page } from "../page.ts";

const all = "/apps/$appId/flows";
const one = `${all}/$flowId`;

export const flowPages = [
  page({ path: all, title: "Flows", needs: "read", load: () => import("./flows.tsx") }),
  page({ path: `${all}/new`, title: "New flow", needs: "write", load: () => import("./new.tsx") }),
  page({ path: one, title: "Flow", needs: "read", load: () => import("./overview.tsx") }),
  page({ path: `${one}/graph`, title: "Graph", needs: "read", load: () => import("./graph.tsx") }),
  page({ path: `${one}/definition`, title: "Definition", needs: "read", load: () => import("./definition.tsx") }),
  page({ path: `${one}/versions`, title: "Versions", needs: "read", load: () => import("./versions.tsx") }),
  page({ path: `${one}/runs`, title: "Runs of a flow", needs: "read", load: () => import("./runs.tsx") }),
  page({ path: `${one}/settings`, title: "Flow settings", needs: "read", load: () => import("./settings.tsx") }),
];
