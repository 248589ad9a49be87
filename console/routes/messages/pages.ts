import { page } from "../page.ts";

export const messagePages = [
  page({
    path: "/apps/$appId/messages",
    title: "Messages",
    needs: "read",
    load: () => import("./messages.tsx"),
  }),
  page({
    path: "/apps/$appId/messages/$messageId",
    title: "Message",
    needs: "read",
    load: () => import("./message.tsx"),
  }),
];
