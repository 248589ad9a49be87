import type { Preset } from "./source.ts";

/** A preset in words: what somebody needs to know who connects a provider. */
export interface PresetFacts {
  readonly id: Preset;
  readonly label: string;
  readonly note: string;
  /** Who makes the secret: the provider shows it, either side may choose it, or there is none. */
  readonly secretFrom: "provider" | "either" | "nobody";
  /** What the secret is called there, and where it stands. */
  readonly secretHelp: string;
  /** What to do at the provider, in order. `URL` is this source's. */
  readonly steps: readonly string[];
  /** The header that carries its signature, in small letters; absent: none, or one that the options name. */
  readonly signatureHeader?: string;
  readonly options: readonly OptionName[];
}

export interface OptionSpec {
  readonly label: string;
  readonly description: string;
  readonly placeholder?: string;
  readonly kind: "header" | "path" | "text" | "seconds" | "choice";
  readonly choices?: readonly string[];
}

export const OPTIONS = {
  signatureHeader: {
    label: "Header with the signature",
    description: "Several in one header, parted by commas or spaces, are fine.",
    placeholder: "X-Signature",
    kind: "header",
  },
  signaturePrefix: {
    label: "Text before the signature",
    description: "Within that header; empty: none.",
    placeholder: "sha256=",
    kind: "text",
  },
  encoding: {
    label: "Encoding of the signature",
    description: "How its bytes are written.",
    kind: "choice",
    choices: ["hex", "base64", "base64url"],
  },
  algorithm: {
    label: "Hash",
    description: "That the HMAC is made with.",
    kind: "choice",
    choices: ["sha256", "sha512", "sha1"],
  },
  secretEncoding: {
    label: "Encoding of the secret",
    description: "How its text becomes the key.",
    kind: "choice",
    choices: ["text", "hex", "base64"],
  },
  template: {
    label: "What is signed",
    description: "Of {body} (once), {timestamp}, {id} and any text between; empty: {body}.",
    placeholder: "{timestamp}.{body}",
    kind: "text",
  },
  timestampHeader: {
    label: "Header with the timestamp",
    description: "Needed when {timestamp} is signed.",
    placeholder: "X-Timestamp",
    kind: "header",
  },
  timestampUnit: {
    label: "Unit of the timestamp",
    description: "Since 1970.",
    kind: "choice",
    choices: ["s", "ms"],
  },
  toleranceSeconds: {
    label: "How far clocks may be apart, in seconds",
    description: "1 to 86,400; empty: 300.",
    placeholder: "300",
    kind: "seconds",
  },
  idHeader: {
    label: "Header with the sender's id",
    description: "The same on each retry: duplicates are told by it.",
    placeholder: "X-Delivery-Id",
    kind: "header",
  },
  idField: {
    label: "Field with the sender's id",
    description: "A way into the JSON body, where no header has it.",
    placeholder: "data.id",
    kind: "path",
  },
  eventTypeHeader: {
    label: "Header with the event type",
    description: "It wins over the field.",
    placeholder: "X-Event",
    kind: "header",
  },
  eventTypeField: {
    label: "Field with the event type",
    description: "A way into the JSON body; empty: type.",
    placeholder: "type",
    kind: "path",
  },
  eventTypeDefault: {
    label: "Event type of everything else",
    description: "When neither is there; empty: webhook.",
    placeholder: "webhook",
    kind: "text",
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;
export type OptionName = keyof typeof OPTIONS;

const NAMING = ["eventTypeField", "eventTypeHeader", "eventTypeDefault"] as const;

/** Every preset, the best known first. */
export const PRESETS: readonly PresetFacts[] = [
  {
    id: "stripe",
    label: "Stripe",
    note: "Stripe-Signature",
    secretFrom: "provider",
    secretHelp: "Stripe shows the signing secret (whsec_…) once the destination is made; it can be brought then.",
    steps: [
      "Workbench → Webhooks → Add destination: enter the URL.",
      "Copy the signing secret (whsec_…) that Stripe shows, and bring it under Settings.",
      "What Stripe sent before the secret was here it sends again, for up to three days.",
    ],
    signatureHeader: "stripe-signature",
    options: ["toleranceSeconds"],
  },
  {
    id: "github",
    label: "GitHub",
    note: "X-Hub-Signature-256",
    secretFrom: "either",
    secretHelp: "Empty: one is made, to be entered at GitHub.",
    steps: [
      "Repository, organisation or app → Settings → Webhooks → Add webhook: enter the URL.",
      "Content type: application/json. Secret: this source's.",
      "GitHub sends a ping at once. It never retries by itself: Recent Deliveries → Redeliver.",
    ],
    signatureHeader: "x-hub-signature-256",
    options: [],
  },
  {
    id: "shopify",
    label: "Shopify",
    note: "X-Shopify-Hmac-SHA256",
    secretFrom: "provider",
    secretHelp: "The app's client secret; for webhooks made in the shop's admin the one that is shown there.",
    steps: [
      "Enter the URL as the uri of the subscription (shopify.app.toml or webhookSubscriptionCreate).",
      "Bring the app's client secret (Dev Dashboard → app → Settings) under Settings.",
    ],
    signatureHeader: "x-shopify-hmac-sha256",
    options: [],
  },
  {
    id: "slack",
    label: "Slack",
    note: "X-Slack-Signature",
    secretFrom: "provider",
    secretHelp: "The Signing Secret of the app: Basic Information → App Credentials.",
    steps: [
      "Bring the app's Signing Secret under Settings first: Slack asks as soon as it has the URL.",
      "Event Subscriptions → Request URL: enter the URL. The question that Slack sends is answered by itself.",
    ],
    signatureHeader: "x-slack-signature",
    options: ["toleranceSeconds"],
  },
  {
    id: "standard-webhooks",
    label: "Standard Webhooks",
    note: "Svix, other Posthorns, and many more",
    secretFrom: "either",
    secretHelp: "whsec_… or the sender's public key whpk_…; empty: a whsec_… is made, to be entered there.",
    steps: [
      "Enter the URL at the sender.",
      "Both sides need the same secret: bring the sender's, or give it this one.",
    ],
    signatureHeader: "webhook-signature",
    options: ["toleranceSeconds", ...NAMING],
  },
  {
    id: "hmac",
    label: "Any other HMAC",
    note: "You say how the sender signs",
    secretFrom: "either",
    secretHelp: "Empty: one is made, to be entered at the sender.",
    steps: [
      "Enter the URL at the sender.",
      "Both sides need the same secret: bring the sender's, or give it this one.",
    ],
    options: [
      "signatureHeader",
      "signaturePrefix",
      "encoding",
      "algorithm",
      "secretEncoding",
      "template",
      "timestampHeader",
      "timestampUnit",
      "toleranceSeconds",
      "idHeader",
      "idField",
      ...NAMING,
    ],
  },
  {
    id: "none",
    label: "No signature",
    note: "Believes whoever knows the URL",
    secretFrom: "nobody",
    secretHelp: "",
    steps: ["Enter the URL at the sender, and nowhere else: whoever knows it is believed."],
    options: ["idHeader", "idField", ...NAMING],
  },
];

/** Throws for a preset that this console does not know: it is older than the engine. */
export function factsOf(preset: Preset): PresetFacts {
  const facts = PRESETS.find(({ id }) => id === preset);
  if (facts === undefined) throw new Error(`The preset ${JSON.stringify(preset)} is not known to this console.`);
  return facts;
}
