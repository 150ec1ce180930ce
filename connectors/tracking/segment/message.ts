import { z } from "zod";
import type { TrackingConfig } from "../config.ts";
import { idOf, instantNoLater, isObject, type KeptMessage, type Properties } from "../kept.ts";

export const messageTypes = ["track", "identify", "page", "screen", "group", "alias"] as const;
export type MessageType = (typeof messageTypes)[number];

/** A message that can be used. */
export interface Message {
  id: string;
  type: MessageType;
  userId?: string;
  anonymousId?: string;
  previousId?: string;
  groupId?: string;
  /** Of whom or what it is about: the user, or the group. */
  traits: Properties;
  /** When it happened, by the hub's clock. */
  at: string;
  /** What was sent, with the ids as text and `at` as its `timestamp`. */
  payload: Properties;
}

const id = z
  .unknown()
  .optional()
  .transform((value, context) => {
    const text = idOf(value);
    if (text !== null) return text;
    context.addIssue({ code: "custom", message: "expected text of at most 255 characters, or a number" });
    return z.NEVER;
  });
const noInstant = "expected an ISO 8601 instant";
const time = z
  .union([z.iso.datetime({ offset: true, local: true, error: noInstant }), z.int()], { error: noInstant })
  .nullish()
  .transform((value, context) => {
    if (value === null || value === undefined) return undefined;
    const ms = typeof value === "number" ? value : Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(value) ? value : `${value}Z`);
    if (Math.abs(ms) < 8.64e15) return ms;
    context.addIssue({ code: "custom", message: noInstant });
    return z.NEVER;
  });
const properties = z
  .unknown()
  .optional()
  .refine((value) => value === undefined || value === null || isObject(value), "expected an object")
  .transform((value) => (isObject(value) ? value : {}));
const text = z.string({ error: "expected text" }).nullish();

const sentMessage = z.object(
  {
    type: z.enum(messageTypes, { error: `expected one of ${messageTypes.join(", ")}` }),
    userId: id,
    anonymousId: id,
    previousId: id,
    groupId: id,
    event: text,
    name: text,
    traits: properties,
    properties,
    context: properties,
    timestamp: time,
    originalTimestamp: time,
    sentAt: time,
  },
  { error: "the message is not a JSON object" },
);
type SentMessage = z.output<typeof sentMessage>;

/** Why a message is too large; null when it is not. */
export function sizeFault(
  { message_bytes_max: bytesMax }: Pick<TrackingConfig, "message_bytes_max">,
  { message }: Pick<KeptMessage, "message">,
): string | null {
  const size = Buffer.byteLength(JSON.stringify(message ?? null));
  return size > bytesMax ? `the message has ${size} bytes, more than message_bytes_max (${bytesMax})` : null;
}

/** Why a message cannot be used; null when it can. */
export function faultOf(kept: KeptMessage): string | null {
  const read = readMessage(kept);
  return typeof read === "string" ? read : null;
}

/** A kept message, or in words why it cannot be used. */
export function readMessage({ id, receivedAt, message }: KeptMessage): Message | string {
  const parsed = sentMessage.safeParse(message);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return [issue?.path.join("."), issue?.message].filter(Boolean).join(": ");
  }
  const sent = parsed.data;
  const missing = missingIn(sent);
  if (missing !== null) return `${sent.type} lacks ${missing}`;
  const { userId, anonymousId, previousId, groupId } = sent;
  const ids = known({ userId, anonymousId, previousId, groupId });
  const at = happenedAt(sent, receivedAt);
  const raw = isObject(message) ? message : {};
  const original = raw.originalTimestamp ?? raw.timestamp;
  const stamps = { ...(original ? { originalTimestamp: original } : {}), timestamp: at, receivedAt };
  return {
    id,
    type: sent.type,
    ...ids,
    traits: traitsOf(sent),
    at,
    payload: { ...withoutIds(raw), ...ids, type: sent.type, messageId: id, ...stamps },
  };
}

function missingIn({ type, userId, anonymousId, event, groupId, previousId }: SentMessage): string | null {
  if (type === "alias") return userId && previousId ? null : "userId and previousId";
  if (!userId && !anonymousId) return "userId or anonymousId";
  if (type === "track" && !event?.trim()) return "the name of its event";
  return type === "group" && !groupId ? "groupId" : null;
}

/** Browsers and RudderStack put a user's traits beside the context of every call. */
function traitsOf({ type, traits, context }: SentMessage): Properties {
  if (type !== "identify") return traits;
  return { ...(isObject(context.traits) ? context.traits : {}), ...traits };
}

/**
 * The sender's clock may be hours off, so its own two readings are compared: it happened as long before the message was received as the
 * sender says it happened before it was sent. Without a time of sending the sender's clock is believed.
 */
function happenedAt({ timestamp, originalTimestamp, sentAt }: SentMessage, receivedAt: string): string {
  const happenedMs = timestamp ?? originalTimestamp;
  if (happenedMs === undefined) return receivedAt;
  const aheadMs = sentAt === undefined ? 0 : sentAt - Date.parse(receivedAt);
  return instantNoLater(happenedMs - aheadMs, receivedAt);
}

function withoutIds({ userId: _u, anonymousId: _a, previousId: _p, groupId: _g, ...rest }: Properties): Properties {
  return rest;
}

type Ids = Pick<Message, "userId" | "anonymousId" | "previousId" | "groupId">;

function known(ids: { [Name in keyof Ids]: Ids[Name] | undefined }): Ids {
  const found: Ids = {};
  for (const name of ["userId", "anonymousId", "previousId", "groupId"] as const) {
    const value = ids[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
