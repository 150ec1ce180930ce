import type { SubscriptionPlan, SubscriptionWish } from "journey-hub/connector";
import { isCustomObject, objects } from "./objects.ts";
import { type Happening, type Wanted, wantedSubscriptions } from "./wanted-subscriptions.ts";

/** How many deliveries HubSpot may make at the same time. */
const atOnce = 10;

/**
 * What a person does where HubSpot lets no program change an app's subscriptions: a project's app has them in a file, which is written here, a
 * private app on a page.
 */
export function byHand(wish: SubscriptionWish): SubscriptionPlan {
  const wanted = wantedSubscriptions(wish);
  if (wanted.length === 0) return { by: "person", instructions: takenAway };
  const text = `${JSON.stringify(projectFile(wish.targetUrl, wanted), null, 2)}\n`;
  return {
    by: "person",
    instructions: instructionsFor(wish.targetUrl, wanted),
    file: { name: "webhooks-hsmeta.json", text },
  };
}

const takenAway =
  'Private app: delete the subscriptions under Settings > Integrations > Private apps > the app > Webhooks. App of a project: set each to "active": false in src/app/webhooks/webhooks-hsmeta.json and run `hs project upload`.';

/** The component of a project of HubSpot's developer platform. An upload may leave out none that HubSpot knows: those are set inactive. */
function projectFile(targetUrl: string, wanted: readonly Wanted[]) {
  const ofObjects = wanted.filter(({ happening }) => happening !== "privacyDeletion");
  const crmObjects = ofObjects.map(({ object, happening, property }) => ({
    subscriptionType: `object.${happening}`,
    objectType: nameOf(object),
    ...(property === null ? {} : { propertyName: property }),
    active: true,
  }));
  const hubEvents = wanted
    .filter(({ happening }) => happening === "privacyDeletion")
    .map(() => ({ subscriptionType: "contact.privacyDeletion", active: true }));
  return {
    uid: "journey_hub_webhooks",
    type: "webhooks",
    config: {
      settings: { targetUrl, maxConcurrentRequests: atOnce },
      subscriptions: { crmObjects, legacyCrmObjects: [], hubEvents },
    },
  };
}

function instructionsFor(targetUrl: string, wanted: readonly Wanted[]): string {
  const named = [...new Set(wanted.map(({ object }) => object))];
  const objectLines = named.map((object) => {
    const ofObject = wanted.filter((each) => each.object === object);
    const told = ofObject.flatMap(({ happening }) => words[happening] ?? []);
    const changed = ofObject.flatMap(({ property }) => property ?? []);
    return `  ${nameOf(object)}: ${told.join(", ")}${changed.length > 0 ? `; property changes of ${changed.join(", ")}` : ""}`;
  });
  return [
    "HubSpot lets no program change the webhook subscriptions of this connection's app.",
    'App of a project: put the file webhooks-hsmeta.json into src/app/webhooks/ and run `hs project upload`. HubSpot refuses an upload that leaves out a subscription which it knows: keep such a one with "active": false.',
    `Private app: under Settings > Integrations > Private apps > the app > Webhooks enter the target URL ${targetUrl} and subscribe to:`,
    ...objectLines,
    "Legacy public app: give the hub its app_id and developer_api_key, and it does this itself.",
  ].join("\n");
}

const words: Readonly<Partial<Record<Happening, string>>> = {
  creation: "created",
  deletion: "deleted",
  merge: "merged",
  restore: "restored",
  associationChange: "association changed",
  privacyDeletion: "deleted for privacy",
};

/** Objects of the account's own go by their full name; that HubSpot takes it in this file is not verified. */
const nameOf = (object: Wanted["object"]): string => (isCustomObject(object) ? object : objects[object].singular);
