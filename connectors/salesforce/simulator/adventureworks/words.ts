import { type Address, countryNames, type DealStep, type Standing, type Ticket } from "journey-hub/connector/testing";

/** The world's words in Salesforce's: picklist values of an org with the standard stages. */
export const stages: Record<DealStep, string> = {
  appointment: "Prospecting",
  qualified: "Qualification",
  presented: "Needs Analysis",
  buying: "Proposal/Price Quote",
  contract: "Negotiation/Review",
  won: "Closed Won",
  lost: "Closed Lost",
};
export const probabilities: Record<DealStep, number> = {
  appointment: 10,
  qualified: 10,
  presented: 20,
  buying: 75,
  contract: 90,
  won: 100,
  lost: 0,
};
export const leadStatuses: Record<Standing, string> = {
  subscriber: "Open - Not Contacted",
  lead: "Open - Not Contacted",
  qualified: "Working - Contacted",
  opportunity: "Working - Contacted",
  customer: "Working - Contacted",
  evangelist: "Working - Contacted",
  lost: "Closed - Not Converted",
};
export const caseStatuses: Record<Ticket["status"], string> = {
  new: "New",
  "waiting on contact": "Working",
  "waiting on us": "Working",
  escalated: "Escalated",
  closed: "Closed",
};
export const casePriorities: Record<Ticket["priority"], string> = { low: "Low", medium: "Medium", high: "High" };

/** An address in the field names of an object, by their prefix. */
export function addressOf(prefix: "Billing" | "Mailing" | "", { street, city, state, postalCode, country }: Address) {
  return {
    [`${prefix}Street`]: street,
    [`${prefix}City`]: city,
    [`${prefix}State`]: state,
    [`${prefix}PostalCode`]: postalCode,
    [`${prefix}Country`]: countryNames[country],
  };
}
export const caseTypes: Record<Ticket["category"], string> = {
  delivery: "Problem",
  product: "Mechanical",
  billing: "Problem",
  question: "Question",
};
