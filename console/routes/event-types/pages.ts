import { page } from "../page.ts";

export const eventTypePages = [
  page({ path: "/event-types", title: "Event types", needs: "read", load: () => import("./event-types.tsx") }),
  page({ path: "/event-types/new", title: "New event type", needs: "write", load: () => import("./new.tsx") }),
  page({ path: "/event-types/$name", title: "Event type", needs: "read", load: () => import("./event-type.tsx") }),
];
