import {
  type Account,
  type ByIdRequest,
  errorForStatus,
  type IncomingReply,
  SourceError,
  type SourceRecord,
  type StreamDeclaration,
  type Transport,
} from "journey-hub/connector";
import { isObject, type Json } from "./body.ts";
import type { WebhookConfig } from "./config.ts";
import { instantOf } from "./instant.ts";
import { surveymonkeySurvey } from "./surveys.ts";

/** What a connection works with: only SurveyMonkey is ever asked for anything. */
export interface Session {
  config: WebhookConfig;
  transport: Transport;
}

/** The stream, and the object that mappings name. */
export const responsesStream = "surveymonkey_responses";

/** SurveyMonkey's responses, each fetched when an event names it: `<survey id>/<response id>`. Older ones are not listed. */
export const responses: StreamDeclaration<Session> = {
  object: responsesStream,
  pages: async () => ({ records: [], next: null }),
  async byId(session, ids, { lane }) {
    const found: SourceRecord[] = [];
    for (const id of ids) {
      const response = await readResponse(session, id, lane);
      if (response) found.push(recordOf(id, response, session.config));
    }
    return found;
  },
  idsMax: 20,
};

/** Whether the connection can fetch what its sender only names. */
export function canFetch({ scheme, access_token }: WebhookConfig): boolean {
  return scheme === "surveymonkey" && access_token !== undefined;
}

/** Whose token it is; proves that the token still counts. */
export async function whoseToken(session: Session): Promise<Account> {
  const reply = await ask(session, { path: "/users/me", operation: "surveymonkey.check", lane: "webhook" });
  const me = bodyOf(reply);
  if (me === null) throw new SourceError("stop", "SurveyMonkey knows no user of this access token", tokenFault);
  return { id: `surveymonkey:${String(me.id)}`, name: String(me.username ?? me.email ?? me.id) };
}

const tokenFault = {
  field: "access_token",
  remedy:
    "Copy the access token of the app (scopes: View Responses, View Response Details, View Users) and connect again.",
};

async function readResponse(session: Session, id: string, lane: ByIdRequest["lane"]): Promise<Json | null> {
  const [survey = "", response = ""] = id.split("/").map(encodeURIComponent);
  const path = `/surveys/${survey}/responses/${response}/details?simple=true`;
  return bodyOf(await ask(session, { path, operation: "surveymonkey.response", lane }));
}

function recordOf(id: string, response: Json, config: WebhookConfig): SourceRecord {
  const payload = { ...response, ...surveymonkeySurvey(response, config), _id: id };
  return { id, at: instantOf(response.date_modified), deleted: false, payload };
}

function ask(
  { config, transport }: Session,
  { path, operation, lane }: { path: string; operation: string; lane: ByIdRequest["lane"] },
): Promise<IncomingReply> {
  const headers = { authorization: `Bearer ${config.access_token ?? ""}`, accept: "application/json" };
  return transport.call({
    operation,
    lane,
    async attempt(signal) {
      const reply = await transport.send({ method: "GET", url: `${config.api_url}/v3${path}`, headers }, signal);
      if (reply.status === 200 || reply.status === 404) return reply;
      throw refusal(reply, transport.vendorNow());
    },
    classify: (cause) => new SourceError("retry", `SurveyMonkey could not be asked: ${String(cause)}`, { cause }),
  });
}

function refusal({ status, headers }: IncomingReply, now: number): SourceError {
  const message = `SurveyMonkey refused with ${status}`;
  if (status === 401 || status === 403) return new SourceError("stop", message, { status, ...tokenFault });
  return errorForStatus(status, message, { retryAfter: headers["retry-after"] ?? null, now });
}

/** Null for what is not there. */
function bodyOf({ status, text }: IncomingReply): Json | null {
  if (status === 404) return null;
  const body = jsonOf(text);
  if (isObject(body)) return body;
  throw new SourceError("retry", "SurveyMonkey answered with something else than a JSON object");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what is no JSON is no object either
  }
}
