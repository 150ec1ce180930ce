import { choice, inGroup, instant, longText, number, owner, text } from "./define.ts";

const kept = { readOnly: true };

export const ticketProperties = inGroup("ticketinformation", [
  text("subject", "Ticket name"),
  longText("content", "Ticket description"),
  choice("hs_pipeline", "Pipeline", [], { optionsFrom: "pipelines" }),
  choice("hs_pipeline_stage", "Ticket status", [], { optionsFrom: "stages" }),
  choice("hs_ticket_priority", "Priority", [
    ["LOW", "Low"],
    ["MEDIUM", "Medium"],
    ["HIGH", "High"],
    ["URGENT", "Urgent"],
  ]),
  choice("hs_ticket_category", "Category", ["PRODUCT_ISSUE", "BILLING_ISSUE", "FEATURE_REQUEST", "GENERAL_INQUIRY"]),
  choice("source_type", "Source", ["CHAT", "EMAIL", "FORM", "PHONE"]),
  choice("hs_resolution", "Resolution", ["ISSUE_FIXED", "DUPLICATE", "WONT_FIX", "NO_RESPONSE"]),
  instant("hs_last_message_received_at", "Last message received", kept),
  instant("first_agent_reply_date", "First agent email response date", kept),
  instant("closed_date", "Close date", kept),
  number("time_to_close", "Time to close", kept),
  text("created_by", "Created by", kept),
  owner(),
  instant("createdate", "Create date"),
  instant("hs_lastmodifieddate", "Last modified date", kept),
  number("hs_object_id", "Record ID", kept),
  number("hs_ticket_id", "Ticket ID", kept),
  text("hs_merged_object_ids", "Merged record IDs", kept),
  instant("last_engagement_date", "Date of last engagement", kept),
]);
