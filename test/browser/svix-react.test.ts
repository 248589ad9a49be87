import { afterAll, beforeAll, expect } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { receiver } from "#test";
import { until } from "../kit/index.ts";
import { browser, browserTest, chromiumMissing, type EmptyWorld, emptyWorld } from "./index.ts";

/** The hooks and the component of svix-react 1.13 on a page of another origin, with a portal token, against our engine. */
const started = browser();
let world: EmptyWorld;
let script = "";
const product = await receiver({ answer: { status: 200 } });
const shop = Bun.serve({
  port: 0,
  fetch: ({ url }) =>
    new URL(url).pathname === "/page.js"
      ? new Response(script, { headers: { "content-type": "text/javascript" } })
      : new Response(
          '<!doctype html><title>Shop</title><div id="root"></div><script type="module" src="/page.js"></script>',
          {
            headers: { "content-type": "text/html; charset=utf-8" },
          },
        ),
});
const origin = `http://localhost:${shop.port}`;
const made = { app: "", endpoint: "", message: "", url: "", token: "" };

beforeAll(async () => {
  if (chromiumMissing() !== undefined) return;
  const bundled = await Bun.build({
    entrypoints: [join(import.meta.dir, "svix-react/page.tsx")],
    target: "browser",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  script = (await bundled.outputs[0]?.text()) ?? "";
  world = await emptyWorld({ env: { POSTHORN_PORTAL_FRAME_ANCESTORS: origin } });
  await world.api.call("POST", "/api/v1/event-type", { name: "order.created", description: "An order was made" });
  made.app = await world.api.app({ name: "Shop", uid: "shop" });
  made.endpoint = await world.api.endpoint(made.app, { url: `${product.url}/first`, description: "The first" });
  await world.api.endpoint(made.app, { url: `${product.url}/second`, description: "The second" });
  made.message = await world.api.send(made.app, { eventType: "order.created", payload: { number: 7 } });
  await until("both came", () => product.requests.length >= 2);
  const access = await world.api.call("POST", `/api/v1/auth/app-portal-access/${made.app}`, {});
  made.url = access.body.url;
  made.token = access.body.token;
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await Promise.all([shop.stop(true), product[Symbol.asyncDispose]()]);
});

async function open(
  query: Readonly<Record<string, string>>,
): Promise<{ page: Page; failures: string[] } & AsyncDisposable> {
  const context = await (await started()).newContext();
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const failures: string[] = [];
  page.on("console", (message) => message.type() === "error" && failures.push(message.text()));
  page.on("pageerror", (error) => failures.push(String(error)));
  await page.goto(`${origin}/?${new URLSearchParams(query)}`);
  return { page, failures, [Symbol.asyncDispose]: () => context.close() };
}

const hooks = () =>
  open({
    token: made.token,
    app: made.app,
    server: world.engine.url,
    endpoint: made.endpoint,
    message: made.message,
    url: `${product.url}/first`,
  });

/** What a hook knows, once it does. */
async function known(page: Page, name: string): Promise<string> {
  let text = "";
  await until(`${name} has an answer`, async () => {
    text = await page.locator(`#${name}`).innerText();
    return text !== "" && text !== "loading" && text !== "…";
  });
  return text;
}

async function act(page: Page, name: string): Promise<string> {
  await page.locator(`#${name}-go`).click();
  return known(page, name);
}

browserTest("each hook that reads knows what there is", async () => {
  await until("the attempt is recorded", async () => {
    const { body } = await world.api.call("GET", `/api/v1/app/${made.app}/attempt/msg/${made.message}`);
    return body.data.length === 2;
  });
  await using ui = await hooks();
  const found = async (name: string) => JSON.parse(await known(ui.page, name));
  expect(await found("endpoints")).toMatchObject([{ description: "The first" }]);
  await ui.page.locator("#endpoints-next").click();
  await until("the next page came", async () => (await known(ui.page, "endpoints")).includes("The second"));
  expect(await found("endpoint")).toMatchObject({ id: made.endpoint, url: `${product.url}/first` });
  expect((await found("secret")).key).toStartWith("whsec_");
  expect(await found("headers")).toMatchObject({ headers: {}, sensitive: [] });
  expect(await found("stats")).toMatchObject({ success: 1, fail: 0 });
  expect(await found("event-types")).toMatchObject([{ name: "order.created" }]);
  expect(await found("messages")).toMatchObject([{ id: made.message, payload: { number: 7 } }]);
  // Version 2 of the client asks for one message without its payload unless told otherwise, and the hook tells nothing.
  expect(await found("message")).toMatchObject({ id: made.message, eventType: "order.created" });
  expect(await found("attempts")).toHaveLength(2);
  expect(await found("endpoint-attempts")).toMatchObject([{ msgId: made.message, status: 0 }]);
  expect(await found("attempted-messages")).toMatchObject([{ id: made.message }]);
  expect((await found("destinations")).map((one: { id: string }) => one.id)).toContain(made.endpoint);
  expect(ui.failures).toEqual([]);
});

browserTest("each hook that changes does so: create, update, rotate, headers, resend, recover, delete", async () => {
  await using ui = await hooks();
  const { page } = ui;
  await page.locator("#url").fill(`${product.url}/third`);
  expect(JSON.parse((await act(page, "create")).slice("done: ".length))).toMatchObject({
    endpoint: { url: `${product.url}/third` },
  });
  expect(await act(page, "update")).toContain("Updated by a hook");
  const before = JSON.parse(await known(page, "secret")).key;
  expect(await act(page, "rotate")).toStartWith("done:");
  await until("the new secret is shown", async () => !(await known(page, "secret")).includes(before));
  expect(await act(page, "set-headers")).toStartWith("done:");
  expect(await act(page, "patch-headers")).toStartWith("done:");
  await until("the headers are shown", async () => (await known(page, "headers")).includes('"x-one":"one"'));
  expect(await known(page, "headers")).not.toContain("x-two");
  await known(page, "attempts");
  const came = product.requests.length;
  expect(await act(page, "resend")).toStartWith("done:");
  await until("it came again", () => product.requests.length > came);
  expect(await act(page, "recover")).toStartWith("done:");
  expect(await act(page, "delete")).toStartWith("done:");
  expect((await world.api.call("GET", `/api/v1/app/${made.app}/endpoint/${made.endpoint}`)).status).toBe(404);
  expect(ui.failures).toEqual([]);
});

browserTest("<AppPortal fullSize> shows our portal, as high as it is", async () => {
  await using ui = await open({ portal: made.url });
  await ui.page.frameLocator("iframe").getByText("The second").waitFor();
  await until("the frame has the portal's height", async () =>
    ui.page.locator("iframe").evaluate((at) => at instanceof HTMLElement && Number.parseInt(at.style.height, 10) > 100),
  );
  expect(ui.failures).toEqual([]);
});
