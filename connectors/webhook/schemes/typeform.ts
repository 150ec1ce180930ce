import { typeformSurvey } from "../surveys.ts";
import { sender } from "./sender.ts";

/** Typeform: base64 behind `sha256=` over the body; one response a request, with the form's definition beside the answers. */
export const typeform = sender({
  title: "Typeform",
  settings: ["survey", "score_question"],
  proof: () => ({
    kind: "signature",
    header: "typeform-signature",
    prefix: "sha256=",
    encoding: "base64",
    digest: "hmac-sha256",
    signed: ["body"],
  }),
  event: {
    id: [{ path: "event_type" }, { path: "form_response.token" }],
    onConflict: "ignore", // a redelivery has an event_id of its own
    name: [{ path: "event_type" }],
    at: [{ path: "form_response.submitted_at" }],
  },
  record: {
    sender: "typeform",
    object: { text: "responses" },
    in: "form_response",
    id: ["token"],
    derived: typeformSurvey,
  },
  silent: /^form_response_partial$/, // the whole response follows, or the person went away
});
