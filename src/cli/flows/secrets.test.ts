import { expect, test } from "bun:test";
import type { Session } from "../operator/session.ts";
import { type SecretWish, setSecret } from "./secrets.ts";

/** What is sent for a wish, and said about it. */
async function set(wish: SecretWish, stdin = "") {
  let sent: unknown;
  let [out, told] = ["", ""];
  const send = async (method: string, path: string, body: { flows?: readonly string[] | null }) => {
    sent = [method, path, body];
    return { name: "key", version: 1, flows: body.flows === undefined ? [] : body.flows };
  };
  const session = {
    client: { send },
    json: false,
    out: (text: string) => {
      out += text;
    },
    tell: (text: string) => {
      told += text;
    },
  } as unknown as Session;
  await setSecret(session, "shop", "key", wish, { env: { STRIPE: "sk_1" }, stdin: async () => stdin });
  return { sent, out, told };
}

const path = "/api/v1/app/shop/flow-secret/key";

test("a secret's value comes from standard input without its last line end, or from a variable", async () => {
  expect((await set({ flow: ["refund"] }, "sk_live_1\r\n")).sent).toEqual([
    "PUT",
    path,
    { value: "sk_live_1", flows: ["refund"] },
  ]);
  expect((await set({ fromEnv: "STRIPE", allFlows: true })).sent).toEqual([
    "PUT",
    path,
    { value: "sk_1", flows: null },
  ]);
  expect((await set({ keep: true, flow: ["refund", "charge"] })).sent).toEqual([
    "PUT",
    path,
    { flows: ["refund", "charge"] },
  ]);
});

test("a secret that no flow may use yet is told of, with what grants it", async () => {
  const { out, told } = await set({}, "sk_live_1\n");
  expect(out).toBe("key, version 1: no flow may use it.\n");
  expect(told).toContain("--flow <name>");
  expect((await set({ allFlows: true }, "sk")).told).toBe("");
});

test("nothing is sent without a value, or with grants that exclude each other", async () => {
  await expect(set({}, "\n")).rejects.toThrow("Standard input holds no value");
  await expect(set({ fromEnv: "NONE" })).rejects.toThrow("NONE is not set");
  await expect(set({ flow: ["a"], allFlows: true }, "x")).rejects.toThrow("one of the two");
});
