import { sign as signForGithub } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { noon } from "../../hub/world.ts";
import { json, mac, nowMs, type Sender, secondsOf, secretOf } from "./sender.ts";

const webhookEntry = (config: object) => ({ connector: "webhook", config });
const standardSecret = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;

const plainHmac: Sender = {
  connection: "plain",
  secret: secretOf("plain"),
  entry: webhookEntry({ scheme: "hmac-sha256", secret: secretOf("plain") }),
  proof: { header: "x-signature", mark: "", encoding: "hex" },
  conflict: 409,
  body: (n, text = "") => JSON.stringify({ id: `evt_${n}`, type: "form", text }),
  send: (body, { secret = plainHmac.secret } = {}) => ({
    path: "/hooks/plain",
    headers: { ...json, "x-signature": mac("sha256", secret, body).digest("hex") },
    body,
  }),
};

const timedHmac: Sender = {
  ...plainHmac,
  connection: "timed",
  secret: secretOf("timed"),
  entry: webhookEntry({
    scheme: "hmac-sha256",
    secret: secretOf("timed"),
    header: "X-Acme-Signature",
    encoding: "base64",
    prefix: "v1=",
    timestamp_header: "X-Acme-Time",
  }),
  proof: { header: "x-acme-signature", mark: "v1=", encoding: "base64" },
  time: { header: "x-acme-time", mark: "", unit: "s" },
  send(body, { secret = timedHmac.secret, atMs = nowMs } = {}) {
    const time = String(secondsOf(atMs));
    const signature = mac("sha256", secret, `${time}.${body}`).digest("base64");
    return { path: "/hooks/timed", headers: { "x-acme-signature": `v1=${signature}`, "x-acme-time": time }, body };
  },
};

const standard: Sender = {
  ...plainHmac,
  connection: "standard",
  secret: standardSecret,
  entry: webhookEntry({ secret: standardSecret }),
  proof: { header: "webhook-signature", mark: "v1,", encoding: "base64", separator: " " },
  time: { header: "webhook-timestamp", mark: "", unit: "s" },
  send(body, { secret = standardSecret, atMs = nowMs } = {}) {
    const { id } = JSON.parse(body) as { id: string };
    const key = secret.startsWith("whsec_") ? secret : `whsec_${Buffer.from(secret).toString("base64")}`;
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(secondsOf(atMs)),
      "webhook-signature": new Webhook(key).sign(id, new Date(atMs), body),
    };
    return { path: "/hooks/standard", headers, body };
  },
};

const stripe: Sender = {
  connection: "stripe",
  secret: `whsec_${secretOf("stripe").replaceAll(" ", "")}`,
  entry: webhookEntry({ scheme: "stripe", secret: `whsec_${secretOf("stripe").replaceAll(" ", "")}` }),
  proof: { header: "stripe-signature", mark: "v1=", encoding: "hex", separator: "," },
  time: { header: "stripe-signature", mark: "t=", unit: "s" },
  conflict: 200,
  body: (n, text = "") =>
    JSON.stringify({
      id: `evt_${n}`,
      object: "event",
      type: "customer.updated",
      created: secondsOf(nowMs),
      data: { object: { id: `cus_${n}`, object: "customer", name: `Ann ${text}`, email: "ann@example.com" } },
    }),
  send(payload, { secret = stripe.secret, atMs = nowMs } = {}) {
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: secondsOf(atMs) });
    return { path: "/hooks/stripe", headers: { ...json, "stripe-signature": header }, body: payload };
  },
};

const github: Sender = {
  connection: "github",
  secret: secretOf("github"),
  entry: webhookEntry({ scheme: "github", secret: secretOf("github") }),
  proof: { header: "x-hub-signature-256", mark: "sha256=", encoding: "hex" },
  conflict: 409,
  body: (n, text = "") =>
    JSON.stringify({
      action: "opened",
      issue: { id: n, number: n, title: `Brakes ${text}`, state: "open", updated_at: noon, user: { login: "ann" } },
    }),
  async send(body, { secret = github.secret } = {}) {
    const { issue } = JSON.parse(body) as { issue: { id: number } };
    const headers = {
      "x-github-event": "issues",
      "x-github-delivery": `delivery-${issue.id}`,
      "x-hub-signature-256": await signForGithub(secret, body),
    };
    return { path: "/hooks/github", headers: { ...json, ...headers }, body };
  },
};

const shopify: Sender = {
  connection: "shopify",
  secret: secretOf("shopify"),
  entry: webhookEntry({ scheme: "shopify", secret: secretOf("shopify") }),
  proof: { header: "x-shopify-hmac-sha256", mark: "", encoding: "base64" },
  conflict: 409,
  body: (n, text = "") =>
    JSON.stringify({ id: n, email: "ann@example.com", first_name: `Ann ${text}`, updated_at: noon }),
  send(body, { secret = shopify.secret } = {}) {
    const { id } = JSON.parse(body) as { id: number };
    const headers = {
      "x-shopify-topic": "customers/update",
      "x-shopify-webhook-id": `webhook-${id}`,
      "x-shopify-hmac-sha256": mac("sha256", secret, body).digest("base64"),
    };
    return { path: "/hooks/shopify", headers: { ...json, ...headers }, body };
  },
};

const typeform: Sender = {
  connection: "typeform",
  secret: secretOf("typeform"),
  entry: webhookEntry({ scheme: "typeform", secret: secretOf("typeform") }),
  proof: { header: "typeform-signature", mark: "sha256=", encoding: "base64" },
  conflict: 200,
  body: (n, text = "") =>
    JSON.stringify({
      event_id: `attempt-${text}`,
      event_type: "form_response",
      form_response: {
        form_id: "lT4Z3j",
        token: `token-${n}`,
        submitted_at: noon,
        hidden: { email: "ann@example.com" },
        definition: { title: "How are we doing?", fields: [{ id: "f1", type: "opinion_scale", properties: {} }] },
        answers: [
          { type: "number", number: 9, field: { id: "f1", type: "opinion_scale" } },
          { type: "text", text: `Fast delivery ${text}`.trim(), field: { id: "f2", type: "long_text" } },
        ],
      },
    }),
  send: (body, { secret = typeform.secret } = {}) => ({
    path: "/hooks/typeform",
    headers: { ...json, "typeform-signature": `sha256=${mac("sha256", secret, body).digest("base64")}` },
    body,
  }),
};

const surveymonkey: Sender = {
  connection: "surveymonkey",
  secret: secretOf("surveymonkey"),
  entry: webhookEntry({ scheme: "surveymonkey", secret: secretOf("surveymonkey"), client_id: "the-app" }),
  proof: { header: "sm-signature", mark: "", encoding: "base64" },
  conflict: 200,
  body: (n, text = "") =>
    JSON.stringify({
      name: `My webhook ${text}`,
      event_type: "response_completed",
      event_id: `evt_${n}`,
      event_datetime: "2026-11-02T11:59:00.000000+00:00",
      object_type: "response",
      object_id: String(n),
      resources: { survey_id: "506487016", respondent_id: String(n) },
    }),
  send: (body, { secret = surveymonkey.secret } = {}) => ({
    path: "/hooks/surveymonkey",
    headers: { "sm-apikey": "the-app", "sm-signature": mac("sha1", `the-app&${secret}`, body).digest("base64") },
    body,
  }),
};

const cloudevent = (n: number, text = "") =>
  JSON.stringify({ specversion: "1.0", id: String(n), source: "/forms", type: "com.acme.form", data: { text } });

const bearer: Sender = {
  connection: "cloud",
  secret: secretOf("cloud"),
  entry: webhookEntry({ scheme: "cloudevents", secret: secretOf("cloud"), allowed_origins: "events.example.com" }),
  proof: { header: "authorization", mark: "Bearer " },
  conflict: 409,
  body: cloudevent,
  send: (body, { secret = bearer.secret } = {}) => ({
    path: "/hooks/cloud",
    headers: { "content-type": "application/cloudevents+json", authorization: `Bearer ${secret}` },
    body,
  }),
};

const signedCloud: Sender = {
  ...plainHmac,
  connection: "signed-cloud",
  entry: webhookEntry({ scheme: "cloudevents", secret: plainHmac.secret, verify_by: "hmac-sha256" }),
  body: cloudevent,
  async send(body, by) {
    const { headers } = await plainHmac.send(body, by);
    return {
      path: "/hooks/signed-cloud",
      headers: { ...headers, "content-type": "application/cloudevents+json" },
      body,
    };
  },
};

/** The senders whose schemes a webhook connection knows; requests as their own libraries make them, where they have one. */
export const webhookSenders: readonly Sender[] = [
  plainHmac,
  timedHmac,
  standard,
  stripe,
  github,
  shopify,
  typeform,
  surveymonkey,
  bearer,
  signedCloud,
];
