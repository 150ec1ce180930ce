import { address } from "./scalars.ts";

/**
 * An address in one line, without what kind it is; null for anything else.
 * @example addressText({ type: "work", line1: "180 Park Avenue", city: "Sydney", country: "AU" }) // "180 Park Avenue, Sydney, AU"
 */
export function addressText(value: unknown): string | null {
  const parsed = address.safeParse(value);
  if (!parsed.success) return null;
  const { line1, line2, city, state, postal_code, country } = parsed.data;
  return joined([line1, line2, city, joined([state, postal_code], " "), country], ", ");
}

function joined(parts: readonly (string | null | undefined)[], by: string): string | null {
  return parts.filter((part) => part?.trim()).join(by) || null;
}
