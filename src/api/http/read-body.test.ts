import { expect, test } from "bun:test";
import { announcedLength } from "./content-length.ts";
import { readBody } from "./read-body.ts";

const sent = (bytes: number, length?: string) =>
  new Request("http://posthorn/", {
    method: "POST",
    body: new Uint8Array(bytes),
    ...(length !== undefined && { headers: { "content-length": length } }),
  });

test.each(["10, 10", "", "+5", "-1", "5 ", "0x5", "1e1", "NaN"])("P7: %p is no length of a body", (length) => {
  const request = { headers: { get: () => length } } as unknown as Request;
  expect(announcedLength(request)).toBe("invalid");
});

test("P7: a body is read up to its bound, whatever its head says of it", async () => {
  expect((await readBody(sent(10, "10"), 10))?.length).toBe(10);
  expect((await readBody(sent(10), 10))?.length).toBe(10);
  for (const length of ["11", "10, 10", "11, 11", "1", undefined]) {
    expect(await readBody(sent(11, length), 10)).toBeUndefined();
  }
  expect(await readBody(sent(10, "10, 10"), 10)).toBeUndefined();
});
