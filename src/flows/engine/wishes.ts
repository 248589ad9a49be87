import { newId, publicId, unreachable } from "#kernel";
import type { Command, CommandOf } from "#language";
import { emitRefusal } from "./emit-refusal.ts";
import type { Entries } from "./entries.ts";
import { failedAs } from "./executors.ts";
import type { LiveRun } from "./live.ts";
import type { Refusals } from "./refusals.ts";

export interface WishesOptions {
  readonly entries: Entries;
  readonly refusals: Refusals;
  /** Kinds of commands whose effect some part writes. */
  readonly serves: ReadonlySet<Command["kind"]>;
}

/**
 * What becomes of one wish of the machine: an entry at once; an effect that is written with it; or something held until all before it is
 * committed, because it is done outside, or must not be believed before (`mustHold`).
 */
export function createWishes(options: WishesOptions): (live: LiveRun, command: Command, mustHold: boolean) => void {
  const { entries, refusals, serves } = options;

  function accept(live: LiveRun, command: Command, mustHold: boolean): void {
    const refusal = refusals.take(live.run.id, command);
    if (refusal !== undefined) {
      entries.fail(live, command, refusal);
      return;
    }
    switch (command.kind) {
      case "record":
        if (mustHold && command.respond === undefined) live.held.push(command);
        else entries.record(live, command);
        return;
      case "record_failure":
        entries.fail(live, command, command.error);
        return;
      case "give_up":
        giveUp(live, command);
        return;
      case "http":
        if (command.effect === "write") entries.began(live, command);
        live.held.push(command);
        return;
      case "code":
        live.held.push(command);
        return;
      case "emit":
        emit(live, command);
        return;
      case "call":
        call(live, command);
        return;
      case "wait":
        entries.waits(live, command, command.untilMs);
        return;
      case "task":
      case "wait_for_event":
      case "approve":
        ask(live, command);
        return;
      default:
        unreachable(command);
    }
  }

  function emit(live: LiveRun, command: CommandOf<"emit">): void {
    const refusal = emitRefusal(command);
    if (refusal !== undefined) {
      entries.fail(live, command, refusal);
      return;
    }
    const id = newId();
    live.effects.push({ ...command, key: id });
    entries.complete(live, command, { id: publicId("msg", id) });
  }

  function call(live: LiveRun, command: CommandOf<"call">): void {
    const id = newId();
    live.effects.push({ ...command, key: id });
    if (command.wait) entries.waits(live, command, command.untilMs);
    else entries.complete(live, command, { run: publicId("run", id) });
  }

  /** Begins a wait for somebody's answer, which comes as a signal. */
  function ask(live: LiveRun, command: CommandOf<"task" | "wait_for_event" | "approve">): void {
    if (!serves.has(command.kind)) {
      const { error } = failedAs("invalid", "not_available", `Nothing here does steps of kind ${command.kind}.`);
      entries.fail(live, command, error);
      return;
    }
    live.effects.push(command);
    entries.waits(live, command, command.kind === "task" ? taskUntilMs(live, command) : command.untilMs);
  }

  function taskUntilMs(live: LiveRun, { timeoutMs }: CommandOf<"task">): number | undefined {
    return timeoutMs === undefined ? undefined : entries.at(live) + timeoutMs;
  }

  return accept;
}

function giveUp(live: LiveRun, command: CommandOf<"give_up">): void {
  live.waiting.delete(command.path);
  switch (command.of) {
    case "http":
    case "code": {
      const isWanted = (held: Command) => held.path !== command.path || held.attempt !== command.attempt;
      live.held = live.held.filter(isWanted);
      live.releasing = live.releasing.filter(isWanted);
      live.flights?.get(command.path)?.controller.abort();
      return;
    }
    case "task":
    case "wait_for_event":
    case "approve":
    case "call":
      live.effects.push(command);
      return;
    default:
      return;
  }
}
