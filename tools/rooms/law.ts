// The law of arrows as data: which room may use which, and which room owns which table. docs/architecture.md says why.

export type Kind = "ground" | "spine" | "rib" | "face";

export const ROOMS: Readonly<Record<string, Kind>> = {
  kernel: "ground",
  tenancy: "spine",
  events: "spine",
  language: "spine",
  ingest: "rib",
  delivery: "rib",
  flows: "rib",
  api: "face",
  cli: "face",
  sdk: "face",
};

/** Whether files of one room may import the door of another. */
export function mayImport(from: string, to: string): boolean {
  if (to === "kernel") {
    return true;
  }
  switch (ROOMS[from]) {
    case "spine":
      // The log may know whose events it keeps; whose events they are is known without the log.
      return from === "events" && to === "tenancy";
    case "rib":
      return ROOMS[to] === "spine";
    case "face":
      return ROOMS[to] !== "face";
    default:
      return false;
  }
}

/** What to read when an arrow points the wrong way. */
export const REASON: Readonly<Record<Kind, string>> = {
  ground: "the kernel is the ground and knows no room",
  spine: "the spine stands on the kernel (and events on tenancy) and knows no rib and no face",
  rib: "a rib stands on the kernel and the spine; ribs meet only in the event log",
  face: "a face uses the doors of rooms, never another face",
};

/** Tables of the schema `posthorn` by the room whose SQL may name them; `*` stands for the rest of a name. */
export const TABLES: Readonly<Record<string, readonly string[]>> = {
  kernel: ["process", "migration", "migrations", "process_sample", "tail_watch", "tail_bundle"],
  tenancy: [
    "application",
    "idempotency",
    "api_key",
    "api_token",
    "portal_session",
    "access_version",
    "portal_theme",
    "audit",
  ],
  events: ["event_type", "event", "event_default", "dedupe", "dedupe_*", "notice", "event_tally"],
  delivery: [
    "endpoint",
    "endpoint_*",
    "delivery_*",
    "fan_out",
    "attempt",
    "attempt_default",
    "limit_owner",
    "job",
    "job_endpoint",
  ],
  ingest: ["source", "source_*"],
  flows: ["flow", "flow_*", "run_*", "task", "task_*"],
};

export function ownerOf(table: string): string | undefined {
  return Object.entries(TABLES).find(([, names]) =>
    names.some((name) => (name.endsWith("*") ? table.startsWith(name.slice(0, -1)) : table === name)),
  )?.[0];
}
