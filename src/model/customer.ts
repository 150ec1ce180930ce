import { z } from "zod";
import { instant } from "./scalars.ts";

/** A customer's field with the record it came from and the values that lost against it. */
export const goldenValue = z.strictObject({
  value: z.json(),
  record_key: z.string(),
  rule: z.string(),
  losers: z.array(z.strictObject({ value: z.json(), record_key: z.string() })),
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
