import { choice, flag, html, inGroup, instant, longText, number, owner, type PropertySpec, text } from "./define.ts";

const kept = { readOnly: true };

const common = [
  instant("hs_timestamp", "Activity date"),
  owner(),
  text("hs_attachment_ids", "Attached file IDs"),
  text("hs_unique_id", "Unique ID", { unique: true }),
  instant("hs_createdate", "Create date", kept),
  instant("hs_lastmodifieddate", "Last modified date", kept),
  number("hs_object_id", "Record ID", kept),
  number("hs_created_by_user_id", "Created by user ID", kept),
  longText("hs_body_preview", "Body preview", kept),
];

export const noteProperties: PropertySpec[] = inGroup("engagement", [...common, html("hs_note_body", "Note body")]);

export const emailProperties: PropertySpec[] = inGroup("engagement", [
  ...common,
  text("hs_email_subject", "Email subject"),
  longText("hs_email_text", "Text body"),
  html("hs_email_html", "HTML body"),
  longText("hs_email_headers", "Email headers"),
  choice("hs_email_direction", "Email direction", ["EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL"]),
  choice("hs_email_status", "Email send status", ["BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT"]),
  text("hs_email_from_email", "Email from address", kept),
  text("hs_email_to_email", "Email to address", kept),
  text("hs_email_thread_id", "Email thread ID", kept),
]);

export const callProperties: PropertySpec[] = inGroup("engagement", [
  ...common,
  text("hs_call_title", "Call title"),
  html("hs_call_body", "Call notes"),
  number("hs_call_duration", "Call duration"),
  text("hs_call_from_number", "From number"),
  text("hs_call_to_number", "To number"),
  text("hs_call_recording_url", "Recording URL"),
  text("hs_call_disposition", "Call outcome"),
  choice("hs_call_direction", "Call direction", ["INBOUND", "OUTBOUND"]),
  choice("hs_call_status", "Call status", [
    "BUSY",
    "CALLING_CRM_USER",
    "CANCELED",
    "COMPLETED",
    "CONNECTING",
    "FAILED",
    "IN_PROGRESS",
    "MISSED",
    "NO_ANSWER",
    "QUEUED",
    "RINGING",
  ]),
  flag("hs_call_has_transcript", "Has transcript", kept),
]);

export const meetingProperties: PropertySpec[] = inGroup("engagement", [
  ...common,
  text("hs_meeting_title", "Meeting name"),
  html("hs_meeting_body", "Meeting description"),
  html("hs_internal_meeting_notes", "Internal meeting notes"),
  text("hs_meeting_location", "Meeting location"),
  text("hs_meeting_external_url", "External URL"),
  instant("hs_meeting_start_time", "Meeting start time"),
  instant("hs_meeting_end_time", "Meeting end time"),
  choice("hs_meeting_outcome", "Meeting outcome", ["SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"]),
]);
