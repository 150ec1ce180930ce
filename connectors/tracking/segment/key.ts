import { createHash } from "node:crypto";
import { accepted, refused, sameDigest, type TrackingCall, type Verdict } from "journey-hub/connector";
import type { TrackingConfig } from "../config.ts";
import { isObject } from "../kept.ts";
import { beaconPath, bodyOf } from "./body.ts";

const noKey = refused("it carries no write key: neither as the user of HTTP Basic nor as `writeKey` in its body");
const otherKey = refused("its write key is not this connection's");

/** The write key of a call is the user of HTTP Basic with an empty password; browsers, which may send no header, put it into the body. */
export function verifyWriteKey({ write_key, previous_write_key }: TrackingConfig, call: TrackingCall): Verdict {
  const given = keyOf(call);
  if (given === null) return noKey;
  const keys = [write_key, previous_write_key].filter((key) => key !== undefined);
  return keys.map((key) => sameText(key, given)).includes(true) ? accepted : otherKey;
}

/** A call that has an Authorization header, and one whose key is in its address, are judged by that alone. */
export function isWriteKeyOutside({ headers, path }: Omit<TrackingCall, "body">): boolean {
  return headers.authorization !== undefined || path === beaconPath;
}

/** Digests of both are compared, so that a key's length does not show either. */
export function sameText(known: string, given: string): boolean {
  return sameDigest(sha256(known), sha256(given));
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

function keyOf(call: TrackingCall): string | null {
  const { authorization } = call.headers;
  if (authorization !== undefined) return basicUser(authorization);
  if (call.path === beaconPath) return call.query.writeKey ?? null;
  const body = bodyOf(call);
  return isObject(body) && typeof body.writeKey === "string" ? body.writeKey : null;
}

function basicUser(authorization: string): string | null {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=_-]{1,2000})$/i.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const credentials = Buffer.from(encoded, "base64").toString("utf8");
  const colon = credentials.indexOf(":");
  return colon === -1 ? credentials : credentials.slice(0, colon);
}
