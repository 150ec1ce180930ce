import type { SObjectName } from "../values.ts";
import { opportunity, opportunityContactRole, opportunityHistory, opportunityStage } from "./deals.ts";
import type { Field } from "./field.ts";
import { fieldHistory } from "./histories.ts";
import { account, contact, lead } from "./parties.ts";
import { organization, user } from "./users.ts";
import { caseFields, event, task } from "./work.ts";

/** An object before custom fields are added: what the vendor ships. */
export interface ObjectDeclaration {
  name: SObjectName;
  plural: string;
  keyPrefix: string;
  /** False for what only the vendor writes: history, stages, the organization. */
  writable: boolean;
  mergeable: boolean;
  fields: Field[];
}

const written = { writable: true, mergeable: false };
const merged = { writable: true, mergeable: true };
const vendorOwned = { writable: false, mergeable: false };

/** The org's standard objects, one declaration each. */
export const standardObjects: ObjectDeclaration[] = [
  { name: "Account", plural: "Accounts", keyPrefix: "001", ...merged, fields: account },
  { name: "Contact", plural: "Contacts", keyPrefix: "003", ...merged, fields: contact },
  { name: "Lead", plural: "Leads", keyPrefix: "00Q", ...merged, fields: lead },
  { name: "Opportunity", plural: "Opportunities", keyPrefix: "006", ...written, fields: opportunity },
  {
    name: "OpportunityContactRole",
    plural: "Opportunity Contact Roles",
    keyPrefix: "00K",
    ...written,
    fields: opportunityContactRole,
  },
  {
    name: "OpportunityHistory",
    plural: "Opportunity Histories",
    keyPrefix: "008",
    ...vendorOwned,
    fields: opportunityHistory,
  },
  {
    name: "OpportunityStage",
    plural: "Opportunity Stages",
    keyPrefix: "01J",
    ...vendorOwned,
    fields: opportunityStage,
  },
  histories("OpportunityFieldHistory", "Opportunity"),
  { name: "Case", plural: "Cases", keyPrefix: "500", ...merged, fields: caseFields },
  histories("CaseHistory", "Case"),
  histories("LeadHistory", "Lead"),
  histories("ContactHistory", "Contact"),
  { name: "Task", plural: "Tasks", keyPrefix: "00T", ...written, fields: task },
  { name: "Event", plural: "Events", keyPrefix: "00U", ...written, fields: event },
  { name: "User", plural: "Users", keyPrefix: "005", ...written, fields: user },
  { name: "Organization", plural: "Organizations", keyPrefix: "00D", ...vendorOwned, fields: organization },
];

/** All objects of field histories share one prefix. */
function histories(name: SObjectName, of: SObjectName): ObjectDeclaration {
  return { name, plural: `${of} Histories`, keyPrefix: "017", ...vendorOwned, fields: fieldHistory(of) };
}
