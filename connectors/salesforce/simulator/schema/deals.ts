import { lastActivity, owner, sources } from "./composites.ts";
import {
  audit,
  creation,
  currency,
  date,
  dateTime,
  double,
  type Field,
  flag,
  id,
  int,
  isDeleted,
  modstamp,
  percent,
  pick,
  reference,
  text,
  textarea,
} from "./field.ts";

const forecastCategories = ["Omitted", "Pipeline", "Best Case", "Commit", "Closed"];
const forecastTypes = ["Omitted", "Pipeline", "BestCase", "Forecast", "Closed"];

/** Deals, who takes part in them, how they moved, and the stages they move through. */
export const opportunity: Field[] = [
  id(),
  isDeleted(),
  reference("AccountId", ["Account"]),
  flag("IsPrivate"),
  text("Name", 120, { label: "Name", required: true, nameField: true }),
  textarea("Description", 32000),
  pick("StageName", [], { label: "Stage", required: true, restrictedPicklist: true }),
  currency("Amount", 2),
  percent("Probability"),
  currency("ExpectedRevenue", 2, { readOnly: true, calculated: true }),
  double("TotalOpportunityQuantity", 18, 2),
  date("CloseDate", { required: true }),
  pick("Type", ["Existing Customer - Upgrade", "Existing Customer - Replacement", "New Customer"]),
  text("NextStep", 255),
  pick("LeadSource", sources),
  flag("IsClosed", { label: "Closed", readOnly: true }),
  flag("IsWon", { label: "Won", readOnly: true }),
  pick("ForecastCategory", forecastTypes, { readOnly: true }),
  pick("ForecastCategoryName", forecastCategories),
  flag("HasOpportunityLineItem", { readOnly: true }),
  owner(),
  reference("ContactId", ["Contact"], { updateable: false }),
  ...audit(),
  lastActivity(),
  dateTime("LastStageChangeDate", { readOnly: true }),
];

export const opportunityContactRole: Field[] = [
  id(),
  reference("OpportunityId", ["Opportunity"], { required: true, updateable: false }),
  reference("ContactId", ["Contact"], { required: true }),
  pick("Role", ["Business User", "Decision Maker", "Economic Buyer", "Evaluator", "Executive Sponsor", "Other"]),
  flag("IsPrimary"),
  ...audit(),
  isDeleted(),
];

export const opportunityHistory: Field[] = [
  id(),
  reference("OpportunityId", ["Opportunity"]),
  ...creation(),
  pick("StageName", []),
  currency("Amount", 2),
  currency("ExpectedRevenue", 2),
  date("CloseDate"),
  percent("Probability"),
  pick("ForecastCategory", forecastTypes),
  currency("PrevAmount", 2),
  date("PrevCloseDate"),
  modstamp(),
  isDeleted(),
];

export const opportunityStage: Field[] = [
  id(),
  text("MasterLabel", 255, { nameField: true }),
  text("ApiName", 255),
  flag("IsActive"),
  int("SortOrder", 9),
  flag("IsClosed"),
  flag("IsWon"),
  pick("ForecastCategory", forecastTypes),
  pick("ForecastCategoryName", forecastCategories),
  percent("DefaultProbability"),
  textarea("Description", 255),
  ...audit(),
];
