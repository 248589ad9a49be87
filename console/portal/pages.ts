import { page } from "../routes/page.ts";

const one = "/portal/endpoints/$endpointId";
const needs = "portal:read";

/** Every page of the portal: those of the console that an application's own users may see, at addresses of their own. */
export const portalPages = [
  page({ path: "/portal", title: "Endpoints", needs, load: () => import("../routes/endpoints/endpoints.tsx") }),
  page({
    path: "/portal/endpoints/new",
    title: "New endpoint",
    needs: "portal:write",
    load: () => import("../routes/endpoints/new.tsx"),
  }),
  page({ path: one, title: "Endpoint", needs, load: () => import("../routes/endpoints/health.tsx") }),
  page({ path: `${one}/attempts`, title: "Attempts", needs, load: () => import("../routes/endpoints/attempts.tsx") }),
  page({ path: `${one}/owed`, title: "Owed", needs, load: () => import("../routes/endpoints/owed.tsx") }),
  page({ path: `${one}/dead`, title: "Dead letters", needs, load: () => import("../routes/endpoints/dead.tsx") }),
  page({ path: `${one}/settings`, title: "Settings", needs, load: () => import("../routes/endpoints/settings.tsx") }),
  page({ path: "/portal/messages", title: "Messages", needs, load: () => import("../routes/messages/messages.tsx") }),
  page({
    path: "/portal/messages/$messageId",
    title: "Message",
    needs,
    load: () => import("../routes/messages/message.tsx"),
  }),
  page({ path: "/portal/event-types", title: "Event types", needs, load: () => import("./event-types.tsx") }),
];
