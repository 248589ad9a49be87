import { page } from "../page.ts";

export const overviewPages = [
  page({ path: "/", title: "Overview", needs: "read", load: () => import("./overview.tsx") }),
];
