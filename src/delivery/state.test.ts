import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
  ATTEMPTS_MAX,
  cancel,
  type DeadReason,
  type Delivery,
  expire,
  giveUp,
  hold,
  type In,
  lease,
  letGo,
  owe,
  putOff,
  release,
  requeue,
  settle,
  takeOver,
} from "./state.ts";

const owed: In<"owed"> = { state: "owed", dueAtMs: 1_000, attempts: 2, step: 1 };
const leased: In<"leased"> = { state: "leased", owner: "7", attempts: 2, step: 1 };
const delivered: In<"delivered"> = { state: "delivered", attempts: 3, step: 1 };
const dead: In<"dead"> = { state: "dead", reason: "exhausted", attempts: 8, step: 7 };

test("a new delivery has used nothing up, and a lease of it neither", () => {
  expect(lease(owe(5), "7")).toEqual({ state: "leased", owner: "7", attempts: 0, step: 0 });
  expect(lease(owed, "7")).toEqual(leased);
});

test("a settle counts the request and takes due time and step from the decision", () => {
  expect(settle(leased, { kind: "delivered" })).toEqual({ state: "delivered", attempts: 3, step: 1 });
  for (const kind of ["retry", "hold", "gone"] as const) {
    expect(settle(leased, { kind, dueAtMs: 9_000, step: 2 })).toEqual({
      state: "owed",
      dueAtMs: 9_000,
      attempts: 3,
      step: 2,
    });
  }
  expect(settle(leased, { kind: "dead", reason: "permanent" })).toEqual({
    state: "dead",
    reason: "permanent",
    attempts: 3,
    step: 1,
  });
});

test("the count of requests stops at what its column holds", () => {
  const worn: In<"leased"> = { ...leased, attempts: ATTEMPTS_MAX };
  expect(settle(worn, { kind: "retry", dueAtMs: 1, step: 2 }).attempts).toBe(ATTEMPTS_MAX);
});

test("P12: a release and a put-off use nothing up", () => {
  expect(release(leased, 3_000)).toEqual({ state: "owed", dueAtMs: 3_000, attempts: 2, step: 1 });
  expect(putOff(leased, 4_000)).toEqual({ state: "owed", dueAtMs: 4_000, attempts: 2, step: 1 });
});

test("P3: a takeover counts the request that may have left, uses up no step, and is due at once", () => {
  expect(takeOver(leased, 5_000)).toEqual({ state: "owed", dueAtMs: 5_000, attempts: 3, step: 1 });
});

test("a requeued delivery has its whole schedule anew and numbers its attempts on", () => {
  expect(requeue(dead, 6_000)).toEqual({ state: "owed", dueAtMs: 6_000, attempts: 8, step: 0 });
});

test("what waits can expire, be cancelled or be given up, and keeps its counts as a dead letter", () => {
  expect(expire(owed)).toEqual({ state: "dead", reason: "expired", attempts: 2, step: 1 });
  expect(cancel(owed)).toEqual({ state: "dead", reason: "cancelled", attempts: 2, step: 1 });
  expect(giveUp(owed, "held_too_long")).toEqual({ state: "dead", reason: "held_too_long", attempts: 2, step: 1 });
});

test("what is held keeps its due time and its counts, and is let go as if nobody had held it", () => {
  const held = hold(owed);
  expect(held).toEqual({ state: "held", dueAtMs: 1_000, attempts: 2, step: 1 });
  expect(letGo(held)).toEqual(owed);
  expect(cancel(held)).toEqual({ state: "dead", reason: "cancelled", attempts: 2, step: 1 });
  expect(expire(held)).toEqual({ state: "dead", reason: "expired", attempts: 2, step: 1 });
  expect(giveUp(held, "held_too_long").reason).toBe("held_too_long");
});

test("the reasons of a dead delivery are those that the table admits", () => {
  const reasons: Record<DeadReason, true> = {
    exhausted: true,
    permanent: true,
    expired: true,
    endpoint_deleted: true,
    application_deleted: true,
    endpoint_disabled: true,
    held_too_long: true,
    held_too_many: true,
    cancelled: true,
    erased: true,
  };
  const sql = readFileSync(new URL("../../migrations/0001_spine.sql", import.meta.url), "utf8");
  const table = sql.slice(sql.indexOf("create table posthorn.delivery_dead"));
  const check = /check \(reason in\s*\(([^)]*)\)\)/.exec(table)?.[1] ?? "";
  expect([...check.matchAll(/'(\w+)'/g)].map((match) => match[1] ?? "").sort()).toEqual(Object.keys(reasons).sort());
});

/** Never run: each line must be refused by the compiler, or the check of types fails on the unused expectation. */
export function illegalTransitions(any: Delivery): void {
  // @ts-expect-error: a delivered delivery is settled already.
  settle(delivered, { kind: "delivered" });
  // @ts-expect-error: only its holder may settle it.
  settle(owed, { kind: "delivered" });
  // @ts-expect-error: a dead delivery is requeued first.
  settle(dead, { kind: "delivered" });
  // @ts-expect-error: what is delivered is not owed.
  lease(delivered, "7");
  // @ts-expect-error: a second lease is a takeover.
  lease(leased, "8");
  // @ts-expect-error: a dead delivery is requeued first.
  lease(dead, "7");
  // @ts-expect-error: it may be on the wire.
  hold(leased);
  // @ts-expect-error: it is let go first.
  lease(hold(owed), "7");
  // @ts-expect-error: nobody stops it.
  letGo(owed);
  // @ts-expect-error: nobody holds it.
  release(owed, 0);
  // @ts-expect-error: nobody holds it.
  putOff(delivered, 0);
  // @ts-expect-error: there is nobody to take it over from.
  takeOver(owed, 0);
  // @ts-expect-error: what was delivered is sent again as a delivery of its own.
  requeue(delivered, 0);
  // @ts-expect-error: it is owed already.
  requeue(owed, 0);
  // @ts-expect-error: it may be on the wire.
  expire(leased);
  // @ts-expect-error: it may be on the wire.
  cancel(leased);
  // @ts-expect-error: it is delivered.
  cancel(delivered);
  // @ts-expect-error: only the policy may call a delivery exhausted.
  giveUp(owed, "exhausted");
  // @ts-expect-error: a state must be known before it is left.
  lease(any, "7");
  // @ts-expect-error: an owed delivery has no owner.
  any.owner;
}
