import { setTimeout as wallClock } from "node:timers/promises";
import { z } from "zod";
import { type KeptTokens, memoryVault, type Tokens, type TokenVault } from "../connector/index.ts";
import { replan, StaleError, type Store } from "../store/store.ts";
import { put, set, type Write } from "../store/writes.ts";
import type { HubFile } from "./folder/config.ts";
import type { SecretBox } from "./folder/secrets.ts";

/** Whose tokens, and where they are kept. */
interface Place {
  store: Store;
  secrets: SecretBox;
  connection: string;
}

const nameOf = (connection: string): string => `tokens ${connection}`;
const sealedAs = "oauth tokens";

const tokensKept: z.ZodType<Tokens> = z.strictObject({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  expiresAt: z.number().nullable(),
  address: z.string().nullable(),
  account: z.string().nullable(),
  seed: z.string().nullable(),
  place: z.string().nullable(),
  proof: z.string().nullable(),
  renewingUntil: z.number().nullable(),
});

/** What this process knows of a store's connections. */
interface Known {
  /** How often a person approved them: what is held from before is let go then. */
  approvals: Map<string, number>;
  /** The revision of their tokens that was written last. */
  written: Map<string, number>;
  /** Their tokens, the newest first, to be hidden wherever they turn up. */
  tokens: Map<string, readonly string[]>;
  /** Those under way. */
  renewals: Set<Promise<unknown>>;
}

const known = new WeakMap<Store, Known>();

function knownOf(store: Store): Known {
  const of = known.get(store) ?? {
    approvals: new Map(),
    written: new Map(),
    tokens: new Map(),
    renewals: new Set(),
  };
  known.set(store, of);
  return of;
}

/** The tokens that this process has had in use lately, as texts: for logs and answers, which must not show them. */
export function tokenTexts(store: Store): string[] {
  return [...knownOf(store).tokens.values()].flat();
}

/**
 * The vault of a connection's tokens: sealed for it alone, in the data store, so that every process on it has them. A lane's revision lets
 * one process at a time replace them.
 */
export function storedTokens({ store, secrets, connection, approval }: Place & { approval: string }): TokenVault {
  return {
    approval,
    approvals: () => knownOf(store).approvals.get(connection) ?? 0,
    async read() {
      const kept = await readTokens({ store, secrets, connection });
      const isFromBefore = store.dialect === "sqlite" && knownOf(store).written.get(connection) !== kept?.revision;
      // Who has the folder is alone on it: who was renewing then was killed, and is not waited for.
      return kept && isFromBefore ? { ...kept, tokens: { ...kept.tokens, renewingUntil: null } } : kept;
    },
    async replace(before, tokens) {
      const revision = (before?.revision ?? 0) + 1;
      hide(store, connection, tokens); // also where they cannot be kept: the vendor has given them
      try {
        await store.commit(writesOf({ secrets, connection }, tokens, revision));
        knownOf(store).written.set(connection, revision);
        return { tokens, revision };
      } catch (cause) {
        if (cause instanceof StaleError) return null;
        throw cause;
      }
    },
    renews(renewal) {
      const { renewals } = knownOf(store);
      renewals.add(renewal);
      const over = () => renewals.delete(renewal);
      renewal.then(over, over);
    },
  };
}

/** Resolves when what vendors are giving just now is kept, or after this time. */
export async function renewalsKept(store: Store, withinMs: number): Promise<void> {
  const { renewals } = knownOf(store);
  if (renewals.size === 0) return;
  const timer = new AbortController();
  // The process's own time, as with a stop.
  const late = wallClock(withinMs, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([Promise.allSettled(renewals), late]);
  timer.abort();
}

/** Keeps the tokens of a new approval, whatever was kept before, be it sealed with a key that is lost. */
export async function keepApproval({ store, secrets, connection }: Place, tokens: Tokens): Promise<void> {
  await replan(async () => {
    const revision = await revisionOf(store, connection);
    await store.commit(writesOf({ secrets, connection }, tokens, revision + 1));
  });
  const { approvals } = knownOf(store);
  approvals.set(connection, (approvals.get(connection) ?? 0) + 1);
  hide(store, connection, tokens);
}

/** A vault of tokens that are not kept yet: they are to be proven first. What they are renewed to meanwhile is read from it. */
export function tokensOnTrial({ store, connection }: Pick<Place, "store" | "connection">, tokens: Tokens): TokenVault {
  const vault = memoryVault(tokens);
  hide(store, connection, tokens);
  return {
    ...vault,
    replace(before, after) {
      hide(store, connection, after);
      return vault.replace(before, after);
    },
  };
}

/** Whether a connection was ever approved here. */
export async function hasTokens(store: Store, connection: string): Promise<boolean> {
  return (await store.byKey("settings", "name", [nameOf(connection)])).length > 0;
}

/** Throws ConfigError where they were sealed with another key. */
async function readTokens({ store, secrets, connection }: Place): Promise<KeptTokens | null> {
  // The revision first: were it newer than the tokens, a replacement made from them would pass for the latest.
  const revision = await revisionOf(store, connection);
  const [row] = await store.byKey("settings", "name", [nameOf(connection)]);
  if (!row) return null;
  const tokens = tokensKept.parse(JSON.parse(secrets.open(connection, sealedAs, row.value)));
  hide(store, connection, tokens);
  return { tokens, revision };
}

/** Former ones too: what was asked with them may be answered, and repeated, long after they were renewed. */
const hiddenMax = 24;

function hide(store: Store, connection: string, { accessToken, refreshToken }: Tokens): void {
  const { tokens } = knownOf(store);
  const before = tokens.get(connection) ?? [];
  const all = [...new Set([accessToken, refreshToken ?? "", ...before])].filter(Boolean).slice(0, hiddenMax);
  tokens.set(connection, all);
}

async function revisionOf(store: Store, connection: string): Promise<number> {
  const [lane] = await store.byKey("lanes", "name", [nameOf(connection)]);
  return lane?.revision ?? 0;
}

function writesOf({ secrets, connection }: Omit<Place, "store">, tokens: Tokens, revision: number): Write[] {
  const name = nameOf(connection);
  const value = secrets.seal(connection, sealedAs, JSON.stringify(tokens));
  return [set("settings", [{ name, value }]), put("lanes", [{ name, revision }])];
}

/** How a person approves a connection (again). */
export function approvalOf({ public_url, connections }: HubFile, id: string): string {
  const page = `${public_url.replace(/\/+$/, "")}/connect/${connections[id]?.connector}?connection=${id}`;
  return `Approve it with \`journey-hub connect ${id} --oauth\`, or in the console at ${page}; it goes on where it stood.`;
}
