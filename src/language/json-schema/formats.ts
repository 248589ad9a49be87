const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;

const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?(z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

function isDate(text: string): boolean {
  const found = DATE.exec(text);
  if (found === null) return false;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function isEmail(text: string): boolean {
  if (text.length > 320 || /\s/.test(text)) return false;
  const at = text.lastIndexOf("@");
  const host = text.slice(at + 1);
  return at > 0 && !text.slice(0, at).includes("@") && host !== "" && !host.startsWith(".") && !host.endsWith(".");
}

/** None of these goes back over what it read, and none reads more than a few hundred characters. Formats that are not here say nothing. */
export const FORMATS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ["date", isDate],
  ["time", (text) => text.length < 32 && TIME.test(text)],
  [
    "date-time",
    (text) =>
      text.length < 64 && /^[tT ]$/.test(text[10] ?? "") && isDate(text.slice(0, 10)) && TIME.test(text.slice(11)),
  ],
  ["email", isEmail],
  ["uuid", (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)],
  ["ipv4", (text) => text.length < 16 && /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/.test(text)],
  ["uri", (text) => text.length <= 8_192 && /^[a-z][a-z0-9+.-]*:/i.test(text) && URL.canParse(text)],
]);
