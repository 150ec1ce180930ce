import { sfId } from "./ids.ts";
import type { SalesforceRow } from "./values.ts";

type Stage = [label: string, probability: number, category: string, categoryName: string];

const stages: Stage[] = [
  ["Prospecting", 10, "Pipeline", "Pipeline"],
  ["Qualification", 10, "Pipeline", "Pipeline"],
  ["Needs Analysis", 20, "Pipeline", "Pipeline"],
  ["Value Proposition", 50, "Pipeline", "Pipeline"],
  ["Id. Decision Makers", 60, "Pipeline", "Pipeline"],
  ["Perception Analysis", 70, "Pipeline", "Pipeline"],
  ["Proposal/Price Quote", 75, "Pipeline", "Pipeline"],
  ["Negotiation/Review", 90, "Pipeline", "Pipeline"],
  ["Closed Won", 100, "Closed", "Closed"],
  ["Closed Lost", 0, "Omitted", "Omitted"],
];

/** The ten opportunity stages a new org is born with. */
export function standardStages(): SalesforceRow[] {
  return stages.map(([label, probability, category, categoryName], index) => ({
    Id: sfId("01J", index + 1),
    MasterLabel: label,
    ApiName: label,
    IsActive: true,
    SortOrder: index + 1,
    IsClosed: label.startsWith("Closed"),
    IsWon: label === "Closed Won",
    ForecastCategory: category,
    ForecastCategoryName: categoryName,
    DefaultProbability: probability,
  }));
}
