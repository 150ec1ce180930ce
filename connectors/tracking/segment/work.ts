import { createHash } from "node:crypto";
import { type DeliveredRecord, type DeliveredWork, SourceError } from "journey-hub/connector";
import type { TrackingConfig } from "../config.ts";
import type { KeptMessage, Properties } from "../kept.ts";
import { type Message, readMessage, sizeFault } from "./message.ts";

/**
 * What a kept message means: the call itself, which is an event; who made it, where the call tells; and what it says of that user or group.
 * @throws SourceError `skip` for a message that cannot be used
 */
export function segmentWork(config: TrackingConfig, kept: KeptMessage): DeliveredWork {
  const tooLarge = sizeFault(config, kept);
  if (tooLarge !== null) {
    throw new SourceError("skip", tooLarge, {
      code: "too large",
      remedy:
        "Send less in one message, or raise message_bytes_max of the connection and run `journey-hub errors retry`.",
    });
  }
  const message = readMessage(kept);
  if (typeof message === "string") {
    throw new SourceError("skip", message, {
      code: "malformed message",
      remedy: "Correct what the site, app or server sends, or this message alone by `journey-hub errors fix`.",
    });
  }
  const { id, at, payload } = message;
  const call = { object: "calls", record: { id, at, deleted: false, payload } };
  return { kind: "records", records: [...visitorOf(message), ...userOf(message), ...groupOf(message), call] };
}

/** That there is this user, whatever browser comes to be another's; and which ids are one visitor's: a browser is its newest user's. */
function visitorOf({ type, userId, anonymousId, previousId, at }: Message): DeliveredRecord[] {
  if (userId === undefined) return [];
  const told: DeliveredRecord[] = [];
  const tell = (id: string, ids: Properties) =>
    told.push({ object: "visitors", record: { id, at, deleted: false, payload: { id, ...ids } } });
  tell(`u:${userId}`, { userId });
  if (anonymousId !== undefined) tell(`a:${anonymousId}`, { anonymousId, userId });
  if (type === "alias" && previousId !== undefined) tell(`alias:${previousId}`, { previousId, userId });
  return told;
}

/**
 * What an identify says of its user. Calls that tell different traits are different records, because what one leaves out it does not take
 * back; of one trait the newest value counts.
 */
function userOf({ type, userId, anonymousId, traits, at }: Message): DeliveredRecord[] {
  if (type !== "identify" || Object.keys(traits).length === 0) return [];
  const who = userId === undefined ? { anonymousId } : { userId };
  const id = `${userId === undefined ? `a:${anonymousId}` : `u:${userId}`}~${namesOf(traits)}`;
  return [{ object: "users", record: { id, at, deleted: false, payload: { id, ...who, traits, timestamp: at } } }];
}

/** A group with what the call says of it, and that its user belongs to it. */
function groupOf({ type, userId, groupId, traits, at }: Message): DeliveredRecord[] {
  if (type !== "group" || groupId === undefined) return [];
  const told: DeliveredRecord[] = [
    { object: "groups", record: { id: groupId, at, deleted: false, payload: { id: groupId, groupId } } },
  ];
  if (Object.keys(traits).length > 0) {
    const id = `${groupId}~${namesOf(traits)}`;
    told.push({
      object: "groups",
      record: { id, at, deleted: false, payload: { id, groupId, traits, timestamp: at } },
    });
  }
  if (userId !== undefined) {
    const id = `${userId}~${groupId}`;
    told.push({ object: "members", record: { id, at, deleted: false, payload: { id, userId, groupId } } });
  }
  return told;
}

function namesOf(traits: Properties): string {
  return createHash("sha256")
    .update(JSON.stringify(Object.keys(traits).sort()))
    .digest("hex")
    .slice(0, 12);
}
