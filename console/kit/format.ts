// Numbers and times as people read them. Everything here is pure; `now` and the zone are arguments.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** 12,345 */
export const count = (value: number): string => whole.format(value);

/** 12.3K: for where space is short. */
export const short = (value: number): string => (Math.abs(value) < 1_000 ? trim(value) : compact.format(value));

/** A count that may be a floor: `100,000+`. */
export const countOf = (value: number, isExact: boolean): string => `${count(value)}${isExact ? "" : "+"}`;

/** `1 delivery`, `2 deliveries`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Per second: 0, 0.04, 3.2, 1,204. */
export function rate(value: number): string {
  if (value === 0) return "0";
  if (value < 0.1) return value.toFixed(2);
  return value < 100 ? trim(value) : count(value);
}

/** A ratio as percent, never rounded up to 100 %: 99.97 %. */
export function percent(ratio: number): string {
  if (ratio >= 1) return "100 %";
  if (ratio <= 0) return "0 %";
  const value = ratio * 100;
  const digits = value > 99 ? 2 : 1;
  const shown = Math.floor(value * 10 ** digits) / 10 ** digits;
  return `${shown.toFixed(digits)} %`;
}

/** 840 µs, 4.2 ms, 1.25 s, 3 min 20 s, 2 h 5 min, 3 d 4 h */
export function duration(ms: number): string {
  if (ms < 0) return `−${duration(-ms)}`;
  if (ms === 0) return "0 ms";
  if (ms < 1) return `${Math.round(ms * 1_000)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${trim(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(" ");
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

export function bytes(value: number): string {
  const power = value < 1_024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(value) / 10));
  return `${power === 0 ? value : trim(value / 1_024 ** power)} ${UNITS[power] ?? "B"}`;
}

function trim(value: number): string {
  return value >= 100 ? whole.format(value) : String(Number(value.toFixed(value >= 10 ? 1 : 2)));
}

/** `just now`, `12 s ago`, `in 4 min`, `3 h ago`, `12 d ago` */
export function relative(atMs: number, nowMs: number): string {
  const away = nowMs - atMs;
  const size = Math.abs(away);
  if (size < 2_000) return "just now";
  const [value, unit] =
    size < 60_000
      ? [size / 1_000, "s"]
      : size < 3_600_000
        ? [size / 60_000, "min"]
        : size < 86_400_000
          ? [size / 3_600_000, "h"]
          : [size / 86_400_000, "d"];
  return away < 0 ? `in ${Math.floor(value)} ${unit}` : `${Math.floor(value)} ${unit} ago`;
}

/** 2026-11-21 06:31:47.123, in UTC or in the zone of whoever looks; sorts as it reads. */
export function absolute(at: Date, inUtc: boolean, withMs = true): string {
  const [year, month, day, hours, minutes, seconds, ms] = inUtc
    ? [
        at.getUTCFullYear(),
        at.getUTCMonth() + 1,
        at.getUTCDate(),
        at.getUTCHours(),
        at.getUTCMinutes(),
        at.getUTCSeconds(),
        at.getUTCMilliseconds(),
      ]
    : [
        at.getFullYear(),
        at.getMonth() + 1,
        at.getDate(),
        at.getHours(),
        at.getMinutes(),
        at.getSeconds(),
        at.getMilliseconds(),
      ];
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = `${two(hours)}:${two(minutes)}:${two(seconds)}${withMs ? `.${String(ms).padStart(3, "0")}` : ""}`;
  return `${year}-${two(month)}-${two(day)} ${time}`;
}

/** 06:31:47.123 */
export const clock = (at: Date, inUtc: boolean): string => absolute(at, inUtc).slice(11);
