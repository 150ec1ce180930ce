import { z } from "zod";

/*
 * HubSpot's answers, as far as the connector reads them. Read from the raw text rather than from the client's models,
 * which drop what they do not know (`url`).
 */

const paging = z.object({ next: z.object({ after: z.string() }).optional() }).nullish();
const idText = z.union([z.string(), z.number()]).transform(String);

const associatedId = z.object({ id: idText, type: z.string() });
export type AssociatedId = z.output<typeof associatedId>;

/** A record of any object. All property values are strings or null. */
export const objectReply = z.looseObject({
  id: idText,
  properties: z.record(z.string(), z.string().nullable()),
  updatedAt: z.string(),
  archived: z.boolean().optional(),
  archivedAt: z.string().optional(),
  associations: z.record(z.string(), z.object({ results: z.array(associatedId), paging })).optional(),
});
export type ObjectReply = z.output<typeof objectReply>;

export const listReply = z.object({ results: z.array(objectReply), paging });
export const searchReply = listReply;
export const countReply = z.object({ total: z.int().nonnegative() });

/** One failed input of a batch; which input it was stands in `context.ids`. */
const batchError = z.looseObject({
  message: z.string().default("no reason given"),
  category: z.string().optional(),
  context: z.record(z.string(), z.array(z.string())).optional(),
});
export type BatchError = z.output<typeof batchError>;

export const batchReply = z.object({ results: z.array(objectReply), errors: z.array(batchError).default([]) });

/** The values a property has had, newest first; an empty one was cleared. */
const propertyPast = z.array(z.object({ value: z.string().nullish(), timestamp: z.string() }));
export type PropertyPast = z.output<typeof propertyPast>;
export const historyReply = z.object({
  results: z.array(z.object({ id: idText, propertiesWithHistory: z.record(z.string(), propertyPast).default({}) })),
});

const associationType = z.object({ category: z.string(), typeId: z.number(), label: z.string().nullish() });
export type AssociationType = z.output<typeof associationType>;

/** Records without any association are `errors` here; they are no failure. */
export const associationsReply = z.object({
  results: z.array(
    z.object({
      from: z.object({ id: idText }),
      to: z.array(z.object({ toObjectId: idText, associationTypes: z.array(associationType) })),
      paging,
    }),
  ),
});

const stamped = { createdAt: z.string().optional(), updatedAt: z.string().optional() };
export const ownersReply = z.object({ results: z.array(z.looseObject({ id: idText, ...stamped })), paging });
export const pipelinesReply = z.object({
  results: z.array(z.looseObject({ id: idText, ...stamped, stages: z.array(z.looseObject(stamped)) })),
});

export const propertiesReply = z.object({
  results: z.array(
    z.object({
      name: z.string(),
      label: z.string().default(""),
      type: z.string(),
      fieldType: z.string(),
      hubspotDefined: z.boolean().default(false),
      options: z.array(z.looseObject({ value: z.string() })).default([]),
      modificationMetadata: z.looseObject({ readOnlyValue: z.boolean().default(false) }).optional(),
    }),
  ),
});
export type PropertyReply = z.output<typeof propertiesReply>["results"][number];

/** Objects of the account's own. */
export const schemasReply = z.object({
  results: z.array(
    z.looseObject({
      name: z.string(),
      fullyQualifiedName: z.string().optional(),
      objectTypeId: z.string().optional(),
      labels: z.looseObject({ singular: z.string().optional(), plural: z.string().optional() }).default({}),
    }),
  ),
});
export type SchemaReply = z.output<typeof schemasReply>["results"][number];

export const groupsReply = z.object({ results: z.array(z.object({ name: z.string() })) });

export const tokenReply = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).optional(),
  hub_id: idText.optional(),
  scopes: z.array(z.string()).optional().catch(undefined),
});

export const accountReply = z.object({ portalId: idText, timeZone: z.string().optional() });

/** HubSpot's error envelope; every part may be missing. */
export const errorReply = z.looseObject({
  status: z.string().optional(),
  message: z.string().optional(),
  category: z.string().optional(),
  errorType: z.string().optional(),
  policyName: z.string().optional(),
  errors: z
    .array(z.looseObject({ context: z.record(z.string(), z.array(z.string())).optional() }))
    .optional()
    .catch(undefined),
});
export type ErrorReply = z.output<typeof errorReply>;

/** Where an app's webhooks go. HubSpot answers 404 where none was ever set. */
export const webhookSettingsReply = z.object({
  targetUrl: z.string(),
  throttling: z.looseObject({ maxConcurrentRequests: z.number() }),
});

/** The webhook subscriptions of an app. */
export const webhookSubscriptionsReply = z.object({
  results: z.array(
    z.object({
      id: idText,
      eventType: z.string(),
      propertyName: z.string().nullish(),
      objectTypeId: z.string().nullish(),
      active: z.boolean(),
    }),
  ),
});
export type WebhookSubscriptionReply = z.output<typeof webhookSubscriptionsReply>["results"][number];
