import { page } from "../page.ts";

const one = "/apps/$appId/sources/$sourceId";

export const sourcePages = [
  page({ path: "/apps/$appId/sources", title: "Sources", needs: "read", load: () => import("./sources.tsx") }),
  page({ path: "/apps/$appId/sources/new", title: "New source", needs: "write", load: () => import("./new.tsx") }),
  page({ path: one, title: "Source", needs: "read", load: () => import("./use.tsx") }),
  page({ path: `${one}/rejections`, title: "Rejections", needs: "read", load: () => import("./rejections.tsx") }),
  page({ path: `${one}/settings`, title: "Source settings", needs: "read", load: () => import("./settings.tsx") }),
];
