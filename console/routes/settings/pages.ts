import { page } from "../page.ts";

export const settingsPages = [
  page({ path: "/settings", title: "Settings", load: () => import("./you.tsx") }),
  page({ path: "/settings/keys", title: "Keys", needs: "admin", load: () => import("./keys.tsx") }),
  page({ path: "/settings/audit", title: "Audit log", needs: "admin", load: () => import("./audit.tsx") }),
  page({ path: "/settings/retention", title: "Retention", needs: "admin", load: () => import("./retention.tsx") }),
  page({ path: "/settings/portal", title: "Portal theme", needs: "write", load: () => import("./portal.tsx") }),
  page({
    path: "/settings/configuration",
    title: "Configuration",
    needs: "admin",
    load: () => import("./configuration.tsx"),
  }),
  page({ path: "/settings/about", title: "About", needs: "admin", load: () => import("./about.tsx") }),
];
