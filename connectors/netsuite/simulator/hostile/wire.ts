import {
  cutConnection,
  endlessBody,
  htmlInstead,
  serverError,
  tooMany,
  truncatedJson,
  type WireTrouble,
} from "journey-hub/connector/testing";
import { Problem, type ProblemStatus, problemResponse } from "../problems.ts";
import { type PageNeeds, pageTroubles } from "./pages.ts";

/** What the troubles of single answers need of the account. */
export interface WireNeeds extends PageNeeds {
  now(): number;
}

/** The troubles of single answers, in NetSuite's own words. */
export function wireTroubles(needs: WireNeeds): readonly WireTrouble[] {
  const concurrency = "crm-apis 3.3: sources disagree about the status, and Retry-After is unverified";
  const busy = (status: ProblemStatus, headers = {}) =>
    refusal(status, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.", headers);
  const retryAfters = ["missing", "seconds", "date", "absurd"] as const;
  return [
    ...retryAfters.map((retryAfter) =>
      tooMany((headers) => busy(429, headers), { now: needs.now, retryAfter, source: concurrency }),
    ),
    {
      name: "too-many-as-400",
      kind: "wire",
      about: "refuses for too many requests at a time with status 400",
      source: concurrency,
      strike: () => busy(400),
    },
    {
      name: "too-many-as-script-limit",
      kind: "wire",
      about: "refuses for too many requests at a time by the code scripts get, SSS_REQUEST_LIMIT_EXCEEDED",
      source: "crm-apis 3.3 (Oracle lists it for RESTlets)",
      strike: () => refusal(400, "SSS_REQUEST_LIMIT_EXCEEDED", "Request Limit Exceeded."),
    },
    ...["INVALID_LOGIN", "INVALID_LOGIN_ATTEMPT"].map(refusedLogin),
    serverError(500, unexpected),
    serverError(502),
    serverError(503),
    serverError(504),
    htmlInstead(200),
    htmlInstead(502),
    htmlInstead(503),
    { ...truncatedJson, strikes: hasBody },
    { ...cutConnection, strikes: hasBody },
    { ...endlessBody, strikes: hasBody },
    slowBody,
    ...writeTroubles,
    ...pageTroubles(needs),
  ];
}

const unexpected = JSON.stringify({
  type: "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.6.1",
  title: "Internal Server Error",
  status: 500,
  "o:errorDetails": [{ detail: "An unexpected error occurred. Error ID: hostile", "o:errorCode": "UNEXPECTED_ERROR" }],
});

/** Refuses as NetSuite does, in a problem document. */
export function refusal(status: ProblemStatus, code: string, detail: string, headers = {}): Response {
  return problemResponse(new Problem(status, { detail, code }), headers);
}

function refusedLogin(code: string): WireTrouble {
  return {
    name: code === "INVALID_LOGIN" ? "too-many-as-401" : "too-many-as-401-attempt",
    kind: "wire",
    about: `refuses the login as invalid (${code}), though it is right: too many requests run at a time`,
    source: "julbrs/netsuite-api-client#26; hotglue make_request",
    strike: () => refusal(401, code, "Invalid login attempt. For more details, see the Login Audit Trail."),
  };
}

/** Writes are answered without a body: nothing of it can be spoilt. */
const hasBody = (request: Request) => !isWrite(request);

/** Whether a request changes a record; SuiteQL is sent by POST as well and does not. */
export function isWrite({ method, url }: Request): boolean {
  return method !== "GET" && !url.includes("/query/v1/suiteql");
}

const slowBody: WireTrouble = {
  name: "slow-body",
  kind: "wire",
  about: "sends the answer in many small pieces",
  source: "reliability plan, faulty peers",
  strikes: hasBody,
  async strike(_request, answer) {
    const response = await answer();
    const bytes = new Uint8Array(await response.arrayBuffer());
    const size = Math.max(1, Math.ceil(bytes.length / 40));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent >= bytes.length) return controller.close();
        controller.enqueue(bytes.subarray(sent, sent + size));
        sent += size;
      },
    });
    return new Response(body, { status: response.status, headers: response.headers });
  },
};

const writeTroubles: readonly WireTrouble[] = [
  {
    name: "record-locked",
    kind: "wire",
    about: "refuses a write because someone else is changing the record",
    source: "RCRD_HAS_BEEN_CHANGED; its status is unverified",
    strikes: isWrite,
    strike: () => refusal(400, "RCRD_HAS_BEEN_CHANGED", "Record has been changed."),
  },
  {
    name: "lost-answer",
    kind: "wire",
    about: "writes, and then answers 504: what was asked for has happened",
    source: "field, loops and duplicates (create, time-out, retry)",
    strikes: isWrite,
    async strike(_request, answer) {
      await answer();
      return new Response("", { status: 504 });
    },
  },
];
