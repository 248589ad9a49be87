import { expect, test } from "bun:test";
import { whileAllowed } from "./while-allowed.ts";

function numbers() {
  const told = { made: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => controller.enqueue(new Uint8Array([told.made++])),
      cancel: () => {
        told.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { told, stream };
}

test("P8: an answer that goes on ends before the first part that its token may not have any more", async () => {
  const { told, stream } = numbers();
  let allowed = true;
  const reader = whileAllowed(stream, async () => allowed).getReader();
  expect((await reader.read()).value).toEqual(new Uint8Array([0]));
  allowed = false;
  await expect(reader.read()).rejects.toThrow("good no more");
  expect(told).toEqual({ made: 2, cancelled: true });
});

test("it is made as fast as it is taken, ends where it ends, and whoever leaves ends it at its source", async () => {
  const { told, stream } = numbers();
  const reader = whileAllowed(stream, async () => true).getReader();
  await reader.read();
  await reader.read();
  expect(told.made).toBe(2);
  await reader.cancel();
  expect(told.cancelled).toBe(true);
  const whole = whileAllowed(new Response("all of it").body as ReadableStream<Uint8Array>, async () => true);
  expect(await new Response(whole).text()).toBe("all of it");
});

test("P7: when nobody can tell whether its token is good, it ends at its source too", async () => {
  const { told, stream } = numbers();
  const reader = whileAllowed(stream, () => Promise.reject(new Error("The database is away"))).getReader();
  await expect(reader.read()).rejects.toThrow("The database is away");
  expect(told).toEqual({ made: 1, cancelled: true });
});
