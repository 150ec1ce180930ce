import { z } from "zod";

export type Properties = Record<string, unknown>;

/** Of a Google call: what all its events share, and one of them; `event` absent where the call as a whole cannot be used. */
const keptGoogle = z.strictObject({
  spec: z.literal("google"),
  id: z.string(),
  receivedAt: z.string(),
  request: z.unknown(),
  event: z.unknown().optional(),
});

const keptSegment = z.strictObject({
  spec: z.literal("segment"),
  id: z.string(),
  receivedAt: z.string(),
  message: z.unknown(),
});

/** A call as it is kept: what was sent, when it came and under which id. */
export const keptCall = z.discriminatedUnion("spec", [keptSegment, keptGoogle]);
export type KeptMessage = z.infer<typeof keptSegment>;
export type KeptEvent = z.infer<typeof keptGoogle>;

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The JSON of a body, whatever type it was sent as: browsers call it text. Throws an Error that says what is malformed. */
export function jsonOf(body: Uint8Array): unknown {
  return JSON.parse(utf8.decode(body));
}

const idLengthMax = 255;
/** NUL and halves of characters, which each database keeps in another way. */
const unkeepable = /\0|\p{Cs}/u;

/** An id as text; undefined for nobody, null for what cannot be one. */
export function idOf(value: unknown): string | null | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const text = typeof value === "number" && Number.isFinite(value) ? String(value) : value;
  if (typeof text !== "string" || text.length > idLengthMax || unkeepable.test(text)) return null;
  return text.trim() === "" ? undefined : text.trim();
}

const instantLength = 24;

/** Milliseconds since 1970 as an ISO instant, no later than when it was received: nobody tells of what is to come. */
export function instantNoLater(ms: number, receivedAt: string): string {
  const date = new Date(Math.min(ms, Date.parse(receivedAt)));
  const instant = Number.isNaN(date.getTime()) ? receivedAt : date.toISOString();
  return instant.length === instantLength ? instant : receivedAt;
}
