import { isOfChannel } from "../channels.ts";

/** How an error can be tried again: its record mapped anew, fetched anew, or written back anew. */
export type Way = "map" | "fetch" | "write";

/** What decides it; errors of one cause agree in it. */
export interface Cause {
  connection: string;
  step: string;
  class: string;
  record_key: string;
  fingerprint: string;
}

/** How an error can be tried again, or why it cannot and what closes it instead. */
export function wayOf(cause: Cause): { way: Way; refusal: null } | { way: null; refusal: string } {
  if (cause.record_key === "") return { way: null, refusal: ofNoRecord(cause) };
  if (cause.class === "conflict" && cause.step === "hook") return { way: null, refusal: refusals.conflict };
  const way = ways[cause.step];
  return way ? { way, refusal: null } : { way: null, refusal: refusals.derived };
}

const ways: Readonly<Record<string, Way>> = { map: "map", pull: "fetch", hook: "fetch", writeback: "write" };

function ofNoRecord({ connection, step, class: kind, fingerprint }: Cause): string {
  if (step === "hook") return refusals.sender;
  if (step === "map" && kind === "drift") return refusals.drift;
  if (step === "map" && kind === "mapping") return refusals.mapping;
  if (step === "writeback")
    return `It is about ${connection} as such: the next \`journey-hub apply\` that finds it mended closes it.`;
  if (step === "pull" && isOfChannel(fingerprint)) return refusals.channel;
  if (step === "pull" && kind === "drift")
    return `It is about ${connection} as such: mended, it closes with a \`journey-hub sync\`, which compares once an hour.`;
  if (step === "pull")
    return `It is about ${connection} as such: the next \`journey-hub sync\` that finds it mended closes it.`;
  return refusals.other;
}

const refusals = {
  sender: "Nothing of the refused request was kept: the next good one from its sender closes it.",
  channel: "The hub listens again by itself, which closes it after a minute; polls go on meanwhile.",
  drift: "It is about a value, not a record: add it to the mapping file; `journey-hub replay` closes it.",
  mapping: "It closes by itself once the mapping file is mended and what waited is mapped.",
  conflict: "The second delivery was refused to its sender and not kept: dismiss the error once the sender is mended.",
  derived: "This step is made anew from the records: `journey-hub replay` closes it.",
  other: "It belongs to no one record: it closes by itself when its cause is gone, or is dismissed.",
} as const;
