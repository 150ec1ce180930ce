import {
  errorForNetwork,
  errorForStatus,
  type IncomingReply,
  retryAfterMs,
  SourceError,
  type SourceErrorDetails,
} from "journey-hub/connector";
import { z } from "zod";

/** A refusal in the form the REST API gives it; the first of several counts. */
export interface Refusal {
  code: string;
  message: string;
}

/** What a code means for the hub. */
type Meaning = Pick<SourceErrorDetails, "field" | "remedy"> & { next: SourceError["next"] };

const hourMs = 3_600_000;

/** Codes of a single record's refusal that pass with time; every other one stays until a person acts. */
const passingRecordCodes = new Set([
  "UNABLE_TO_LOCK_ROW",
  "SERVER_UNAVAILABLE",
  "QUERY_TIMEOUT",
  "REQUEST_LIMIT_EXCEEDED",
]);

const meanings: Readonly<Record<string, Meaning>> = {
  INVALID_SESSION_ID: {
    next: "reauthorise",
    field: "client_id",
    remedy:
      "Salesforce does not accept a session it has just given: check the policies of the connected app (session timeout, IP restrictions) and that its run-as user is active.",
  },
  INVALID_FIELD: {
    next: "stop",
    remedy:
      "Correct the field in the mapping; for a Journey_Hub field follow the set-up instructions that `journey-hub plan` prints.",
  },
  INVALID_TYPE: {
    next: "stop",
    remedy: "Give the integration user Read and View All on the object: Setup → Permission Sets → Object Settings.",
  },
  MALFORMED_QUERY: { next: "stop", remedy: "Report this with the message above: nothing was lost, the cursor stands." },
  NOT_FOUND: {
    next: "stop",
    field: "api_version",
    remedy: "Check api_version: Setup → Apex Classes → New shows the newest version of the org.",
  },
  API_DISABLED_FOR_ORG: {
    next: "stop",
    field: "client_id",
    remedy: "The org's edition has no API access: ask Salesforce to enable it, or use another edition.",
  },
  API_CURRENTLY_DISABLED: {
    next: "stop",
    field: "client_id",
    remedy:
      "Give the integration user the system permission “API Enabled”: Setup → Permission Sets → System Permissions.",
  },
  INSUFFICIENT_ACCESS: {
    next: "stop",
    field: "client_id",
    remedy: "Give the integration user the permissions the README lists: Setup → Permission Sets.",
  },
  QUERY_TIMEOUT: { next: "retry" },
  OPERATION_TOO_LARGE: { next: "retry" },
  UNABLE_TO_LOCK_ROW: { next: "retry" },
  SERVER_UNAVAILABLE: { next: "retry" },
};

/**
 * Reads what came of an exchange that did not succeed: the vendor's code and message first, the status after.
 * `what` begins the message (`Salesforce, reading Contact`); `reply` is undefined when nothing came back.
 */
export function errorForReply(
  reply: IncomingReply | undefined,
  cause: unknown,
  what: string,
  now: number,
): SourceError {
  if (!reply) return errorForNetwork(cause, what);
  const { status } = reply;
  if (status === 414 || status === 431) return tooLong(what, status);
  if (status < 300) return unreadable(reply, what);
  if (status < 400) return moved(reply, what);
  const refusal = refusalIn(reply);
  const retryAfter = reply.headers["retry-after"] ?? null;
  if (!refusal && breaksOff(reply) && status !== 401) return unreadable(reply, what);
  if (!refusal) {
    return withoutMeaning(errorForStatus(status, `${what}: HTTP ${status} ${htmlNote(reply)}`, { retryAfter, now }));
  }
  return errorForRefusal(refusal, reply, what, now);
}

/** The vendor's error array, or undefined where the body is something else (a page, an empty text). */
export function refusalIn(reply: IncomingReply): Refusal | undefined {
  const parsed = refusals.safeParse(json(reply.text));
  const first = parsed.data?.[0];
  return first && { code: first.errorCode, message: tidy(first.message) };
}

/** What a refused record of a collection becomes: `skip` with the field the vendor names, `retry` for locks and the like. */
export function errorForRecord(
  what: string,
  { code, message, fields }: Refusal & { fields: readonly string[] },
): SourceError {
  const [field] = fields;
  const named = field ? `${code}, field ${fields.join(", ")}` : code;
  const next = passingRecordCodes.has(code) ? "retry" : "skip";
  return new SourceError(next, `${what}: ${tidy(message)} (${named})`, { code, ...(field ? { field } : {}) });
}

/** Parses a text; undefined where it is not JSON. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // HTML pages occur with any status: the caller says what it expected
  }
}

/** Whether the answer began as JSON and did not end as such: what it would have said is not known. */
export function breaksOff({ text }: IncomingReply): boolean {
  return /^[[{]/.test(text) && json(text) === undefined;
}

const refusals = z.array(z.looseObject({ errorCode: z.string(), message: z.string() })).min(1);

function errorForRefusal({ code, message }: Refusal, reply: IncomingReply, what: string, now: number): SourceError {
  const { status } = reply;
  const text = `${what}: ${message} (${code})`;
  const retryAfter = reply.headers["retry-after"] ?? null;
  const askedMs = retryAfterMs(retryAfter, now);
  if (code === "REQUEST_LIMIT_EXCEEDED") return limited(message, text, { status, askedMs });
  if (status === 401 && /not attached to Agent|not valid for use with the REST API/.test(message)) {
    // A new token would be refused the same way: these come from a change of the app in the org.
    const remedy =
      "Check the connected app in the org (Setup → Connected Apps): its access to the REST API was changed.";
    return new SourceError("stop", text, { status, code, field: "client_id", remedy });
  }
  const meaning = meanings[code.startsWith("INSUFFICIENT_ACCESS") ? "INSUFFICIENT_ACCESS" : code];
  if (!meaning) return withoutMeaning(errorForStatus(status, text, { code, now, retryAfter }));
  const { next, ...advice } = meaning;
  const wait = askedMs === undefined || next !== "retry" ? {} : { afterMs: askedMs };
  return new SourceError(next, text, { status, code, ...advice, ...wait });
}

/** The daily allowance comes back bit by bit over 24 hours; too many long requests are over in seconds. Only the message tells. */
function limited(message: string, text: string, asked: { status: number; askedMs: number | undefined }): SourceError {
  const { status, askedMs = 0 } = asked;
  const details = { status, code: "REQUEST_LIMIT_EXCEEDED" };
  if (/^Concurrent/i.test(message)) {
    return new SourceError("retry", text, { ...details, afterMs: Math.max(5_000, askedMs) });
  }
  return new SourceError("retry", text, {
    ...details,
    afterMs: Math.max(hourMs, askedMs),
    remedy:
      "The org's API calls of 24 hours are used up: reading goes on by itself; see Setup → Company Information for who uses them.",
  });
}

/** A whole request cannot be skipped: what nobody knows a cure for stops the stream until a person looks. */
function withoutMeaning(error: SourceError): SourceError {
  return error.next === "skip" ? new SourceError("stop", error.message, error.details) : error;
}

function tooLong(what: string, status: number): SourceError {
  return new SourceError("stop", `${what}: the request was too long for Salesforce (HTTP ${status})`, {
    status,
    remedy: "Read fewer fields in the mapping of this object, or report it: requests are split well below the limit.",
  });
}

function unreadable(reply: IncomingReply, what: string): SourceError {
  return new SourceError("retry", `${what}: the answer is not what Salesforce documents ${htmlNote(reply)}`, {
    status: reply.status,
    field: "login_url",
    remedy: "If it stays, check that login_url is the org's My Domain address and that no proxy answers in its place.",
  });
}

function moved(reply: IncomingReply, what: string): SourceError {
  const target = reply.headers.location;
  return new SourceError("stop", `${what}: the org answers from another address${target ? ` (${target})` : ""}`, {
    status: reply.status,
    field: "login_url",
    remedy: "Set login_url to the org's present address: Setup → My Domain.",
  });
}

function htmlNote({ headers, text }: IncomingReply): string {
  const type = headers["content-type"] ?? "no content type";
  return /html/.test(type) || /^\s*</.test(text) ? "(an HTML page instead of JSON)" : `(${type})`;
}

/** One line: query errors come with the statement and a caret on lines of their own. */
function tidy(message: string): string {
  return message.replace(/\s+/g, " ").trim().slice(-400);
}
