import { page } from "../page.ts";

const all = "/apps/$appId/tasks";

export const taskPages = [
  page({ path: all, title: "Tasks", needs: "read", load: () => import("./queues.tsx") }),
  page({ path: `${all}/all`, title: "Tasks", needs: "read", load: () => import("./tasks.tsx") }),
  page({ path: `${all}/workers`, title: "Workers", needs: "read", load: () => import("./workers.tsx") }),
  page({ path: `${all}/one/$taskId`, title: "Task", needs: "read", load: () => import("./task.tsx") }),
];
