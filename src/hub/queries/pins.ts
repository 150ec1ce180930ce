import { z } from "zod";
import type { Hub } from "../hub.ts";

const said = z.object({ by: z.string(), at: z.string(), reason: z.string() });

/** A value that a person has set by hand over what the records say. */
export interface PinView {
  field: string;
  value: unknown;
  by: string;
  at: string;
  reason: string;
  /** The record it is kept by, and goes with should the customer's records be parted. */
  record_key: string;
  /** Who let it go, when and why; null while it holds. */
  ended: z.infer<typeof said> | null;
}

/** What was ever set by hand on these records, the newest first. */
export async function pinsOf({ store }: Hub, recordKeys: readonly string[]): Promise<PinView[]> {
  const rows = await store.byKey("pins", "record_key", recordKeys);
  return rows
    .sort((a, b) => (a.at === b.at ? (a.id > b.id ? -1 : 1) : a.at > b.at ? -1 : 1))
    .map(({ field, value, by, at, reason, record_key, ended }) => ({
      field,
      value: JSON.parse(value) as unknown,
      by,
      at,
      reason,
      record_key,
      ended: ended === null ? null : said.parse(JSON.parse(ended)),
    }));
}

/** What was ever set by hand on a customer's records. */
export async function customerPins(hub: Hub, id: string): Promise<PinView[]> {
  const links = await hub.store.byKey("links", "customer_id", [id]);
  return pinsOf(
    hub,
    links.map(({ record_key }) => record_key),
  );
}
