import {
  cutConnection,
  endlessBody,
  htmlInstead,
  serverError,
  tooMany,
  truncatedJson,
  type WireTrouble,
} from "journey-hub/connector/testing";
import type { PageMemory } from "./page-memory.ts";

interface Account {
  now(): number;
  expireTokens(): void;
  pages: PageMemory;
}

/** A HubSpot refusal in its envelope. */
const refusal = (status: number, body: Record<string, unknown>, headers: Record<string, string> = {}): Response =>
  Response.json(
    { status: "error", correlationId: "00000000-0000-4000-8000-00000000dead", ...body },
    { status, headers },
  );

const limited = (name: string, headers: Record<string, string> = {}): Response =>
  refusal(
    429,
    {
      message: `You have reached your ${name} limit.`,
      errorType: "RATE_LIMIT",
      policyName: name.toUpperCase(),
      groupName: `publicapi:private-apps-api-calls-${name}:515151`,
    },
    headers,
  );

const isToken = ({ url }: Request): boolean => new URL(url).pathname.startsWith("/oauth/");
const isSearch = ({ url }: Request): boolean => new URL(url).pathname.endsWith("/search");
const isList = ({ method, url }: Request): boolean => method === "GET" && new URL(url).searchParams.has("after");
const isWrite = ({ method, url }: Request): boolean =>
  method === "PATCH" ||
  method === "DELETE" ||
  (method === "POST" && /\/batch\/(update|upsert|create|archive)$/.test(url));

/** How HubSpot's single answers go wrong. */
export function wireTroubles(account: Account): readonly WireTrouble[] {
  return [...refusedForNow(account), ...tokenTroubles(account), ...spoiltAnswers(account)];
}

function refusedForNow({ now }: Account): WireTrouble[] {
  const source = "crm-apis 2.3; Retry-After is not documented for API clients";
  const ways = ["seconds", "date", "missing", "absurd"] as const;
  const unless = (trouble: WireTrouble): WireTrouble => ({ ...trouble, strikes: (request) => !isToken(request) });
  return [
    ...ways.map((retryAfter) =>
      unless(tooMany((headers) => limited("ten_secondly_rolling", headers), { now, retryAfter, source })),
    ),
    {
      name: "search-secondly-429",
      kind: "wire",
      about: "refuses a search for the limit of a second that all tools of the account share",
      source: "crm-apis 2.3",
      strikes: isSearch,
      strike: () => limited("secondly"),
    },
    {
      name: "daily-429",
      kind: "wire",
      about: "refuses for the limit of the day, without saying when the day ends",
      source: "hubspot-api-python#117",
      strikes: (request) => !isToken(request),
      strike: () => limited("daily"),
    },
    {
      name: "locked-423",
      kind: "wire",
      about: "refuses a write because a record is locked by another one",
      source: "docs/api-reference/error-handling",
      strikes: isWrite,
      strike: () => refusal(423, { message: "The record is locked by another operation.", category: "LOCKED" }),
    },
    {
      name: "account-moving-477",
      kind: "wire",
      about: "refuses because the account is being moved, Retry-After in seconds",
      source: "docs/api-reference/error-handling",
      strikes: (request) => !isToken(request),
      strike: (_request, _answer, chance) =>
        refusal(477, { message: "This account is being migrated." }, { "retry-after": String(chance.int(2, 30)) }),
    },
  ];
}

function tokenTroubles({ expireTokens }: Account): WireTrouble[] {
  return [
    {
      name: "token-expires-early",
      kind: "wire",
      costs: 2,
      about: "every access token ends amid the run, before its time: 401 until a new one is got",
      source: "airbyte#74726, ToolJet#17192",
      strikes: (request) => !isToken(request),
      strike: (_request, answer) => {
        expireTokens();
        return answer();
      },
    },
    {
      name: "refused-401",
      kind: "wire",
      costs: 2,
      about: "answers 401 to a good token, once; a new one is not needed",
      source: "developers.hubspot.com/apps/api_guidelines: a 401 alone is no sign that a token is bad",
      strikes: (request) => !isToken(request),
      strike: () =>
        refusal(401, { message: "Authentication credentials not found.", category: "INVALID_AUTHENTICATION" }),
    },
    {
      name: "refresh-fails",
      kind: "wire",
      about: "the token endpoint answers 500; the next time it works",
      source: "reliability plan, faulty peers (refresh fails one time in five)",
      strikes: isToken,
      strike: () => refusal(500, { message: "internal error" }),
    },
  ];
}

function spoiltAnswers({ pages }: Account): WireTrouble[] {
  return [
    serverError(500, JSON.stringify({ status: "error", message: "internal error", correlationId: "00000000-dead" })),
    serverError(502),
    serverError(503),
    serverError(504),
    htmlInstead(200),
    htmlInstead(503),
    truncatedJson,
    cutConnection,
    endlessBody,
    {
      name: "edge-52x",
      kind: "wire",
      about: "the edge in front of HubSpot answers 521 to 526 with HTML",
      source: "docs/api-reference/error-handling",
      strike: (_request, _answer, chance) =>
        new Response("<html><body>Web server is down</body></html>", {
          status: chance.int(521, 526),
          headers: { "content-type": "text/html" },
        }),
    },
    {
      name: "repeated-page",
      kind: "wire",
      about: "gives the page before once more, its link to the next one included",
      source: "reliability plan, faulty peers",
      strikes: (request) => pages.before(request) !== undefined,
      strike: (request, answer) => pages.before(request) ?? answer(),
    },
    {
      name: "expired-cursor",
      kind: "wire",
      about: "refuses the link to the next page as unknown; later it is known again",
      source: "reliability plan, faulty peers; at HubSpot unverified",
      strikes: isList,
      strike: () => refusal(400, { message: "Invalid paging cursor", category: "VALIDATION_ERROR" }),
    },
  ];
}
