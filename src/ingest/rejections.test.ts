import { expect, test } from "bun:test";
import { createLog, newId, type Queryable } from "#kernel";
import { testDatabase } from "#test";
import { EXCERPT_BYTES_MAX, excerptOf, maskedHeaders, type Rejection } from "./rejection.ts";
import {
  createRejectionRecorder,
  listRejections,
  REJECTIONS_KEPT,
  REJECTIONS_PENDING_MAX,
  REJECTIONS_PER_FLUSH,
} from "./rejections.ts";
import { openWorld } from "./world.ts";

const log = createLog({ level: "silent", format: "json" });
const never = () => () => undefined;
const rejection = (sourceId: string, detail = "no"): Rejection => ({
  id: newId(),
  sourceId,
  reason: "signature_mismatch",
  detail,
  remoteAddress: undefined,
  headers: [["a", 'quote " and \\ and ,']],
  bodyExcerpt: new Uint8Array([0, 255, 34]),
  bodyBytes: 3,
});

test("the newest hundred rejections of a source are kept, and another source's are not touched", async () => {
  await using world = await openWorld(testDatabase);
  const [one, two] = [(await world.newSource("none")).source.id, (await world.newSource("none")).source.id];
  const recorder = createRejectionRecorder({ q: world.db, log, later: never });
  recorder.record(rejection(two));
  for (let round = 0; round < 12; round++) {
    for (let i = 0; i < REJECTIONS_PER_FLUSH; i++) recorder.record(rejection(one, `${round}-${i}`));
    await recorder.flush();
  }
  const kept = await listRejections(world.db, one);
  expect(kept).toHaveLength(REJECTIONS_KEPT);
  expect([kept[0]?.detail, kept.at(-1)?.detail]).toEqual(["11-9", "2-0"]);
  const [other] = await listRejections(world.db, two);
  expect(other).toMatchObject({ headers: [["a", 'quote " and \\ and ,']], bodyBytes: 3 });
  expect(new Uint8Array(other?.bodyExcerpt ?? [])).toEqual(new Uint8Array([0, 255, 34]));
});

test("P7: a flood is written once per flush, ten per source, five hundred in all", async () => {
  let statements = 0;
  let written = 0;
  const q: Queryable = {
    query: async (_text, params) => {
      statements++;
      if (params !== undefined && params.length > 1) written += String(params[1]).split(",").length;
      return [];
    },
  };
  let scheduled = 0;
  const later = () => {
    scheduled++;
    return () => undefined;
  };
  const recorder = createRejectionRecorder({ q, log, later });
  const sources = Array.from({ length: 100 }, () => newId());
  for (let i = 0; i < 100; i++) for (const source of sources) recorder.record(rejection(source));
  expect([statements, scheduled]).toEqual([0, 1]);
  await recorder.flush();
  expect([statements, written]).toEqual([2, REJECTIONS_PENDING_MAX]);
});

test("a database that is away costs the rejections and nothing else", async () => {
  const q: Queryable = { query: () => Promise.reject(new Error("away")) };
  const recorder = createRejectionRecorder({ q, log, later: never });
  recorder.record(rejection(newId()));
  await recorder.flush();
  await recorder.stop();
});

test("P8: what is shown of a stranger's request has no signature, credential or password in it", () => {
  const headers = new Headers({
    authorization: "A-1",
    cookie: "A-2",
    "x-hub-signature-256": "A-3",
    "x-shopify-hmac-sha256": "A-4",
    "stripe-signature": "A-5",
    "webhook-signature": "A-6",
    "x-api-key": "A-7",
    "x-gitlab-token": "A-8",
    "x-check": "A-9",
    "user-agent": "fine",
  });
  const shown = JSON.stringify(maskedHeaders(headers, "x-check"));
  expect(shown).not.toContain("A-");
  expect(shown).toContain("fine");
  const body = new TextEncoder().encode('{"token":"B-1","client_secret": "B-2", "ok":1} password=B-3&x=1');
  const excerpt = Buffer.from(excerptOf(body)).toString();
  expect(excerpt).not.toContain("B-");
  expect(excerpt).toContain('"ok":1');
  expect(excerptOf(new Uint8Array(10_000)).length).toBe(EXCERPT_BYTES_MAX);
  const many = new Headers(Array.from({ length: 200 }, (_, i): [string, string] => [`h-${i}`, "v"]));
  expect(maskedHeaders(many, undefined)).toHaveLength(40);
});
