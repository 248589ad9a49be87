import { factsOf, PRESETS } from "./presets.ts";
import type { Preset, Rejection, Source } from "./source.ts";

/** Why a request was refused, for somebody who wants it to be taken. */
export interface Diagnosis {
  /** What it is called. */
  readonly title: string;
  /** What is most likely wrong. */
  readonly likely: string;
  /** What to do, in order. */
  readonly remedy: readonly string[];
}

/** Set by what stands between a sender and us. */
const PROXIES: readonly (readonly [header: string, name: string])[] = [
  ["cf-ray", "Cloudflare"],
  ["x-amzn-trace-id", "a load balancer of AWS"],
  ["x-vercel-id", "Vercel"],
  ["fly-request-id", "Fly.io"],
  ["x-forwarded-for", "a proxy"],
  ["via", "a proxy"],
];

/** What each known provider's own requests call themselves. */
const AGENTS: Readonly<Partial<Record<Preset, RegExp>>> = {
  stripe: /^Stripe\//i,
  github: /^GitHub-Hookshot\//i,
  shopify: /shopify/i,
  slack: /^Slackbot/i,
};

/** Reads a rejection: its reason, and what the headers that came tell about it. */
export function diagnose(rejection: Rejection, source: Pick<Source, "preset" | "options">): Diagnosis {
  const facts = factsOf(source.preset);
  const header = (name: string) => rejection.headers.find(([known]) => known?.toLowerCase() === name)?.[1];
  const who = facts.id === "hmac" || facts.id === "none" ? "the sender" : facts.label;
  const signatureHeader =
    facts.signatureHeader ?? String(source.options["signatureHeader"] ?? "the signature's header");
  const agent = header("user-agent");
  const isTheirAgent = agent === undefined ? undefined : AGENTS[source.preset]?.test(agent);

  switch (rejection.reason) {
    case "secret_missing":
      return {
        title: "The source has no secret yet",
        likely: `${who} has the URL, but without its secret nothing can be believed.`,
        remedy: [
          `Bring the secret under Settings.${whereSecret(source.preset)}`,
          "What was refused meanwhile arrives when it is sent again.",
        ],
      };
    case "signature_missing": {
      const other = otherPreset(rejection, source.preset);
      if (other !== undefined)
        return {
          title: `It looks like a webhook of ${other.label}`,
          likely: `It has the header ${other.signatureHeader}, which ${other.label} signs with; this source believes ${who}.`,
          remedy: [`Make a source with the preset ${other.label}, and give its URL to ${other.label}.`],
        };
      return {
        title: "It is not signed",
        likely: `${signatureHeader} did not come: no secret is set at ${who}, or somebody else found the URL.`,
        remedy: [
          `Set this source's secret at ${who}.`,
          "If you know of no such request, nothing is to be done: it was refused.",
        ],
      };
    }
    case "signature_malformed":
      return {
        title: "Its signature has another form",
        likely:
          source.preset === "hmac"
            ? "The prefix or the encoding of the options is not the sender's."
            : `${signatureHeader} is not written as ${who} writes it: the sender is somebody else, or of another version.`,
        remedy:
          source.preset === "hmac"
            ? ["Compare signaturePrefix and encoding with the sender's documentation, under Settings."]
            : ["Check that the preset is the sender's.", "Otherwise choose “Any other HMAC” and say how it signs."],
      };
    case "signature_mismatch":
      return mismatch(rejection, source.preset, who, isTheirAgent);
    case "timestamp_missing":
    case "timestamp_malformed":
      return {
        title:
          rejection.reason === "timestamp_missing" ? "It does not say when it was signed" : "Its time is no number",
        likely:
          source.preset === "hmac"
            ? "The timestamp's header or unit of the options is not the sender's."
            : `It does not come from ${who}, or a proxy took the header away.`,
        remedy:
          source.preset === "hmac"
            ? ["Compare timestampHeader and timestampUnit with the sender's documentation, under Settings."]
            : [
                "Look at the headers below: is the one with the time there?",
                "Let what stands between pass all headers on.",
              ],
      };
    case "timestamp_too_old":
    case "timestamp_too_new":
      return clocks(rejection, who);
    case "id_missing":
    case "id_malformed":
      return {
        title: rejection.reason === "id_missing" ? "Its id is missing" : "Its id has characters that an id cannot have",
        likely: "The id is part of what is signed, so without a proper one the signature proves nothing.",
        remedy: [
          "Look at the headers below: is the one with the id there?",
          "Let what stands between pass all headers on.",
        ],
      };
    case "event_type_missing":
      return {
        title: "It does not say what happened",
        likely: `The header with the event type did not come. ${who} always sends it; a proxy may take it away.`,
        remedy: ["Let what stands between pass all headers on."],
      };
    case "body_malformed":
      return {
        title: "Its body is no event of theirs",
        likely: `The signature is right, but the body is not what ${who} sends as an event.`,
        remedy: [
          `Check what is configured at ${who}: events in JSON, and no other kind of message.`,
          ...(source.preset === "github" ? ["At GitHub set the content type to application/json."] : []),
        ],
      };
    case "body_too_large":
      return {
        title: "It is too large",
        likely: `${rejection.bodyBytes.toLocaleString("en")} bytes are more than this installation or the application takes.`,
        remedy: [
          "Send less, if the sender lets one choose.",
          "Otherwise raise POSTHORN_BODY_BYTES_MAX, or the bytes of a payload under the application's settings.",
        ],
      };
    case "encoding_not_supported":
      return {
        title: "Its body is compressed",
        likely: `It came with content-encoding ${header("content-encoding") ?? "that is not known"}: the bytes that were signed are not to be seen.`,
        remedy: ["Have the sender, or the proxy between, send it as it is."],
      };
    case "source_disabled":
      return {
        title: "The source was disabled",
        likely: "It answers 403 to everybody until it is enabled.",
        remedy: ["Enable it above.", `What ${who} still tries again then arrives.`],
      };
    case "loop":
      return {
        title: "It goes round in a circle",
        likely:
          "An endpoint here sends to this source, or to something that does: the event came back more than five times.",
        remedy: ["Find the endpoint whose URL leads here, and let it listen to fewer event types."],
      };
    case "conflict":
      return {
        title: "Its id was used before, with another body",
        likely:
          "The first one is kept. Either the sender uses an id twice, or the option for the id names something that is no id.",
        remedy: [
          "Compare the two: the message that is kept is named below.",
          "Choose another header or field for the id under Settings, if this one is not of the event.",
        ],
      };
    default:
      // A newer engine knows more reasons than this console: its own sentence stands below.
      return { title: rejection.reason.replaceAll("_", " "), likely: rejection.detail, remedy: [] };
  }
}

function mismatch(rejection: Rejection, preset: Preset, who: string, isTheirAgent: boolean | undefined): Diagnosis {
  if (isTheirAgent === false)
    return {
      title: "Somebody else may have sent it",
      likely: `It does not call itself what ${who} does, and the signature is not made with this source's secret.`,
      remedy: [
        "If you tried the source out by hand: use the test on its page, which is signed.",
        "Otherwise nothing is to be done: it was refused.",
      ],
    };
  const proxy = PROXIES.find(([name]) => rejection.headers.some(([known]) => known?.toLowerCase() === name));
  return {
    title: "The signature does not fit",
    likely: `Most likely ${who} signs with another secret than this source has${
      proxy === undefined ? "" : `. It came through ${proxy[1]}, which may also have changed the body`
    }.`,
    remedy: [
      preset === "hmac"
        ? "Compare the secret, and then what is signed, the hash and the encoding, with the sender's documentation."
        : `Compare the secret at ${who} with the one under Settings.${whereSecret(preset)}`,
      ...(proxy === undefined
        ? []
        : ["Let what stands between pass the body on byte for byte: no reformatting, no other charset."]),
      "When the secret was just changed at the provider first: rotate it here too, and have it sent again.",
    ],
  };
}

/** Where the provider shows it; nothing where either side chooses it. */
const whereSecret = (preset: Preset): string => {
  const { secretFrom, secretHelp } = factsOf(preset);
  return secretFrom === "provider" ? ` ${secretHelp}` : "";
};

function clocks(rejection: Rejection, who: string): Diagnosis {
  const isOld = rejection.reason === "timestamp_too_old";
  const off = Number(/is (\d+) s /.exec(rejection.detail)?.[1] ?? Number.NaN);
  // Whole hours come of time zones, and of nothing else.
  const isZone = off >= 1_800 && Math.abs(off - Math.round(off / 1_800) * 1_800) < 90 && off <= 14 * 3_600;
  const likely = isZone
    ? "The difference is almost whole hours: a clock that takes local time for UTC, or a webhook that waited for hours."
    : isOld
      ? "It was signed long ago: a clock is wrong, it waited somewhere between, or somebody sends an old one again."
      : "It was signed in the future: the sender's clock is ahead, or this machine's is behind.";
  return {
    title: isOld ? "It was signed too long ago" : "It was signed in the future",
    likely,
    remedy: [
      "Check this machine's clock first (posthorn doctor does): if it is wrong, every provider is refused.",
      isOld
        ? `A delivery that ${who} makes anew carries a new time; one that a proxy or queue repeats does not.`
        : `Then the clock of ${who}.`,
      "Only if the delay is known and wanted: raise the tolerance under Settings.",
    ],
  };
}

/** The provider that signs with a header that came. */
function otherPreset(rejection: Rejection, preset: Preset) {
  const names = new Set(rejection.headers.map(([name]) => name?.toLowerCase()));
  return PRESETS.find(
    ({ id, signatureHeader }) => id !== preset && signatureHeader !== undefined && names.has(signatureHeader),
  );
}

/** The message that a conflict is with, as its sentence names it. */
export const keptMessage = (detail: string): string | undefined => /\bmsg_[0-9a-z]{26}\b/.exec(detail)?.[0];
