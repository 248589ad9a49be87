import { page } from "../page.ts";

export const approvalPages = [
  page({ path: "/apps/$appId/approvals", title: "Approvals", needs: "read", load: () => import("./approvals.tsx") }),
];
