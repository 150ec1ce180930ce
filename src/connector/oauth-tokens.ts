import { createHash } from "node:crypto";
import { SourceError } from "./errors.ts";
import { timeoutDefaultMs } from "./exchange.ts";
import { authorizeAddress, type Departure, type Granted, type OAuthFlow, redeemCode, refreshTokens } from "./oauth.ts";
import type { Transport } from "./transport.ts";

/** A connection's tokens as they are kept. */
export interface Tokens {
  accessToken: string;
  refreshToken: string | null;
  /** By the hub's clock, epoch ms; null where nobody knows. */
  expiresAt: number | null;
  address: string | null;
  account: string | null;
  /** A mark of the refresh token in the settings that they came from; null where a person approved them here. */
  seed: string | null;
  /** A mark of where they were obtained, and as which app; null where that cannot change. */
  place: string | null;
  /** A mark of the app's secret they were obtained with; null where it has none. */
  proof: string | null;
  /** A process asks for newer ones until then, and the others wait; null: none does. */
  renewingUntil: number | null;
}

/** Tokens and which version of them this is. */
export interface KeptTokens {
  tokens: Tokens;
  revision: number;
}

/** Where a connection's tokens are kept: the hub's is sealed, in its data store, and shared by all processes on it. */
export interface TokenVault {
  /** How a person approves the connection again, one sentence. */
  readonly approval: string;
  /** Counts the approvals given in this process: what is held from before one is let go. */
  approvals?(): number;
  read(): Promise<KeptTokens | null>;
  /** Puts tokens in the place of those that `read` gave. @returns null, and changes nothing, where another process came first. */
  replace(before: KeptTokens | null, tokens: Tokens): Promise<KeptTokens | null>;
  /** Is told of each renewal: while one is under way the vault must stay open, as the vendor may give new tokens once only. */
  renews?(renewal: Promise<unknown>): void;
}

/** Tokens that are gone with the process: for tests, and for what can be asked for again at any time. */
export function memoryVault(first: Tokens | null = null): TokenVault {
  let kept: KeptTokens | null = first && { tokens: first, revision: 1 };
  return {
    approval: "Approve the connection again: `journey-hub connect NAME --oauth`.",
    read: async () => kept,
    async replace(before, tokens) {
      if ((before?.revision ?? 0) !== (kept?.revision ?? 0)) return null;
      kept = { tokens, revision: (kept?.revision ?? 0) + 1 };
      return kept;
    },
  };
}

/** A connection's access tokens, as its session uses them. */
export interface TokenAccess {
  /** One that is good for another minute at least. Throws SourceError. */
  current(): Promise<Tokens>;
  /** A newer one than that which the vendor refused. Throws SourceError. */
  renewed(refused: Tokens): Promise<Tokens>;
}

export interface TokenOptions {
  vault: TokenVault;
  transport: Transport;
  /** The refresh token of the settings; one that is changed there counts from then on. */
  refreshToken?: string | undefined;
  /** How long a token lasts where the vendor does not say. */
  lifetimeMs?: number | undefined;
  /** What the settings obtain tokens with. Those of another place are never sent to this one; another proof is tried before they are used. */
  bound?: Bound | undefined;
  /** Asks the vendor; `claim` is called before each attempt, so that no other process shows the same refresh token meanwhile. */
  ask(held: { refreshToken: string | null; hasWorked: boolean; claim(): Promise<void> }): Promise<Granted>;
}

/** What tokens are obtained with: where and as which app, and the app's secret, as marks. */
export type Bound = Pick<Tokens, "place" | "proof">;

/** The access tokens of a person's approval. @example const access = openFlow(flow, { config, transport, vault }); await access.current() */
export function openFlow<Config>(
  flow: OAuthFlow<Config>,
  { config, transport, vault }: { config: Config; transport: Transport; vault: TokenVault },
): TokenAccess {
  return openTokens({
    vault,
    transport,
    refreshToken: flow.refreshToken?.(config),
    lifetimeMs: flow.lifetimeMs,
    bound: boundOf(flow, config),
    async ask({ refreshToken, ...asked }) {
      if (refreshToken !== null) return refreshTokens(flow, { config, transport }, { refreshToken, ...asked });
      throw new SourceError("stop", `Nobody has approved this connection at ${flow.vendor} yet`, {
        code: "NOT_APPROVED",
        lostApproval: true,
      });
    },
  });
}

/** The round trip of a person's approval, bound to a connection's settings. */
export interface OpenAuthorisation {
  /** Whether these settings sign in by a person's approval. */
  inUse: boolean;
  /** The address the person is sent to. */
  address(departure: Departure): string;
  /** Exchanges the code that came back, with the verifier of the departure. Throws SourceError. */
  redeem(answer: { code: string; redirectUri: string; verifier: string }): Promise<Tokens>;
}

/** Binds a flow to settings and a transport: what `defineConnector` does. */
export function openAuthorisation<Config>(
  flow: OAuthFlow<Config>,
  { config, transport }: { config: Config; transport: Transport },
): OpenAuthorisation {
  return {
    inUse: flow.uses(config),
    address: (departure) => authorizeAddress(flow, config, departure),
    async redeem(answer) {
      const granted = await redeemCode(flow, { config, transport }, answer);
      // Beside what the settings say: a refresh token that is changed there later counts from then on.
      const before = { ...nothing, seed: markOf(flow.refreshToken?.(config)), ...boundOf(flow, config) };
      return tokensOf(granted, { before, now: transport.now(), lifetimeMs: flow.lifetimeMs });
    },
  };
}

/** Ahead of its end a token is renewed, so that none ends on the way. */
const aheadMs = 60_000;
/** A claim lasts as long as an attempt at least, which begins a moment later: while one is under way nobody takes over. */
const claimMinMs = timeoutDefaultMs + 5_000;
/** So long after its last attempt began, another process takes over from one that was killed. */
const renewingMs = timeoutDefaultMs + 15_000;
const lookEveryMs = 250;
/** Looks at what another process does, and attempts to be the one who does it. */
const turnsMax = 400;
/** A refused approval is not shown to the vendor again for so long, unless there is another one. */
const refusedMs = 10 * 60_000;

/**
 * Keeps access tokens good: renewed a minute before their end and when the vendor refuses one; once for all who wait, in all processes that
 * share the vault; new ones are kept there before anybody uses them. An approval that is over is a `stop` that says how to approve again.
 */
export function openTokens(options: TokenOptions): TokenAccess {
  const { transport, vault } = options;
  const renew = createRenewal(options);
  let held: { tokens: Tokens; approval: number } | null = null;
  let renewing: Promise<Tokens> | null = null;
  const approvals = () => vault.approvals?.() ?? 0;
  const good = (): Tokens | null =>
    held && held.approval === approvals() && isGood(held.tokens, transport) ? held.tokens : null;

  function renewOnce(refused: string | null): Promise<Tokens> {
    const approval = approvals();
    if (renewing) return renewing;
    renewing = renew(refused)
      .then((tokens) => {
        held = { tokens, approval };
        return tokens;
      })
      .finally(() => {
        renewing = null;
      });
    vault.renews?.(renewing);
    return renewing;
  }

  return {
    current: async () => good() ?? renewOnce(null),
    async renewed(refused) {
      const present = good();
      return present && present.accessToken !== refused.accessToken ? present : renewOnce(refused.accessToken);
    },
  };
}

function isGood({ accessToken, expiresAt }: Tokens, transport: Transport): boolean {
  return accessToken !== "" && (expiresAt === null || transport.now() < expiresAt - aheadMs);
}

/** Gives good tokens other than those refused: those another process has kept meanwhile, else newly asked for. */
function createRenewal({ vault, transport, refreshToken, lifetimeMs, bound = unbound, ask }: TokenOptions) {
  const seed = markOf(refreshToken);
  let refusal: { revision: number; error: SourceError; until: number } | null = null;
  /** Given by the vendor and not kept yet, because the store was away: asking again could end the approval. */
  let unsaved: { before: KeptTokens; tokens: Tokens } | null = null;

  /** `former` is what was kept before: where these settings are refused, it is good still with those that it came by. */
  async function obtain(claimed: KeptTokens, former: Tokens): Promise<void> {
    const { tokens: before } = claimed;
    const claim = createClaim({ vault, transport }, claimed);
    try {
      const held = { refreshToken: before.refreshToken, hasWorked: before.accessToken !== "" };
      const granted = await ask({ ...held, claim: claim.prolong });
      const tokens = tokensOf(granted, { before: { ...before, ...bound }, now: transport.now(), lifetimeMs });
      unsaved = { before: claim.held(), tokens };
    } catch (cause) {
      const left = await vault.replace(claim.held(), { ...former, renewingUntil: null });
      if (!left) return; // another process took over meanwhile, so what was refused counts no more
      if (!(cause instanceof SourceError) || !cause.details.lostApproval) throw cause;
      const error = new SourceError("stop", cause.message, { cause, ...cause.details, remedy: vault.approval });
      refusal = { revision: left.revision, error, until: transport.now() + refusedMs };
      throw error;
    }
  }

  async function saved(): Promise<Tokens | null> {
    if (!unsaved) return null;
    const kept = await vault.replace(unsaved.before, unsaved.tokens);
    unsaved = null;
    return kept?.tokens ?? null;
  }

  return async (refused: string | null): Promise<Tokens> => {
    for (let turn = 0; turn < turnsMax; turn++) {
      const mine = await saved();
      if (mine) return mine;
      const kept = await vault.read();
      const known = kept && isOurs(kept.tokens, { seed, bound }) ? kept.tokens : null;
      if (kept && !known && seed === null && hasAny(kept.tokens)) throw approvedOtherwise(vault);
      // Another secret of the app shows by a renewal whether it is right; until then what is kept stays as it is.
      if (known && known.proof === bound.proof && known.accessToken !== refused && isGood(known, transport))
        return known;
      if (refusal && refusal.revision === kept?.revision && transport.now() < refusal.until) throw refusal.error;
      if ((known?.renewingUntil ?? 0) > transport.now()) {
        await transport.sleep(lookEveryMs);
        continue;
      }
      const before = known ?? { ...nothing, ...bound, refreshToken: refreshToken ?? null, seed };
      const claimed = await vault.replace(kept, { ...before, renewingUntil: transport.now() + renewingMs });
      if (claimed) await obtain(claimed, kept?.tokens ?? before);
    }
    throw new SourceError("retry", "Another process has been renewing the tokens of this connection for too long");
  };
}

/** The right to ask, prolonged with each attempt: many vendors take a refresh token once, and end the approval when it is shown again. */
function createClaim({ vault, transport }: Pick<TokenOptions, "vault" | "transport">, claimed: KeptTokens) {
  let held = claimed;
  return {
    held: () => held,
    async prolong(): Promise<void> {
      const now = transport.now();
      if ((held.tokens.renewingUntil ?? 0) - now >= claimMinMs) return;
      const next = await vault.replace(held, { ...held.tokens, renewingUntil: now + renewingMs });
      if (!next) throw new SourceError("stop", "Another process has begun to renew the tokens of this connection");
      held = next;
    },
  };
}

const nothing: Tokens = {
  accessToken: "",
  refreshToken: null,
  expiresAt: null,
  address: null,
  account: null,
  seed: null,
  place: null,
  proof: null,
  renewingUntil: null,
};

const unbound: Bound = { place: null, proof: null };

/** Where the settings hold another refresh token, or another app or address, than that which these came from, they are those of before. */
function isOurs(tokens: Tokens, { seed, bound }: { seed: string | null; bound: Bound }): boolean {
  return (seed === null || tokens.seed === seed) && tokens.place === bound.place;
}

const hasAny = ({ accessToken, refreshToken }: Tokens): boolean => accessToken !== "" || refreshToken !== null;

/** What is kept stays: with the settings of before it is good again. */
function approvedOtherwise({ approval }: TokenVault): SourceError {
  return new SourceError("stop", "The approval was given to another app or address than the settings name now", {
    code: "APPROVED_OTHERWISE",
    lostApproval: true,
    remedy: approval,
  });
}

function boundOf<Config>(flow: OAuthFlow<Config>, config: Config): Bound {
  const { id, secret } = flow.client(config);
  const { origin } = new URL(flow.tokenUrl(config)); // another version of the vendor's API is the same place
  return { place: hashOf(`${origin} ${id}`), proof: markOf(secret) };
}

/** What was granted, as it is kept; `now` is the hub's clock. Where no new refresh token came, the one before goes on. */
function tokensOf(
  granted: Granted,
  { before = nothing, now, lifetimeMs }: { before?: Tokens; now: number; lifetimeMs?: number | undefined },
): Tokens {
  const lastsMs = granted.expiresInMs ?? lifetimeMs ?? null;
  return {
    accessToken: granted.accessToken,
    refreshToken: granted.refreshToken ?? before.refreshToken,
    expiresAt: lastsMs === null ? null : now + lastsMs,
    address: granted.address,
    account: granted.account ?? before.account,
    seed: before.seed,
    place: before.place,
    proof: before.proof,
    renewingUntil: null,
  };
}

/** Tells one secret of the settings from another, without holding it. */
function markOf(secret: string | undefined): string | null {
  return secret === undefined ? null : hashOf(secret);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}
