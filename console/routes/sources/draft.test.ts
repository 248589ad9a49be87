import { describe, expect, test } from "bun:test";
import { bodyOf, type Draft, draftOf, faultsOf, optionsOf, secretFault } from "./draft.ts";
import type { Source } from "./source.ts";

const hmac: Draft = { ...draftOf(undefined), preset: "hmac" };

describe("a source as it is typed", () => {
  test("sends only the options of its preset, and none that is empty", () => {
    const options = { toleranceSeconds: "600", signatureHeader: "X-Sig", eventTypeField: " " };
    expect(optionsOf({ ...hmac, preset: "stripe", options })).toEqual({ toleranceSeconds: 600 });
    expect(optionsOf({ ...hmac, options })).toEqual({ signatureHeader: "X-Sig", toleranceSeconds: 600 });
    expect(optionsOf({ ...hmac, preset: "github", options })).toEqual({});
  });

  test("what is no number is sent as it was typed, so that the API says so", () => {
    expect(optionsOf({ ...hmac, options: { toleranceSeconds: "an hour" } })).toEqual({ toleranceSeconds: "an hour" });
  });

  test("an unsigned source is sent without a secret, others only with one that was given", () => {
    expect(bodyOf({ ...hmac, preset: "none", secret: "left over" })).not.toHaveProperty("secret");
    expect(bodyOf(hmac)).not.toHaveProperty("secret");
    expect(bodyOf({ ...hmac, secret: "s" })).toMatchObject({ secret: "s", uid: null });
  });

  test("one that is read and sent again is the same", () => {
    const options = {
      signatureHeader: "X-Sig",
      toleranceSeconds: 60,
      template: "{timestamp}.{body}",
      timestampHeader: "X-T",
    };
    const draft = draftOf({ preset: "hmac", name: "n", uid: null, options } as unknown as Source);
    expect(optionsOf(draft)).toEqual(options);
  });
});

describe("what is wrong is said while it is typed", () => {
  const of = (options: Draft["options"]) => faultsOf({ ...hmac, options });

  test("nothing about what is not there yet", () => {
    expect(of({})).toEqual({});
  });

  test("a signed timestamp needs its header, and the header is no use unsigned", () => {
    expect(of({ template: "{timestamp}.{body}" })).toHaveProperty(["options.timestampHeader"]);
    expect(of({ timestampHeader: "X-T" })).toHaveProperty(["options.timestampHeader"]);
    expect(of({ template: "{timestamp}.{body}", timestampHeader: "X-T" })).toEqual({});
  });

  test("the body is signed once, and nothing is signed that nobody knows", () => {
    expect(of({ template: "{id}", idHeader: "X-Id" })).toHaveProperty(["options.template"]);
    expect(of({ template: "{body}{body}" })).toHaveProperty(["options.template"]);
    expect(of({ template: "{nonce}.{body}" })["options.template"]).toContain("{nonce}");
  });

  test("names of headers, ways into the body, and seconds", () => {
    expect(Object.keys(of({ signatureHeader: "X Sig", idField: "a..b", toleranceSeconds: "0" })).toSorted()).toEqual([
      "options.idField",
      "options.signatureHeader",
      "options.toleranceSeconds",
    ]);
  });

  test("a secret with a space at its end, and a private key", () => {
    expect(secretFault("github", "abc ")).toContain("white space");
    expect(secretFault("standard-webhooks", "whsk_abc")).toContain("private");
    expect(secretFault("standard-webhooks", "not base64!")).toContain("base64");
    expect(secretFault("standard-webhooks", "whsec_YWJj")).toBeUndefined();
    expect(secretFault("github", "any text")).toBeUndefined();
  });
});
