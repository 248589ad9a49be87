import { tabShelf } from "./storage.ts";
import { createStore } from "./store.ts";

/** The bearer token of this tab. It is sent in a header and never in a cookie, so no other site can make this browser use it. */
export const session = createStore<string | undefined>(tabShelf.read("token"));

export function signInWith(token: string): void {
  tabShelf.write("token", token);
  session.set(token);
}

export function signOut(): void {
  tabShelf.write("token", undefined);
  session.set(undefined);
}
