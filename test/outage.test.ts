import { expect, test } from "bun:test";
import { freshServer, receiver, testDatabase } from "#test";
import { apiOf, byEvent, installation, openLedger, proxyTo, until } from "./kit/index.ts";
import { outages } from "./scenarios/outages.ts";

test.concurrent("P1: PostgreSQL killed and started again under load costs answers of 503 and nothing that was acknowledged", async () => {
  await using server = await freshServer();
  const findings = await outages({
    server,
    installation: installation(server.url),
    outages: [
      { kind: "kill", ms: 500 },
      { kind: "kill", ms: 1_500 },
    ],
    clients: 6,
  });
  expect(findings.violations).toEqual([]);
}, 60_000);

test.concurrent("P1, P7: PostgreSQL that stands still under load is answered for with 503 within the deadline, and recovered from", async () => {
  await using server = await freshServer();
  const findings = await outages({
    server,
    installation: installation(server.url),
    outages: [{ kind: "pause", ms: 7_000 }],
    clients: 12,
  });
  expect(findings.violations).toEqual([]);
  expect(findings.seen["notConfirmed"]).toBeGreaterThan(0);
}, 60_000);

test.concurrent("P1: an event whose commit was not confirmed is delivered like any other, and its key gives the first answer", async () => {
  await using database = await testDatabase();
  await using proxy = proxyTo(Number(new URL(database.url).port));
  await using quick = receiver();
  const { start } = installation(Object.assign(new URL(database.url), { port: proxy.port }).href);
  await using engine = await start();
  await using ledger = openLedger(database.superuserUrl);
  const api = apiOf(engine);
  const app = await api.app();
  await api.endpoint(app, { url: quick.url });
  await api.send(app);
  await ledger.drained();
  const post = (key: string) =>
    api.call("POST", `/api/v1/app/${app}/msg`, { eventType: "a.b", payload: { key } }, { "idempotency-key": key });

  proxy.loseAnswersTo("unheard");
  const answers = Promise.all([post("unheard-1"), post("unheard-2")]);
  await until("both were committed", async () => (await ledger.events()).size === 3);
  proxy.cut();
  for (const { status, headers, body } of await answers) {
    expect({ status, retryAfter: headers.get("retry-after"), code: body.code }).toEqual({
      status: 503,
      retryAfter: "1",
      code: "not_confirmed",
    });
  }
  const repeated = await until("the database was back", async () => {
    const answer = await post("unheard-1");
    return answer.status === 202 && answer;
  });
  const events = await ledger.events();
  expect(events.size).toBe(3);
  expect(events).toContain(repeated.body.id);
  await ledger.drained(30_000);
  expect([...byEvent(quick.requests).values()].map((requests) => requests.length)).toEqual([1, 1, 1]);
  expect(await ledger.contradictions()).toEqual([]);
}, 60_000);
