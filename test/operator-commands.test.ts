import { describe, expect, test } from "bun:test";
import { runCli } from "#cli";
import { receiver, startEngine, type TestEngine, testDatabase } from "#test";
import { apiOf, until } from "./kit/index.ts";

/** The commands as somebody types them who has only a URL and a token. */
function terminal(engine: TestEngine, token = engine.token) {
  return async (line: string, signal?: AbortSignal, onOut?: (shown: () => string) => void) => {
    let out = "";
    let err = "";
    onOut?.(() => out);
    const nobody = () => Promise.reject(new Error("Nothing is served here."));
    const code = await runCli(
      line.split(" ").filter((word) => word !== ""),
      { serve: nobody, migrate: nobody, worker: nobody },
      {
        env: { POSTHORN_URL: engine.url, POSTHORN_TOKEN: token },
        out: (text) => {
          out += text;
        },
        err: (text) => {
          err += text;
        },
        ...(signal !== undefined && { signal }),
      },
    );
    return { code, out, err };
  };
}

/** An engine, an application `shop`, and an endpoint `crm` that refuses everything at once. */
async function stage() {
  const database = await testDatabase();
  const crm = receiver();
  crm.answer({ status: 400 });
  const engine = await startEngine({ env: { DATABASE_URL: database.url } });
  const api = apiOf(engine);
  const app = await api.app({ uid: "shop" });
  await api.endpoint(app, { url: crm.url, uid: "crm", retryPolicy: "strict" });
  return {
    engine,
    api,
    app,
    crm,
    type: terminal(engine),
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await crm[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

describe("an operator at a terminal", () => {
  test("finds a failing endpoint's dead letters, counts first, and sends them again", async () => {
    await using here = await stage();
    await here.api.sendMany(here.app, [{}, {}, {}]);
    await until(
      "three dead letters",
      async () => (await here.type("endpoint health shop crm")).out.match(/^dead +3$/m) !== null,
    );
    const health = await here.type("endpoint health shop crm");
    expect(health.out).toContain("http_400");
    const listed = await here.type("dead list shop crm");
    expect(listed.out.trim().split("\n")).toHaveLength(4);
    expect(listed.out).toContain("permanent");

    here.crm.answer({ status: 204 });
    const before = here.crm.requests.length;
    const counted = await here.type("dead requeue shop crm --all");
    expect(counted).toEqual({ code: 0, out: "Would send again 3.\n", err: "Nothing was done; --yes does it.\n" });
    expect(here.crm.requests).toHaveLength(before);
    expect((await here.type("dead requeue shop crm --all --yes")).out).toBe("Owed again: 3.\n");
    await here.crm.waitFor(before + 3);
    await until(
      "no dead letter",
      async () => (await here.type("dead list shop crm")).out.trim().split("\n").length === 1,
    );
  });

  test("pauses, holds, releases and cancels, and is told what became of it", async () => {
    await using here = await stage();
    here.crm.answer({ status: 204 });
    expect((await here.type("endpoint pause shop crm")).err).toContain("Paused");
    const [first = ""] = await here.api.sendMany(here.app, [{}, {}]);
    await until("two owed", async () => (await here.type("owed list shop crm")).out.includes(first));
    expect((await here.type("owed hold shop crm --all --yes")).out).toBe("Held 2.\n");
    expect((await here.type("owed list shop crm --state held")).out).toContain("held");
    const one = JSON.parse((await here.type("owed list shop crm --state held --json")).out).data[0].id;
    expect((await here.type(`owed cancel shop crm ${one} --yes`)).out).toBe("Cancelled 1.\n");
    expect((await here.type("owed release shop crm --all --yes")).out).toBe("Released 1.\n");
    expect((await here.type("endpoint resume shop crm")).err).toContain("Resumed");
    await here.crm.waitFor(1);
    expect((await here.type("endpoint probe shop crm")).err).toContain("nothing_to_probe");
  });

  test("P10: replays as a job that is counted before and watched afterwards", async () => {
    await using here = await stage();
    await here.api.sendMany(here.app, [{ tags: ["lost"] }, { tags: ["lost"] }, {}]);
    await until(
      "three dead letters",
      async () => (await here.type("dead list shop crm")).out.trim().split("\n").length === 4,
    );
    here.crm.answer({ status: 204 });
    expect((await here.type("replay shop --since 1h --tag lost")).out).toStartWith("Would send 2 deliveries again.\n");
    const begun = await here.type("replay shop --since 1h --tag lost --yes");
    const job = /qtask_\w+/.exec(begun.out)?.[0] ?? "";
    await until("the job has ended", async () => (await here.type(`job show ${job}`)).out.includes("finished"));
    expect((await here.type(`job show ${job}`)).out).toContain("2 of 2");
    expect((await here.type("job list")).out).toContain(job);
    expect((await here.type(`job cancel ${job}`)).err).toContain("task_ended");
  });

  test("makes, rotates and revokes a key, which can do what its role may and no more", async () => {
    await using here = await stage();
    const made = await here.type("key create ci --role viewer --app shop");
    const key = /key_\w+/.exec(made.err)?.[0] ?? "";
    const viewer = terminal(here.engine, made.out.trim());
    expect((await viewer("endpoint list shop")).out).toContain("crm");
    const refused = await viewer("endpoint pause shop crm");
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toContain("forbidden");
    const rotated = await here.type(`key rotate ${key} --grace 0`);
    expect((await viewer("endpoint list shop")).err).toContain("authentication_failed");
    expect((await terminal(here.engine, rotated.out.trim())("endpoint list shop")).code).toBe(0);
    expect((await here.type("key list")).out).toContain(key);
    expect((await here.type(`key revoke ${key}`)).err).toContain("Revoked");
    const told = await here.type("audit --since 1h");
    for (const operation of ["v1.api-key.create", "v1.api-key.rotate", "v1.api-key.delete"])
      expect(told.out).toContain(operation);
    const exported = (await here.type("audit --export")).out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(exported.map(({ operation }) => operation)).toContain("v1.api-key.delete");
    expect(JSON.stringify(exported)).not.toContain(made.out.trim());
  });

  test("watches what happens, and the whole at a glance", async () => {
    await using here = await stage();
    here.crm.answer({ status: 204 });
    const end = new AbortController();
    let shown = () => "";
    const watching = here.type("tail --app shop", end.signal, (read) => {
      shown = read;
    });
    // Until it shows: nothing says from outside when a tail begins to listen.
    await until("an event and its attempt are seen", async () => {
      await here.api.send(here.app);
      return shown().includes("delivered");
    });
    end.abort();
    const seen = await watching;
    expect(seen.code).toBe(0);
    expect(seen.out).toMatch(/ in {6}app_\w+ {2}msg_/);
    expect(seen.out).toMatch(/ out {5}ep_\w+ .*delivered \(http_204\)/);
    const overview = await here.type("overview");
    expect(overview.out).toContain("ingest,api,delivery,flows,upkeep");
  });
});

test("who cannot be asked, or does not let us in, is told so with what to do", async () => {
  await using database = await testDatabase();
  const engine = await startEngine({ env: { DATABASE_URL: database.url } });
  const type = terminal(engine);
  expect((await type("overview --token wrong")).err).toContain("authentication_failed");
  expect((await type("replay nosuch --since 1h")).err).toContain('There is no application "nosuch"');
  expect((await type("replay shop --since nonsense")).err).toContain('"nonsense" is no time');
  expect((await type("dead requeue shop crm")).err).toContain("--all");
  expect((await type("dead requeue shop crm dlv_x --all")).err).toContain("not both");
  expect((await type("key create x --role boss")).code).toBe(2);
  await engine.stop();
  const gone = await type("overview");
  expect(gone.code).toBe(1);
  expect(gone.err).toContain("No engine answers");
});
