import { bareArray, type Queryable } from "#kernel";
import type { CompiledFlow, Definition } from "#language";

/** A version made ready to run, or why it cannot be: its definition is gone, or is of a language that this process does not speak. */
export type Ready = { readonly ok: true; readonly flow: CompiledFlow } | { readonly ok: false; readonly why: string };

export interface VersionRef {
  readonly flowId: string;
  readonly version: number;
}

/** Versions of flows made ready to run. They never change, so what is kept is right; it is kept within bounds. */
export interface FlowVersions {
  /** Undefined: not in memory, `load` it. */
  peek(ref: VersionRef): Ready | undefined;
  /** Sees to it that these can be peeked at once afterwards; those without a row are not ok. */
  load(q: Queryable, refs: readonly VersionRef[]): Promise<void>;
}

const LOAD = `
  select v.flow_id, v.version, v.definition, pg_column_size(v.definition) as bytes
    from unnest($1::uuid[], $2::int[]) r(flow_id, version)
    join posthorn.flow_version v on v.flow_id = r.flow_id and v.version = r.version`;

interface Kept {
  readonly ready: Ready;
  readonly bytes: number;
}

/** Compiled, a definition takes some ten times its stored size. */
const BYTES_MAX = 8 * 1024 * 1024;

export function createFlowVersions(options: {
  readonly compile: (definition: Definition) => CompiledFlow;
  readonly bytesMax?: number;
}): FlowVersions {
  const kept = new Map<string, Kept>();
  const bytesMax = options.bytesMax ?? BYTES_MAX;
  let bytes = 0;
  const keyOf = ({ flowId, version }: VersionRef) => `${flowId}/${version}`;

  function keep(key: string, ready: Ready, size: number): void {
    const before = kept.get(key);
    if (before !== undefined) {
      bytes -= before.bytes;
      kept.delete(key);
    }
    kept.set(key, { ready, bytes: size });
    bytes += size;
    for (const [other, { bytes: freed }] of kept) {
      if (bytes <= bytesMax || other === key) return;
      kept.delete(other);
      bytes -= freed;
    }
  }

  return {
    peek: (ref) => {
      const key = keyOf(ref);
      const found = kept.get(key);
      if (found === undefined) return undefined;
      // The longest unused goes first.
      kept.delete(key);
      kept.set(key, found);
      return found.ready;
    },
    load: async (q, refs) => {
      const wanted = new Map(refs.filter((ref) => !kept.has(keyOf(ref))).map((ref) => [keyOf(ref), ref]));
      if (wanted.size === 0) return;
      const rows = await q.query<{ flow_id: string; version: number; definition: Definition; bytes: number }>(LOAD, [
        bareArray([...wanted.values()].map(({ flowId }) => flowId)),
        bareArray([...wanted.values()].map(({ version }) => version)),
      ]);
      for (const row of rows) {
        const key = keyOf({ flowId: row.flow_id, version: row.version });
        wanted.delete(key);
        keep(key, readied(options.compile, row.definition), row.bytes);
      }
      for (const key of wanted.keys()) keep(key, { ok: false, why: "its definition does not exist any more" }, 64);
    },
  };
}

/** A stored definition was checked when it was stored; by another release of the engine, perhaps. */
function readied(compile: (definition: Definition) => CompiledFlow, definition: Definition): Ready {
  try {
    return { ok: true, flow: compile(definition) };
  } catch (error) {
    return { ok: false, why: `its definition cannot be read: ${error instanceof Error ? error.message : error}` };
  }
}
