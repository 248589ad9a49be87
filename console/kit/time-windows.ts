// Windows of time, apart from what shows them.

export const PRESETS = [
  { id: "15m", label: "15 min", ms: 900_000 },
  { id: "1h", label: "1 h", ms: 3_600_000 },
  { id: "6h", label: "6 h", ms: 21_600_000 },
  { id: "24h", label: "24 h", ms: 86_400_000 },
  { id: "7d", label: "7 d", ms: 604_800_000 },
] as const;
export type PresetId = (typeof PRESETS)[number]["id"];

export function presetOf(text: string | undefined, byDefault: PresetId): PresetId {
  return PRESETS.find(({ id }) => id === text)?.id ?? byDefault;
}

interface Asked {
  readonly window: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
}

/** The window an address asks for. One of its own must make sense, otherwise the default holds. */
export function windowOf(asked: Asked, byDefault: PresetId, nowMs: () => number = Date.now) {
  const since = Date.parse(asked.since ?? "");
  const until = Date.parse(asked.until ?? "");
  if (since < until) {
    return { key: `${since}-${until}`, isLive: false, spanMs: until - since, now: () => ({ since, until }) };
  }
  const preset = presetOf(asked.window, byDefault);
  const spanMs = PRESETS.find(({ id }) => id === preset)?.ms ?? 3_600_000;
  return {
    key: preset,
    isLive: true,
    spanMs,
    now: () => {
      const end = nowMs();
      return { since: end - spanMs, until: end };
    },
  };
}

/** A moment as a field of date and time takes it. */
export function toInput(ms: number, inUtc: boolean): string {
  const offset = inUtc ? 0 : new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offset).toISOString().slice(0, 16);
}

export function fromInput(text: string, inUtc: boolean): number | undefined {
  const ms = Date.parse(inUtc ? `${text}Z` : text);
  return Number.isNaN(ms) ? undefined : ms;
}
