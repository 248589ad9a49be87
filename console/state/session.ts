import { tabShelf } from "./storage.ts";
import { createStore } from "./store.ts";

/** The portal's token lies apart: who opens a portal in the tab of the console stays who they are there, and no token goes astray. */
const KEY = typeof location !== "undefined" && /^\/portal(\/|$)/.test(location.pathname) ? "portal" : "token";

/** The bearer token of this tab. It is sent in a header and never in a cookie, so no other site can make this browser use it. */
export const session = createStore<string | undefined>(tabShelf.read(KEY));

export function signInWith(token: string): void {
  tabShelf.write("left", undefined);
  tabShelf.write(KEY, token);
  session.set(token);
}

/** Whether somebody signed out by hand, and would not like to be signed in again at once. */
export const hasLeft = (): boolean => tabShelf.read("left") !== undefined;

export function leave(): void {
  tabShelf.write("left", "1");
  signOut();
}

/** The token is no good any more. */
export function signOut(): void {
  tabShelf.write(KEY, undefined);
  session.set(undefined);
}
