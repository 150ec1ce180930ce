import { type Context, Hono } from "hono";
import { z } from "zod";
import { checkBatchSize, readBody, scalarText } from "../body.ts";
import { conflict, invalid, notFound, Refusal } from "../errors.ts";
import type { Portal } from "../portal.ts";
import type { StandingSubscription, WebhookTarget } from "../webhook-app.ts";

const settingsShape = z.object({
  targetUrl: z.string(),
  throttling: z.object({ maxConcurrentRequests: z.int(), period: z.string().nullish() }),
});
const createShape = z.object({
  eventType: z.string(),
  propertyName: z.string().nullish(),
  objectTypeId: z.string().nullish(),
  active: z.boolean().nullish(),
});
const updateShape = z.object({ active: z.boolean() });
const batchShape = z.object({ inputs: z.array(updateShape.extend({ id: scalarText })) });
const batchInputsMax = 100;

/** `/webhooks/{version}/{appId}`: target and subscriptions of an app, for its developer's key alone. */
export function webhookRoutes(portal: Portal): Hono {
  const app = new Hono();
  const { webhooks } = portal;

  app.use("/:appId/*", async (c, next) => {
    requireDeveloper(portal, c);
    await next();
  });

  app.get("/:appId/settings", (c) => {
    if (!webhooks.app.target) throw notFound();
    return c.json(wireTarget(webhooks.app.target));
  });
  app.put("/:appId/settings", async (c) => {
    const { targetUrl, throttling } = await readBody(c, settingsShape);
    if (!isPublic(targetUrl)) throw invalid(`Target URL must use https: ${targetUrl}`);
    if (throttling.maxConcurrentRequests <= 5) throw invalid("maxConcurrentRequests must be greater than 5");
    const at = portal.now();
    const createdAt = webhooks.app.target?.createdAt ?? at;
    const { maxConcurrentRequests } = throttling;
    webhooks.app.target = { targetUrl, maxConcurrentRequests, createdAt, updatedAt: at };
    return c.json(wireTarget(webhooks.app.target));
  });
  app.delete("/:appId/settings", (c) => {
    webhooks.app.target = null;
    return c.body(null, 204);
  });

  app.get("/:appId/subscriptions", (c) => c.json({ results: [...webhooks.app.subscriptions.values()].map(wire) }));
  app.post("/:appId/subscriptions", async (c) => c.json(wire(create(portal, await readBody(c, createShape))), 201));
  app.post("/:appId/subscriptions/batch/update", async (c) => {
    const { inputs } = await readBody(c, batchShape);
    checkBatchSize(inputs, batchInputsMax);
    const results = inputs.map(({ id, active }) => wire(setActive(portal, id, active)));
    const at = new Date(portal.now()).toISOString();
    return c.json({ status: "COMPLETE", results, startedAt: at, completedAt: at });
  });
  app.get("/:appId/subscriptions/:id", (c) => c.json(wire(subscriptionOf(portal, c.req.param("id")))));
  app.patch("/:appId/subscriptions/:id", async (c) => {
    const { active } = await readBody(c, updateShape);
    return c.json(wire(setActive(portal, c.req.param("id"), active)));
  });
  app.delete("/:appId/subscriptions/:id", (c) => {
    webhooks.app.subscriptions.delete(subscriptionOf(portal, c.req.param("id")).id);
    return c.body(null, 204);
  });

  return app;
}

/** No account's token is good here, whatever it may do. */
function requireDeveloper({ settings: { credentials } }: Portal, c: Context): void {
  if (c.req.query("hapikey") !== credentials.developerApiKey) {
    throw new Refusal(401, {
      message: "Authentication credentials not found. This API supports the API key of a developer account.",
      category: "INVALID_AUTHENTICATION",
    });
  }
  if (c.req.param("appId") !== String(credentials.appId)) throw notFound(`No app with ID ${c.req.param("appId")}`);
}

/** HubSpot takes https alone; this machine's own addresses stand for it in tests. */
const isPublic = (targetUrl: string): boolean => /^https:\/\/|^http:\/\/(?:127\.0\.0\.1|localhost)[:/]/.test(targetUrl);

const kinds = ["creation", "deletion", "merge", "restore", "associationChange", "propertyChange"];
const eventTypes = new Set([
  ...["contact", "company", "deal", "ticket", "product", "line_item", "object"].flatMap((object) =>
    kinds.map((kind) => `${object}.${kind}`),
  ),
  "contact.privacyDeletion",
  ...["creation", "deletion", "newMessage", "privacyDeletion", "propertyChange"].map((kind) => `conversation.${kind}`),
]);

function create(portal: Portal, body: z.output<typeof createShape>): StandingSubscription {
  const { app } = portal.webhooks;
  const { eventType, propertyName, objectTypeId, active } = body;
  if (!eventTypes.has(eventType)) throw invalid(`Invalid event type: ${eventType}`);
  if (eventType.endsWith(".propertyChange") && !propertyName) throw invalid("A property name is required");
  if (eventType.startsWith("object.") && !objectTypeId) throw invalid("An object type id is required");
  if (objectTypeId?.startsWith("2-")) throw invalid(`Object type ${objectTypeId} is not supported for public apps`);
  const same = [...app.subscriptions.values()].some(
    (other) =>
      other.subscriptionType === eventType &&
      (other.propertyName ?? null) === (propertyName ?? null) &&
      (other.objectTypeId ?? null) === (objectTypeId ?? null),
  );
  if (same) throw conflict(`A subscription to ${eventType} already exists`);
  const { webhookSubscriptions: most } = portal.settings.limits;
  if (app.subscriptions.size >= most) throw invalid(`An app may have no more than ${most} subscriptions`);
  const subscription = {
    subscriptionType: eventType,
    ...(propertyName ? { propertyName } : {}),
    ...(objectTypeId ? { objectTypeId } : {}),
  };
  return app.add(subscription, active ?? false);
}

function setActive(portal: Portal, id: string, active: boolean): StandingSubscription {
  const subscription = subscriptionOf(portal, id);
  Object.assign(subscription, { active, updatedAt: portal.now() });
  return subscription;
}

function subscriptionOf({ webhooks }: Portal, id: string): StandingSubscription {
  const subscription = webhooks.app.subscriptions.get(Number(id));
  if (!subscription) throw notFound(`No subscription with ID ${id}`);
  return subscription;
}

function wireTarget({ targetUrl, maxConcurrentRequests, createdAt, updatedAt }: WebhookTarget) {
  return {
    targetUrl,
    throttling: { maxConcurrentRequests, period: "SECONDLY" },
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}

function wire({ id, subscriptionType, propertyName, objectTypeId, active, ...at }: StandingSubscription) {
  return {
    id: String(id),
    eventType: subscriptionType,
    ...(propertyName === undefined ? {} : { propertyName }),
    ...(objectTypeId === undefined ? {} : { objectTypeId }),
    active,
    createdAt: new Date(at.createdAt).toISOString(),
    updatedAt: new Date(at.updatedAt).toISOString(),
  };
}
