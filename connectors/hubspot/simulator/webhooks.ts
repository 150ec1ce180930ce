import { createRandom } from "journey-hub/connector/testing";
import { signV3 } from "./signature.ts";
import { createWebhookApp, type WebhookApp, type WebhookSettings, type WebhookSubscription } from "./webhook-app.ts";

export type { WebhookSettings, WebhookSubscription } from "./webhook-app.ts";

/** What happened in the portal, before it is known whether anybody subscribed. */
export interface Happening {
  portalId: number;
  /** The singular object name. */
  object: string;
  objectTypeId: string;
  kind: "creation" | "propertyChange" | "deletion" | "privacyDeletion" | "restore" | "merge" | "associationChange";
  objectId?: number;
  changeSource: string;
  fields?: Record<string, unknown>;
}

export interface WebhookEvent {
  eventId: number;
  subscriptionId: number;
  subscriptionType: string;
  portalId: number;
  appId: number;
  occurredAt: number;
  attemptNumber: number;
  [field: string]: unknown;
}

export interface DeliveryReport {
  delivered: number;
  /** Kept for the next `deliver()`, their `attemptNumber` one higher. */
  waiting: number;
  /** Dropped after the last retry. */
  givenUp: number;
}

export interface Webhooks {
  /** The app's target and subscriptions, which its developer may change. */
  app: WebhookApp;
  subscribe(settings: WebhookSettings): void;
  record(happening: Happening): void;
  /** Sends what is pending, one attempt each, in batches of at most 100 events. */
  deliver(disorder?: DeliveryDisorder): Promise<DeliveryReport>;
  pending(): WebhookEvent[];
  clear(): void;
}

/** How deliveries stray from "each event once, in order". */
export interface DeliveryDisorder {
  seed: number;
  /** Share of the events that come twice, 0 … 1. */
  duplicated?: number;
  /** Events and deliveries come in any order. */
  unordered?: boolean;
}

interface Batch {
  events: WebhookEvent[];
  attempts: number;
}

const eventsPerDelivery = 100;
/** HubSpot tries again up to 10 times over 24 hours; here each `deliver()` is one try. */
const retriesMax = 10;

/** The outgoing side: remembers events for the subscriptions in force and delivers them when told to. */
export function createWebhooks(
  credentials: Pick<WebhookSettings, "appId" | "clientSecret">,
  now: () => number,
): Webhooks {
  const app = createWebhookApp(credentials, now);
  let fresh: WebhookEvent[] = [];
  let failed: Batch[] = [];
  let lastEventId = 100;

  function record(happening: Happening): void {
    if (!app.target) return;
    for (const subscription of app.subscriptions.values()) {
      if (!subscription.active || !matches(subscription, happening)) continue;
      lastEventId += 1;
      const ids = { eventId: lastEventId, subscriptionId: subscription.id, appId: app.appId };
      fresh.push({ ...ids, ...eventOf(subscription, happening), occurredAt: now(), attemptNumber: 0 });
    }
  }

  async function deliver(disorder?: DeliveryDisorder): Promise<DeliveryReport> {
    const report: DeliveryReport = { delivered: 0, waiting: 0, givenUp: 0 };
    if (!app.target) return report;
    const batches = disordered(failed, fresh, disorder);
    fresh = [];
    failed = [];
    for (const batch of batches) {
      if (await send(app, batch, now())) report.delivered += batch.events.length;
      else if (batch.attempts >= retriesMax) report.givenUp += batch.events.length;
      else {
        failed.push({ events: batch.events, attempts: batch.attempts + 1 });
        report.waiting += batch.events.length;
      }
    }
    return report;
  }

  return {
    app,
    subscribe: app.replace,
    record,
    deliver,
    pending: () => [...failed.flatMap((batch) => batch.events), ...fresh],
    clear: () => {
      fresh = [];
      failed = [];
      lastEventId = 100;
    },
  };
}

function matches(subscription: WebhookSubscription, happening: Happening): boolean {
  const [object, kind] = subscription.subscriptionType.split(".");
  if (kind !== happening.kind) return false;
  if (object !== "object" && object !== happening.object) return false;
  if (subscription.objectTypeId !== undefined && subscription.objectTypeId !== happening.objectTypeId) return false;
  return kind !== "propertyChange" || subscription.propertyName === happening.fields?.propertyName;
}

function eventOf(subscription: WebhookSubscription, happening: Happening) {
  const { portalId, objectId, changeSource, objectTypeId, fields } = happening;
  const generic = subscription.subscriptionType.startsWith("object.");
  // An association event tells of two objects: the type id is that of the end it comes from.
  const typeIdField = happening.kind === "associationChange" ? "fromObjectTypeId" : "objectTypeId";
  return {
    subscriptionType: subscription.subscriptionType,
    portalId,
    ...(objectId === undefined ? {} : { objectId }),
    ...(generic ? { [typeIdField]: objectTypeId, isSensitive: false } : {}),
    changeSource,
    ...fields,
  };
}

function disordered(failed: Batch[], fresh: WebhookEvent[], disorder: DeliveryDisorder | undefined): Batch[] {
  if (!disorder) return [...failed, ...batchesOf(fresh)];
  const { seed, duplicated = 0, unordered = false } = disorder;
  const chance = createRandom(seed).fork("deliveries");
  const twice = fresh.filter(() => chance.chance(duplicated));
  const events = [...fresh, ...twice];
  const batches = [...failed, ...batchesOf(unordered ? chance.shuffled(events) : events)];
  return unordered ? chance.shuffled(batches) : batches;
}

function batchesOf(events: WebhookEvent[]): Batch[] {
  const batches: Batch[] = [];
  for (let start = 0; start < events.length; start += eventsPerDelivery) {
    batches.push({ events: events.slice(start, start + eventsPerDelivery), attempts: 0 });
  }
  return batches;
}

/** True when the target answered 2xx in time; anything else counts as not delivered, whatever the reason. */
async function send(
  { target, clientSecret, timeoutMs }: WebhookApp,
  batch: Batch,
  timestamp: number,
): Promise<boolean> {
  if (!target) return false;
  const { targetUrl: uri } = target;
  const body = JSON.stringify(batch.events.map((event) => ({ ...event, attemptNumber: batch.attempts })));
  const headers = {
    "Content-Type": "application/json",
    "User-Agent": "HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebHooks",
    "X-HubSpot-Signature-v3": signV3({ method: "POST", uri, body, timestamp, clientSecret }),
    "X-HubSpot-Request-Timestamp": String(timestamp),
  };
  try {
    const answer = await fetch(uri, { method: "POST", headers, body, signal: AbortSignal.timeout(timeoutMs) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return false;
    throw error;
  }
}
