import type { Context } from "hono";
import { instantText } from "./calendar.ts";
import type { OAuthDesk } from "./oauth.ts";
import { demoCredentials, type NetsuiteSimulatorOptions } from "./options.ts";
import { Problem, problemResponse } from "./problems.ts";
import { createVerifier, type LoginAuditEntry } from "./signature.ts";

type Entry = Pick<LoginAuditEntry, "cause" | "detail">;

/** The Login Audit Trail: its last 1,000 entries, oldest first. */
export interface LoginAudit {
  entries: readonly LoginAuditEntry[];
  note(entry: Entry): void;
}

const entriesMax = 1000;

export function createLoginAudit(now: () => number): LoginAudit {
  const entries: LoginAuditEntry[] = [];
  return {
    entries,
    note({ cause, detail }) {
      entries.push({ at: instantText(now()), cause, detail });
      if (entries.length > entriesMax) entries.shift();
    },
  };
}

interface LoginCheck extends Pick<NetsuiteSimulatorOptions, "credentials" | "timestampWindowMs" | "origin"> {
  now(): number;
  realm(): string;
  oauth: Pick<OAuthDesk, "refusalOf">;
  note(entry: Entry): void;
}

/** Lets through what is signed rightly or bears a good access token; everything else meets the one refusal NetSuite has for all causes. */
export function requireLogin({ now, realm, oauth, note, credentials, timestampWindowMs, origin }: LoginCheck) {
  const verifier = createVerifier(credentials ?? [demoCredentials], { now, windowMs: timestampWindowMs ?? 300_000 });
  return async (c: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    const authorization = c.req.header("authorization");
    const [, bearer] = /^Bearer (\S+)$/i.exec(authorization ?? "") ?? [];
    const url = origin === undefined ? c.req.url : c.req.url.replace(/^[a-z]+:\/\/[^/]+/i, origin);
    const failure =
      bearer === undefined
        ? verifier.verify({ method: c.req.method, url, authorization }, realm())
        : oauth.refusalOf(bearer);
    if (failure === null) {
      await next();
      return undefined;
    }
    note(failure);
    if (bearer === undefined) throw invalidLogin();
    return problemResponse(invalidLogin(), { "www-authenticate": `Bearer realm="${realm()}", error="invalid_token"` });
  };
}

/** Says nothing of the cause: that stands in the Login Audit Trail alone. */
export function invalidLogin(): Problem {
  return new Problem(401, {
    detail:
      "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.",
    code: "INVALID_LOGIN",
  });
}
