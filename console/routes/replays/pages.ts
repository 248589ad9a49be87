import { page } from "../page.ts";

export const replayPages = [
  page({ path: "/replays", title: "Replays", needs: "read", load: () => import("./replays.tsx") }),
  page({ path: "/replays/new", title: "New replay", needs: "write", load: () => import("./new.tsx") }),
  page({ path: "/replays/$taskId", title: "Replay", needs: "read", load: () => import("./replay.tsx") }),
];
