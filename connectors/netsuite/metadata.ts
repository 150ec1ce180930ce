import { type Lane, SourceError } from "journey-hub/connector";
import { z } from "zod";
import type { Client } from "./client.ts";

const property = z.looseObject({
  title: z.string().optional(),
  type: z.string().optional(),
  format: z.string().optional(),
  readOnly: z.boolean().optional(),
  enum: z.array(z.string()).optional(),
  "x-ns-custom-field": z.boolean().optional(),
});

/** A field as the metadata catalogue shows it. */
export type Property = z.infer<typeof property>;

const catalogReply = z.looseObject({ properties: z.record(z.string(), property) });

/** What the record service calls records whose names SuiteQL writes as one lower-case word. */
const recordNames = new Map([
  ["salesorder", "salesOrder"],
  ["customerpayment", "customerPayment"],
  ["creditmemo", "creditMemo"],
  ["supportcase", "supportCase"],
]);

/** The fields of a record by name, as the role sees them; null where it does not see the record. Throws SourceError. */
export async function propertiesOf(
  client: Client,
  object: string,
  lane: Lane,
): Promise<Readonly<Record<string, Property>> | null> {
  const ask = {
    purpose: `looking up the fields of ${object}`,
    operation: `${object}.metadata`,
    lane,
    method: "GET",
    path: `/record/v1/metadata-catalog/${encodeURIComponent(recordNames.get(object) ?? object)}`,
    headers: { accept: "application/schema+json" },
    about: "record",
    reply: catalogReply,
  } as const;
  const reply = await client.request(ask).catch((cause: unknown) => {
    if (!(cause instanceof SourceError)) throw cause;
    if (cause.next !== "skip" && !cause.details.code?.startsWith("INSUFFICIENT_PERMISSION")) throw cause;
    return null;
  });
  return reply?.properties ?? null;
}
