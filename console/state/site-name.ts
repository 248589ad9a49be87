import { createStore } from "./store.ts";

/** What the tab calls the whole: the portal has the name of whose it is. */
export const siteName = createStore("Posthorn");
