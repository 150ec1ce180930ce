import { z } from "zod";

/** An ISO 8601 instant in UTC with milliseconds, always 24 characters, so that instants sort as text. */
export const instant = z.iso.datetime({ precision: 3 });

/** A calendar date without a time zone, `YYYY-MM-DD`. */
export const calendarDate = z.iso.date();

/** Money: a decimal string (never a float) and an ISO 4217 currency. */
export const money = z.strictObject({
  amount: z.string().regex(/^-?\d+(\.\d+)?$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
});
export type Money = z.infer<typeof money>;

/** A pointer to another record of the same connection: the vendor's object and its remote id, `companies:123`. */
export const ref = z.string().regex(/^[^:]+:.+$/);

/** ISO 3166-1 alpha-2, upper case. */
export const countryCode = z.string().regex(/^[A-Z]{2}$/);

export const emailAddress = z.strictObject({
  email: z.string(),
  type: z.enum(["primary", "work", "personal", "billing", "other"]).optional(),
  is_primary: z.boolean().optional(),
  opted_out: z.boolean().optional(),
});

export const phoneNumber = z.strictObject({
  number: z.string(),
  type: z.enum(["work", "mobile", "home", "fax", "other"]).optional(),
});

export const address = z.strictObject({
  type: z.enum(["billing", "shipping", "work", "home", "other"]).optional(),
  line1: z.string().optional(),
  line2: z.string().optional(),
  city: z.string().optional(),
  state: z.string().optional(),
  postal_code: z.string().optional(),
  country: countryCode.optional(),
});
