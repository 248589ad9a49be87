import { expect, test } from "bun:test";
import { FlowTestError, failsForGood, failsForNow, succeeds, testFlow } from "./testing.ts";

const FLOW = `
posthorn: 1
flow: charging
on: [{ event: order.placed }]
steps:
  - id: charge
    http: { method: POST, url: "https://pay.example.com", body: { $: event.data } }
    on_failure:
      - id: tell
        emit: { type: order.failed, data: { why: { $: error.code } } }
output: { $: steps.charge }
`;

test("a flow is run with an event and pinned results, and its steps can be looked at", () => {
  const flow = testFlow(FLOW);
  const event = { type: "order.placed", data: { id: "o1" } };
  const run = flow.run({ event, results: { charge: [failsForNow("http_503"), succeeds({ id: "ch_1" })] } });
  expect(run.state).toBe("completed");
  expect(run.output).toEqual({ id: "ch_1" });
  expect(run.step("charge")).toMatchObject({ attempts: 2, state: "completed" });
  expect(run.requests[0]?.request.body).toEqual({ id: "o1" });
  expect(() => run.step("tell")).toThrow(
    'The run did not come to a step "tell" that does something. It came to: charge.',
  );
});

test("what is done instead of failing is seen", () => {
  const run = testFlow(FLOW).run({
    event: { type: "order.placed", data: {} },
    results: { charge: failsForGood("http_402") },
  });
  expect(run.emitted).toMatchObject([{ type: "order.failed", data: { why: "http_402" } }]);
  expect(run.step("!charge.tell").state).toBe("completed");
});

test("an input that the flow does not take fails the run as the engine would", () => {
  const flow = testFlow(FLOW.replace("on:", "input: { type: object, required: [id] }\non:"));
  const run = flow.run({ event: { type: "order.placed", data: {} } });
  expect([run.state, run.error?.code, run.steps]).toEqual(["failed", "input_invalid", []]);
});

test("a result that is missing and a definition with faults are told as what they are", () => {
  expect(() => testFlow(FLOW).run({ event: { type: "order.placed", data: {} } })).toThrow(FlowTestError);
  expect(() => testFlow(FLOW).run({ event: { type: "order.placed", data: {} } })).toThrow(
    'The step "charge" (http, attempt 1) reaches outside',
  );
  expect(() => testFlow("posthorn: 1\nflow: x\nsteps: [{ id: a, mapp: 1 }]")).toThrow(
    "The definition has faults:\n  steps[0]",
  );
});
