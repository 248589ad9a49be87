import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { createIntake, DatabaseError, publicId } from "#kernel";
import { deleteApplication } from "#tenancy";
import { testDatabase } from "#test";
import { NOT_UTF8 } from "./presets/fixture.ts";
import { signGithub, signShopify, signSlack, signStandardWebhooks, signStripe, type ToSign } from "./presets/sign.ts";
import { listRejections } from "./rejections.ts";
import { deleteSource, updateSource } from "./source.ts";
import { rotateSourceSecret } from "./source-secret.ts";
import { openWorld, post, type World } from "./world.ts";

const JSON_BODY = '{"id":"evt_1","type":"invoice.paid"}';
const toSign = (
  secret: string | undefined,
  body: string | Uint8Array = JSON_BODY,
  id = "id-1",
  type = "push",
): ToSign => ({
  secret: secret ?? "",
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
  nowMs: Date.now(),
  id,
  type,
});
const stored = ({ db, appId }: World) =>
  db.query<{ type: string; content_type: string; payload: Uint8Array; source_id: string; hops: number }>(
    "select type, content_type, payload, source_id, hops from posthorn.event where app_id = $1 order by id",
    [appId],
  );
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

describe("receive", () => {
  test("P1 P9: every preset's webhook is committed byte for byte before it is answered as its provider wants", async () => {
    await using world = await openWorld(testDatabase);
    const slackBody = '{"type":"event_callback","event_id":"Ev1","event":{"type":"message"}}';
    const shopifyBody = new Uint8Array([...NOT_UTF8, 0]);
    const cases = [
      { preset: "stripe", secret: "whsec_a", sign: signStripe, body: JSON_BODY, status: 200, type: "invoice.paid" },
      {
        preset: "github",
        secret: "gh",
        sign: signGithub,
        body: ' {"action":"opened" }',
        status: 202,
        type: "push.opened",
      },
      { preset: "shopify", secret: "sh", sign: signShopify, body: shopifyBody, status: 200, type: "push" },
      { preset: "slack", secret: "sl", sign: signSlack, body: slackBody, status: 200, type: "message" },
      {
        preset: "standard-webhooks",
        secret: "whsec_YWJj",
        sign: signStandardWebhooks,
        body: NOT_UTF8,
        status: 202,
        type: "webhook",
      },
      {
        preset: "hmac",
        secret: "h",
        options: { signatureHeader: "X-Sig" },
        sign: ({ secret, body }: ToSign) => ({
          headers: { "x-sig": createHmac("sha256", secret).update(body).digest("hex") },
          body,
        }),
        body: "",
        status: 202,
        type: "webhook",
      },
      {
        preset: "none",
        sign: ({ body }: ToSign) => ({ headers: { "content-type": "text/x-log" }, body }),
        body: "hello",
        status: 202,
        type: "webhook",
      },
    ] as const;
    for (const each of cases) {
      const { options = {}, secret, ...rest } = { options: undefined, secret: undefined, ...each };
      const made = await world.newSource(rest.preset, {
        options: options ?? {},
        ...(secret !== undefined && { secret }),
      });
      const wanted = toSign(secret, rest.body);
      const signed = rest.sign(wanted);
      const response = await world.ingest.receive(post(made.token, signed));
      expect({ preset: rest.preset, status: response.status }).toEqual({ preset: rest.preset, status: rest.status });
      const kept = (await stored(world)).find((event) => event.source_id === made.source.id);
      expect(kept?.type).toBe(rest.type);
      expect(Buffer.from(kept?.payload ?? []).equals(wanted.body)).toBe(true);
      expect(kept?.content_type).toBe(
        (signed.headers as Record<string, string>)["content-type"] ?? "application/octet-stream",
      );
    }
  });

  test("answers with the event's id, and a repeat with the same id and the same success", async () => {
    await using world = await openWorld(testDatabase);
    const { token, secret } = await world.newSource("github");
    const first = await world.ingest.receive(post(token, signGithub(toSign(secret))));
    const again = await world.ingest.receive(post(token, signGithub(toSign(secret))));
    const [one, two] = [
      (await first.json()) as { id: string; repeated: boolean },
      (await again.json()) as { id: string; repeated: boolean },
    ];
    expect(one.id).toStartWith("msg_");
    expect([first.status, one.repeated, again.status, two]).toEqual([202, false, 202, { id: one.id, repeated: true }]);
    expect(await stored(world)).toHaveLength(1);
  });

  test("the same provider id through two sources is two events", async () => {
    await using world = await openWorld(testDatabase);
    for (const { token, secret } of [await world.newSource("github"), await world.newSource("github")]) {
      expect((await world.ingest.receive(post(token, signGithub(toSign(secret))))).status).toBe(202);
    }
    expect(await stored(world)).toHaveLength(2);
  });

  test("concurrent retries of one webhook, through two processes, are kept once and all answered with success", async () => {
    await using world = await openWorld(testDatabase);
    const { token, secret } = await world.newSource("github");
    const processes = [world.ingest, world.anotherProcess()];
    const responses = await Promise.all(
      Array.from({ length: 40 }, (_, i) => processes[i % 2]?.receive(post(token, signGithub(toSign(secret))))),
    );
    expect(new Set(responses.map((response) => response?.status))).toEqual(new Set([202]));
    expect(await stored(world)).toHaveLength(1);
  });

  test("the same id with another body is a recorded 409, except where the provider's id alone is the identity", async () => {
    await using world = await openWorld(testDatabase);
    const github = await world.newSource("github");
    await world.ingest.receive(post(github.token, signGithub(toSign(github.secret))));
    const other = await world.ingest.receive(post(github.token, signGithub(toSign(github.secret, '{"other":1}'))));
    expect([other.status, await codeOf(other)]).toEqual([409, "conflict"]);
    await world.ingest.flushRejections();
    expect(await listRejections(world.db, github.source.id)).toMatchObject([{ reason: "conflict" }]);

    // Stripe counts `pending_webhooks` in the body: the number changes between deliveries of one event.
    const stripe = await world.newSource("stripe", { secret: "whsec_a" });
    for (const pending of [2, 1]) {
      const body = `{"id":"evt_9","type":"a","pending_webhooks":${pending}}`;
      expect((await world.ingest.receive(post(stripe.token, signStripe(toSign("whsec_a", body))))).status).toBe(200);
    }
    expect(await stored(world)).toHaveLength(2);
  });

  test("Slack's handshake is answered without an event", async () => {
    await using world = await openWorld(testDatabase);
    const { token } = await world.newSource("slack", { secret: "sl" });
    const body = '{"type":"url_verification","challenge":"c-1"}';
    const response = await world.ingest.receive(post(token, signSlack(toSign("sl", body))));
    expect([response.status, await response.text()]).toEqual([200, "c-1"]);
    const refused = await world.ingest.receive(post(token, signSlack(toSign("stranger", body))));
    expect([refused.status, refused.headers.get("x-slack-no-retry"), await codeOf(refused)]).toEqual([
      401,
      "1",
      "signature_mismatch",
    ]);
    expect(await stored(world)).toEqual([]);
  });

  test("refuses with the provider's status, and records why without a secret", async () => {
    await using world = await openWorld(testDatabase);
    const { token, source, secret } = await world.newSource("github", { secret: "top-secret-value" });
    const signed = signGithub(toSign("stranger", '{"token": "xoxb-123", "action":"x"}'));
    const request = post(token, {
      ...signed,
      headers: { ...signed.headers, authorization: "Bearer abc", "x-long": "y".repeat(5000) },
    });
    const response = await world.ingest.receive(request, { requestIP: () => ({ address: "192.0.2.7" }) });
    expect([response.status, await codeOf(response)]).toEqual([401, "signature_mismatch"]);
    await world.ingest.flushRejections();
    const [rejection] = await listRejections(world.db, source.id);
    expect(rejection).toMatchObject({
      reason: "signature_mismatch",
      remoteAddress: "192.0.2.7",
      bodyBytes: signed.body.length,
    });
    const shown = JSON.stringify(rejection) + Buffer.from(rejection?.bodyExcerpt ?? []).toString();
    expect(shown).toContain('"x-github-event","push"');
    for (const hidden of [
      secret ?? "?",
      "Bearer abc",
      "xoxb-123",
      signed.headers["x-hub-signature-256"] ?? "?",
      token,
    ]) {
      expect(shown).not.toContain(hidden);
    }
    expect(rejection?.headers.find(([name]) => name === "x-long")?.[1].length).toBeLessThan(300);
  });

  test("refuses a body above the limit, announced or streamed", async () => {
    await using world = await openWorld(testDatabase);
    const { token } = await world.newSource("none");
    const large = new Uint8Array(64 * 1024 + 1);
    expect(
      (await world.ingest.receive(post(token, { headers: { "content-length": String(large.length) }, body: large })))
        .status,
    ).toBe(413);
    const twice = { "content-length": `${large.length}, ${large.length}` };
    expect((await world.ingest.receive(post(token, { headers: twice, body: large }))).status).toBe(413);
    const less = { "content-length": "1" };
    expect((await world.ingest.receive(post(token, { headers: less, body: large }))).status).toBe(413);
    const streamed = new Request(`http://localhost/in/${token}`, {
      method: "POST",
      body: new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(16 * 1024));
        },
      }),
    });
    expect((await world.ingest.receive(streamed)).status).toBe(413);
    expect((await world.ingest.receive(post(token, { headers: {}, body: large.subarray(1) }))).status).toBe(202);
  });

  test("refuses a compressed body, whose encoding would be forgotten", async () => {
    await using world = await openWorld(testDatabase);
    const { token } = await world.newSource("none");
    const at = (encoding: string) =>
      world.ingest.receive(post(token, { headers: { "content-encoding": encoding }, body: NOT_UTF8 }));
    expect([(await at("gzip")).status, (await at("identity")).status]).toEqual([415, 202]);
  });

  test("P1: while the database is away the answer is 503, and nobody is told that a source is gone", async () => {
    await using world = await openWorld(testDatabase);
    const { token } = await world.newSource("none");
    const away = () => Promise.reject(new DatabaseError("unavailable", "Connection refused."));
    const alone = world.anotherProcess({
      db: { ...world.db, query: away, transaction: away },
      events: { append: away },
    });
    const response = await alone.receive(post(token, { headers: {}, body: NOT_UTF8 }));
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
    expect((await world.ingest.receive(post(token, { headers: {}, body: NOT_UTF8 }))).status).toBe(202);
  });

  test("P8: a webhook that went round through our own deliveries is cut after five hops", async () => {
    await using world = await openWorld(testDatabase);
    const { token } = await world.newSource("none");
    const at = (hops: string) =>
      world.ingest.receive(post(token, { headers: { "posthorn-hops": hops }, body: NOT_UTF8 }));
    expect((await at("5")).status).toBe(202);
    const cut = await at("6");
    expect([cut.status, await codeOf(cut)]).toEqual([422, "loop"]);
    expect((await at("nonsense")).status).toBe(202);
    expect((await stored(world)).map(({ hops }) => hops)).toEqual([5, 0]);
  });

  test("unknown, malformed and deleted URLs are 404, other methods 405", async () => {
    await using world = await openWorld(testDatabase);
    const { token, source } = await world.newSource("none");
    const get = (path: string, method = "POST") =>
      world.ingest.receive(new Request(`http://localhost${path}`, { method }));
    expect((await get("/in/")).status).toBe(404);
    expect((await get(`/in/${"a".repeat(43)}`)).status).toBe(404);
    expect((await get(`/in/${"a".repeat(5000)}`)).status).toBe(404);
    expect((await get(`/in/${token}`, "GET")).status).toBe(405);
    expect((await get(`/in/${token}/more?x=1`)).status).toBe(202);
    await world.db.transaction((tx) => deleteSource(tx, world.appId, publicId("src", source.id)));
    world.ingest.sourcesChanged();
    expect((await get(`/in/${token}`)).status).toBe(404);
  });

  test("a source of a deleted application is 404", async () => {
    await using world = await openWorld(testDatabase);
    const { token } = await world.newSource("none");
    await deleteApplication(world.db, world.appId);
    expect((await world.ingest.receive(post(token, { headers: {}, body: NOT_UTF8 }))).status).toBe(404);
  });

  test("both secrets are good during an overlap, the old one not after it, by the clock of the request", async () => {
    let nowMs = Date.now();
    await using world = await openWorld(testDatabase, { ingest: { nowMs: () => nowMs } });
    const { token, source } = await world.newSource("github", { secret: "old" });
    await world.change(publicId("src", source.id), (tx, held) =>
      rotateSourceSecret(tx, world.sealer, held, "new", 3600),
    );
    const status = async (secret: string, id: string) =>
      (await world.ingest.receive(post(token, signGithub(toSign(secret, JSON_BODY, id))))).status;
    expect([await status("old", "1"), await status("new", "2")]).toEqual([202, 202]);
    nowMs += 3_700_000;
    expect([await status("old", "3"), await status("new", "4")]).toEqual([401, 202]);
  });

  test("a source without a secret yet refuses, and takes the provider's retry once the secret came through another process", async () => {
    await using world = await openWorld(testDatabase);
    const { token, source } = await world.newSource("stripe");
    const send = () => world.ingest.receive(post(token, signStripe(toSign("whsec_a"))));
    const early = await send();
    expect([early.status, await codeOf(early)]).toEqual([400, "secret_missing"]);
    await world.change(publicId("src", source.id), (tx, held) => rotateSourceSecret(tx, world.sealer, held, "whsec_a"));
    world.ingest.sourcesChanged();
    expect((await send()).status).toBe(200);
  });

  test("a disabled source answers 403 and keeps nothing", async () => {
    await using world = await openWorld(testDatabase);
    const { token, source } = await world.newSource("none");
    await world.change(publicId("src", source.id), (tx, held) =>
      updateSource(tx, world.sealer, held, { ...held, disabled: true }),
    );
    const response = await world.ingest.receive(post(token, { headers: {}, body: NOT_UTF8 }));
    expect([response.status, await codeOf(response)]).toEqual([403, "source_disabled"]);
    expect(await stored(world)).toEqual([]);
  });

  test("P1: what could not be confirmed is 503 with Retry-After, and a retry of it is kept once", async () => {
    await using world = await openWorld(testDatabase);
    const { token, secret } = await world.newSource("github");
    // The commit happens and its answer is lost: the worst case.
    const unsure = world.anotherProcess({
      events: {
        async append(event) {
          await world.events.append(event);
          throw new DatabaseError("unknown", "The connection broke after the commit was sent.");
        },
      },
    });
    const first = await unsure.receive(post(token, signGithub(toSign(secret))));
    expect([first.status, first.headers.get("retry-after"), await codeOf(first)]).toEqual([503, "2", "not_confirmed"]);
    const retry = await world.ingest.receive(post(token, signGithub(toSign(secret))));
    expect([retry.status, ((await retry.json()) as { repeated: boolean }).repeated]).toEqual([202, true]);
    expect(await stored(world)).toHaveLength(1);
  });

  test("P1: a fault of ours inside the append is a 500, never a success", async () => {
    const planner = { name: "bad", foresee: () => undefined, plan: () => Promise.reject(new Error("a bug")) };
    await using world = await openWorld(testDatabase, { planners: [planner] });
    const { token } = await world.newSource("none");
    expect((await world.ingest.receive(post(token, { headers: {}, body: NOT_UTF8 }))).status).toBe(500);
    expect(await stored(world)).toEqual([]);
  });

  test("P7: closed intake and used-up quotas are told before and after belief, with Retry-After", async () => {
    await using world = await openWorld(testDatabase);
    const { token } = await world.newSource("none");
    const intake = createIntake({ db: world.db, pending: () => ({ events: 0, bytes: 0 }), eventsMax: 1, bytesMax: 1 });
    const closing = world.anotherProcess({ intake });
    const send = (ingest: typeof closing) => ingest.receive(post(token, { headers: {}, body: NOT_UTF8 }));
    expect((await send(closing)).status).toBe(202);
    intake.drain();
    const closed = await send(closing);
    expect([closed.status, closed.headers.get("retry-after"), await codeOf(closed)]).toEqual([503, "1", "draining"]);
    const quota = await send(
      world.anotherProcess({
        admit: async () => ({ kind: "not_now" as const, detail: "No more.", retryAfterSeconds: 7 }),
      }),
    );
    expect([quota.status, quota.headers.get("retry-after")]).toEqual([429, "7"]);
  });
});
