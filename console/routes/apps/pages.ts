import { page } from "../page.ts";

export const appPages = [
  page({ path: "/apps", title: "Applications", needs: "read", load: () => import("./apps.tsx") }),
  page({ path: "/apps/$appId", title: "Application", needs: "read", load: () => import("./app.tsx") }),
  page({ path: "/apps/$appId/settings", title: "Settings", needs: "read", load: () => import("./app-settings.tsx") }),
];
