/** An app's webhook settings, as made in HubSpot's app page. */
export interface WebhookSettings {
  appId: number;
  clientSecret: string;
  targetUrl: string;
  subscriptions: WebhookSubscription[];
  /** HubSpot gives up on an answer after 5 s. */
  timeoutMs?: number;
}

export interface WebhookSubscription {
  /** `contact.creation`, `deal.propertyChange`, `company.merge`, `ticket.deletion`, `contact.associationChange`, or the same with `object.`. */
  subscriptionType: string;
  /** Needed for `propertyChange`. */
  propertyName?: string;
  /** Narrows a generic `object.*` subscription, for example `0-1`. */
  objectTypeId?: string;
}

/** A subscription that an app has. Only an active one makes events. */
export interface StandingSubscription extends WebhookSubscription {
  id: number;
  active: boolean;
  createdAt: number;
  updatedAt: number;
}

/** Where an app's events go, and how many deliveries may be under way. */
export interface WebhookTarget {
  targetUrl: string;
  maxConcurrentRequests: number;
  createdAt: number;
  updatedAt: number;
}

/** The webhooks of the one app that this portal has, in whatever way they were set up. */
export interface WebhookApp {
  appId: number;
  clientSecret: string;
  timeoutMs: number;
  /** Null: nothing is delivered. */
  target: WebhookTarget | null;
  subscriptions: Map<number, StandingSubscription>;
  /** Replaces all, as a person does in the app's page. */
  replace(settings: WebhookSettings): void;
  add(subscription: WebhookSubscription, active: boolean): StandingSubscription;
}

const atOnceDefault = 10;
const firstId = 1000;

/** An app without a target and without subscriptions. */
export function createWebhookApp(
  { appId, clientSecret }: Pick<WebhookSettings, "appId" | "clientSecret">,
  now: () => number,
): WebhookApp {
  let nextId = firstId;
  const app: WebhookApp = {
    appId,
    clientSecret,
    timeoutMs: 5_000,
    target: null,
    subscriptions: new Map(),
    replace({ targetUrl, subscriptions, timeoutMs = 5_000, ...ids }) {
      const at = now();
      const target = { targetUrl, maxConcurrentRequests: atOnceDefault, createdAt: at, updatedAt: at };
      Object.assign(app, { ...ids, timeoutMs, target, subscriptions: new Map() });
      nextId = firstId;
      for (const subscription of subscriptions) app.add(subscription, true);
    },
    add(subscription, active) {
      const standing = { ...subscription, id: nextId, active, createdAt: now(), updatedAt: now() };
      nextId += 1;
      app.subscriptions.set(standing.id, standing);
      return standing;
    },
  };
  return app;
}
