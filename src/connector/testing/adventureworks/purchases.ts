import { groupBy } from "../../../lib/group.ts";
import { currencyOf } from "./addresses.ts";
import { type Calendar, dayMs } from "./calendar.ts";
import type { TransactionLine } from "./happenings.ts";
import { elementAt } from "./lists.ts";
import type { Company, Currency, Person } from "./model.ts";
import type { Random } from "./random.ts";
import type { SourceOrder, TerritoryCountry } from "./sources.ts";

/** What was bought, whichever system wrote it down. */
export interface Purchase {
  readonly customerId: string;
  readonly isBusiness: boolean;
  readonly country: TerritoryCountry;
  readonly currency: Currency;
  readonly lines: readonly TransactionLine[];
  readonly totalCents: number;
  /** Day of the sample, to find returns by. */
  readonly sourceDay: number;
  readonly at: number;
}

const newestDay = 911;
/** Orders of one company over the sample's two and a half years. */
const ordersMin = 3;
const ordersMax = 14;

/** A consumer's orders, exactly as the sample has them. */
export function consumerPurchases(
  persons: readonly Person[],
  orders: readonly SourceOrder[],
  calendar: Calendar,
  random: Random,
): Purchase[] {
  const bySource = groupBy(orders, (order) => order.customerKey);
  return persons.flatMap(({ customerId, sourceKey }) =>
    (bySource.get(sourceKey ?? "") ?? []).map((order) => {
      const terms = { customerId, quantityFactor: 1, isBusiness: false, currency: currencyOf[order.country] };
      return purchaseOf([order], terms, calendar.duringDay(order.day, random));
    }),
  );
}

/**
 * The sample has no reseller orders, so companies buy what consumers outside this world bought: two of their orders together,
 * in the quantities of a shop. One company in four stopped buying at some time; the first always bought recently.
 */
export function companyPurchases(
  companies: readonly Company[],
  leftOrders: readonly SourceOrder[],
  calendar: Calendar,
  random: Random,
): Purchase[] {
  const ordersOfDay = groupBy(leftOrders, (order) => order.day);
  return companies.flatMap((company, at) => {
    const { customerId, currency } = company;
    const days = shoppingDays(company, { isFaithful: at === 0, calendar, random });
    return days.flatMap((day) => {
      const stock = ordersOfDay.get(day);
      if (!stock) return [];
      const terms = { customerId, currency, quantityFactor: random.int(2, 20), isBusiness: true };
      return [purchaseOf([random.pick(stock), random.pick(stock)], terms, calendar.duringDay(day, random))];
    });
  });
}

/** Days of the sample, in order, from some weeks after the company was first known. */
function shoppingDays(
  { knownSince }: Company,
  { isFaithful, calendar, random }: { isFaithful: boolean; calendar: Calendar; random: Random },
): number[] {
  const firstDay = newestDay - Math.floor((calendar.epochMs - knownSince) / dayMs) + 40;
  const lastDay = isFaithful || !random.chance(0.25) ? newestDay - 1 : random.int(firstDay, newestDay - 150);
  const count = random.int(ordersMin, ordersMax);
  return Array.from({ length: count }, () => random.int(Math.min(firstDay, lastDay), lastDay)).sort((a, b) => a - b);
}

interface Terms {
  readonly customerId: string;
  readonly quantityFactor: number;
  readonly isBusiness: boolean;
  readonly currency: Currency;
}

function purchaseOf(orders: readonly SourceOrder[], terms: Terms, at: number): Purchase {
  const first = elementAt(orders, 0);
  const bySku = new Map<string, TransactionLine>();
  for (const { product, quantity } of orders.flatMap((order) => order.lines)) {
    const more = (bySku.get(product.sku)?.quantity ?? 0) + quantity * terms.quantityFactor;
    bySku.set(product.sku, {
      item: product.key,
      sku: product.sku,
      name: product.name,
      quantity: more,
      rateCents: product.priceCents,
    });
  }
  const lines = [...bySku.values()];
  return {
    customerId: terms.customerId,
    isBusiness: terms.isBusiness,
    country: first.country,
    currency: terms.currency,
    lines,
    totalCents: lines.reduce((sum, line) => sum + line.quantity * line.rateCents, 0),
    sourceDay: first.day,
    at,
  };
}
