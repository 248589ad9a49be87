import { expect, test } from "bun:test";
import { createOutput } from "./output.ts";

/** A pipe with room for so many bytes; `room = 0` is full. */
function pipe(room: number) {
  const state = { room, text: "", retry: undefined as (() => void) | undefined };
  const output = createOutput({
    writeSome(bytes) {
      if (state.room === 0) {
        throw Object.assign(new Error("full"), { code: "EAGAIN" });
      }
      const taken = bytes.subarray(0, state.room);
      state.room -= taken.length;
      state.text += Buffer.from(taken).toString();
      return taken.length;
    },
    later: (_ms, task) => {
      state.retry = task;
    },
    pause() {},
  });
  return { state, output };
}

test("a slow reader gets every line whole and in order", () => {
  const { state, output } = pipe(3);
  output.write("first\n");
  output.write("second\n");
  expect(state.text).toBe("fir");
  state.room = 100;
  state.retry?.();
  expect(state.text).toBe("first\nsecond\n");
});

test("P7: a reader that stalls costs bounded memory, and what was dropped is told", () => {
  const { state, output } = pipe(0);
  const line = `${"x".repeat(1023)}\n`;
  for (let i = 0; i < 5000; i++) {
    output.write(line);
  }
  state.room = Number.MAX_SAFE_INTEGER;
  output.flush();
  const lines = state.text.trimEnd().split("\n");
  expect(lines).toHaveLength(1025);
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ event: "log_lines_dropped", count: 5000 - 1024 });
});

test("the end waits for a slow reader, but not for ever", () => {
  let pauses = 0;
  let text = "";
  const output = createOutput({
    writeSome(bytes) {
      if (pauses < 3) {
        throw Object.assign(new Error("full"), { code: "EAGAIN" });
      }
      text += Buffer.from(bytes).toString();
      return bytes.length;
    },
    later() {},
    pause: () => {
      pauses += 1;
    },
  });
  output.write("last words\n");
  output.flush();
  expect(text).toBe("last words\n");
  const stalled = pipe(0).output;
  stalled.write("never read\n");
  stalled.flush();
});

test("a reader that is gone stops nothing", () => {
  let calls = 0;
  const output = createOutput({
    writeSome() {
      calls += 1;
      throw Object.assign(new Error("gone"), { code: "EPIPE" });
    },
  });
  output.write("a\n");
  output.write("b\n");
  expect(calls).toBe(1);
});
