import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type IdPrefix, idTimeMs, isUuid, newId, newIdAt, parsePublicId, publicId, uuidLowerBound } from "./ids.ts";

const PREFIXES = ["app", "ep", "msg", "atmpt", "src", "dlv", "sec", "rej"] as const satisfies readonly IdPrefix[];
const prefixes = fc.constantFrom(...PREFIXES);
const moments = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const uuids = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) =>
  Buffer.from(bytes)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
);

describe("public ids", () => {
  // The vectors are those of the TypeID specification (spec/valid.yml).
  const known = [
    ["00000000000000000000000000", "00000000-0000-0000-0000-000000000000"],
    ["00000000000000000000000001", "00000000-0000-0000-0000-000000000001"],
    ["0000000000000000000000000a", "00000000-0000-0000-0000-00000000000a"],
    ["0000000000000000000000000g", "00000000-0000-0000-0000-000000000010"],
    ["00000000000000000000000010", "00000000-0000-0000-0000-000000000020"],
    ["7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    ["0123456789abcdefghjkmnpqrs", "0110c853-1d09-52d8-d73e-1194e95b5f19"],
    ["01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"],
  ] as const;

  for (const [body, uuid] of known) {
    test(`${uuid} is msg_${body} and back`, () => {
      expect(publicId("msg", uuid)).toBe(`msg_${body}`);
      expect(parsePublicId("msg", `msg_${body}`)).toBe(uuid);
    });
  }

  test("any uuid comes back from its public id", () => {
    fc.assert(fc.property(prefixes, uuids, (prefix, uuid) => parsePublicId(prefix, publicId(prefix, uuid)) === uuid));
  });

  test("public ids sort as their uuids do", () => {
    fc.assert(fc.property(uuids, uuids, (a, b) => publicId("ep", a) < publicId("ep", b) === a < b));
  });

  test("a uuid in capitals has the same public id", () => {
    fc.assert(fc.property(uuids, (uuid) => publicId("ep", uuid.toUpperCase()) === publicId("ep", uuid)));
  });

  const malformed = [
    ["nothing", ""],
    ["no prefix", "01h455vb4pex5vsknk084sn02q"],
    ["another prefix", "ep_01h455vb4pex5vsknk084sn02q"],
    ["another separator", "msg-01h455vb4pex5vsknk084sn02q"],
    ["a digit too few", "msg_01h455vb4pex5vsknk084sn02"],
    ["a digit too many", "msg_01h455vb4pex5vsknk084sn02qq"],
    ["more than 128 bits", "msg_8zzzzzzzzzzzzzzzzzzzzzzzzz"],
    ["capitals", "msg_01H455VB4PEX5VSKNK084SN02Q"],
    ["a letter Crockford left out", "msg_01h455vb4pex5vsknk084sn0il"],
    ["a character above one byte", "msg_01h455vb4pex5vsknk084sn0ł2"],
    ["a space at the end", "msg_01h455vb4pex5vsknk084sn02 "],
    ["a uuid", "01890a5d-ac96-774b-bcce-b302099a8057"],
  ] as const;

  for (const [what, text] of malformed) {
    test(`${what} is not a public id`, () => expect(parsePublicId("msg", text)).toBeUndefined());
  }

  test("whatever is read as a public id is written the same again", () => {
    const nearly = fc.string({
      unit: fc.constantFrom(..."0123456789abcdefghjkmnpqrstvwxyzilouAZ_-"),
      minLength: 26,
      maxLength: 26,
    });
    fc.assert(
      fc.property(nearly, (body) => {
        const uuid = parsePublicId("app", `app_${body}`);
        return uuid === undefined ? /^[^0-7]|[^0-9a-hjkmnp-tv-z]/.test(body) : publicId("app", uuid) === `app_${body}`;
      }),
    );
  });

  test("what is not a uuid is refused with the value quoted", () => {
    expect(() => publicId("app", "nobody")).toThrow('Cannot make a public app id of "nobody": it is not a uuid');
    expect(() => publicId("app", "01890a5d-ac96-774b-bcce-b302099a805g")).toThrow("it is not a uuid");
    expect(isUuid("01890a5dxac96-774b-bcce-b302099a8057")).toBe(false);
  });
});

describe("ids and time", () => {
  test("each new id is greater than the one before", () => {
    const ids = Array.from({ length: 20_000 }, newId);
    expect(ids.every((id, i) => i === 0 || id > (ids[i - 1] ?? ""))).toBe(true);
    expect(ids.every((id) => isUuid(id) && id[14] === "7" && id === id.toLowerCase())).toBe(true);
  });

  test("an id tells the millisecond it was made of", () => {
    fc.assert(fc.property(moments, (ms) => idTimeMs(newIdAt(ms)) === ms && idTimeMs(uuidLowerBound(ms)) === ms));
  });

  test("the lower bound of a millisecond stands between the ids before and those of it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 48 - 1 }), (ms) => {
        const bound = uuidLowerBound(ms);
        return newIdAt(ms - 1) < bound && bound <= newIdAt(ms) && isUuid(bound);
      }),
    );
  });

  test("a time that 48 bits cannot hold is refused", () => {
    for (const ms of [-1, 2 ** 48, 1.5, Number.NaN]) {
      expect(() => newIdAt(ms)).toThrow(`Cannot put the time ${ms} into a UUIDv7`);
      expect(() => uuidLowerBound(ms)).toThrow(`Cannot put the time ${ms} into a UUIDv7`);
    }
    expect(() => idTimeMs("yesterday")).toThrow('Cannot read the time of "yesterday": it is not a uuid');
  });
});
