import { page } from "../page.ts";

const one = "/operational-webhooks/$endpointId";

export const operationalWebhookPages = [
  page({
    path: "/operational-webhooks",
    title: "Operational webhooks",
    needs: "admin",
    load: () => import("./list.tsx"),
  }),
  page({
    path: "/operational-webhooks/new",
    title: "New operational webhook",
    needs: "admin",
    load: () => import("./new.tsx"),
  }),
  page({
    path: "/operational-webhooks/types",
    title: "Operational webhooks",
    needs: "admin",
    load: () => import("./types.tsx"),
  }),
  page({ path: one, title: "Operational webhook", needs: "admin", load: () => import("./attempts.tsx") }),
  page({ path: `${one}/settings`, title: "Operational webhook", needs: "admin", load: () => import("./settings.tsx") }),
];
