import type { CommandOf, StepError } from "#language";

const TYPE = /^[a-zA-Z0-9_.-]{1,256}$/;
const CHANNEL = /^[a-zA-Z0-9_.-]{1,128}$/;
const CHANNELS_MAX = 10;

/** Why the log would not take this event of anybody; undefined: it would. */
export function emitRefusal({ type, channels }: CommandOf<"emit">): StepError | undefined {
  const refuse = (code: string, message: string): StepError => ({ class: "invalid", code, message });
  if (!TYPE.test(type)) {
    return refuse(
      "event_type_invalid",
      `${JSON.stringify(type)} is no event type: it should be letters, digits, _, - and dots, at most 256.`,
    );
  }
  if (channels.length > CHANNELS_MAX) {
    return refuse(
      "channels_invalid",
      `The event has ${channels.length} channels; it should have at most ${CHANNELS_MAX}.`,
    );
  }
  const odd = channels.find((channel) => !CHANNEL.test(channel));
  return odd === undefined
    ? undefined
    : refuse(
        "channels_invalid",
        `${JSON.stringify(odd)} is no channel: it should be letters, digits, _, - and dots, at most 128.`,
      );
}
