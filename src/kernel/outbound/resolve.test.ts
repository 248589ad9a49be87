import { expect, test } from "bun:test";
import { createGuard } from "./guard.ts";
import { type Answer, Resolver } from "./resolve.ts";

const guard = createGuard({ ownAddresses: () => [] });

function resolverWith(answers: Record<string, Answer[] | Error>) {
  const asked: string[] = [];
  const clock = { now: 0 };
  const resolver = new Resolver({
    guard,
    now: () => clock.now,
    lookup: async (name) => {
      asked.push(name);
      const answer = answers[name] ?? [];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { resolver, asked, clock, answers };
}
const failure = (code: string) => Object.assign(new Error(code), { code });

test("an answer is believed for its TTL, at most 30 s, and at least one", async () => {
  for (const [ttlS, freshS] of [
    [10, 10],
    [86_400, 30],
    [0, 5],
  ] as const) {
    const { resolver, asked, clock } = resolverWith({ "a.test": [{ address: "1.1.1.1", ttlS }] });
    await resolver.resolve("a.test");
    clock.now = freshS * 1000 - 1;
    expect(resolver.known("a.test")).toEqual({ kind: "address", address: "1.1.1.1" });
    await resolver.resolve("a.test");
    expect(asked.length).toBe(1);
    clock.now = freshS * 1000;
    expect(resolver.known("a.test")).toBeUndefined();
    await resolver.resolve("a.test");
    expect(asked.length).toBe(2);
  }
});

test("who asks for one name at one time shares one lookup", async () => {
  const { resolver, asked } = resolverWith({ "a.test": [{ address: "1.1.1.1" }] });
  await Promise.all(Array.from({ length: 100 }, () => resolver.resolve("a.test")));
  expect(asked).toEqual(["a.test"]);
});

test("no such name and no answer are told apart, and asked again after two seconds", async () => {
  const { resolver, asked, clock } = resolverWith({
    "gone.test": failure("DNS_ENOTFOUND"),
    "down.test": failure("DNS_ETIMEOUT"),
    "empty.test": [],
  });
  expect((await resolver.resolve("gone.test")).kind).toBe("not_found");
  expect((await resolver.resolve("empty.test")).kind).toBe("not_found");
  expect((await resolver.resolve("down.test")).kind).toBe("failed");
  await resolver.resolve("down.test");
  expect(asked.length).toBe(3);
  clock.now = 2_000;
  await resolver.resolve("down.test");
  expect(asked.length).toBe(4);
});

test("P8: each answer is judged again, and a name with none allowed is refused with the reasons", async () => {
  const { resolver, clock, answers } = resolverWith({ "a.test": [{ address: "1.1.1.1" }] });
  expect((await resolver.resolve("a.test")).kind).toBe("address");
  answers["a.test"] = [{ address: "10.0.0.1" }, { address: "fd00::1" }];
  clock.now = 60_000;
  expect(await resolver.resolve("a.test")).toEqual({
    kind: "refused",
    detail:
      '"a.test" resolves to nothing else: 10.0.0.1 is not allowed (private); fd00::1 is not allowed (unique-local).',
  });
});

test("P4: after a failed connection the next request tries the next allowed address", async () => {
  const { resolver } = resolverWith({ "a.test": ["1.1.1.1", "10.0.0.1", "2.2.2.2"].map((address) => ({ address })) });
  expect(await resolver.resolve("a.test")).toEqual({ kind: "address", address: "1.1.1.1" });
  resolver.avoid("a.test", "1.1.1.1");
  expect(resolver.known("a.test")).toEqual({ kind: "address", address: "2.2.2.2" });
  // A second request that failed on the first address meanwhile changes nothing.
  resolver.avoid("a.test", "1.1.1.1");
  expect(resolver.known("a.test")).toEqual({ kind: "address", address: "2.2.2.2" });
  resolver.avoid("a.test", "2.2.2.2");
  expect(resolver.known("a.test")).toEqual({ kind: "address", address: "1.1.1.1" });
});

test("P7: lookups that hang are bounded", async () => {
  const resolver = new Resolver({ guard, lookup: () => new Promise(() => undefined) });
  for (let i = 0; i < 2_000; i++) void resolver.resolve(`${i}.test`);
  expect((await resolver.resolve("one-more.test")).kind).toBe("failed");
});

test("the real resolver knows localhost", async () => {
  const open = new Resolver({ guard: createGuard({ allowNetworks: ["127.0.0.0/8", "::1"] }) });
  expect((await open.resolve("localhost")).kind).toBe("address");
});
