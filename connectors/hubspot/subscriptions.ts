import { SubscriptionCreateRequestEventTypeEnum as EventType } from "@hubspot/api-client/lib/codegen/webhooks/models/SubscriptionCreateRequest.js";
import {
  SourceError,
  type SubscriptionChange,
  type SubscriptionPlan,
  type SubscriptionsDeclaration,
  type SubscriptionWish,
} from "journey-hub/connector";
import { z } from "zod";
import { type HubspotConfig, hubspotAddress } from "./config.ts";
import { asDeveloper, type DeveloperApp, developerApp } from "./developer.ts";
import { webhookSettingsReply, webhookSubscriptionsReply } from "./replies.ts";
import type { HubspotSession } from "./session.ts";
import { byHand } from "./subscriptions-by-hand.ts";
import {
  type Differences,
  differencesOf,
  plain,
  type Subscription,
  subscriptionOf,
  textOf,
  wantedSubscriptions,
} from "./wanted-subscriptions.ts";

/**
 * The webhook subscriptions of a legacy public app, which HubSpot lets its developer's key change; those of other apps a person sets up, by
 * a file or by hand.
 */
export const subscriptions: SubscriptionsDeclaration<HubspotSession> = {
  async look(session, wish) {
    const app = developerApp(session.config);
    return app ? { by: "hub", changes: changesOf(await compare(session, app, wish)) } : forPerson(session, wish);
  },
  async apply(session, wish) {
    const app = developerApp(session.config);
    return app ? change(session, app, wish) : forPerson(session, wish);
  },
};

interface Comparison extends Differences {
  /** Where the app delivers to and shall no more; null: nowhere so far. Undefined: it is as it should be. */
  elsewhere?: string | null;
  targetUrl: string;
  atOnce: number;
}

/** So many deliveries at the same time where nobody has said otherwise; HubSpot's own default. */
const atOnceDefault = 10;

/** An app has one target for all of its deliveries, whatever account they come from. */
async function compare(session: HubspotSession, app: DeveloperApp, wish: SubscriptionWish): Promise<Comparison> {
  const wanted = wantedSubscriptions(wish).flatMap((each) => subscriptionOf(each) ?? []);
  const { targetUrl } = wish;
  if (wanted.length > 0) refuseUnreachable(session, targetUrl);
  const settings = await readSettings(session, app);
  const { results } = await asDeveloper(session, app, {
    operation: "webhooks.subscriptions",
    lane: "poll",
    reply: webhookSubscriptionsReply,
    send: ({ webhooks }, options) => webhooks.subscriptionsApi.getAll(app.appId, options),
  });
  const isElsewhere = wanted.length > 0 && settings?.targetUrl !== targetUrl;
  const atOnce = settings?.throttling.maxConcurrentRequests ?? atOnceDefault;
  const elsewhere = isElsewhere ? { elsewhere: settings?.targetUrl ?? null } : {};
  return { ...differencesOf(wanted, results), ...elsewhere, targetUrl, atOnce };
}

/** A person is given no file either with an address that HubSpot would not call: a file that is there is not written anew. */
function forPerson({ config }: HubspotSession, wish: SubscriptionWish): SubscriptionPlan {
  if (wish.objects.length === 0 || isReachable(config, wish.targetUrl)) return byHand(wish);
  return { by: "person", instructions: `${httpsOnly(wish.targetUrl)}. ${setPublicUrl}` };
}

/** A simulator may call this machine; HubSpot calls https addresses alone. */
function isReachable({ base_url }: HubspotConfig, targetUrl: string): boolean {
  return base_url !== hubspotAddress || targetUrl.startsWith("https://");
}

const httpsOnly = (targetUrl: string): string =>
  `HubSpot delivers to https addresses only, and the hub's is ${targetUrl}`;
const setPublicUrl =
  "Set public_url in journey-hub.yaml to the https address by which the outside world reaches this hub.";

function refuseUnreachable({ config }: HubspotSession, targetUrl: string): void {
  if (isReachable(config, targetUrl)) return;
  throw new SourceError("stop", httpsOnly(targetUrl), { field: "public_url", remedy: setPublicUrl });
}

async function readSettings(session: HubspotSession, app: DeveloperApp) {
  try {
    return await asDeveloper(session, app, {
      operation: "webhooks.settings",
      lane: "poll",
      reply: webhookSettingsReply,
      send: ({ webhooks }, options) => webhooks.settingsApi.getAll(app.appId, options),
    });
  } catch (cause) {
    // Without a target there are no settings; that there is no such app, the subscriptions tell.
    if (cause instanceof SourceError && cause.details.status === 404) return null;
    throw cause;
  }
}

function changesOf({ elsewhere, targetUrl, create, activate, remove }: Comparison): SubscriptionChange[] {
  return [
    ...(elsewhere === undefined ? [] : [{ change: "target" as const, what: targetText(elsewhere, targetUrl) }]),
    ...remove.map((each) => ({ change: "remove" as const, what: textOf(plain(each)) })),
    ...activate.map((each) => ({ change: "activate" as const, what: textOf(plain(each)) })),
    ...create.map((each) => ({ change: "create" as const, what: textOf(each) })),
  ];
}

function targetText(elsewhere: string | null, targetUrl: string): string {
  return elsewhere === null ? targetUrl : `${targetUrl}, in the place of ${elsewhere}, which hears nothing any more`;
}

/** What is too much goes first, so that an app with HubSpot's 1,000 subscriptions has room; and a target must be there before any is made. */
async function change(session: HubspotSession, app: DeveloperApp, wish: SubscriptionWish): Promise<SubscriptionPlan> {
  const compared = await compare(session, app, wish);
  const { elsewhere, targetUrl, atOnce, remove, activate, create } = compared;
  const done: SubscriptionChange[] = [];
  const make = async (planned: SubscriptionChange, work: Promise<unknown>) => {
    done.push({ ...planned, ...(await refusalIn(work)) });
  };
  if (elsewhere !== undefined) {
    await setTarget(session, app, { targetUrl, atOnce });
    done.push({ change: "target", what: targetText(elsewhere, targetUrl) });
  }
  for (const each of remove) {
    await make({ change: "remove", what: textOf(plain(each)) }, removeOne(session, app, Number(each.id)));
  }
  for (const each of activate) {
    await make({ change: "activate", what: textOf(plain(each)) }, activateOne(session, app, Number(each.id)));
  }
  for (const each of create) await make({ change: "create", what: textOf(each) }, createOne(session, app, each));
  return { by: "hub", changes: done };
}

/** A refusal of this one alone; another one ends the work. That the key itself is good, the subscriptions that were read have shown. */
async function refusalIn(work: Promise<unknown>): Promise<Pick<SubscriptionChange, "refused">> {
  try {
    await work;
    return {};
  } catch (cause) {
    if (!(cause instanceof SourceError) || (cause.next !== "skip" && cause.details.status !== 403)) throw cause;
    return { refused: cause.message };
  }
}

function setTarget(
  session: HubspotSession,
  app: DeveloperApp,
  { targetUrl, atOnce }: Pick<Comparison, "targetUrl" | "atOnce">,
): Promise<unknown> {
  const settings = { targetUrl, throttling: { maxConcurrentRequests: atOnce } };
  return asDeveloper(session, app, {
    operation: "webhooks.settings.configure",
    lane: "poll",
    reply: z.unknown(),
    send: ({ webhooks }, options) => webhooks.settingsApi.configure(app.appId, settings, options),
  });
}

function createOne(
  session: HubspotSession,
  app: DeveloperApp,
  { eventType: named, objectTypeId, propertyName }: Subscription,
): Promise<unknown> {
  const eventType = Object.values(EventType).find((known) => known === named);
  if (!eventType) throw new Error(`HubSpot's client knows no event ${named}`);
  const body = {
    ...{ eventType, active: true },
    ...(objectTypeId === null ? {} : { objectTypeId }),
    ...(propertyName === null ? {} : { propertyName }),
  };
  return asDeveloper(session, app, {
    operation: "webhooks.subscriptions.create",
    lane: "poll",
    reply: z.unknown(),
    send: ({ webhooks }, options) => webhooks.subscriptionsApi.create(app.appId, body, options),
  });
}

function activateOne(session: HubspotSession, app: DeveloperApp, id: number): Promise<unknown> {
  return asDeveloper(session, app, {
    operation: "webhooks.subscriptions.update",
    lane: "poll",
    reply: z.unknown(),
    send: ({ webhooks }, options) => webhooks.subscriptionsApi.update(id, app.appId, { active: true }, options),
  });
}

function removeOne(session: HubspotSession, app: DeveloperApp, id: number): Promise<unknown> {
  return asDeveloper(session, app, {
    operation: "webhooks.subscriptions.archive",
    lane: "poll",
    reply: z.unknown(),
    send: ({ webhooks }, options) => webhooks.subscriptionsApi.archive(id, app.appId, options),
  });
}
