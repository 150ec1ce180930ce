import {
  accepted,
  type DeliveredWork,
  type Delivery,
  hmacSha256,
  type IncomingWebhook,
  refused,
  sameDigest,
  strictBase64,
  type Verdict,
  type WebhookDeclaration,
  withinWindow,
} from "journey-hub/connector";
import { z } from "zod";
import type { HubspotConfig } from "./config.ts";
import { type CrmObject, objectNamed } from "./objects.ts";

/** HubSpot's webhooks: arrays of thin events under signature v3. */
export const webhook: WebhookDeclaration<HubspotConfig> = {
  missing: ({ app_client_secret }) =>
    app_client_secret === undefined
      ? "app_client_secret is not set: copy the client secret of the app that sends the webhooks (README, Webhooks)"
      : null,
  verify: (config, request, nowMs) => verifySignature(config.app_client_secret, request, nowMs),
  deliveries: (_config, request) => splitEvents(request),
  work: (config, body) => workOf(config, parseEvent(JSON.parse(body))),
};

/** Checks `X-HubSpot-Signature-v3`. HubSpot's own checker accepts timestamps of the future and compares with `===`. */
export function verifySignature(secret: string | undefined, request: IncomingWebhook, nowMs: number): Verdict {
  if (secret === undefined) return refused("app_client_secret is not set");
  const { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp } = request.headers;
  if (!signature || !timestamp) return refused("the headers of HubSpot's signature v3 are missing");
  if (!withinWindow(timestamp, "ms", nowMs)) return refused("the timestamp is more than five minutes away");
  const given = strictBase64(signature);
  const signed = `${request.method.toUpperCase()}${decodeListed(request.url)}`;
  const expected = hmacSha256(secret, signed, request.body, timestamp);
  return given && sameDigest(given, expected) ? accepted : refused("the signature does not match");
}

/** The percent codes HubSpot decodes in the address before it signs; all others stay. */
const listedCodes = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;
const decodeListed = (url: string): string => url.replace(listedCodes, (code) => decodeURIComponent(code));

const id = z.union([z.string(), z.number()]).transform(String).nullish();
const event = z.looseObject({
  eventId: z.union([z.string(), z.number()]),
  portalId: z.union([z.string(), z.number()]).transform(String),
  subscriptionType: z.string(),
  occurredAt: z.number(),
  objectId: id,
  objectTypeId: z.string().nullish(),
  primaryObjectId: id,
  newObjectId: id,
  associationType: z.string().nullish(),
  fromObjectId: id,
  toObjectId: id,
});
type Event = z.output<typeof event>;

function splitEvents({ body }: IncomingWebhook): Delivery[] {
  const events: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  if (!Array.isArray(events)) throw new Error("a HubSpot webhook is a JSON array of events");
  return events.map((raw) => {
    const { portalId, subscriptionType, objectId, eventId, occurredAt, fromObjectId, toObjectId } = parseEvent(raw);
    const subject = objectId ?? `${fromObjectId}-${toObjectId}`;
    return {
      // `eventId` alone is not unique; `attemptNumber` grows with each retry of the same event.
      dedupe_key: [portalId, subscriptionType, subject, eventId, occurredAt].join(":"),
      onConflict: "ignore",
      body: JSON.stringify(raw),
    };
  });
}

function parseEvent(raw: unknown): Event {
  const parsed = event.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`not a HubSpot webhook event: ${issue?.path.join(".") || "event"}: ${issue?.message}`);
}

const changedKinds = ["creation", "propertyChange", "associationChange", "merge", "restore"];
const goneKinds = ["deletion", "privacyDeletion"];

function workOf(config: HubspotConfig, event: Event): DeliveredWork {
  const { subscriptionType, portalId } = event;
  if (config.portal_id !== undefined && config.portal_id !== portalId) {
    return { kind: "nothing", why: `an event of another account, ${portalId}` };
  }
  const [kind = ""] = subscriptionType.split(".").slice(1);
  const stream = objectOf(event);
  const remoteId = event.newObjectId ?? event.primaryObjectId ?? event.objectId ?? event.fromObjectId;
  if (!stream) return { kind: "nothing", why: `${subscriptionType} is about an object that is not read` };
  if (!remoteId) return { kind: "nothing", why: `${subscriptionType} names no record` };
  if (changedKinds.includes(kind)) return { kind: "changed", stream, id: remoteId };
  if (goneKinds.includes(kind)) {
    return { kind: "gone", stream, id: remoteId, at: new Date(event.occurredAt).toISOString() };
  }
  return { kind: "nothing", why: `${subscriptionType} is not followed` };
}

/** `contact.creation`, or `object.creation` with a type id. An association belongs to the end named first: CONTACT_TO_COMPANY. */
function objectOf({ subscriptionType, objectTypeId, associationType }: Event): CrmObject | undefined {
  const [named = ""] = subscriptionType.split(".");
  const [from] = associationType?.split("_TO_") ?? [];
  return objectNamed(from ?? (named === "object" ? (objectTypeId ?? "") : named));
}
