import type { DeliveredWork, Delivery, HandshakeAnswer, IncomingWebhook } from "journey-hub/connector";
import { idForm, type Json, objectOf, textOf, usableId } from "../body.ts";
import type { WebhookConfig } from "../config.ts";
import { instantOf } from "../instant.ts";
import { hmacProof } from "./plain.ts";
import type { Scheme } from "./scheme.ts";

/**
 * CloudEvents 1.0 over HTTP: structured, binary and batched. The specification signs nothing: the sender shows the secret as a bearer
 * token, or signs the body like a plain HMAC sender. Whatever the mode, an event is kept in its JSON form.
 */
export const cloudevents: Scheme = {
  title: "CloudEvents",
  settings: ["verify_by", "allowed_origins"],
  proof: (config) =>
    config.verify_by === "hmac-sha256"
      ? hmacProof(config)
      : { kind: "token", header: { name: "authorization", prefix: "Bearer " } },
  deliveries: (_config, request) => eventsOf(request).map(deliveryOf),
  work,
  handshake,
};

const object = "cloudevents";

function eventsOf(request: IncomingWebhook): Json[] {
  const [mediaType = ""] = (request.headers["content-type"] ?? "").toLowerCase().split(";");
  const mode = mediaType.trim();
  if (mode === "application/cloudevents-batch+json") {
    const batch: unknown = JSON.parse(textOf(request.body));
    if (!Array.isArray(batch)) throw new Error("a batch of CloudEvents is a JSON array");
    return batch.map((raw, n) => objectOf(raw, `event ${n + 1}`));
  }
  if (mode === "application/cloudevents+json") return [objectOf(JSON.parse(textOf(request.body)), "the event")];
  if (mode.startsWith("application/cloudevents")) throw new Error(`CloudEvents are not read as ${mode}; send JSON`);
  return [binaryEvent(request, mode)];
}

function deliveryOf(event: Json): Delivery {
  if (event.specversion !== "1.0")
    throw new Error(`it is no CloudEvent 1.0: specversion is ${String(event.specversion)}`);
  for (const name of ["source", "type"]) {
    if (typeof event[name] !== "string" || event[name] === "") throw new Error(`the event has no ${name}`);
  }
  return { dedupe_key: eventId(event), onConflict: "refuse", body: JSON.stringify(event) };
}

/** Source and id together tell an event from all others. */
function eventId({ source, id }: Json): string {
  const key = usableId(id);
  if (typeof source !== "string" || key === null) throw new Error(`the event has no source or no id (${idForm})`);
  return `${source} ${key}`;
}

function work(_config: WebhookConfig, body: string): DeliveredWork {
  const event = objectOf(JSON.parse(body), "the kept event");
  const id = eventId(event);
  const payload = { ...event, _id: id };
  return { kind: "record", object, record: { id, at: instantOf(event.time), deleted: false, payload } };
}

/** In binary mode the attributes are headers and the body is the data alone. */
function binaryEvent({ headers, body }: IncomingWebhook, mode: string): Json {
  const attributes = Object.entries(headers).filter(([name]) => /^ce-[a-z0-9]{1,20}$/.test(name));
  const event: Json = Object.fromEntries(attributes.map(([name, value]) => [name.slice(3), attributeOf(value)]));
  if (mode !== "") event.datacontenttype = mode;
  return { ...event, ...dataOf(body, mode) };
}

/** A value with blanks may stand in quotes; then percent codes are decoded, once. */
function attributeOf(written: string): string {
  const unquoted = /^"(.*)"$/s.exec(written)?.[1]?.replaceAll(/\\(.)/gs, "$1") ?? written;
  return unquoted.replaceAll(/(?:%[0-9a-f]{2})+/gi, decodeURIComponent);
}

function dataOf(body: Uint8Array, mode: string): Json {
  if (body.length === 0) return {};
  if (mode === "" || /[/+]json$/.test(mode)) return { data: JSON.parse(textOf(body)) };
  return mode.startsWith("text/") ? { data: textOf(body) } : { data_base64: Buffer.from(body).toString("base64") };
}

/** The specification's protection against abuse: a sender asks whether it may deliver before it does. */
function handshake({ allowed_origins }: WebhookConfig, { method, headers }: IncomingWebhook): HandshakeAnswer | null {
  const origin = headers["webhook-request-origin"];
  if (method !== "OPTIONS" || !origin) return null;
  const allowed = allowed_origins.split(/[\s,]+/).map((name) => name.toLowerCase());
  if (!allowed.includes("*") && !allowed.includes(origin.toLowerCase())) return { status: 403 };
  const asked = headers["webhook-request-rate"] ?? "";
  const rate = /^[1-9]\d{0,8}$/.test(asked) ? asked : "*";
  return { status: 200, headers: { allow: "POST", "webhook-allowed-origin": origin, "webhook-allowed-rate": rate } };
}
