import { createHash } from "node:crypto";

export interface ApprovalOptions {
  clientId: string;
  /** The vendor's clock, epoch ms. */
  now: () => number;
  /** Addresses the app has registered; "any": all of them, as a demo has it. */
  redirectUris?: readonly string[] | "any";
  /** Scopes the app may ask for; "any": all of them. */
  scopes?: readonly string[] | "any";
  /** Whether a code needs PKCE; a challenge that is given is checked in any case. */
  pkce?: "required" | "optional";
  codeLifetimeMs?: number;
  /** Whether a refresh gives another refresh token and voids the one used. */
  rotates?: () => boolean;
  /** What tokens begin with. */
  prefix?: string;
  /** Refresh tokens that stand from the beginning, with every scope. */
  refreshTokens?: readonly string[];
}

/** What a refresh token or a code stands for. */
export interface Approval {
  /** Null: all there are. */
  scopes: readonly string[] | null;
}

export type CodeRefusal = "unknown code" | "another redirect_uri" | "wrong verifier";

/** The people's side of a simulated vendor: who approves, what codes and refresh tokens are good for. */
export interface Approvals {
  /** What the person answers from now on. */
  consent: "given" | "denied";
  /** Where the browser is led, or why it is led nowhere: an address that is not registered must not learn of it. */
  authorize(query: URLSearchParams): { to: string } | { refused: string };
  /** Takes a code, once, with the same redirect_uri and the verifier of its challenge. */
  redeem(form: URLSearchParams): Approval | CodeRefusal;
  /** A refresh token of an approval. */
  issue(approval: Approval): string;
  /** Uses a refresh token; null for one that is not good. `refreshToken` is null where the one used stays. */
  refresh(token: string): (Approval & { refreshToken: string | null }) | null;
  /** Ends a refresh token; all of them where none is named. @returns whether there was one. */
  revoke(token?: string): boolean;
}

interface Code extends Approval {
  redirectUri: string;
  challenge: string | null;
  expiresAt: number;
}

/** Makes a simulated vendor's approvals. Codes and tokens count up, so that a simulated run is repeatable. */
export function createApprovals(options: ApprovalOptions): Approvals {
  const { now, rotates = () => false, prefix = "demo", codeLifetimeMs = 10 * 60_000 } = options;
  const codes = new Map<string, Code>();
  const standing = new Map<string, Approval>((options.refreshTokens ?? []).map((token) => [token, { scopes: null }]));
  let made = 0;
  const next = (kind: string) => {
    made += 1;
    return `${prefix}-${kind}-${made}`;
  };

  const codeFor = (query: URLSearchParams) => {
    const [redirectUri, challenge] = [query.get("redirect_uri") ?? "", query.get("code_challenge")];
    const code = next("code");
    codes.set(code, { scopes: scopesIn(query), redirectUri, challenge, expiresAt: now() + codeLifetimeMs });
    return code;
  };

  const approvals: Approvals = {
    consent: "given",
    authorize(query) {
      const refused = refusalOf(query, options);
      if (refused) return { refused };
      const error = errorOf(query, options) ?? (approvals.consent === "denied" ? denied : null);
      return { to: backTo(query, error ?? { code: codeFor(query) }) };
    },
    redeem(form) {
      const name = form.get("code") ?? "";
      const code = codes.get(name);
      codes.delete(name); // shown once, whatever becomes of it
      if (!code || code.expiresAt <= now()) return "unknown code";
      if (form.get("redirect_uri") !== code.redirectUri) return "another redirect_uri";
      if (!fits(code.challenge, form.get("code_verifier"))) return "wrong verifier";
      return { scopes: code.scopes };
    },
    issue(approval) {
      const token = next("refresh");
      standing.set(token, approval);
      return token;
    },
    refresh(token) {
      const approval = standing.get(token);
      if (!approval) return null;
      if (!rotates()) return { ...approval, refreshToken: null };
      standing.delete(token);
      return { ...approval, refreshToken: approvals.issue(approval) };
    },
    revoke(token) {
      if (token !== undefined) return standing.delete(token);
      const any = standing.size > 0;
      standing.clear();
      return any;
    },
  };
  return approvals;
}

/** The address the browser came with, and the answer on it. */
function backTo(query: URLSearchParams, answer: Readonly<Record<string, string>>): string {
  const to = new URL(query.get("redirect_uri") ?? "");
  const state = query.get("state");
  for (const [name, value] of Object.entries({ ...answer, ...(state === null ? {} : { state }) })) {
    to.searchParams.set(name, value);
  }
  return to.href;
}

const denied = { error: "access_denied", error_description: "end-user denied authorization" };

/** What is told to the person alone, not to the address. */
function refusalOf(query: URLSearchParams, { clientId, redirectUris = "any" }: ApprovalOptions): string | null {
  const redirectUri = query.get("redirect_uri") ?? "";
  if (query.get("client_id") !== clientId) return "invalid_client_id";
  const isKnown = URL.canParse(redirectUri) && (redirectUris === "any" || redirectUris.includes(redirectUri));
  return isKnown ? null : "redirect_uri_mismatch";
}

function errorOf(query: URLSearchParams, { scopes = "any", pkce = "optional" }: ApprovalOptions) {
  if (query.get("response_type") !== "code") return { error: "unsupported_response_type" };
  const isChallenged = query.get("code_challenge_method") === "S256" && query.has("code_challenge");
  if (pkce === "required" && !isChallenged) {
    return { error: "invalid_request", error_description: "missing required code challenge" };
  }
  const foreign = scopesIn(query).filter((scope) => scopes !== "any" && !scopes.includes(scope));
  if (foreign.length === 0) return null;
  return { error: "invalid_scope", error_description: `the app has no scope ${foreign.join(" ")}` };
}

function scopesIn(query: URLSearchParams): string[] {
  return [query.get("scope"), query.get("optional_scope")]
    .join(" ")
    .split(/[\s,]+/)
    .filter(Boolean);
}

function fits(challenge: string | null, verifier: string | null): boolean {
  if (challenge === null) return true;
  return verifier !== null && createHash("sha256").update(verifier).digest("base64url") === challenge;
}
