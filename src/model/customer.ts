import { z } from "zod";
import { instant } from "./scalars.ts";

const said = z.strictObject({ value: z.json(), record_key: z.string() });

/**
 * A customer's field with the record it came from and the values that lost against it. A value set by hand has no record (`""`) and the
 * rule `pin`.
 */
export const goldenValue = z.strictObject({
  value: z.json(),
  record_key: z.string(),
  /** What decided: a survivorship rule, or `only_value` where no record says otherwise. */
  rule: z.string(),
  /** How it decided, in words; absent where there was nothing to decide. */
  why: z.string().optional(),
  losers: z.array(said),
  /** Of a field that may have several (e-mails, phones, addresses) those beside the first. */
  also: z.array(said).optional(),
});
export type GoldenValue = z.infer<typeof goldenValue>;

/** The resolved party: one person or one company over all connections. */
export const customer = z.strictObject({
  id: z.string(),
  kind: z.enum(["person", "company"]),
  name: z.string(),
  golden: z.record(z.string(), goldenValue),
  first_seen_at: instant,
});
export type Customer = z.infer<typeof customer>;
