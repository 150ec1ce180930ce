import {
  errorForStatus,
  type IncomingReply,
  retryAfterMs,
  SourceError,
  type SourceErrorDetails,
} from "journey-hub/connector";
import { z } from "zod";

/** A reply that is no success, with what was asked: `what` begins the message (`NetSuite, reading customer`). */
export interface Refused {
  what: string;
  reply: IncomingReply;
  /** What the request was about: a record's refusal leaves the others alone, any other stops the stream. */
  about: "record" | "request";
  /** The setting that names the host: `account_id`, or `base_url` where that is given. */
  hostField: string;
  /** The setting that stands for the role: `token_id`, `certificate_id` … */
  roleField: string;
  now: number;
}

/** A refusal as NetSuite words it; the first of several counts, but for those of the account as a whole. */
export interface Problem {
  code: string;
  detail: string;
  /** The body field at fault. */
  path?: string | undefined;
}

type Meaning = Pick<SourceErrorDetails, "field" | "remedy" | "crowded"> & { next: SourceError["next"] };

const tooMany: Meaning = {
  next: "retry",
  crowded: true,
  field: "concurrency",
  remedy:
    "The account's limit of requests at the same time is shared by all integrations: lower concurrency, or give this one its own share under Setup → Integration → Integration Management → Integration Governance.",
};

const meanings: Readonly<Record<string, Meaning>> = {
  CONCURRENCY_LIMIT_EXCEEDED: tooMany,
  SSS_REQUEST_LIMIT_EXCEEDED: tooMany,
  UNEXPECTED_ERROR: {
    next: "retry",
    remedy: "If it stays, take fields out of the mapping one by one: NetSuite answers so for some a role may not see.",
  },
  RCRD_HAS_BEEN_CHANGED: { next: "retry" },
  NONEXISTENT_ID: { next: "skip", remedy: "The record was deleted in NetSuite; the next pull will show it." },
  INVALID_CONTENT: {
    next: "skip",
    remedy:
      "Correct the record in NetSuite; where a custentity_journey_hub field is refused, follow the instructions that `journey-hub plan` prints.",
  },
  INVALID_HEADER: { next: "stop", remedy: "Report this: nothing was lost, the cursor stands." },
};

const meaningOf = (code: string): Meaning | undefined => (Object.hasOwn(meanings, code) ? meanings[code] : undefined);

/**
 * Reads a refusal: the vendor's error code first, because statuses differ between accounts (a concurrency refusal comes as 429, 400 and 401),
 * the status after. Refused logins are not read here: see login.ts.
 */
export function errorForReply(refused: Refused): SourceError {
  const { reply, what, hostField, now } = refused;
  const problem = problemIn(reply);
  if (reply.status >= 300 && reply.status < 400) return moved(refused);
  if (!problem) {
    if (reply.status < 300 || reply.status === 404) return notNetsuite(refused);
    const retryAfter = reply.headers["retry-after"] ?? null;
    return errorForStatus(reply.status, `${what}: HTTP ${reply.status} ${bodyNote(reply)}`, {
      retryAfter,
      now,
      ...(reply.status === 403 ? { field: hostField, remedy: addressRemedy(hostField) } : {}),
    });
  }
  return errorForProblem(problem, refused);
}

/** The vendor's problem document, or undefined where the body is something else (a page, an empty text). */
export function problemIn(reply: IncomingReply): Problem | undefined {
  const details = document.safeParse(json(reply.text)).data?.["o:errorDetails"] ?? [];
  const problems = details.map((each): Problem => {
    return { code: each["o:errorCode"] ?? "", detail: tidy(each.detail), path: each["o:errorPath"] };
  });
  return problems.find(({ code }) => meaningOf(code) === tooMany) ?? problems[0];
}

const document = z.looseObject({
  "o:errorDetails": z.array(
    z.looseObject({
      detail: z.string().default(""),
      "o:errorCode": z.string().optional(),
      "o:errorPath": z.string().optional(),
    }),
  ),
});

/** A column or record that NetSuite does not know, or does not show to this role. */
export interface UnknownName {
  record?: string | undefined;
  column?: string | undefined;
}

/** What a refused statement named that is not there; null where it was refused for another reason. Names in lower case. */
export function unknownNameIn(message: string): UnknownName | null {
  const [, column, ofRecord] = /Field '([^']+)' for record '([^']+)' was not found/i.exec(message) ?? [];
  if (column) return { column: lastPart(column), record: ofRecord?.toLowerCase() };
  const [, identifier] = /Unknown identifier '([^']+)'/i.exec(message) ?? [];
  if (identifier) return { column: lastPart(identifier) };
  const [, record] = /Record '([^']+)' was not found/i.exec(message) ?? [];
  return record ? { record: record.toLowerCase() } : null;
}

const lastPart = (name: string) => name.toLowerCase().split(".").at(-1);
const unknownNameRemedy =
  "Correct the field in the mapping, or give the token's role the permission to see it: Setup → Users/Roles → Manage Roles.";

/** Parses a text; undefined where it is not JSON. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // HTML pages occur with any status: the caller says what it expected
  }
}

/** A success whose body is not what NetSuite documents. */
export function unreadable({ what, reply, hostField }: Refused, cause: unknown): SourceError {
  return new SourceError("retry", `${what}: the answer is not what NetSuite documents ${bodyNote(reply)}`, {
    cause,
    status: reply.status,
    field: hostField,
    remedy: addressRemedy(hostField),
  });
}

function errorForProblem(
  { code, detail, path }: Problem,
  { reply, what, about, roleField, now }: Refused,
): SourceError {
  const text = `${what}: ${detail || `HTTP ${reply.status}`}${code ? ` (${code})` : ""}`;
  const known = { status: reply.status, code };
  if (/^INSUFFICIENT_PERMISSION/.test(code)) return withoutPermission(text, detail, { ...known, field: roleField });
  // Asking again for what is not there is in vain, though NetSuite at times calls it an unexpected error.
  if (unknownNameIn(detail)) return new SourceError("stop", text, { ...known, remedy: unknownNameRemedy });
  const meaning = meaningOf(code);
  if (meaning) {
    const { next, ...advice } = meaning;
    const afterMs = next === "retry" ? retryAfterMs(reply.headers["retry-after"], now) : undefined;
    const details = {
      ...known,
      ...(path ? { field: path } : {}),
      ...(afterMs === undefined ? {} : { afterMs }),
      ...advice,
    };
    return new SourceError(next === "skip" && about === "request" ? "stop" : next, text, details);
  }
  const retryAfter = reply.headers["retry-after"] ?? null;
  const error = errorForStatus(reply.status, text, { code, retryAfter, now, ...(path ? { field: path } : {}) });
  // A whole request cannot be skipped: what nobody knows a cure for stops the stream until a person looks.
  return error.next === "skip" && about === "request" ? new SourceError("stop", text, error.details) : error;
}

/** NetSuite names the permission in the text: `You need the 'Lists -> Customers' permission to access this page.` */
function withoutPermission(
  text: string,
  detail: string,
  known: { status: number; code: string; field: string },
): SourceError {
  const [, named] = /'([^']+)' permission/.exec(detail) ?? [];
  const permission = named?.replaceAll("->", "→") ?? basicPermissions(known.field).join("”, “");
  return new SourceError("stop", text, { ...known, remedy: permissionRemedy(permission) });
}

/** What every token's role needs, whatever it reads. */
function basicPermissions(roleField: string): string[] {
  const login = `Setup → Log in using ${roleField === "token_id" ? "" : "OAuth 2.0 "}Access Tokens`;
  return ["Setup → REST Web Services", login, "Reports → SuiteAnalytics Workbook"];
}

/** How a permission is given to the role behind the token. */
export function permissionRemedy(permission: string): string {
  return `Give the token's role the permission “${permission}”: Setup → Users/Roles → Manage Roles → the role → Permissions.`;
}

function moved({ what, reply, hostField }: Refused): SourceError {
  const target = reply.headers.location;
  return new SourceError("stop", `${what}: the account answers from another address${target ? ` (${target})` : ""}`, {
    status: reply.status,
    field: hostField,
    remedy: addressRemedy(hostField),
  });
}

function notNetsuite({ what, reply, hostField }: Refused): SourceError {
  const message = `${what}: what answers there is not NetSuite's REST service: HTTP ${reply.status} ${bodyNote(reply)}`;
  return new SourceError("stop", message, { status: reply.status, field: hostField, remedy: addressRemedy(hostField) });
}

/** What to do about a host that is not there or not NetSuite. */
export function addressRemedy(hostField: string): string {
  return hostField === "account_id"
    ? "Check account_id: it stands under Setup → Company → Company Information, sandboxes end in _SB1. The account's address is on the tab Company URLs, SuiteTalk."
    : `Check ${hostField}, or leave it out: the account's own address is made of account_id.`;
}

function bodyNote({ headers, text }: IncomingReply): string {
  const type = headers["content-type"] ?? "no content type";
  return /html/.test(type) || /^\s*</.test(text) ? "(an HTML page instead of JSON)" : `(${type})`;
}

/** One line. */
function tidy(message: string): string {
  return message.replace(/\s+/g, " ").trim().slice(0, 500);
}
