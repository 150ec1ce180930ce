import { type Calendar, dayMs, dayOf } from "./calendar.ts";
import type { Deal, DealStep } from "./happenings.ts";
import type { Ids } from "./ids.ts";
import { elementAt } from "./lists.ts";
import type { Colleague, Currency, Person, System } from "./model.ts";
import type { Presence } from "./presence.ts";
import type { Purchase } from "./purchases.ts";
import type { Random } from "./random.ts";

/** One customer's buyers: the persons a deal may name, the first being the one who decides. */
export interface Buyer {
  readonly customerId: string;
  readonly name: string;
  readonly currency: Currency;
  readonly owner: Colleague;
  readonly people: readonly string[];
  readonly isBusiness: boolean;
  readonly kind: Person["kind"] | "company";
}

interface Tools {
  readonly presence: Presence;
  readonly ids: Ids;
  readonly calendar: Calendar;
  readonly random: Random;
}

const openSteps = ["appointment", "qualified", "presented", "buying", "contract"] as const;
const lossReasons = ["Price", "Competitor", "No budget", "No decision", "Timing"] as const;
const roles = ["Decision Maker", "Evaluator", "Economic Buyer", "Other"] as const;

/**
 * The deal behind a purchase, won shortly before it. Where no ERP knows the buyer the deal is all there is of the purchase;
 * elsewhere sellers wrote one for some only. Null when nobody wrote one.
 */
export function wonDeal(buyer: Buyer, purchase: Purchase, tools: Tools): Deal | null {
  const { presence, random } = tools;
  const isBooked = presence.main(buyer.customerId, "netsuite") !== undefined;
  if (isBooked && !random.chance(buyer.isBusiness ? 0.2 : 0.08)) return null;
  const ids = homesOf(buyer.customerId, tools);
  if (!ids) return null;
  const days = buyer.isBusiness ? random.int(10, 70) : 0.5;
  const steps: DealStep[] = buyer.isBusiness ? [...someSteps(random), "won"] : ["appointment", "won"];
  const closedAt = purchase.at - random.int(5, 600) * 60_000;
  return dealOf(
    buyer,
    {
      ids,
      steps,
      openedAt: closedAt - days * dayMs,
      days,
      amountCents: purchase.totalCents,
      item: purchase.lines[0]?.name,
    },
    tools,
  );
}

/** Deals that did not end in a purchase: some lost, some still open. */
export function otherDeals(buyer: Buyer, count: { lost: number; open: number }, tools: Tools): Deal[] {
  const { calendar, random } = tools;
  const outcomes = [...Array<"lost">(count.lost).fill("lost"), ...Array<"open">(count.open).fill("open")];
  return outcomes.flatMap((outcome) => {
    const ids = homesOf(buyer.customerId, tools);
    if (!ids) return [];
    const reached = openSteps.slice(0, random.int(1, openSteps.length));
    const days = random.int(8, 80);
    const age = outcome === "open" ? random.int(days, days + 20) : random.int(days + 1, 700);
    const amountCents = random.int(4, 900) * (buyer.isBusiness ? 10_000 : 1_000);
    const openedAt = calendar.after(calendar.epochMs, -age) - random.int(1, dayMs / 3);
    return [
      dealOf(
        buyer,
        {
          ids,
          steps: outcome === "lost" ? [...reached, "lost"] : reached,
          openedAt,
          days,
          amountCents,
          item: undefined,
        },
        tools,
      ),
    ];
  });
}

/** A Salesforce opportunity one signature short of being won. */
export function lateStageDeal(buyer: Buyer, tools: Tools): Deal {
  const openedAt = tools.calendar.after(tools.calendar.epochMs, -45);
  const ids = { salesforce: tools.ids.salesforce("006") };
  return dealOf(
    buyer,
    { ids, steps: [...openSteps], openedAt, days: 44, amountCents: 4_850_000, item: "Mountain-200 fleet" },
    tools,
  );
}

/** Sellers skip steps: the first is always noted, each further one in three cases of five. */
function someSteps(random: Random): DealStep[] {
  return openSteps.filter((step) => step === "appointment" || random.chance(0.6));
}

interface Course {
  readonly ids: Deal["ids"];
  readonly steps: readonly DealStep[];
  readonly openedAt: number;
  readonly days: number;
  readonly amountCents: number;
  readonly item: string | undefined;
}

function dealOf(buyer: Buyer, course: Course, { calendar, random }: Tools): Deal {
  const stride = course.steps.length > 1 ? course.days / (course.steps.length - 1) : 0;
  const steps = course.steps.map((step, at) => ({ step, at: calendar.after(course.openedAt, stride * at) }));
  const last = elementAt(steps, steps.length - 1);
  const isClosed = last.step === "won" || last.step === "lost";
  return {
    customerId: buyer.customerId,
    name: `${buyer.name} - ${course.item ?? random.pick(["Spring range", "Fleet renewal", "Accessories", "Service contract", "Winter stock"])}`,
    amountCents: course.amountCents,
    currency: buyer.currency,
    owner: buyer.owner,
    steps,
    closesOn: dayOf(isClosed ? last.at : calendar.epochMs + random.int(3, 40) * dayMs),
    lossReason: last.step === "lost" ? random.pick(lossReasons) : null,
    people: buyer.people.slice(0, 3).map((customerId, at) => ({ customerId, role: roles[at] ?? "Other" })),
    ids: course.ids,
    createdAt: course.openedAt,
    updatedAt: last.at,
  };
}

/**
 * Which systems get the deal: Salesforce or HubSpot by preference, some in both; NetSuite where neither knows the customer,
 * and now and then besides. Null for a prospect who is a mere lead: Salesforce has no account to hang a deal on.
 */
function homesOf(customerId: string, { presence, ids, random }: Tools): Deal["ids"] | null {
  const sits = (system: System): boolean => presence.main(customerId, system) !== undefined;
  const crm = sits("salesforce") && presence.main(customerId, "salesforce")?.object !== "Lead";
  const throwAt = random.next();
  const inSalesforce = crm && (!sits("hubspot") || throwAt < 0.75);
  const inHubspot = sits("hubspot") && (!crm || throwAt >= 0.6);
  const inNetsuite = sits("netsuite") && ((!inSalesforce && !inHubspot) || random.chance(0.15));
  if (!inSalesforce && !inHubspot && !inNetsuite) return null;
  return {
    ...(inSalesforce && { salesforce: ids.salesforce("006") }),
    ...(inHubspot && { hubspot: ids.hubspot("deals") }),
    ...(inNetsuite && { netsuite: ids.netsuite("opportunity") }),
  };
}
