/** The first event of a kind has number 0; everything follows from the number and the generator. */
type Make = (n: number, random: () => number) => Record<string, unknown>;

const PEOPLE = [
  "Ada Lovelace",
  "Grace Hopper",
  "Mary Jackson",
  "Radia Perlman",
  "李娜",
  "Søren Ørsted",
  "فاطمة الزهراء",
];
const CITIES = ["Hamburg", "Lyon", "Porto", "Gdańsk", "Malmö", "大阪", "الدار البيضاء"];
const CARRIERS = ["DHL", "UPS", "La Poste", "PostNord"];

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)] as T;
const hex = (n: number, random: () => number): string =>
  Array.from({ length: n }, () => Math.floor(random() * 16).toString(16)).join("");
const cents = (random: () => number): number => 500 + Math.floor(random() * 250_000);

/** What the applications of the world send: the event types, what they mean, and a payload of each. */
export const EVENT_TYPES: Readonly<Record<string, { readonly description: string; readonly make: Make }>> = {
  "invoice.paid": {
    description: "An invoice was paid in full",
    make: (n, random) => ({
      id: `in_${hex(14, random)}`,
      number: `INV-2026-${String(n).padStart(5, "0")}`,
      amount: cents(random),
      currency: pick(["eur", "usd", "gbp", "sek"], random),
      customer: { name: pick(PEOPLE, random), city: pick(CITIES, random) },
      lines: Array.from({ length: 1 + Math.floor(random() * 4) }, (_, line) => ({
        line: line + 1,
        cents: cents(random),
      })),
    }),
  },
  "invoice.payment_failed": {
    description: "A payment did not go through; it will be tried again",
    make: (n, random) => ({
      id: `in_${hex(14, random)}`,
      number: `INV-2026-${String(n).padStart(5, "0")}`,
      amount: cents(random),
      reason: pick(["card_declined", "insufficient_funds", "expired_card"], random),
      attempt: 1 + Math.floor(random() * 3),
    }),
  },
  "order.created": {
    description: "Somebody ordered something",
    make: (n, random) => ({
      order: 10_000 + n,
      buyer: pick(PEOPLE, random),
      total: { cents: cents(random), currency: "eur" },
      items: Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
        sku: hex(8, random),
        quantity: 1 + Math.floor(random() * 5),
      })),
    }),
  },
  "order.shipped": {
    description: "An order left the warehouse",
    make: (n, random) => ({
      order: 10_000 + n,
      carrier: pick(CARRIERS, random),
      trackingNumber: hex(12, random).toUpperCase(),
      to: { city: pick(CITIES, random), note: "Bitte beim Nachbarn abgeben 📦" },
    }),
  },
  "order.refunded": {
    description: "Money went back to the buyer",
    make: (n, random) => ({
      order: 10_000 + n,
      cents: cents(random),
      reason: pick(["damaged", "late", "changed mind"], random),
    }),
  },
  "user.created": {
    description: "Somebody signed up",
    make: (_, random) => ({
      id: `usr_${hex(12, random)}`,
      name: pick(PEOPLE, random),
      plan: pick(["free", "team", "business"], random),
    }),
  },
  "user.deleted": {
    description: "Somebody left and took their data with them",
    make: (_, random) => ({ id: `usr_${hex(12, random)}`, erased: true }),
  },
  "shipment.location_updated": {
    description: "A parcel was seen somewhere",
    make: (_, random) => ({
      parcel: hex(12, random).toUpperCase(),
      at: { lat: 47 + random() * 10, lon: 2 + random() * 15 },
      city: pick(CITIES, random),
      temperatureCelsius: Math.round(random() * 300) / 10,
    }),
  },
  "stock.counted": {
    description: "Somebody counted what is on a shelf",
    make: (n, random) => ({ sku: hex(8, random), shelf: `A-${n}`, pieces: Math.floor(random() * 200) }),
  },
};

/** A payload of about this many bytes, as some ledgers and catalogues are. */
export function largePayload(bytes: number, random: () => number): Record<string, unknown> {
  const rows: Record<string, unknown>[] = [];
  for (let length = 0; length < bytes; ) {
    const row = {
      sku: hex(10, random),
      title: `Größe ${rows.length} “Sommer”`,
      cents: cents(random),
      stock: Math.floor(random() * 99),
    };
    length += JSON.stringify(row).length + 1;
    rows.push(row);
  }
  return { catalogue: "summer", rows };
}
