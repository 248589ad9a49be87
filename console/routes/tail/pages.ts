import { page } from "../page.ts";

export const tailPages = [page({ path: "/tail", title: "Live tail", needs: "read", load: () => import("./tail.tsx") })];
