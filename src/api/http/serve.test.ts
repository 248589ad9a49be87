import { expect, test } from "bun:test";
import { newId, publicId } from "#kernel";
import { runRoutes } from "../routes/runs.ts";
import type { ApiDeps, FlowsDeps } from "./deps.ts";
import type { Route } from "./operation.ts";
import { createServe } from "./serve.ts";

const start = runRoutes.find(({ operationId }) => operationId === "v1.flow.start") as Route;
const PATH = { app_id: "shop", flow_id: "f" };

/** A server whose flow never ends. */
function world() {
  const inputs: WeakRef<object>[] = [];
  const bodies: WeakRef<object>[] = [];
  /** Ends the waiting; held here, for what nobody can end any more is collected with all that waits for it. */
  const waits: (() => void)[] = [];
  const flows = {
    application: async () => ({ id: newId() }),
    startRuns: async ([request]: readonly { input: Uint8Array }[]) => {
      if (request !== undefined) inputs.push(new WeakRef(request.input));
      return [{ kind: "started", id: newId(), flowId: newId() }];
    },
    waitFor: (_run: unknown, _ms: number, gone?: AbortSignal) => {
      const over = Promise.withResolvers();
      waits.push(() => over.resolve({ kind: "timed_out" }));
      gone?.addEventListener("abort", () => over.resolve({ kind: "timed_out" }));
      return over.promise;
    },
  } as unknown as FlowsDeps;
  const principal = { id: newId(), name: "root", role: "admin", permissions: ["read", "write", "ingest", "admin"] };
  const deps = {
    db: { query: () => Promise.reject(new Error("nothing is to be read here")) },
    authenticate: () => ({ ok: true, principal }),
    limits: { bodyBytesMax: 1 << 20, endpointsMax: 1 },
    flows,
  } as unknown as ApiDeps;
  const serve = createServe(deps);
  const watched: Route = {
    ...start,
    prepare: (raw) => {
      bodies.push(new WeakRef(raw.body));
      return (start.prepare as NonNullable<typeof start.prepare>)(raw);
    },
  };
  const send = (body: string, signal: AbortSignal) =>
    serve(watched, {
      request: new Request("http://posthorn/", {
        method: "POST",
        body,
        signal,
        headers: { "content-length": String(body.length) },
      }),
      params: PATH,
      requestId: publicId("run", newId()),
      remoteAddress: undefined,
    });
  /** A request whose body does not come. */
  const slowly = (announced: number | undefined) =>
    void serve(watched, {
      request: new Request("http://posthorn/", {
        method: "POST",
        body: new ReadableStream({ pull: () => new Promise(() => undefined) }),
        ...(announced !== undefined && { headers: { "content-length": String(announced) } }),
      }),
      params: PATH,
      requestId: publicId("run", newId()),
      remoteAddress: undefined,
    });
  return { send, slowly, inputs, bodies, waits };
}

const alive = (refs: readonly WeakRef<object>[]) => refs.filter((ref) => ref.deref() !== undefined).length;

test("P7: a start that waits for its answer keeps neither its body nor its input, and ends when its caller is gone", async () => {
  const { send, inputs, bodies, waits } = world();
  const gone = new AbortController();
  const count = 20;
  const answers = Array.from({ length: count }, () =>
    send(`{"input":{"a":1},"wait":50}${" ".repeat(100_000)}`, gone.signal),
  );
  for (let turn = 0; waits.length < count && turn < 1_000; turn++)
    await new Promise((resolve) => setImmediate(resolve));
  expect(waits.length).toBe(count);
  // What a WeakRef was asked for lives until the turn is over; the stack is scanned by guess, so that one or two may seem to live.
  await new Promise((resolve) => setImmediate(resolve));
  Bun.gc(true);
  expect(bodies.length).toBe(count);
  expect(alive(bodies)).toBeLessThan(3);
  expect(alive(inputs)).toBeLessThan(3);
  gone.abort();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(count).fill(202));
});

test("P7: requests that announce little or nothing keep nobody out, however slowly they come", async () => {
  const { send, slowly, waits } = world();
  const gone = new AbortController();
  for (let i = 0; i < 20; i++) slowly(i % 2 === 0 ? undefined : 60_000);
  const answer = send(`{"input":{"a":1},"wait":50}${" ".repeat(8_000_000)}`, gone.signal);
  for (let turn = 0; waits.length < 1 && turn < 1_000; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(waits.length).toBe(1);
  gone.abort();
  expect((await answer).status).toBe(202);
});
