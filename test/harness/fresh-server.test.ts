import { expect, test } from "bun:test";
import { SQL } from "bun";
import { processesIn } from "#kernel";
import { freshServer } from "./index.ts";

const once = async (url: string, statement: string, timeoutS = 5) => {
  const sql = new SQL({ url, max: 1, connectionTimeout: timeoutS, onclose: () => {} });
  try {
    return await sql.unsafe(statement);
  } finally {
    await sql.close({ timeout: 0 });
  }
};

test("a fresh server is killed and comes back on the same port with what was committed", async () => {
  await using server = await freshServer();
  await once(server.url, "insert into posthorn.endpoint_set (app_id, version) values (gen_random_uuid(), 7)");
  await server.kill();
  expect(processesIn(server.dir)).toEqual([]);
  await expect(once(server.url, "select 1")).rejects.toThrow();
  await server.restart();
  expect((await once(server.url, "select version from posthorn.endpoint_set"))[0]).toEqual({ version: "7" });
});

test("a paused server answers nothing until it is resumed", async () => {
  await using server = await freshServer({ migrated: false });
  server.pause();
  const answer = once(server.url, "select 1 as one", 30);
  const first = await Promise.race([answer, Bun.sleep(200).then(() => "nothing yet")]);
  expect(first).toBe("nothing yet");
  server.resume();
  expect((await answer)[0]).toEqual({ one: 1 });
});
