import type { Currency } from "journey-hub/connector/testing";
import type { NetsuiteRow } from "../seed.ts";

/** Subsidiary and currency of each country's business; the mother house books in dollars. */
export const books: Record<Currency, { currency: number; subsidiary: number; rate: number }> = {
  USD: { currency: 1, subsidiary: 1, rate: 1 },
  CAD: { currency: 2, subsidiary: 2, rate: 0.74 },
  EUR: { currency: 3, subsidiary: 3, rate: 1.08 },
  GBP: { currency: 4, subsidiary: 4, rate: 1.27 },
  AUD: { currency: 5, subsidiary: 5, rate: 0.65 },
};

/** The seller's houses, one a currency. */
export const subsidiaries: NetsuiteRow[] = [
  subsidiary(1, "Cascade Cycles", "US", null),
  subsidiary(2, "Cascade Cycles Canada", "CA", 1),
  subsidiary(3, "Cascade Cycles Europe", "DE", 1),
  subsidiary(4, "Cascade Cycles UK", "GB", 1),
  subsidiary(5, "Cascade Cycles Australia", "AU", 1),
];

function subsidiary(id: number, name: string, country: string, parent: number | null): NetsuiteRow {
  return {
    id,
    name,
    fullname: parent === null ? name : `Cascade Cycles : ${name}`,
    country,
    parent,
    currency: id,
    iselimination: "F",
    isinactive: "F",
  };
}

/** Their currencies, rates against the dollar. */
export const currencies: NetsuiteRow[] = (["USD", "CAD", "EUR", "GBP", "AUD"] as const).map((symbol) => ({
  id: books[symbol].currency,
  name: { USD: "US Dollar", CAD: "Canadian Dollar", EUR: "Euro", GBP: "British Pound", AUD: "Australian Dollar" }[
    symbol
  ],
  symbol,
  exchangerate: books[symbol].rate,
  isbasecurrency: symbol === "USD" ? "T" : "F",
  isinactive: "F",
}));
