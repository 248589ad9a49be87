import { github } from "./github.ts";
import { hmac } from "./hmac.ts";
import { none } from "./none.ts";
import type { Preset, PresetName } from "./preset.ts";
import { shopify } from "./shopify.ts";
import { slack } from "./slack.ts";
import { standardWebhooks } from "./standard-webhooks.ts";
import { stripe } from "./stripe.ts";

const presets: Readonly<Record<PresetName, Preset>> = {
  stripe,
  github,
  shopify,
  slack,
  "standard-webhooks": standardWebhooks,
  hmac,
  none,
};

export const presetNames: readonly PresetName[] = [
  "stripe",
  "github",
  "shopify",
  "slack",
  "standard-webhooks",
  "hmac",
  "none",
];

export function isPresetName(text: string): text is PresetName {
  return Object.hasOwn(presets, text);
}

export function presetOf(name: PresetName): Preset {
  return presets[name];
}
