import { createHash, randomBytes } from "node:crypto";
import { findKey, type Role, stillStands } from "../hub/folder/keys.ts";
import type { Hub } from "../hub/hub.ts";
import { addressOf } from "./address.ts";

/** Somebody who is signed in to the console. */
export interface Session {
  /** Shown on every page, so that people know as whom they look. */
  name: string;
  role: Role;
  expires_at: string;
  /** Tells this session from others; opens nothing. */
  handle: string;
}

export const sessionMaxMs = 12 * 3_600_000;
export const oneTimeMaxMs = 10 * 60_000;
/** Beyond these the oldest gives way, so that nobody fills the memory by signing in. */
const sessionsMax = 1_000;
const oneTimeMax = 100;

export interface Sessions {
  /** Signs a key's holder in. @returns the session's id for the cookie, null when the text is no standing key. */
  begin(key: string): Promise<string | null>;
  /** A token that signs one person in with this role, once, within ten minutes. */
  oneTimeToken(role: Role): string;
  /** Uses a one-time token up. @returns a session's id, null when the token is used, too old or none of ours. */
  beginOnce(token: string): string | null;
  /** The session of this id; null when it has ended or its key was revoked. */
  find(id: string): Promise<Session | null>;
  end(id: string): void;
}

/**
 * The path of a link that signs one person in, once, within ten minutes. Whoever reads it first is in: a link that may be kept in a log
 * gives the role viewer, one that is shown on the operator's own terminal may give more.
 * @example `${url}${oneTimeLink(sessions, "admin")}`
 */
export function oneTimeLink(sessions: Sessions, role: Role = "viewer"): string {
  return addressOf("/sign-in", { once: sessions.oneTimeToken(role) });
}

interface Token {
  role: Role;
  expiresMs: number;
}

interface Kept extends Session {
  keyId: string | null;
}

/**
 * The console's sessions, kept in this process only and by their hashes: a restart signs everybody out, and what is in memory opens nothing.
 * @example const id = await createSessions(hub).begin("jh_…");
 */
export function createSessions(hub: Hub): Sessions {
  const sessions = new Map<string, Kept>();
  const tokens = new Map<string, Token>();
  const start = (session: Omit<Kept, "expires_at" | "handle">): string => {
    const id = randomText();
    const handle = hashOf(id);
    const expires_at = new Date(hub.clock.now() + sessionMaxMs).toISOString();
    keep(sessions, { key: handle, value: { ...session, expires_at, handle } }, sessionsMax);
    return id;
  };
  return {
    async begin(text) {
      const key = await findKey(hub, text);
      return key ? start({ name: key.name, role: key.role, keyId: key.id }) : null;
    },
    oneTimeToken(role) {
      const text = randomText();
      keep(tokens, { key: hashOf(text), value: { role, expiresMs: hub.clock.now() + oneTimeMaxMs } }, oneTimeMax);
      return text;
    },
    beginOnce(text) {
      const token = tokens.get(hashOf(text));
      tokens.delete(hashOf(text));
      if (token === undefined || token.expiresMs <= hub.clock.now()) return null;
      return start({ name: "one-time link", role: token.role, keyId: null });
    },
    async find(id) {
      const session = sessions.get(hashOf(id));
      if (!session) return null;
      const stands = session.keyId === null || (await stillStands(hub, session.keyId));
      if (stands && session.expires_at > hub.now()) return session;
      sessions.delete(hashOf(id));
      return null;
    },
    end: (id) => {
      sessions.delete(hashOf(id));
    },
  };
}

/** Puts an entry last and drops the oldest when there are too many. */
function keep<T>(entries: Map<string, T>, { key, value }: { key: string; value: T }, most: number): void {
  const [oldest] = entries.keys();
  if (entries.size >= most && oldest !== undefined) entries.delete(oldest);
  entries.set(key, value);
}

function randomText(): string {
  return randomBytes(32).toString("base64url");
}

/** The texts hold 256 random bits, so a plain hash is enough: there is nothing to guess. */
function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
