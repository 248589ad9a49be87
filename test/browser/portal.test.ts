import { afterAll, beforeAll, describe, expect } from "bun:test";
import type { Page } from "playwright-core";
import { receiver } from "#test";
import { type ApiAnswer, until } from "../kit/index.ts";
import {
  axe,
  browser,
  browserTest,
  type ConsolePage,
  chromiumMissing,
  type EmptyWorld,
  emptyWorld,
  expectClean,
  openConsole,
  TOKEN_KEY,
} from "./index.ts";

const PORTAL_KEY = "posthorn.portal";
const started = browser();
let world: EmptyWorld;
/** A product of a customer's, which may hold the portal in a frame; and a stranger's page, which may not. */
const product = await receiver({ answer: { status: 200 } });
const html = (body: string) => new Response(body, { headers: { "content-type": "text/html; charset=utf-8" } });
const page = (link: string): string => `<!doctype html><title>Product</title><body style="margin:0">
<iframe title="Webhooks" src="${link}" style="width:100%;height:300px;border:0"></iframe>
<script>
  const heights = (window.heights = []);
  addEventListener("message", (event) => {
    if (event.origin !== new URL(document.querySelector("iframe").src).origin) return;
    if (event.data?.type === "svix.iframe-resizer-height") {
      heights.push(event.data.payload.height);
      document.querySelector("iframe").style.height = event.data.payload.height + "px";
    }
  });
</script>`;
const framed = new Map<string, string>();
const holder = () =>
  Bun.serve({ port: 0, fetch: ({ url }) => html(page(framed.get(new URL(url).search) ?? "about:blank")) });
const shop = holder();
const stranger = holder();
const shopOrigin = `http://localhost:${shop.port}`;

const apps = { north: "", south: "" };
const endpoints = { north: "", south: "" };
const messages = { north: "", south: "" };

beforeAll(async () => {
  if (chromiumMissing() !== undefined) return;
  world = await emptyWorld({ env: { POSTHORN_PORTAL_FRAME_ANCESTORS: shopOrigin } });
  await world.api.call("POST", "/api/v1/event-type", { name: "order.created", description: "An order was made" });
  for (const side of ["north", "south"] as const) {
    apps[side] = await world.api.app({ name: `The ${side} shop`, uid: side });
    endpoints[side] = await world.api.endpoint(apps[side], {
      url: `${product.url}/${side}`,
      description: `Of ${side}`,
    });
    messages[side] = await world.api.send(apps[side], { eventType: "order.created", payload: { from: side } });
  }
  await until("both were sent", () => product.requests.length >= 2);
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await Promise.all([shop.stop(true), stranger.stop(true), product[Symbol.asyncDispose]()]);
});

async function access(
  app: string,
  body: Readonly<Record<string, unknown>> = {},
): Promise<{ url: string; token: string }> {
  const { status, body: made } = await world.api.call("POST", `/api/v1/auth/app-portal-access/${app}`, body);
  expect(status).toBe(200);
  return made;
}

/** What stands behind the engine's address in a link, at another page of the portal if so wished. */
const pathOf = (link: string, at = "/portal"): string => `${at}${new URL(link).hash}`;

async function open(path: string, expected: readonly { status: number; path: RegExp }[] = []): Promise<ConsolePage> {
  return openConsole({ browser: await started(), engine: world.engine, path, expected });
}

const titled = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name }).waitFor();

/** Asks from within a page, as its scripts would. */
const ask = (page: Page, token: string, method: string, path: string): Promise<{ status: number; text: string }> =>
  page.evaluate(
    async (asked) => {
      const response = await fetch(asked.path, {
        method: asked.method,
        headers: { authorization: `Bearer ${asked.token}`, "content-type": "application/json" },
        ...(asked.method !== "GET" && { body: "{}" }),
      });
      return { status: response.status, text: await response.text() };
    },
    { token, method, path },
  );

describe("the portal", () => {
  browserTest("opens by its link, which is out of the address before anything is shown", async () => {
    const { url, token } = await access("north");
    await using ui = await open(pathOf(url));
    await titled(ui.page, "Endpoints");
    await ui.page.getByText("Of north").waitFor();
    expect(ui.page.url()).toBe(`${world.engine.url}/portal`);
    expect(await ui.page.evaluate(() => history.length)).toBeLessThanOrEqual(2);
    expect(await ui.page.title()).toBe("Endpoints · The north shop");
    // In the tab and nowhere else, and not where the console has its own.
    const kept = await ui.page.evaluate(() => ({ tab: { ...sessionStorage }, long: { ...localStorage } }));
    expect(kept.tab[PORTAL_KEY]).toBe(token);
    expect(kept.tab[TOKEN_KEY]).toBeUndefined();
    expect(JSON.stringify(kept.long)).not.toContain(token);
    await ui.page.reload();
    await ui.page.getByText("Of north").waitFor();
    await axe(ui);
    await expectClean(ui);
  });

  browserTest("lets its user make an endpoint, see what was sent and have it sent again", async () => {
    const { url } = await access("north");
    await using ui = await open(pathOf(url));
    await ui.page.getByRole("link", { name: "New endpoint" }).click();
    await titled(ui.page, "New endpoint");
    await ui.page.getByLabel("URL").fill(`${product.url}/second`);
    await ui.page.getByLabel("Name", { exact: true }).fill("The second");
    await ui.page.getByRole("button", { name: "Create endpoint" }).click();
    await titled(ui.page, "The second");
    await ui.page.getByRole("button", { name: "Reveal" }).click();
    await ui.page.getByText(/^whsec_/).waitFor();
    await ui.page.getByRole("link", { name: "Messages" }).click();
    await ui.page.getByRole("link", { name: "order.created" }).first().click();
    await titled(ui.page, "order.created");
    await ui.page.getByRole("button", { name: "Send again" }).click();
    await ui.page.getByRole("checkbox", { name: "The second" }).check({ force: true });
    await ui.page.getByRole("button", { name: "Send again to 1 endpoint" }).click();
    await until("it came", () => product.requests.some((request) => request.target === "/second"));
    await expectClean(ui);
  });

  browserTest("that is only for looking shows nothing that changes, and the engine refuses it", async () => {
    const { url, token } = await access("north", { readOnly: true });
    await using ui = await open(pathOf(url), [{ status: 403, path: /^\/api\/v1\/app\// }]);
    await ui.page.getByText("For looking only").waitFor();
    const at = `/portal/endpoints/${endpoints.north}`;
    const pages = ["/portal", at, `${at}/settings`, `${at}/owed`, `${at}/dead`, `/portal/messages/${messages.north}`];
    for (const path of pages) {
      await ui.page.goto(world.engine.url + path);
      await titled(ui.page, /./);
      await ui.page.waitForFunction(() => document.querySelector('.skeleton, .loading, [aria-busy="true"]') === null);
      const names = await ui.page.getByRole("button").or(ui.page.getByRole("link")).allInnerTexts();
      expect(names.join(", ")).not.toMatch(
        /New endpoint|Pause|Resume|Enable|Send|Save|Reveal|Rotate|Delete|Add|Remove|Probe|Hold|Cancel|Forget|endpoint's secret/,
      );
    }
    await axe(ui);
    await ui.page.goto(`${world.engine.url}/portal/endpoints/new`);
    await ui.page.getByText("You may look, and change nothing").waitFor();
    const own = `/api/v1/app/${apps.north}`;
    for (const [method, path] of [
      ["POST", `${own}/endpoint`],
      ["PATCH", `${own}/endpoint/${endpoints.north}`],
      ["DELETE", `${own}/endpoint/${endpoints.north}`],
      ["GET", `${own}/endpoint/${endpoints.north}/secret`],
      ["POST", `${own}/endpoint/${endpoints.north}/pause`],
      ["POST", `${own}/msg/${messages.north}/endpoint/${endpoints.north}/resend`],
      ["POST", `${own}/endpoint/${endpoints.north}/dead/requeue`],
    ] as const)
      expect({ method, path, status: (await ask(ui.page, token, method, path)).status }).toEqual({
        method,
        path,
        status: 403,
      });
    await expectClean(ui);
  });

  browserTest("ends with its token, and says where to open it again", async () => {
    const { url } = await access("north", { sessionId: "one" });
    await using ui = await open(pathOf(url), [{ status: 401, path: /^\/api\// }]);
    await titled(ui.page, "Endpoints");
    await world.api.call("POST", "/api/v1/auth/app/north/expire-all", { sessionIds: ["one"] });
    await ui.page.getByRole("link", { name: "Messages" }).click();
    await titled(ui.page, "This page is closed");
    await ui.page.getByText("Open it again from where you came.").waitFor();
    expect(await ui.page.evaluate((key) => sessionStorage.getItem(key), PORTAL_KEY)).toBeNull();
    await axe(ui);
    await expectClean(ui);
  });

  browserTest("closes by itself when its time is over", async () => {
    const { url } = await access("north", { expiresInSeconds: 600 });
    await using ui = await open("/portal");
    await titled(ui.page, "This page opens by a link");
    await ui.page.clock.install();
    await ui.page.goto(world.engine.url + pathOf(url, "/portal/event-types"));
    await titled(ui.page, "Event types");
    await ui.page.clock.fastForward("10:01");
    await titled(ui.page, "This page is closed");
  });

  browserTest("is left by signing out, which ends the token", async () => {
    const { url, token } = await access("north");
    await using ui = await open(pathOf(url), [{ status: 401, path: /^\/api\// }]);
    await ui.page.getByRole("button", { name: "Sign out" }).click();
    await titled(ui.page, "You are signed out");
    expect((await ask(ui.page, token, "GET", "/api/v1/portal")).status).toBe(401);
    await ui.page.goto(`${world.engine.url}/portal`);
    await titled(ui.page, "This page opens by a link");
    await expectClean(ui);
  });

  browserTest("wears what its customer chose, readable, and loads nothing from elsewhere for it", async () => {
    const logo = `data:image/svg+xml;base64,${btoa('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9H0z"/></svg>')}`;
    // None of these can be read on another as they are.
    const theme = {
      name: "Pale Ltd",
      logoUrl: logo,
      primary: "#ffe680",
      background: "#fffbe6",
      text: "#e0d9b0",
      radiusPx: 2,
    };
    const { url } = await access("north", { theme });
    await using ui = await open(pathOf(url, `/portal/endpoints/${endpoints.north}/settings`));
    await ui.page.getByText("Pale Ltd").waitFor();
    await ui.page.getByRole("button", { name: "Save" }).waitFor();
    const seen = () =>
      ui.page.evaluate(() => {
        const style = getComputedStyle(document.documentElement);
        return {
          ground: style.backgroundColor,
          radius: style.getPropertyValue("--radius"),
          logo: document.images[0]?.complete,
        };
      });
    // What is worn shows with the next frame.
    await until("the theme is worn", async () => (await seen()).ground === "rgb(255, 251, 230)");
    expect(await seen()).toEqual({ ground: "rgb(255, 251, 230)", radius: "2px", logo: true });
    await axe(ui);
    await expectClean(ui);
  });

  browserTest("works where the browser keeps nothing, as in some frames", async () => {
    const { url } = await access("north");
    await using ui = await open("/portal");
    await ui.page.addInitScript(() => {
      for (const name of ["sessionStorage", "localStorage"])
        Object.defineProperty(window, name, {
          get: () => {
            throw new DOMException("refused", "SecurityError");
          },
        });
    });
    await ui.page.goto(world.engine.url + pathOf(url, "/portal/messages"));
    await titled(ui.page, "Messages");
    await ui.page.getByRole("link", { name: "Endpoints" }).click();
    await ui.page.getByText("Of north").waitFor();
    await expectClean(ui);
  });
});

describe("P8: a portal user who tries to leave their tenant", () => {
  browserTest("is told of another tenant's things what is told of those that never were", async () => {
    const { url, token } = await access("north");
    await using ui = await open(pathOf(url), [
      { status: 404, path: /^\/api\/v1\// },
      { status: 403, path: /^\/api\/v1\// },
    ]);
    await ui.page.getByText("Of north").waitFor();
    const nowhere = `${apps.south.slice(0, -4)}0000`;
    expect((await world.api.call("GET", `/api/v1/app/${nowhere}`)).status).toBe(404);
    for (const [method, rest] of [
      ["GET", ""],
      ["GET", "/endpoint"],
      ["POST", "/endpoint"],
      ["GET", `/endpoint/${endpoints.south}`],
      ["PATCH", `/endpoint/${endpoints.south}`],
      ["DELETE", `/endpoint/${endpoints.south}`],
      ["GET", `/endpoint/${endpoints.south}/secret`],
      ["POST", `/endpoint/${endpoints.south}/secret/rotate`],
      ["GET", "/msg"],
      ["POST", "/msg"],
      ["GET", `/msg/${messages.south}`],
      ["GET", `/msg/${messages.south}/timeline`],
      ["POST", `/msg/${messages.south}/endpoint/${endpoints.south}/resend`],
      ["GET", "/source"],
      ["GET", "/tail"],
    ] as const) {
      const other = await ask(ui.page, token, method, `/api/v1/app/${apps.south}${rest}`);
      const none = await ask(ui.page, token, method, `/api/v1/app/${nowhere}${rest}`);
      expect({ method, rest, status: other.status }).toEqual({ method, rest, status: 404 });
      expect(other.text.replaceAll(apps.south, "app")).toBe(none.text.replaceAll(nowhere, "app"));
      expect((await ask(ui.page, token, method, `/api/v1/app/south${rest}`)).status).toBe(404);
    }
    // Within its own application the other's endpoint and message are none.
    for (const rest of [`/endpoint/${endpoints.south}`, `/msg/${messages.south}`])
      expect((await ask(ui.page, token, "GET", `/api/v1/app/${apps.north}${rest}`)).status).toBe(404);
    const wide = ["app", "overview", "audit", "api-key", "background-task", "instance", `find/${apps.south}`, "tail"];
    for (const path of [...wide.map((name) => `/api/v1/${name}`), `/api/v1/app/${apps.north}/source`])
      expect({ path, status: (await ask(ui.page, token, "GET", path)).status }).toEqual({ path, status: 403 });
    await expectClean(ui);
  });

  browserTest("finds no way in the address, the link or the storage", async () => {
    const { url, token } = await access("north");
    await using ui = await open(pathOf(url), [
      { status: 404, path: /^\/(api\/v1\/app\/|console\/session)/ },
      { status: 403, path: /^\/api\/v1\// },
    ]);
    await ui.page.getByText("Of north").waitFor();
    const links = await ui.page
      .getByRole("link")
      .evaluateAll((found) => found.map((link) => link.getAttribute("href")));
    for (const href of links) expect(href).toMatch(/^(\/portal(\/|$)|#main$)/);

    const body = () => ui.page.locator("body").innerText();
    const go = (path: string) => ui.page.goto(world.engine.url + path);
    for (const path of [`/portal/endpoints/${endpoints.south}`, `/portal/messages/${messages.south}`]) {
      await go(path);
      await ui.page
        .getByText(/There is no|not found/i)
        .first()
        .waitFor();
      expect(await body()).not.toMatch(/south/i);
    }
    for (const path of [`/portal/apps/${apps.south}/endpoints`, "/portal/settings/keys", "/portal/sources"]) {
      await go(path);
      await titled(ui.page, "There is no such page");
    }

    // The application that a link names beside the token decides nothing.
    const forged = btoa(JSON.stringify({ appId: apps.south, token })).replaceAll("=", "");
    await go(`/portal#key=${forged}`);
    await ui.page.getByText("Of north").waitFor();
    expect(await body()).not.toMatch(/south/i);

    await ui.page.evaluate((id) => localStorage.setItem("posthorn.app", `${id}|The south shop`), apps.south);
    await go("/portal/messages");
    await titled(ui.page, "Messages");
    expect(await body()).not.toMatch(/south/i);

    // The console does not know the portal's token; and given it, shows nothing that is not the tenant's.
    await go(`/apps/${apps.south}/endpoints`);
    await ui.page.getByRole("button", { name: /sign in/i }).waitFor();
    await ui.page.evaluate(
      ([key, value]) => {
        localStorage.clear();
        sessionStorage.setItem(key, value);
      },
      [TOKEN_KEY, token] as const,
    );
    for (const path of ["/", "/apps", "/settings", `/apps/${apps.south}/endpoints`, `/apps/${apps.south}/messages`]) {
      await go(path);
      await titled(ui.page, /./);
      expect(await body()).not.toMatch(/south/i);
    }
  });

  browserTest("sees another tenant only with that tenant's own link, and then nothing of the first", async () => {
    const [north, south] = await Promise.all([access("north"), access("south")]);
    await using ui = await open(pathOf(north.url));
    await ui.page.getByText("Of north").waitFor();
    // In the same document: only the fragment changes.
    await ui.page.evaluate((hash) => {
      location.hash = hash;
    }, new URL(south.url).hash);
    await ui.page.getByText("Of south").waitFor();
    expect(await ui.page.locator("body").innerText()).not.toMatch(/north/i);
    expect(ui.page.url()).not.toContain("key=");
    await expectClean(ui);
  });

  browserTest("gets no portal for a token that is no application's", async () => {
    const key = btoa(JSON.stringify({ appId: apps.south, token: world.token })).replaceAll("=", "");
    await using ui = await open(`/portal#key=${key}`, [{ status: 404, path: /^\/api\/v1\/portal$/ }]);
    await titled(ui.page, "This link opens no portal");
    await axe(ui);
    await expectClean(ui);
  });
});

describe("the portal in a frame", () => {
  async function frameIn(origin: string): Promise<{ page: Page } & AsyncDisposable> {
    const { url } = await access("north", { theme: { name: "Only outside" } });
    framed.set(`?${framed.size}`, url);
    const context = await (await started()).newContext();
    const page = await context.newPage();
    await page.goto(`${origin}/?${framed.size - 1}`);
    return { page, [Symbol.asyncDispose]: () => context.close() };
  }

  browserTest("is shown by a page that the operator named, which learns its height", async () => {
    await using held = await frameIn(shopOrigin);
    const frame = held.page.frameLocator("iframe");
    await frame.getByText("Of north").waitFor();
    expect(await frame.getByRole("button", { name: "Sign out" }).count()).toBe(0);
    expect(await frame.getByText("Only outside").isVisible()).toBe(false);
    const fits = () =>
      held.page.evaluate(() => {
        const heights: unknown = Reflect.get(window, "heights");
        return (
          Array.isArray(heights) &&
          heights.at(-1) > 100 &&
          document.querySelector("iframe")?.offsetHeight === heights.at(-1)
        );
      });
    await until("the frame is as high as the portal", fits);
    // Grows when the portal does, and does not push itself higher and higher.
    await frame.getByRole("link", { name: "New endpoint" }).click();
    await frame.getByRole("heading", { level: 1, name: "New endpoint" }).waitFor();
    await until(
      "the frame grew with it",
      async () => (await held.page.locator("iframe").evaluate((at) => at.clientHeight)) > 700,
    );
    await until("and is as high", fits);
    expect(await held.page.locator("iframe").evaluate((at) => at.clientHeight)).toBeLessThan(4_000);
  });

  browserTest("P8: is not shown by any other page", async () => {
    await using held = await frameIn(`http://localhost:${stranger.port}`);
    await until("the browser refused it", () =>
      held.page.frames().some((frame) => frame.url().startsWith("chrome-error:")),
    );
    expect(await held.page.frameLocator("iframe").getByText("Of north").count()).toBe(0);
  });
});

describe("a page of another origin", () => {
  browserTest("may use the API with a token, and what needs none tells it nothing", async () => {
    const { token } = await access("north");
    const context = await (await started()).newContext();
    try {
      const page = await context.newPage();
      await page.goto(shopOrigin);
      const asked = (method: string, path: string, body?: string): Promise<ApiAnswer["status"] | "blocked"> =>
        page.evaluate(
          async ({ url, ...init }) =>
            fetch(url, init).then(
              ({ status }) => status,
              () => "blocked" as const,
            ),
          {
            url: world.engine.url + path,
            method,
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": path },
            ...(body !== undefined && { body }),
          },
        );
      expect(await asked("GET", "/api/v1/portal")).toBe(200);
      expect(await asked("PATCH", `/api/v1/app/north/endpoint/${endpoints.north}`, "{}")).toBe(200);
      // Also on the road of events, which no portal may send on.
      expect(await asked("POST", "/api/v1/app/north/msg", "{}")).toBe(403);
      expect(await asked("POST", "/api/v1/app/north/msg/batch", "{}")).toBe(403);
      for (const path of ["/metrics", "/livez", "/portal", "/docs"]) expect(await asked("GET", path)).toBe("blocked");
      for (const path of ["/console/session", "/in/token"]) expect(await asked("POST", path, "{}")).toBe("blocked");
    } finally {
      await context.close();
    }
  });
});
