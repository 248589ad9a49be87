import { expect, test } from "bun:test";
import type { Db } from "#kernel";
import { lease, taskWorld } from "./world.test.ts";

test("P7: whoever asks for as many as one claim takes, of an empty queue, is claimed for once and then waits", async () => {
  await using world = await taskWorld();
  const { appId, db } = world;
  let claims = 0;
  const counting: Db = Object.create(db, {
    query: {
      value: async (text: string, params: readonly unknown[]) => {
        const rows = await db.query(text, params as never);
        if (text.includes("insert into posthorn.task_leased") && text.includes("skip locked")) claims++;
        return rows;
      },
    },
  });
  const tasks = world.open({ db: counting });
  const waiting = lease(tasks, appId, { kind: "new", profile: world.profile() }, 1_000, 10_000);
  while (claims === 0) await Bun.sleep(1);
  // Commits of tasks that are nothing to it take the time in which a claim that is repeated would be.
  for (let n = 0; n < 5; n++) await tasks.enqueue([world.newTask({ queue: "another" })]);
  expect(claims).toBe(1);
  const task = world.newTask();
  await tasks.enqueue([task]);
  expect((await waiting).tasks).toMatchObject([{ id: task.id, attempt: 1 }]);
  expect(claims).toBe(1);
});
