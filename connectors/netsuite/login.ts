import { type IncomingReply, SourceError } from "journey-hub/connector";
import { type NetsuiteConfig, roleField, type TokenConfig } from "./config.ts";
import { problemIn } from "./refusals.ts";

/** A request as it was sent, and the 401 it met. */
export interface RefusedLogin {
  config: NetsuiteConfig;
  what: string;
  reply: IncomingReply;
  /** This machine's clock. */
  now: number;
  /** Refusals of this same call before. */
  before: number;
  /** Whether a login of this connection has worked before. */
  hasLoggedIn: boolean;
}

/** Whether the reply refuses the login, by whatever name. */
export function isRefusedLogin(reply: IncomingReply): boolean {
  if (reply.status < 300) return false;
  const code = problemIn(reply)?.code ?? "";
  return /^INVALID_LOGIN/.test(code) || (reply.status === 401 && code !== "CONCURRENCY_LIMIT_EXCEEDED");
}

/** Attempts refused as a login before a call is given up: few where no login ever worked, more where it may be the concurrency. */
const refusedMax = { unproven: 2, proven: 5 };

/**
 * Reads a refused login. NetSuite says the same for a wrong account, key, secret and clock, for an access token that has ended, and also for
 * too many requests at a time: so a token is renewed once, then it is tried again a few times, and then it stops with where the cause can be
 * read. A clock that is off, which only signatures mind, we see ourselves.
 */
export function errorForLogin(refused: RefusedLogin): SourceError {
  const { config, what, reply, before, hasLoggedIn } = refused;
  const known = { status: reply.status, code: problemIn(reply)?.code || "INVALID_LOGIN" };
  if (signsRequests(config)) {
    const skewMs = clockSkewMs(refused);
    if (Math.abs(skewMs) > skewMaxMs) return wrongClock(what, skewMs, known);
  } else if (before === 0) {
    return new SourceError("reauthorise", `${what}: NetSuite refused the access token (${known.code})`, known);
  }
  if (before < (hasLoggedIn ? refusedMax.proven : refusedMax.unproven)) {
    // A login that worked before is refused for the number of requests, most often.
    const details = hasLoggedIn ? { ...known, crowded: true } : known;
    return new SourceError("retry", `${what}: NetSuite refused the login (${known.code})`, details);
  }
  const { field, hint } = suspects(config);
  return new SourceError("stop", `${what}: NetSuite refuses the login (${known.code})${hint}`, {
    ...known,
    field,
    remedy:
      `NetSuite tells the cause only under Setup → Users/Roles → User Management → View Login Audit Trail, column Detail: ` +
      `${signsRequests(config) ? signatureCauses : tokenCauses}; no line at all means that account_id is another account's. If logins fail ` +
      `now and then only, too many requests run at a time: lower concurrency.`,
  });
}

const signatureCauses =
  "a wrong signature means consumer_secret or token_secret, an unknown key consumer_key, a rejected token token_id";
const tokenCauses =
  "ScopeMismatched means that the integration record does not allow REST Web Services, EntityOrRoleDisabled the user or the role, InvalidIntegration client_id";

const signsRequests = (config: NetsuiteConfig): config is TokenConfig =>
  config.sign_in === undefined || config.sign_in === "token";

/** NetSuite takes signatures some five minutes old. */
const skewMaxMs = 240_000;

/** How far this machine's clock is ahead of NetSuite's; 0 where the reply has no date. */
function clockSkewMs({ reply, now }: RefusedLogin): number {
  const theirs = Date.parse(reply.headers.date ?? "");
  return Number.isNaN(theirs) ? 0 : now - theirs;
}

function wrongClock(what: string, skewMs: number, known: { status: number; code: string }): SourceError {
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  const message = `${what}: the login is refused because this machine's clock is ${minutes} minutes ${skewMs > 0 ? "ahead of" : "behind"} NetSuite's`;
  return new SourceError("stop", message, {
    ...known,
    code: "CLOCK_SKEW",
    remedy:
      "Set the clock of the machine journey-hub runs on (NTP): NetSuite refuses signatures older than five minutes.",
  });
}

const credentials = ["consumer_key", "consumer_secret", "token_id", "token_secret"] as const;

/** NetSuite's keys and secrets are 64 hexadecimal digits: one that is not, among others that are, was copied badly. */
function suspects(config: NetsuiteConfig): { field: string; hint: string } {
  if (!signsRequests(config)) return { field: ["account_id", roleField(config)].join(", "), hint: "" };
  const odd = credentials.filter((name) => !/^[0-9a-f]{64}$/i.test(config[name]));
  const [first] = odd;
  if (first === undefined || odd.length === credentials.length) {
    return { field: ["account_id", ...credentials].join(", "), hint: "" };
  }
  return { field: first, hint: `; unlike the others, ${odd.join(" and ")} is not 64 hexadecimal digits` };
}
