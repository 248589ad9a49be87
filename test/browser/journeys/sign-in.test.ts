import { afterAll, beforeAll, describe, expect } from "bun:test";
import {
  browser,
  browserTest,
  type ConsolePage,
  chromiumMissing,
  type EmptyWorld,
  emptyWorld,
  expectClean,
  openConsole,
  TOKEN_KEY,
} from "../index.ts";

const started = browser();
let world: EmptyWorld;
beforeAll(async () => {
  if (chromiumMissing() === undefined) world = await emptyWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

/** What the engine answers while nobody is signed in, or with a wrong key. */
const STRANGER = [
  { status: 404, path: /^\/console\/session$/ },
  { status: 401, path: /^\/api\/v1\/whoami$/ },
];

describe("signing in", () => {
  const tryWrongKey = async (): Promise<ConsolePage> => {
    const options = { browser: await started(), engine: world.engine, path: "/tail", expected: STRANGER };
    const ui = await openConsole(options);
    await ui.page.getByLabel("API key").fill("phk_this-key-was-never-made");
    await ui.page.keyboard.press("Enter");
    await ui.page.getByText(/not known here/).waitFor();
    return ui;
  };

  browserTest("P8: with a wrong key says so, keeps nothing and stays outside", async () => {
    await using ui = await tryWrongKey();
    expect(await ui.page.evaluate((name) => sessionStorage.getItem(name), TOKEN_KEY)).toBeNull();
    expect(new URL(ui.page.url()).pathname).toBe("/sign-in");
    await expectClean(ui);
  });

  browserTest("with a key leads to the page that was asked for", async () => {
    const options = { browser: await started(), engine: world.engine, path: "/tail", expected: STRANGER };
    await using ui = await openConsole(options);
    await ui.page.getByLabel("API key").fill(world.token);
    await ui.page.keyboard.press("Enter");
    await ui.page.getByRole("heading", { level: 1, name: "Live tail" }).waitFor();
    expect(new URL(ui.page.url()).pathname).toBe("/tail");
    await expectClean(ui);
  });

  browserTest("after a wrong key takes a right one", async () => {
    await using ui = await tryWrongKey();
    await ui.page.getByLabel("API key").fill(world.token);
    await ui.page.keyboard.press("Enter");
    await ui.page.getByRole("heading", { level: 1, name: "Live tail" }).waitFor();
  });

  browserTest("P8: the key lives in the tab: never in an address, a cookie, or what is kept on the disk", async () => {
    await using ui = await openConsole({ browser: await started(), engine: world.engine, expected: STRANGER });
    const addresses: string[] = [];
    ui.page.on("request", (request) => addresses.push(request.url()));
    await ui.page.getByLabel("API key").fill(world.token);
    await ui.page.getByLabel("API key").press("Enter");
    await ui.page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    const kept = await ui.page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect([kept, ...addresses].filter((text) => text.includes(world.token))).toEqual([]);
    expect(await ui.page.context().cookies()).toEqual([]);
    await using other = await openConsole({ browser: await started(), engine: world.engine, expected: STRANGER });
    await other.page.getByLabel("API key").waitFor();
  });

  browserTest("signing out forgets the key, and a reload does not bring it back", async () => {
    await using ui = await openConsole({
      browser: await started(),
      engine: world.engine,
      token: world.token,
      expected: STRANGER,
    });
    await ui.page.getByRole("button", { name: /root token/i }).click();
    await ui.page.getByRole("menuitem", { name: /sign out/i }).click();
    await ui.page.getByLabel("API key").waitFor();
    await ui.page.reload();
    await ui.page.getByLabel("API key").waitFor();
    await expectClean(ui);
  });
});

/** The palette asks whether the words are the id of something. */
const NOT_FOUND = [{ status: 404, path: /^\/api\/v1\/find\// }];

describe("without a mouse", () => {
  browserTest("the palette opens with the keyboard, finds a page by its name and goes there", async () => {
    await using ui = await openConsole({
      browser: await started(),
      engine: world.engine,
      token: world.token,
      expected: NOT_FOUND,
    });
    await ui.page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    await ui.page.keyboard.press("Control+k");
    await ui.page.getByRole("dialog").waitFor();
    await ui.page.keyboard.type("live");
    await ui.page.getByRole("dialog").getByText("Live tail").first().waitFor();
    await ui.page.keyboard.press("Enter");
    await ui.page.getByRole("heading", { level: 1, name: "Live tail" }).waitFor();
    await expectClean(ui);
  });
});
