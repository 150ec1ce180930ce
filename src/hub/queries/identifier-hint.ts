import { readEmail, readPhone } from "../../mapping/transforms/contact-points.ts";
import type { Hub } from "../hub.ts";
import { identifierTypes, isRecordKey } from "./identifier.ts";

/**
 * Why nobody can be known by what was written as an identifier, with what was probably meant; null where it is one.
 * @example await identifierHint(hub, "ann@acme.example")
 * // '"ann@acme.example" does not say what it is: write "email:ann@acme.example".'
 */
export async function identifierHint(hub: Hub, written: string): Promise<string | null> {
  const text = written.trim();
  const types = identifierTypes(hub);
  const { type, value } = partsOf(text);
  if (value !== "" && (types.includes(type) || isRecordKey(hub, type, value))) return null;
  const meant = meantBy(text, types) ?? (await recordsLike(hub, text)) ?? formsOf(types);
  return `${JSON.stringify(written)} does not say what it is: write ${meant}.`;
}

function partsOf(text: string): { type: string; value: string } {
  const colon = text.indexOf(":");
  return { type: text.slice(0, Math.max(colon, 0)), value: text.slice(colon + 1).trim() };
}

/** An e-mail address, telephone number or domain, whatever stands before its colon. */
function meantBy(text: string, types: readonly string[]): string | undefined {
  const { type, value } = partsOf(text);
  const lower = type.trim().toLowerCase();
  if (value !== "" && types.includes(lower)) return `"${lower}:${value}"`;
  const email = readEmail(value);
  if (email !== undefined && types.includes("email")) return `"email:${email}"`;
  if (/^\+?[\d\s()./-]{7,24}$/.test(value) && types.includes("phone")) {
    const number = readPhone(value, undefined);
    return number === undefined ? '"phone:+…", the number with the code of its country' : `"phone:${number}"`;
  }
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text) && types.includes("domain")) return `"domain:${text.toLowerCase()}"`;
  return undefined;
}

/** Records that are known of this object and id, written without their connection. */
async function recordsLike({ store, connectionIds }: Hub, text: string): Promise<string | undefined> {
  if (!/^[^:]+:[^:]+$/.test(text)) return undefined;
  const keys = connectionIds().map((connection) => `${connection}:${text}`);
  const found = await store.byKey("records", "record_key", keys);
  return found.map(({ record_key }) => `"${record_key}"`).join(" or ") || undefined;
}

function formsOf(types: readonly string[]): string {
  return `one of ${types.map((type) => `${type}:…`).join(", ")}, or a record as <connection>:<object>:<remote id>`;
}
