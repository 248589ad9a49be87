import { expect, test } from "bun:test";
import { newId, publicId } from "#kernel";
import { TaskBatchIn, TaskIn } from "../schemas/task.ts";
import { WorkerReportIn } from "../schemas/worker.ts";
import { plainReport, plainTask, plainTasks } from "./plain-tasks.ts";
import { check, parseBody } from "./validation.ts";

const bytes = (body: unknown) => Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
const id = publicId("task", newId());

/** What the schema says of a body; undefined: it refuses it. */
function bySchema<T>(schema: Parameters<typeof check<T>>[0], body: Uint8Array): T | undefined {
  const read = parseBody(body);
  if (!read.ok) return undefined;
  const checked = check(schema, read.value, "body");
  return checked.ok ? checked.value : undefined;
}

const parsed = (span: Uint8Array): unknown => JSON.parse(Buffer.from(span).toString());

const PLAIN = [
  { name: "mail.send" },
  { name: "mail.send", input: { to: 'ä\u2028\\"', deep: [[{}], 1e3, -0.5, true, null] }, queue: "a/b", priority: -100 },
  { name: "x", input: "text", timeoutMs: 100, priority: 0 },
  { input: null, name: "x" },
];

test("plain tasks are read as the schema reads them, and their inputs kept as they were sent", () => {
  for (const task of PLAIN) {
    for (const body of [bytes(task), bytes(JSON.stringify(task, null, 2)), bytes(` ${JSON.stringify(task)}\n`)]) {
      const read = plainTask(body);
      const { input, ...rest } = bySchema(TaskIn, body) ?? { input: undefined };
      expect({ ...read, input: parsed(read?.input ?? bytes("0")) } as unknown).toEqual({
        ...{ queue: undefined, priority: undefined, timeoutMs: undefined },
        ...rest,
        input: input ?? null,
      });
    }
  }
  expect(plainTasks(bytes({ tasks: PLAIN }))).toHaveLength(PLAIN.length);
  const exact = '{"n": 12345678901234567890, "s": "\\u00e4"}';
  expect(Buffer.from(plainTask(bytes(`{"name":"x","input":${exact}}`))?.input ?? []).toString()).toBe(exact);
});

test("plain reports are read as the schema reads them", () => {
  const results = [
    { id, attempt: 1, ok: true, output: { a: [1] } },
    { id, attempt: 32_767, ok: true },
  ];
  const told = plainReport(bytes({ token: "42", results }));
  expect(told?.ids).toEqual([id, id]);
  expect(told?.results.map((result) => ({ ...result, output: "output" in result && parsed(result.output) }))).toEqual([
    { kind: "completed", id: expect.any(String), attempt: 1, output: { a: [1] } },
    { kind: "completed", id: expect.any(String), attempt: 32_767, output: null },
  ] as never);
});

// Each is either refused by the schema or says more than the plain form knows: both is the schema's affair.
const NOT_PLAIN_TASKS: readonly unknown[] = [
  "",
  "{",
  "[]",
  "null",
  '{"name":"x"}{}',
  '{"name":"x",}',
  '{"name":"x","name":"y"}',
  '{"name":"x","input":1,"input":2}',
  '{"name":"x","input":}',
  '{"name":"x","input":[1,]}',
  '{"name":"x","input":01}',
  '{"name":"x","priority":01}',
  '{"name":"x","priority":-}',
  '{"name":"x","priority":1.5}',
  '{"name":"x","priority":1e1}',
  '{"name":"x","priority":99999999999999999999}',
  '{"name":"\\u0078"}',
  `{"name":"x","input":${"[".repeat(200)}${"]".repeat(200)}}`,
  Buffer.from([...bytes('{"name":"x","input":"'), 0xff, ...bytes('"}')]),
  { name: "" },
  { name: "ä" },
  { name: "x".repeat(129) },
  { name: "-x" },
  { input: 1 },
  { name: "x", priority: 101 },
  { name: "x", timeoutMs: 99 },
  { name: "x", queue: null },
  { name: "x", delayMs: 5 },
  { name: "x", uniqueKey: "k" },
  { name: "x", retry: { attempts: 1 } },
  { name: "x", unknown: 1 },
  Buffer.from('{"name":"x","input":1e400}'),
  Buffer.from(`{"name":"x","input":{"n":[${"9".repeat(400)}]}}`),
];

test("what is not plain, or wrong, is left to the schema", () => {
  for (const body of NOT_PLAIN_TASKS) {
    const raw = Buffer.isBuffer(body) ? body : bytes(body);
    expect([raw.toString(), plainTask(raw)]).toEqual([raw.toString(), undefined]);
    const batch = Buffer.concat([bytes('{"tasks":['), raw, bytes("]}")]);
    expect([batch.toString(), plainTasks(batch)]).toEqual([batch.toString(), undefined]);
  }
  expect(plainTasks(bytes({ tasks: [] }))).toBeUndefined();
  expect(plainTasks(bytes({ tasks: Array.from({ length: 1_001 }, () => ({ name: "x" })) }))).toBeUndefined();
  expect(plainTasks(bytes('{"tasks":[{"name":"x"}],"tasks":[{"name":"y"}]}'))).toBeUndefined();
  expect(bySchema(TaskBatchIn, bytes({ tasks: [{ name: "x" }] }))).toBeDefined();
  const result = { id, attempt: 1, ok: true };
  for (const body of [
    { token: "x", results: [result] },
    { token: "42" },
    { token: "42", results: [] },
    { token: "42", results: [{ ...result, ok: false }] },
    { token: "42", results: [{ ...result, id: "task_x" }] },
    { token: "42", results: [{ ...result, attempt: 0 }] },
    { token: "42", results: [{ ...result, released: true }] },
    { token: "42", results: [{ id, attempt: 1, released: true }] },
    { token: "42", results: [result], more: 1 },
    '{"token":"42","token":"43","results":[]}',
    `{"token":"42","results":[{"id":"${id}","attempt":1,"ok":true,"ok":true}]}`,
    `{"token":"42","results":[{"id":"${id}","attempt":1,"ok":trueish}]}`,
  ]) {
    expect([body, plainReport(bytes(body))]).toEqual([body, undefined] as never);
  }
  expect(bySchema(WorkerReportIn, bytes({ token: "42", results: [result] }))).toBeDefined();
});
