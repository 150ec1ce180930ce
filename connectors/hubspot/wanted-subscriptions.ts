import type { SubscriptionWish } from "journey-hub/connector";
import { type CrmObject, isCustomObject, objectNamed, objects } from "./objects.ts";
import type { WebhookSubscriptionReply } from "./replies.ts";
import { properties } from "./writeback-fields.ts";

/** What HubSpot can tell of an object; of a changed property only where that property is named. */
export type Happening =
  | "creation"
  | "propertyChange"
  | "deletion"
  | "merge"
  | "restore"
  | "associationChange"
  | "privacyDeletion";

/** One thing HubSpot is to tell. */
export interface Wanted {
  object: CrmObject;
  happening: Happening;
  property: string | null;
}

/** What has to be told, so that the mapped objects are up to date by webhook alone. */
export function wantedSubscriptions({ objects: mapped }: Pick<SubscriptionWish, "objects">): Wanted[] {
  return mapped.flatMap(({ object: name, fields }): Wanted[] => {
    const object = isCustomObject(name) ? name : objectNamed(name);
    if (object === undefined) return [];
    const told = happeningsOf(object).map((happening) => ({ object, happening, property: null }));
    const changes = propertiesRead(object, fields).map((property) => {
      return { object, happening: "propertyChange" as const, property };
    });
    return [...told, ...changes];
  });
}

const isEngagement = (object: CrmObject): boolean => ["notes", "emails", "calls", "meetings"].includes(object);

function happeningsOf(object: CrmObject): Happening[] {
  const always = ["creation", "deletion", "restore", "associationChange"] as const;
  if (object === "contacts") return [...always, "merge", "privacyDeletion"];
  return isEngagement(object) ? [...always] : [...always, "merge"]; // nobody merges a note
}

/** What changes with every change would double each delivery, and what the hub writes itself would come back to it. */
const neverTold = new Set<string>([
  ...["hs_object_id", "createdate", "hs_createdate", "lastmodifieddate", "hs_lastmodifieddate"],
  ...Object.values(properties).map(({ name }) => name),
]);
/** HubSpot takes no subscription to these of e-mails. */
const refusedOfEmails = new Set(["hs_email_html", "hs_email_subject"]);

function propertiesRead(object: CrmObject, fields: readonly string[]): string[] {
  const read = fields.flatMap((path) => {
    const [part, name] = path.split(".");
    return part === "properties" && name ? [name] : [];
  });
  const told = [...new Set(read)].filter((name) => !neverTold.has(name));
  return told.filter((name) => object !== "emails" || !refusedOfEmails.has(name)).sort();
}

/** A subscription as the Webhooks API names it. */
export interface Subscription {
  eventType: string;
  objectTypeId: string | null;
  propertyName: string | null;
}

const ownEvents: readonly string[] = ["contacts", "companies", "deals", "tickets"];

/**
 * How the Webhooks API names what is wanted: contacts, companies, deals and tickets have events of their own, other objects share generic ones.
 * Of an account's own objects only private and project apps may hear, and these are not set up through the API: null.
 */
export function subscriptionOf({ object, happening, property: propertyName }: Wanted): Subscription | null {
  if (isCustomObject(object)) return null;
  const { singular, typeId } = objects[object];
  if (ownEvents.includes(object)) return { eventType: `${singular}.${happening}`, objectTypeId: null, propertyName };
  return { eventType: `object.${happening}`, objectTypeId: typeId, propertyName };
}

/** @example textOf({ eventType: "object.propertyChange", objectTypeId: "0-46", propertyName: "hs_note_body" }) // "object.propertyChange of 0-46 hs_note_body" */
export function textOf({ eventType, objectTypeId, propertyName }: Subscription): string {
  const about = [objectTypeId, propertyName].filter(Boolean).join(" ");
  return about === "" ? eventType : `${eventType} of ${about}`;
}

/** How what an app is subscribed to differs from what is wanted. */
export interface Differences {
  create: Subscription[];
  activate: WebhookSubscriptionReply[];
  remove: WebhookSubscriptionReply[];
}

/** Subscriptions to other things (conversations, products) are somebody else's affair and stay as they are. */
export function differencesOf(
  wanted: readonly Subscription[],
  standing: readonly WebhookSubscriptionReply[],
): Differences {
  const named = new Map(wanted.map((each) => [textOf(each), each]));
  const there = new Set(standing.map((each) => textOf(plain(each))));
  return {
    create: [...named].flatMap(([name, each]) => (there.has(name) ? [] : [each])),
    activate: standing.filter((each) => !each.active && named.has(textOf(plain(each)))),
    remove: standing.filter((each) => isOurs(each) && !named.has(textOf(plain(each)))),
  };
}

/** What is there, in the form of what is wanted. */
export function plain({ eventType, objectTypeId, propertyName }: WebhookSubscriptionReply): Subscription {
  return { eventType, objectTypeId: objectTypeId || null, propertyName: propertyName || null };
}

/** About an object that is read, by whatever name the event has. */
function isOurs({ eventType, objectTypeId }: WebhookSubscriptionReply): boolean {
  const [named = ""] = eventType.split(".");
  return objectNamed(named === "object" ? (objectTypeId ?? "") : named) !== undefined;
}
