import { expect, test } from "bun:test";
import { Entries } from "./entries.ts";
import type { Holdings } from "./holdings.ts";
import type { LiveRun } from "./live.ts";
import { createRounds } from "./rounds.ts";
import { Tally } from "./tally.ts";

/** A run in the middle of work of three turns, which waits at `ask` until `dueAtMs`. What the machine was asked, in order. */
function computing(dueAtMs: number) {
  const asked: string[] = [];
  let turns = 3;
  const machine = {
    get busy() {
      return turns > 0;
    },
    dueAtMs,
    bytes: 0,
    next: () => {
      turns--;
      asked.push("next");
      return [];
    },
    awaits: (path: string) => {
      asked.push(`awaits ${path}`);
      return undefined;
    },
  };
  const live = { machine, inbox: [], consumed: [], pending: [], effects: [], held: [], waiting: new Set(["ask"]) };
  const run = { ...live, isAdmitted: true, lastAtMs: 0, aheadMs: 0, bytes: 0, pendingBytes: 0 } as unknown as LiveRun;
  let nowMs = 0;
  const round = createRounds({
    entries: new Entries({ tally: new Tally(), now: () => nowMs, random: () => 0.5 }),
    holdings: { resize: () => undefined } as unknown as Holdings,
    accept: () => undefined,
    isDoomed: () => false,
    ready: () => undefined,
    settle: () => undefined,
    breakDown: (_live, error) => {
      throw error;
    },
  });
  const send = () => run.inbox.push({ id: "1", path: "ask", attempt: undefined, kind: "completed", value: undefined });
  return {
    asked,
    round: () => round(run),
    send,
    setNow: (ms: number) => {
      nowMs = ms;
    },
  };
}

test("P7: a signal to a run that computes waits for its turns to be over", () => {
  const { asked, round, send } = computing(1_000);
  round();
  send();
  round();
  round();
  expect(asked).toEqual(["next", "next", "next", "awaits ask", "next"]);
});

test("a signal to a run that computes is read before what fell due meanwhile", () => {
  const { asked, round, send, setNow } = computing(1_000);
  round();
  send();
  setNow(1_000);
  round();
  expect(asked).toEqual(["next", "awaits ask", "next"]);
});
