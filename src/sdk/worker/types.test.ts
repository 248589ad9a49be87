import { expect, test } from "bun:test";
import { z } from "zod";
import { createClient } from "./client.ts";
import { task } from "./define.ts";
import { nameOfFile } from "./load.ts";
import { spanMs } from "./span.ts";

const mail = task(
  { name: "mail", input: z.object({ to: z.string(), at: z.coerce.number() }) },
  ({ to, at }) => `${to} ${at + 1}`,
);
const plain = task({ name: "plain", unique: (input: { id: string }) => input.id }, (input) => input.id);

test("a client sends what the task's definition says, and its types say what may be sent", async () => {
  const sent: unknown[] = [];
  const client = createClient({
    url: "http://engine/",
    token: "t",
    app: "a/b",
    fetch: (async (url: string, init: RequestInit) => {
      sent.push([url, JSON.parse(String(init.body))]);
      return Response.json({ id: "task_1", created: true, data: [] }, { status: 202 });
    }) as unknown as typeof fetch,
  });
  await client.tasks.enqueue(mail, { to: "x", at: "5" }, { delay: "2m", retry: { attempts: 2 } });
  await client.tasks.enqueue(plain, { id: "k" });
  // @ts-expect-error: the input has no such form.
  await client.tasks.enqueue(plain, { id: 1 });
  const base = "http://engine/api/v1/app/a%2Fb/task";
  expect(sent.slice(0, 2)).toEqual([
    [
      base,
      {
        name: "mail",
        input: { to: "x", at: "5" },
        queue: "default",
        priority: 0,
        delayMs: 120_000,
        retry: { attempts: 2 },
      },
    ],
    [base, { name: "plain", input: { id: "k" }, queue: "default", priority: 0, uniqueKey: "k", uniqueFor: "done" }],
  ]);
});

test("a task without a name cannot be enqueued by its definition", () => {
  const nameless = task({}, () => 1);
  const client = createClient({ url: "http://engine", token: "t", app: "a" });
  expect(() => client.tasks.enqueue(nameless, null)).toThrow("has no name");
});

test("spans of time are read, and nothing else is", () => {
  expect([spanMs("250ms"), spanMs("30s"), spanMs("1w"), spanMs(7)]).toEqual([250, 30_000, 604_800_000, 7]);
  for (const wrong of ["", "5", "1.5s", "-1s", "s", -1, Number.NaN])
    expect(() => spanMs(wrong as never)).toThrow("no span of time");
});

test("tasks are named after their files", () => {
  expect(["a.ts", "mail/send.mts", "mail/index.ts", "index.js"].map(nameOfFile)).toEqual([
    "a",
    "mail.send",
    "mail",
    "index",
  ]);
});
