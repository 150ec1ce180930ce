import {
  cutConnection,
  endlessBody,
  htmlInstead,
  type Random,
  serverError,
  tooMany,
  truncatedJson,
  type WireTrouble,
} from "journey-hub/connector/testing";

/** What the troubles of single answers do to the org, or ask of it. */
export interface WireReach {
  now(): number;
  /** Lets another request have its true answer. */
  ask(request: Request): Promise<Response>;
  expireSessions(): void;
  dropLocators(): void;
  failNextJob(message: string): void;
  /** Lets a few things happen in the org, right now. */
  happen(chance: Random, count: number): void;
  /** Someone deletes this row, right now, if it is there. */
  remove(id: string): void;
}

/** The bad answers a client of Salesforce meets. */
export function wireTroubles(reach: WireReach): WireTrouble[] {
  return [
    ...refusals(reach),
    ...failures,
    ...sessionTroubles(reach),
    ...readingTroubles(reach),
    ...bulkTroubles(reach),
  ];
}

function refusals({ now }: WireReach): WireTrouble[] {
  const concurrent = (headers: Record<string, string>) =>
    refuse(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.", headers);
  return [
    onData(tooMany(concurrent, { now, retryAfter: "missing", source: "crm-apis §1.3" })),
    onData(tooMany(concurrent, { now, retryAfter: "seconds", source: "unverified" })),
    plain("allowance-used-up", "says once that the day's calls are used up", "crm-apis §1.3", rarely(isData), () =>
      refuse(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    ),
    plain("query-timeout", "gives up on a query", "crm-apis §1.3 (singer)", isQuery, () =>
      refuse(400, "QUERY_TIMEOUT", "Your query request was running for too long."),
    ),
  ];
}

const failures: readonly WireTrouble[] = [
  serverError(500, body("UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId: 1-2 (3)")),
  serverError(502),
  serverError(503, body("SERVER_UNAVAILABLE", "Server temporarily unavailable")),
  serverError(504),
  htmlInstead(200),
  htmlInstead(503),
  truncatedJson,
  cutConnection,
  endlessBody,
];

function sessionTroubles(reach: WireReach): WireTrouble[] {
  return [
    {
      costs: 2,
      ...plain("session-expires", "ends all sessions, between two pages", "crm-apis §5, 15", isData, (_, answer) => {
        reach.expireSessions();
        return answer();
      }),
    },
    {
      costs: 2,
      ...plain("session-refused", "does not know a session it has given", "unverified", isData, () =>
        refuse(401, "INVALID_SESSION_ID", "Session expired or invalid"),
      ),
    },
    plain("sign-in-later", "asks a sign-in to come again", "unverified", isToken, () =>
      Response.json({ error: "unknown_error", error_description: "retry your request" }, { status: 400 }),
    ),
    plain("sign-in-refused", "refuses a sign-in that is in order", "reliability plan §4.2", isToken, () =>
      Response.json({ error: "invalid_grant", error_description: "expired access/refresh token" }, { status: 400 }),
    ),
  ];
}

function readingTroubles(reach: WireReach): WireTrouble[] {
  return [
    plain("cursor-expired", "forgets the cursors it has given", "crm-apis §1.2", isLocator, (_, answer) => {
      reach.dropLocators();
      return answer();
    }),
    plain("page-repeated", "gives the page before once more", "reliability plan §4.2", hasPageBefore, (request) =>
      reach.ask(movedBy(request, (offset, rows) => offset - rows)),
    ),
    plain("page-shifted", "leaves out the first row of a page", "reliability plan §4.2", isLocator, (request) =>
      reach.ask(movedBy(request, (offset) => offset + 1)),
    ),
    plain("busy-org", "lets things happen between two pages", "crm-apis §5, 2", isQuery, (_, answer, chance) => {
      reach.happen(chance, chance.int(1, 4));
      return answer();
    }),
    plain("deleted-before-get", "has a row deleted before it is got by id", "reliability plan §4.2", isById, byId),
  ];
  function byId(request: Request, answer: () => Promise<Response>) {
    const [, id] = /Id IN \('(\w{18})'/.exec(statementOf(request)) ?? [];
    if (id) reach.remove(id);
    return answer();
  }
}

function bulkTroubles(reach: WireReach): WireTrouble[] {
  return [
    plain("bulk-job-fails", "lets a query job fail after a while", "crm-apis §1.2", isNewJob, (_, answer) => {
      reach.failNextJob("InternalServerError: retried more than fifteen times");
      return answer();
    }),
    plain("bulk-result-cut", "leaves out the last rows of a result page", "crm-apis §1.2", isResult, withoutLastRows),
    plain("bulk-result-empty", "gives a result page without rows, or even a heading", "crm-apis §1.2", isResult, () =>
      csvReply("", { "sforce-locator": "null", "sforce-numberofrecords": "0" }),
    ),
  ];
}

/** The headers still say how many there should be: only who counts notices. */
async function withoutLastRows(_: Request, answer: () => Promise<Response>): Promise<Response> {
  const reply = await answer();
  const lines = (await reply.text()).split("\n").slice(0, -1);
  const kept = reply.ok && lines.length > 1 ? lines.slice(0, Math.ceil(lines.length / 2)) : lines;
  const csv = kept.map((line) => `${line}\n`).join("");
  return new Response(csv, { status: reply.status, headers: reply.headers });
}

function csvReply(csv: string, headers: Record<string, string>): Response {
  return new Response(csv, { headers: { "content-type": "text/csv; charset=UTF-8", ...headers } });
}

function plain(
  name: string,
  about: string,
  source: string,
  strikes: NonNullable<WireTrouble["strikes"]>,
  strike: WireTrouble["strike"],
): WireTrouble {
  return { name, kind: "wire", about, source, strikes, strike };
}

/** One time in eight: who is told to wait for an hour asks nothing more in which another trouble could strike. */
function rarely(strikes: (request: Request) => boolean): (request: Request) => boolean {
  let times = 0;
  return (request) => strikes(request) && ++times % 8 === 0;
}

const onData = (trouble: WireTrouble): WireTrouble => ({ ...trouble, strikes: isData });

const pathOf = (request: Request): string => new URL(request.url).pathname;
const statementOf = (request: Request): string => new URL(request.url).searchParams.get("q") ?? "";

function isData(request: Request): boolean {
  return pathOf(request).startsWith("/services/data/v");
}
function isToken(request: Request): boolean {
  return pathOf(request) === "/services/oauth2/token";
}
function isQuery(request: Request): boolean {
  return isData(request) && /\/query(?:All)?\/?$/.test(pathOf(request));
}
function isById(request: Request): boolean {
  return isQuery(request) && statementOf(request).includes("Id IN (");
}

function isNewJob(request: Request): boolean {
  return isData(request) && request.method === "POST" && pathOf(request).endsWith("/jobs/query");
}
function isResult(request: Request): boolean {
  return isData(request) && pathOf(request).endsWith("/results");
}

const locator = /^(.*\/query(?:All)?\/\w+)-(\d+)$/;

function isLocator(request: Request): boolean {
  return locator.test(pathOf(request));
}

/** Offsets count in pages of one size; the second page has the first before it, whose locator was never given. */
function hasPageBefore(request: Request): boolean {
  return isLocator(request) && offsetOf(request) >= 2 * pageRows;
}

/** Rows of a page of the hostile org. */
export const pageRows = 25;

function offsetOf(request: Request): number {
  return Number(locator.exec(pathOf(request))?.[2] ?? 0);
}

function movedBy(request: Request, move: (offset: number, rows: number) => number): Request {
  const url = new URL(request.url);
  url.pathname = url.pathname.replace(locator, (_, stem, offset) => `${stem}-${move(Number(offset), pageRows)}`);
  return new Request(url, request);
}

function refuse(status: number, errorCode: string, message: string, headers: Record<string, string> = {}): Response {
  return Response.json([{ message, errorCode }], { status, headers });
}

function body(errorCode: string, message: string): string {
  return JSON.stringify([{ message, errorCode }]);
}
