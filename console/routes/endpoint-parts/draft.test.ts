import { expect, test } from "bun:test";
import { bodyOf, draftOf } from "./draft.ts";
import type { Endpoint } from "./reach.ts";

const ENDPOINT: Endpoint = {
  id: "ep_1",
  uid: "orders",
  url: "https://example.com/hook",
  description: "Orders",
  eventTypes: ["order.created", "order.shipped"],
  channels: ["eu", "us"],
  throttleRate: 10,
  concurrency: 4,
  timeoutMs: 15_000,
  retryPolicy: "strict",
  retrySchedule: [5, 300],
  expiresAfterSeconds: 5_400,
  extraHeaders: ["svix"],
  metadata: {},
  createdAt: "2026-05-01T10:00:00.000Z",
  updatedAt: "2026-05-01T10:00:00.000Z",
};

test("an endpoint that is opened and saved stays what it was", () => {
  const { id: _, metadata: __, createdAt: ___, updatedAt: ____, ...settings } = ENDPOINT;
  expect(bodyOf(draftOf(ENDPOINT))).toEqual(settings as ReturnType<typeof bodyOf>);
});

test("what is left empty means the default", () => {
  expect(bodyOf({ ...draftOf(undefined), url: " https://example.com/ " })).toEqual({
    url: "https://example.com/",
    uid: null,
    description: "",
    eventTypes: null,
    channels: null,
    throttleRate: null,
    concurrency: null,
    timeoutMs: null,
    retryPolicy: "default",
    retrySchedule: null,
    expiresAfterSeconds: null,
    extraHeaders: [],
  });
});

test("lists are typed with commas, spaces or both", () => {
  const body = bodyOf({ ...draftOf(undefined), channels: "eu,us   apac", retrySchedule: "5, 60\n300" });
  expect(body.channels).toEqual(["eu", "us", "apac"]);
  expect(body.retrySchedule).toEqual([5, 60, 300]);
});
