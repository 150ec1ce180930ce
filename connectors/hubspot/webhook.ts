import {
  type DeliveredWork,
  type Delivery,
  type IncomingWebhook,
  type Proof,
  refused,
  type Verdict,
  verifyProof,
  type WebhookDeclaration,
} from "journey-hub/connector";
import { z } from "zod";
import type { HubspotConfig } from "./config.ts";
import { type CrmObject, isCustomObject, objectNamed } from "./objects.ts";

/** HubSpot's webhooks: arrays of thin events under signature v3, or an older one where the settings allow it. */
export const webhook: WebhookDeclaration<HubspotConfig> = {
  missing: ({ app_client_secret }) =>
    app_client_secret === undefined
      ? "app_client_secret is not set: copy the client secret of the app that sends the webhooks (README, Webhooks)"
      : null,
  verify: verifySignature,
  deliveries: (_config, request) => splitEvents(request),
  work: (config, body, account) => workOf(config.portal_id ?? account ?? null, parseEvent(JSON.parse(body))),
  // An app delivers for every account that has installed it.
  manyAccounts: ({ portal_id }) => portal_id === undefined,
};

type Version = HubspotConfig["oldest_signature"];

/** The percent codes HubSpot decodes in the address before it signs; all others stay. */
const listedCodes = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;
const decodeListed = (url: string): string => url.replace(listedCodes, (code) => decodeURIComponent(code));
const method = (request: IncomingWebhook) => request.method.toUpperCase();

/** The older two sign no time, so who recorded a request can send it again. */
const older = { kind: "signature", header: "x-hubspot-signature", encoding: "hex", digest: "sha256" } as const;
const proofs: Readonly<Record<Version, Proof>> = {
  v3: {
    kind: "signature",
    header: "x-hubspot-signature-v3",
    encoding: "base64",
    digest: "hmac-sha256",
    signed: [method, ({ url }) => decodeListed(url), "body", "time"],
    // HubSpot's own checker accepts times of the future and compares with `===`.
    time: { from: { header: "x-hubspot-request-timestamp" }, unit: "ms", windowMs: 300_000 },
  },
  v2: { ...older, signed: [method, ({ url }) => url, "body"] },
  v1: { ...older, signed: ["body"] },
};
const versions: readonly Version[] = ["v3", "v2", "v1"];

/** A request with a signature v3 is held against that one alone; what names an older version must be allowed to. */
function verifySignature(config: HubspotConfig, request: IncomingWebhook, nowMs: number): Verdict {
  const { "x-hubspot-signature-v3": v3, "x-hubspot-signature-version": named } = request.headers;
  const version = v3 === undefined ? (versions.find((known) => known === named) ?? "v3") : "v3";
  if (versions.indexOf(version) > versions.indexOf(config.oldest_signature)) {
    return refused(`it is signed by version ${version} only, which oldest_signature does not allow`);
  }
  return verifyProof(proofs[version], { secrets: [config.app_client_secret], request, nowMs });
}

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
  fromObjectTypeId: z.string().nullish(),
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

/** `account`: whose events count; null: that is not known. */
function workOf(account: string | null, event: Event): DeliveredWork {
  const { subscriptionType, portalId } = event;
  if (account !== null && account !== portalId) {
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

/**
 * `contact.creation`, or `object.creation` with a type id. An association belongs to the end named first: CONTACT_TO_COMPANY, or the type id
 * it comes from. An object of the account's own goes by its type id here; the hub finds which one that is.
 */
function objectOf({ subscriptionType, objectTypeId, fromObjectTypeId, associationType }: Event): CrmObject | undefined {
  const [named = ""] = subscriptionType.split(".");
  const [from] = associationType?.split("_TO_") ?? [];
  const name = fromObjectTypeId ?? from ?? (named === "object" ? (objectTypeId ?? "") : named);
  return isCustomObject(name) ? name : objectNamed(name);
}
