import { page } from "../page.ts";

export const flowSecretPages = [
  page({
    path: "/apps/$appId/flow-secrets",
    title: "Secrets",
    needs: "read",
    load: () => import("./flow-secrets.tsx"),
  }),
];
