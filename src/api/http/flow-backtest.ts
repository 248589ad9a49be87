import type { z } from "@hono/zod-openapi";
import { checkFlow, eachRun, type Flow, hiddenLinks, type LoadedRun, listRuns, versionsOf } from "#flows";
import { publicId, unreachable } from "#kernel";
import {
  type CompiledFlow,
  canonical,
  compile,
  type Difference,
  type Ending,
  type Json,
  rehearseRecorded,
} from "#language";
import type { FlowBacktestIn, FlowBacktestOut } from "../schemas/flow-acts.ts";
import { definitionInvalid } from "./definition-invalid.ts";
import type { Scope } from "./deps.ts";
import { json, type Reply, refuse } from "./reply.ts";

const LAST_DEFAULT = 50;
/** Journals are read so many at a time, and no more once these are used up. */
const CHUNK = 10;
const BUDGET_MS = 10_000;
const BYTES_MAX = 64 * 1024 * 1024;
const TEXT_LENGTH_MAX = 500;
const UNRECORDED_SHOWN_MAX = 20;

type Out = z.output<typeof FlowBacktestOut>;
let isBusy = false;

/** Tries a definition on the last runs that ended, with the results that their steps had. One at a time in a process: it computes. */
export async function backtestReply(scope: Scope, flow: Flow, body: z.output<typeof FlowBacktestIn>): Promise<Reply> {
  const { q, deps } = scope;
  const asked = body.source === undefined ? body.definition : { source: body.source, format: body.format ?? "yaml" };
  const checked = await checkFlow(q, flow.appId, asked);
  if (checked.definition === null) return definitionInvalid(checked);
  const to = compile(checked.definition);
  return {
    status: 200,
    afterwards: async () => {
      if (isBusy) {
        return refuse(503, "overloaded", "Another backtest is under way in this process; ask again", {
          "Retry-After": "5",
        });
      }
      isBusy = true;
      try {
        return json(200, await backtest(deps.db, flow, to, body.last ?? LAST_DEFAULT));
      } finally {
        isBusy = false;
      }
    },
  };
}

async function backtest(q: Scope["q"], flow: Flow, to: CompiledFlow, last: number): Promise<Out> {
  const endsAt = performance.now() + BUDGET_MS;
  const versions = versionsOf(q, flow.id);
  const out: Out = { runs: 0, same: 0, differ: [], cannot: [], isComplete: true };
  let bytes = 0;
  let after: string | undefined;
  while (out.runs < last) {
    const wanted = Math.min(CHUNK, last - out.runs);
    const ids: string[] = [];
    for (const state of ["completed", "failed"] as const) {
      const page = { after, limit: wanted };
      const { runs } = await listRuns(q, flow.appId, { flowId: flow.id, state }, page);
      ids.push(...runs.map(({ id }) => id));
    }
    const newest = ids.sort().reverse().slice(0, wanted);
    if (newest.length === 0) break;
    after = newest.at(-1);
    for await (const loaded of eachRun(q, flow.id, newest)) {
      if (performance.now() > endsAt || bytes > BYTES_MAX) return { ...out, isComplete: false };
      bytes += JSON.stringify(loaded.entries).length;
      out.runs++;
      judge(out, loaded, to, await versions(loaded.run.version));
      // Computing takes its turn with all else that this process does.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return out;
}

function judge(out: Out, { run, start, reason, entries }: LoadedRun, to: CompiledFlow, from: CompiledFlow | undefined) {
  const runId = publicId("run", run.id);
  if (start === undefined || from === undefined) {
    out.cannot.push({ runId, reason: start === undefined ? reason : `Version ${run.version}, which it ran, is gone` });
    return;
  }
  try {
    // The same for both, so that no link is a difference.
    const approveUrls = { ...hiddenLinks(from), ...hiddenLinks(to) };
    const { differs, unrecorded } = rehearseRecorded(to, { ...start, approveUrls }, entries, from);
    const [first] = differs;
    if (first === undefined) out.same++;
    else {
      const missing = unrecorded.slice(0, UNRECORDED_SHOWN_MAX).map(({ path }) => path);
      const at = first.path === "" ? null : first.path;
      const [was, would] = [told(first, first.was), told(first, first.would)];
      out.differ.push({ runId, at, was, would, unrecorded: missing });
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    out.cannot.push({ runId, reason: `Its journal cannot be gone through: ${why}` });
  }
}

/** What was asked for, or how a run ended, for people. */
function told({ path }: Difference, value: Json): Out["differ"][number]["was"] {
  if (value === null) return { kind: "nothing", path: null, text: "" };
  const { kind, ...asked } = value as { [name: string]: Json };
  return path === "" ? endTold(value as unknown as Ending) : { kind: String(kind), path, text: cut(canonical(asked)) };
}

function endTold(ending: Ending): Out["differ"][number]["was"] {
  switch (ending.state) {
    case "completed":
      return { kind: "completed", path: null, text: cut(canonical(ending.output)) };
    case "failed": {
      const { code, message, path } = ending.error;
      return { kind: "failed", path: path ?? null, text: cut(`${code}: ${message}`) };
    }
    case "cancelled":
      return { kind: "cancelled", path: null, text: cut(ending.reason) };
    default:
      return unreachable(ending);
  }
}

const cut = (text: string) => (text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text);
