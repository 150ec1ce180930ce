import {
  type Address,
  countryNames,
  type DealStep,
  type PersonRecord,
  type Standing,
  type Ticket,
} from "journey-hub/connector/testing";

/** The world's words in HubSpot's: property values of a portal with default pipelines. */
export const stages: Record<DealStep, string> = {
  appointment: "appointmentscheduled",
  qualified: "qualifiedtobuy",
  presented: "presentationscheduled",
  buying: "decisionmakerboughtin",
  contract: "contractsent",
  won: "closedwon",
  lost: "closedlost",
};
export const probabilities: Record<DealStep, string> = {
  appointment: "0.2",
  qualified: "0.4",
  presented: "0.6",
  buying: "0.8",
  contract: "0.9",
  won: "1.0",
  lost: "0.0",
};
export const ticketStages: Record<Ticket["status"], string> = {
  new: "1",
  "waiting on contact": "2",
  "waiting on us": "3",
  escalated: "3",
  closed: "4",
};
export const ticketCategories: Record<Ticket["category"], string> = {
  delivery: "GENERAL_INQUIRY",
  product: "PRODUCT_ISSUE",
  billing: "BILLING_ISSUE",
  question: "GENERAL_INQUIRY",
};
export const lifecycles: Record<Standing, string> = {
  subscriber: "subscriber",
  lead: "lead",
  qualified: "marketingqualifiedlead",
  opportunity: "opportunity",
  customer: "customer",
  evangelist: "evangelist",
  lost: "other",
};
export const leadStatuses: Partial<Record<Standing, string>> = {
  lead: "NEW",
  qualified: "IN_PROGRESS",
  opportunity: "OPEN_DEAL",
  lost: "UNQUALIFIED",
};
export const analyticsSources: Record<PersonRecord["source"], string> = {
  Web: "ORGANIC_SEARCH",
  "Phone Inquiry": "OFFLINE",
  "Partner Referral": "REFERRALS",
  "Trade Show": "OFFLINE",
  "Purchased List": "OFFLINE",
};

/** An address in HubSpot's property names. */
export function placeOf({ street, city, state, postalCode, country }: Address): Record<string, string | null> {
  return { address: street, city, state, zip: postalCode, country: countryNames[country] };
}
