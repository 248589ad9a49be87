import type { Page } from "playwright-core";
import { paths } from "../../console/routes/paths.ts";
import type { BusyWorld } from "./world/index.ts";

/** A page as somebody sees it: opened by every test of all pages, and by `npm run screenshots`. */
export interface View {
  /** Of the picture: `overview` becomes `docs/images/overview-dark.png`. */
  readonly name: string;
  /** busy: an engine in the middle of its day. empty: nobody has used it yet. */
  readonly world: "busy" | "empty";
  /** Address of the page, with the ids of the world. */
  readonly path: (world: BusyWorld) => string;
  /** Seen by somebody who is not signed in. */
  readonly stranger?: true;
  /** Resolves when everything is there that a person waits for. */
  readonly ready: (page: Page) => Promise<unknown>;
  /** Kept in `docs/images/`, for the README and the guides. */
  readonly kept?: true;
}

const heading = (name: string | RegExp) => (page: Page) => page.getByRole("heading", { level: 1, name }).waitFor();

/** Every page of the console; whoever makes a page adds it here. */
export const VIEWS: readonly View[] = [
  {
    name: "sign-in",
    world: "empty",
    stranger: true,
    path: () => paths.overview,
    ready: (page) => page.getByRole("button", { name: /sign in/i }).waitFor(),
  },
  { name: "overview", world: "busy", path: () => paths.overview, ready: heading("Overview"), kept: true },
  { name: "overview-empty", world: "empty", path: () => paths.overview, ready: heading("Overview") },
  { name: "tail", world: "busy", path: () => paths.tail, ready: heading("Live tail"), kept: true },
];
