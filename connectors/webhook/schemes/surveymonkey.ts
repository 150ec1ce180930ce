import type { DeliveredWork } from "journey-hub/connector";
import { type Json, usableId, valueAt } from "../body.ts";
import type { WebhookConfig } from "../config.ts";
import { responsesStream } from "../responses.ts";
import { type SenderEvent, sender } from "./sender.ts";

/**
 * SurveyMonkey: base64 of an HMAC-SHA1 whose key is `<client id>&<secret>`, over the body. Before it keeps a webhook it asks by HEAD whether
 * somebody is there. Events hold no answers: those are fetched with the access token.
 */
export const surveymonkey = sender({
  title: "SurveyMonkey",
  settings: ["client_id", "access_token", "api_url", "survey", "score_question"],
  proof: ({ client_id }) => ({
    kind: "signature",
    header: "sm-signature",
    encoding: "base64",
    digest: "hmac-sha1",
    signed: ["body"],
    keyOf: (secret) => (client_id === undefined ? null : `${client_id}&${secret}`),
  }),
  event: {
    id: [{ path: "event_id" }],
    onConflict: "ignore",
    name: [{ path: "event_type" }],
    at: [{ path: "event_datetime" }],
  },
  record: { sender: "surveymonkey", object: { text: "responses" }, id: [] },
  asks: responseOf,
  handshake: (_config, { method }) => (method === "HEAD" ? { status: 200 } : null),
});

function responseOf({ name, at }: SenderEvent, body: Json, { access_token }: WebhookConfig): DeliveredWork {
  if (!/^response_(?:completed|updated|deleted)$/.test(name)) {
    return { kind: "nothing", why: `${name} is not followed` };
  }
  const survey = usableId(valueAt(body, "resources.survey_id"));
  const response = usableId(valueAt(body, "object_id")) ?? usableId(valueAt(body, "resources.respondent_id"));
  if (survey === null || response === null) throw new Error("the event names no survey_id or no response");
  const id = `${survey}/${response}`;
  const deleted = name === "response_deleted";
  if (!deleted && access_token !== undefined) return { kind: "changed", stream: responsesStream, id };
  // Without a token that the survey was answered is all there is to know.
  const payload: Json = deleted ? {} : { _id: id, id: response, survey_id: survey, date_modified: at };
  return { kind: "record", object: responsesStream, record: { id, at, deleted, payload } };
}
