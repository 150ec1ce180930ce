import { groupBy } from "../../../lib/group.ts";
import type { Deal } from "./happenings.ts";
import type { Person, Standing } from "./model.ts";
import type { Populace } from "./populace.ts";
import type { Random } from "./random.ts";
import type { Trade } from "./trade.ts";

/** The true standing of every customer; members stand where their company stands. */
export function standingsOf(
  { companies, persons }: Populace,
  { purchases, deals }: Trade,
  random: Random,
): Map<string, Standing> {
  const purchasesOf = groupBy(purchases, ({ customerId }) => customerId);
  const dealsOf = groupBy(deals, ({ customerId }) => customerId);
  const standings = new Map<string, Standing>();
  for (const { customerId, kind, companyId } of [...companies.map(asParty), ...persons]) {
    const evidence = { purchases: purchasesOf.get(customerId)?.length ?? 0, deals: dealsOf.get(customerId) ?? [] };
    standings.set(customerId, (companyId && standings.get(companyId)) || standingOf(evidence, kind, random));
  }
  return standings;
}

/** A standing somebody forgot to move on, or moved too far. */
export function mistaken(standing: Standing, random: Random): Standing {
  const others = (["subscriber", "lead", "qualified", "opportunity", "customer"] as const).filter(
    (other) => other !== standing,
  );
  return random.pick(others);
}

function asParty({ customerId }: { customerId: string }) {
  return { customerId, kind: "company" as const, companyId: null };
}

/** Purchases beat deals, deals beat what marketing believes. */
function standingOf(
  evidence: { purchases: number; deals: readonly Deal[] },
  kind: Person["kind"] | "company",
  random: Random,
): Standing {
  if (evidence.purchases > 0) return evidence.purchases > 4 && random.chance(0.12) ? "evangelist" : "customer";
  const lastSteps = evidence.deals.map((deal) => deal.steps.at(-1)?.step);
  if (lastSteps.includes("won")) return "customer";
  if (lastSteps.some((step) => step !== "lost")) return lastSteps.length > 0 ? "opportunity" : "lead";
  if (lastSteps.length > 0) return "lost";
  return kind === "company" ? "lead" : random.pick(["subscriber", "subscriber", "lead", "lead", "qualified"] as const);
}
