import type { WritebackField, Writer } from "journey-hub/connector";
import { z } from "zod";
import { exchange, type HubspotSession } from "./session.ts";
import { properties } from "./writeback-fields.ts";

const change = z.looseObject({
  timestamp: z.string().transform((written) => new Date(written).toISOString()),
  sourceType: z.string().nullish(),
  sourceId: z.string().nullish(),
  updatedByUserId: z.number().nullish(),
});
const reply = z.looseObject({
  results: z.array(z.looseObject({ propertiesWithHistory: z.record(z.string(), z.array(change)).default({}) })),
});

/** What the property's own history says of its newest value. */
export async function whoWrote(
  session: HubspotSession,
  object: string,
  remoteId: string,
  field: WritebackField,
): Promise<Writer | null> {
  const { name } = properties[field];
  const inputs = [{ id: remoteId }];
  const { results } = await exchange(session, {
    operation: `${object}.writer`,
    lane: "writeback",
    reply,
    send: ({ crm }, options) =>
      crm.objects.batchApi.read(object, { inputs, properties: [], propertiesWithHistory: [name] }, false, options),
  });
  const [newest] = results[0]?.propertiesWithHistory[name] ?? [];
  if (!newest) return null;
  const { sourceType, sourceId, updatedByUserId: user, timestamp } = newest;
  const by = [sourceType ?? "an unnamed source", sourceId, user ? `user ${user}` : null].filter(Boolean).join(" ");
  return { by, at: timestamp };
}
