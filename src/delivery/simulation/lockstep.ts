import { isDeepStrictEqual } from "node:util";
import type { OwedAct } from "../owed-acts.ts";
import type { Fate } from "../settlement.ts";
import type { ProcessToken } from "../state.ts";
import type { Held, Other, Row, Tables } from "./tables.ts";

type TokenOf = (token: ProcessToken) => ProcessToken;

/**
 * A model and what it is a model of, asked the same things: throws at the first answer, or row, in which they differ.
 * What the model says is told.
 */
export class Lockstep implements Tables {
  readonly #model: Tables;
  readonly #real: Tables;
  /** Tokens and beats are the implementation's own: the real ones by those of the model. */
  readonly #tokens = new Map<ProcessToken, ProcessToken>();
  readonly #beats = new Map<string, string>();
  readonly #ids = new Set<string>();

  constructor(model: Tables, real: Tables) {
    this.#model = model;
    this.#real = real;
  }

  async join(): Promise<ProcessToken> {
    const token = await this.#model.join();
    this.#tokens.set(token, await this.#real.join());
    return token;
  }

  async pulse(token: ProcessToken): Promise<{ alive: boolean; others: readonly Other[] }> {
    const told = await this.#model.pulse(token);
    const real = await this.#real.pulse(this.#realToken(token));
    same(
      `pulse(${token})`,
      [told.alive, told.others.map((other) => [this.#realToken(other.token), other.expired])],
      [real.alive, real.others.map((other) => [other.token, other.expired])],
    );
    for (const [i, other] of told.others.entries()) {
      this.#beats.set(`${other.token} ${other.beat}`, real.others[i]?.beat ?? "");
    }
    return told;
  }

  takeOver(dead: ProcessToken, beat: string): Promise<boolean> {
    const real = this.#beats.get(`${dead} ${beat}`) ?? "";
    return this.#both(`takeOver(${dead})`, (tables, of) =>
      tables.takeOver(of(dead), tables === this.#real ? real : beat),
    );
  }

  leave(token: ProcessToken): Promise<void> {
    return this.#both(`leave(${token})`, (tables, of) => tables.leave(of(token)));
  }

  accept(owner: ProcessToken, id: string): Promise<void> {
    this.#ids.add(id);
    return this.#both(`accept(${owner}, ${id})`, (tables, of) => tables.accept(of(owner), id));
  }

  claim(owner: ProcessToken, max: number): Promise<readonly Held[]> {
    return this.#both(`claim(${owner})`, (tables, of) => tables.claim(of(owner), max));
  }

  settle(owner: ProcessToken, held: Held, attemptId: string, fate: Fate): Promise<boolean> {
    return this.#both(`settle(${owner}, ${attemptId})`, (tables, of) =>
      tables.settle(of(owner), held, attemptId, fate),
    );
  }

  release(owner: ProcessToken, held: Held): Promise<void> {
    return this.#both(`release(${owner}, ${held.id})`, (tables, of) => tables.release(of(owner), held));
  }

  releaseUnknown(owner: ProcessToken, known: readonly string[], olderThan: string): Promise<void> {
    return this.#both(`releaseUnknown(${owner})`, (tables, of) => tables.releaseUnknown(of(owner), known, olderThan));
  }

  releaseOfEnded(): Promise<void> {
    return this.#both("releaseOfEnded", (tables) => tables.releaseOfEnded());
  }

  act(act: OwedAct, id: string): Promise<boolean> {
    return this.#both(`${act}(${id})`, (tables) => tables.act(act, id));
  }

  async advance(ms: number): Promise<void> {
    await this.#model.advance(ms);
    await this.#real.advance(ms);
  }

  rowsOf(id: string): Promise<readonly Row[]> {
    return this.#model.rowsOf(id);
  }

  attemptsOf(id: string): ReturnType<Tables["attemptsOf"]> {
    return this.#model.attemptsOf(id);
  }

  async #both<T>(what: string, ask: (tables: Tables, of: TokenOf) => Promise<T>): Promise<T> {
    const told = await ask(this.#model, (token) => token);
    same(what, told, await ask(this.#real, (token) => this.#realToken(token)));
    for (const id of this.#ids) {
      const rows = (await this.#model.rowsOf(id)).map((row) =>
        row.owner === undefined ? row : { ...row, owner: this.#realToken(row.owner) },
      );
      same(`after ${what}, the rows of ${id}`, rows, await this.#real.rowsOf(id));
      const byNumber = (attempts: Awaited<ReturnType<Tables["attemptsOf"]>>) =>
        attempts.map(({ number, id: attempt, settledAs }) => `${number} ${attempt} ${settledAs}`).sort();
      same(
        `after ${what}, the attempts of ${id}`,
        byNumber(await this.#model.attemptsOf(id)),
        byNumber(await this.#real.attemptsOf(id)),
      );
    }
    return told;
  }

  #realToken(token: ProcessToken): ProcessToken {
    return this.#tokens.get(token) ?? "";
  }
}

function same(what: string, model: unknown, real: unknown): void {
  if (isDeepStrictEqual(model, real)) return;
  throw new Error(`${what}: the model says ${JSON.stringify(model)}, the statements ${JSON.stringify(real)}`);
}
