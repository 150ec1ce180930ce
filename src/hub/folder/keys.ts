import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { asc } from "drizzle-orm";
import type { Row } from "../../store/tables.ts";
import { set } from "../../store/writes.ts";
import type { Hub } from "../hub.ts";

/** What a key may do, each including the ones before it. */
export const roles = ["viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

/** Whether a key of role `held` may do what asks for `needed`. */
export function includesRole(held: Role, needed: Role): boolean {
  return roles.indexOf(held) >= roles.indexOf(needed);
}

/** A key as it may be shown: the key itself is known to its holder only. */
export interface ApiKey {
  id: string;
  name: string;
  role: Role;
  created_at: string;
  revoked_at: string | null;
}

/**
 * Makes a key for the HTTP API. Only its hash is kept: the returned text is the one chance to see it.
 * @example const { key } = await createKey(hub, { name: "grafana", role: "viewer" }); // "jh_5d41402abc4b2a76_…"
 */
export async function createKey(
  hub: Hub,
  { name, role }: { name: string; role: Role },
): Promise<{ id: string; key: string }> {
  const id = randomBytes(8).toString("hex");
  const key = `jh_${id}_${randomBytes(32).toString("base64url")}`;
  const row = { id, name, role, hash: hashOf(key).toString("hex"), created_at: hub.now(), revoked_at: null };
  await hub.store.commit([set("api_keys", [row])]);
  return { id, key };
}

const processKeys = new WeakMap<Hub, string>();
/** The id of a process's own key, which stands as long as the process does. */
const processKeyId = "process";

/** An admin key of this process alone: never stored, gone with the process. For verbs beside a running hub and within one. */
export function processKey(hub: Hub): string {
  const key = processKeys.get(hub) ?? `jh_${randomBytes(8).toString("hex")}_${randomBytes(32).toString("base64url")}`;
  processKeys.set(hub, key);
  return key;
}

/** The standing key that this text is; null for anything else, however close. Compared in constant time. */
export async function findKey(hub: Hub, text: string): Promise<ApiKey | null> {
  const own = processKeys.get(hub);
  if (own !== undefined && timingSafeEqual(hashOf(text), hashOf(own))) {
    return { id: processKeyId, name: `process ${process.pid}`, role: "admin", created_at: hub.now(), revoked_at: null };
  }
  const [, id] = /^jh_([0-9a-f]{16})_[\w-]{43}$/.exec(text) ?? [];
  if (!id) return null;
  const [row] = await hub.store.byKey("api_keys", "id", [id]);
  if (!row || row.revoked_at !== null) return null;
  return timingSafeEqual(hashOf(text), Buffer.from(row.hash, "hex")) ? shown(row) : null;
}

/** Whether the key of this id, once found, has not been revoked since. */
export async function stillStands(hub: Hub, id: string): Promise<boolean> {
  if (id === processKeyId) return true;
  const [row] = await hub.store.byKey("api_keys", "id", [id]);
  return row !== undefined && row.revoked_at === null;
}

/** Every key ever made, oldest first. */
export async function listKeys(hub: Hub): Promise<ApiKey[]> {
  const { api_keys } = hub.store.tables;
  const rows = await hub.store.db.select().from(api_keys).orderBy(asc(api_keys.created_at), asc(api_keys.id));
  return rows.map(shown);
}

/** Ends a key at once. @returns false when there is no key of that id. */
export async function revokeKey(hub: Hub, id: string): Promise<boolean> {
  const [row] = await hub.store.byKey("api_keys", "id", [id]);
  if (!row) return false;
  if (row.revoked_at === null) await hub.store.commit([set("api_keys", [{ ...row, revoked_at: hub.now() }])]);
  return true;
}

/** A key holds 256 random bits, so a plain hash is enough: there is nothing to guess. */
function hashOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

function shown({ id, name, role, created_at, revoked_at }: Row<"api_keys">): ApiKey {
  const known = roles.find((candidate) => candidate === role);
  if (!known) throw new Error(`The key ${id} has the role "${role}", which this version does not know`);
  return { id, name, role: known, created_at, revoked_at };
}
