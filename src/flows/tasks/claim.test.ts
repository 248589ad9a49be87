import { expect, test } from "bun:test";
import { claimTasks } from "./claim.ts";
import { lease, taskWorld } from "./world.test.ts";

// Of one kind and of many are two statements.
test.each([[["mail.send"]], [["mail.send", "another"]]])(
  "P11: a claim of %p begins after its positions, in each kind of task, and from the front without them",
  async (names) => {
    await using world = await taskWorld();
    const { tasks, appId, db } = world;
    const { worker } = await lease(tasks, appId, { kind: "new", profile: world.profile({ names: ["other"] }) }, 1);
    const made = [1, 2, 3, 4].map(() => world.newTask());
    const [a, b, c, d] = made;
    await tasks.enqueue(made); // One commit, one rank: the ids tell them apart.
    const claim = { appId, queues: ["default"], names, shares: [{ worker: worker.token, n: 1 }] };
    const [first] = await claimTasks(db, claim);
    expect(first?.id).toBe(a?.id);
    const at = { queue: "default", name: "mail.send", rankUs: first?.rankUs ?? 0 };
    expect((await claimTasks(db, { ...claim, after: [{ ...at, id: c?.id ?? "" }] })).map(({ id }) => id)).toEqual([
      d?.id ?? "",
    ]);
    expect(
      (await claimTasks(db, { ...claim, after: [{ ...at, name: "not.this", id: d?.id ?? "" }] })).map(({ id }) => id),
    ).toEqual([b?.id ?? ""]);
    expect((await claimTasks(db, claim)).map(({ id }) => id)).toEqual([c?.id ?? ""]);
  },
);

test("what falls due is found by who asks again and again without waiting", async () => {
  await using world = await taskWorld();
  const { tasks, appId } = world;
  const { worker } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  const later = world.newTask({ dueAtMs: Date.now() + 100 });
  await tasks.enqueue([later]);
  const got: string[] = [];
  while (got.length === 0) {
    const { tasks: found } = await lease(tasks, appId, { kind: "known", token: worker.token });
    got.push(...found.map(({ id }) => id));
  }
  expect(got).toEqual([later.id]);
}, 10_000);
