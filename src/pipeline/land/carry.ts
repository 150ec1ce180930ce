import { isSameJson } from "../../lib/same-json.ts";
import type { Correction, RawRecord } from "../../model/record.ts";

type Payload = RawRecord["payload"];

/** A correction that stands on a record: what the vendor had sent, and what was put in its place. */
export interface StandingCorrection {
  sent: Payload;
  corrected: Payload;
  correction: Correction;
}

/**
 * A newer payload with those values of a correction that still stand for what the vendor sends: where it sends something else by now, its
 * own word counts. Null when nothing is left to correct.
 * @example carriedOver({ sent: { size: "?" }, corrected: { size: "L" } }, { size: "?", sold: 1 }) // { size: "L", sold: 1 }
 */
export function carriedOver(
  { sent, corrected }: Pick<StandingCorrection, "sent" | "corrected">,
  payload: Payload,
): Payload | null {
  const merged = { ...payload };
  let carried = 0;
  for (const name of new Set([...Object.keys(sent), ...Object.keys(corrected)])) {
    const [was, made, now] = [sent[name], corrected[name], payload[name]];
    if (isSameJson(was, made)) continue;
    const value = isSameJson(was, now) ? made : within(was, made, now);
    if (value === unchanged) continue;
    carried += 1;
    if (value === undefined) delete merged[name];
    else merged[name] = value;
  }
  return carried === 0 ? null : merged;
}

const unchanged = Symbol("the vendor's own word");

/** Of an object, its single values; of anything else, all or nothing. */
function within(was: unknown, made: unknown, now: unknown): Payload | typeof unchanged {
  if (!isPayload(was) || !isPayload(made) || !isPayload(now)) return unchanged;
  return carriedOver({ sent: was, corrected: made }, now) ?? unchanged;
}

function isPayload(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
