import { page } from "../page.ts";

export const runPages = [
  page({ path: "/apps/$appId/runs", title: "Runs", needs: "read", load: () => import("./runs.tsx") }),
  page({ path: "/apps/$appId/runs/$runId", title: "Run", needs: "read", load: () => import("./run.tsx") }),
];
