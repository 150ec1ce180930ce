import { errorForNetwork, errorForStatus, retryAfterMs, SourceError } from "journey-hub/connector";
import { z } from "zod";
import { credentialOf, type HubspotConfig, usesOauth } from "./config.ts";
import { type ErrorReply, errorReply } from "./replies.ts";

/** An answer as it came over the wire. */
export interface RawReply {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
}

/** HubSpot's refusal of a request, named by what the hub does next. `now` is the vendor's clock: a date to wait for is one of its own. */
export function refusalOf(reply: RawReply, config: HubspotConfig, now: number): SourceError {
  const body = errorBody(reply.text);
  if (!body) return refusalOfPage(reply, now);
  const { status } = reply;
  const said = `HubSpot: ${explain(body)} (${status})`;
  const code = body.category ?? body.policyName ?? body.errorType ?? body.status;
  const details = { status, ...(code === undefined ? {} : { code }) };
  if (status === 401) return unauthorised(said, config, details);
  if (status === 403) return forbidden(said, body, config, details);
  const waitMs = retryAfterMs(reply.headers["retry-after"], now) ?? unsaidWaitMs(status, body);
  if (waitMs !== undefined) return new SourceError("retry", said, { ...details, afterMs: waitMs });
  return errorForStatus(status, said, { ...details, now });
}

/** A failure without an answer: below HTTP, timed out, or refused by the address guard. */
export function failureOf(cause: unknown, { base_url }: HubspotConfig): SourceError {
  const { host } = new URL(base_url);
  if (cause instanceof Error && / is a private or local address$/.test(cause.message)) {
    // node-fetch keeps only the text of what the address guard threw.
    return new SourceError("stop", cause.message.replace(/^.*reason: /, ""), {
      cause,
      field: "allowedHosts",
      remedy: `If this is meant, name the host under allowedHosts of the connection, e.g. allowedHosts: [${host}].`,
    });
  }
  const remedy = "Check base_url, and that HubSpot can be reached from this machine.";
  if (cause instanceof Error && cause.name === "TimeoutError") {
    return new SourceError("retry", `${host} did not answer in time`, { cause, field: "base_url", remedy });
  }
  const { message, details } = errorForNetwork(cause, host);
  return new SourceError("retry", message, { ...details, cause, field: "base_url", remedy });
}

const isItHubspot =
  "Check that base_url leads to HubSpot's API (https://api.hubapi.com) and no proxy answers in its place.";

/** An answer of success that is no JSON: a page of something in between, or cut short. Worth another try. */
export function notJson(reply: RawReply): SourceError {
  const what = isPage(reply) ? "a web page" : "something else";
  return new SourceError("retry", `HubSpot's address answered with ${what} instead of JSON`, {
    status: reply.status,
    field: "base_url",
    remedy: isItHubspot,
  });
}

/** JSON of another shape than HubSpot documents. */
export function unknownShape({ issues: [issue] }: z.core.$ZodError, status: number): SourceError {
  const where = issue ? `${issue.path.join(".") || "the body"}: ${issue.message}` : "the body";
  return new SourceError("stop", `HubSpot's address answered in an unknown form (${where})`, {
    status,
    field: "base_url",
    remedy: isItHubspot,
  });
}

/** An answer that was meant for an earlier question. Worth another try. */
export function anotherAnswer(): SourceError {
  return new SourceError("retry", "HubSpot's address gave the answer to an earlier question", {
    field: "base_url",
    remedy: "If it stays, look for a cache or a proxy between this machine and HubSpot.",
  });
}

/** HubSpot's edge answers in HTML when a service is down; a wrong address does too. */
function refusalOfPage(reply: RawReply, now: number): SourceError {
  const { status } = reply;
  const what = isPage(reply) ? "a web page" : "no JSON";
  const retryAfter = reply.headers["retry-after"] ?? null;
  if (status === 429 || status >= 500 || status === 423 || status === 477) {
    return errorForStatus(status, `HubSpot answered ${status} with ${what}`, { retryAfter, now });
  }
  return new SourceError("stop", `The address answered ${status} with ${what}, not as HubSpot's API does`, {
    status,
    field: "base_url",
    remedy:
      "Check that base_url leads to HubSpot's API (https://api.hubapi.com) and that api_version is one it serves.",
  });
}

function unauthorised(said: string, config: HubspotConfig, details: { status: number }): SourceError {
  if (usesOauth(config)) {
    return new SourceError("reauthorise", said, {
      ...details,
      field: credentialOf(config),
      remedy: "HubSpot refuses a token it has just given: install the app in the HubSpot account again.",
    });
  }
  return new SourceError("stop", said, {
    ...details,
    field: credentialOf(config),
    remedy: "Copy the token again from the private app's Auth tab or the service key's page; it may have been rotated.",
  });
}

function forbidden(
  said: string,
  body: ErrorReply,
  config: HubspotConfig,
  details: { status: number; code?: string },
): SourceError {
  const scopes = (body.errors ?? []).flatMap(({ context }) => context?.requiredGranularScopes ?? []);
  const missing = scopes.length > 0 ? `the scope ${scopes.join(", ")}` : "the missing scope (README, Permissions)";
  const again = usesOauth(config)
    ? "install it again (`journey-hub connect NAME --oauth`)"
    : "save; the token stays the same";
  const remedy = `Give the app ${missing} in HubSpot, then ${again}.`;
  return new SourceError("stop", said, { ...details, field: credentialOf(config), remedy });
}

/** HubSpot documents no Retry-After for its limits: the policy's name tells how long the window is. */
function unsaidWaitMs(status: number, { policyName }: ErrorReply): number | undefined {
  if (status === 423) return 2_000; // a locked record: HubSpot asks for at least two seconds
  if (status !== 429) return undefined;
  if (policyName === "DAILY") return 15 * 60_000; // longer than a run waits: it ends, and a later one goes on
  if (policyName === "SECONDLY") return 1_000;
  return 10_000;
}

const invalidValues = z.array(z.looseObject({ message: z.string(), name: z.string().optional() })).nonempty();

/** The useful part of a validation error is JSON inside the message. */
function explain({ message, status = "no reason given" }: ErrorReply): string {
  if (!message) return status;
  const start = message.indexOf("[{");
  const inner = start < 0 ? null : invalidValues.safeParse(parseJson(message.slice(start)));
  if (!inner?.success) return message;
  return [...new Set(inner.data.map((value) => value.message))].join("; ");
}

function errorBody(text: string): ErrorReply | null {
  const parsed = errorReply.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

/** The value, or undefined for text that is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isPage = ({ headers, text }: RawReply): boolean =>
  (headers["content-type"] ?? "").includes("html") || text.trimStart().startsWith("<");
