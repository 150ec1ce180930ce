import { analyticsSources } from "./contacts.ts";
import { choice, flag, inGroup, instant, longText, number, owner, text } from "./define.ts";

const kept = { readOnly: true };

export const dealProperties = inGroup("dealinformation", [
  text("dealname", "Deal Name"),
  number("amount", "Amount"),
  number("amount_in_home_currency", "Amount in company currency", kept),
  choice("deal_currency_code", "Currency", ["USD", "EUR", "GBP", "CAD", "AUD", "CHF", "JPY"]),
  choice("dealstage", "Deal Stage", [], { optionsFrom: "stages" }),
  choice("pipeline", "Pipeline", [], { optionsFrom: "pipelines" }),
  instant("closedate", "Close Date"),
  choice("dealtype", "Deal Type", [
    ["newbusiness", "New Business"],
    ["existingbusiness", "Existing Business"],
  ]),
  longText("description", "Deal Description"),
  longText("closed_lost_reason", "Closed Lost Reason"),
  longText("closed_won_reason", "Closed Won Reason"),
  choice("hs_priority", "Priority", ["low", "medium", "high"]),
  text("hs_next_step", "Next step"),
  flag("hs_is_closed", "Is Deal Closed?", kept),
  flag("hs_is_closed_won", "Is Closed Won", kept),
  flag("hs_is_closed_lost", "Is closed lost", kept),
  number("hs_deal_stage_probability", "Deal probability", kept),
  number("hs_projected_amount", "Weighted amount", kept),
  number("hs_arr", "Annual recurring revenue"),
  number("hs_mrr", "Monthly recurring revenue"),
  number("hs_tcv", "Total contract value"),
  number("num_associated_contacts", "Number of Associated Contacts", kept),
  choice("hs_analytics_source", "Original Traffic Source", analyticsSources, kept),
  owner(),
  instant("hubspot_owner_assigneddate", "Owner Assigned Date", kept),
  instant("notes_last_contacted", "Last Contacted", kept),
  instant("notes_last_updated", "Last Activity Date", kept),
  instant("createdate", "Create Date"),
  instant("hs_createdate", "Object create date", kept),
  instant("hs_lastmodifieddate", "Last Modified Date", kept),
  number("hs_object_id", "Record ID", kept),
  text("hs_merged_object_ids", "Merged record IDs", kept),
]);
