import {
  type Activity,
  type CompanyRecord,
  type Deal,
  knownIn,
  type PersonRecord,
  recordIdsIn,
  type Standing,
  type Ticket,
  type World,
} from "journey-hub/connector/testing";
import type { PropertySpec } from "../definitions/define.ts";
import type { HubspotRow, HubspotSeed, PerObject } from "../seed.ts";
import { activityTies, companyTies, contactTies, danglingTie, dealTies, ticketTies } from "./ties.ts";
import {
  analyticsSources,
  leadStatuses,
  lifecycles,
  placeOf,
  probabilities,
  stages,
  ticketCategories,
  ticketStages,
} from "./words.ts";

/** What HubSpot's own Salesforce integration keeps on contacts and companies. */
const salesforceIds: PerObject<PropertySpec[]> = {
  contacts: [
    salesforceProperty("salesforcecontactid", "Salesforce Contact ID"),
    salesforceProperty("salesforceleadid", "Salesforce Lead ID"),
  ],
  companies: [salesforceProperty("salesforceaccountid", "Salesforce Account ID")],
};

/** The part of the world this portal knows: its contacts, companies, deals, tickets and engagements, tied as users would. */
export function hubspotSeed(world: World): HubspotSeed {
  const contacts = world.personRecords.filter(({ seat }) => seat.system === "hubspot");
  const companies = world.companyRecords.filter(({ seat }) => seat.system === "hubspot");
  const deals = knownIn(world.deals, "hubspot");
  const tickets = knownIn(world.tickets, "hubspot");
  const activities = world.activities.filter(({ system }) => system === "hubspot");
  const known = recordIdsIn(world, "hubspot");
  const activityRows = (kind: Activity["kind"]) =>
    activities.filter((activity) => activity.kind === kind).map(activityRow);
  return {
    portalId: 24_601_930,
    objects: {
      contacts: contacts.map(contactRow),
      companies: companies.map(companyRow),
      deals: deals.map(({ id, entry }) => dealRow(id, entry)),
      tickets: tickets.map(({ id, entry }) => ticketRow(id, entry)),
      notes: activityRows("note"),
      emails: activityRows("email"),
      calls: activityRows("call"),
      meetings: activityRows("meeting"),
    },
    associations: [
      ...contacts.flatMap(contactTies),
      ...companies.flatMap(companyTies),
      ...deals.flatMap(({ id, entry }) => dealTies(id, entry, known)),
      ...tickets.flatMap(({ id, entry }) => ticketTies(id, entry, known)),
      ...activities.flatMap(activityTies),
      ...world.dangling.map(danglingTie),
    ],
    owners: world.colleagues.map(({ hubspotId, hubspotUserId, email, firstName, lastName, isActive }) => {
      return { id: hubspotId, userId: hubspotUserId, email, firstName, lastName, archived: !isActive };
    }),
    pipelines: {},
    properties: salesforceIds,
  };
}

function salesforceProperty(name: string, label: string): PropertySpec {
  return { name, label, type: "string", fieldType: "text", groupName: "salesforceinformation" };
}

function contactRow(record: PersonRecord): HubspotRow {
  const { seat, address, conversions, standing, crossIds } = record;
  return {
    id: seat.id,
    properties: {
      email: record.email,
      hs_email_domain: record.email?.split("@")[1] ?? null,
      firstname: record.firstName,
      lastname: record.lastName,
      phone: record.phone,
      jobtitle: record.title,
      company: record.companyName,
      associatedcompanyid: record.companyRecordId,
      date_of_birth: record.kind === "consumer" ? record.birthDate : null,
      ...placeOf(address),
      ...lifecycleOf(standing, record.createdAt),
      hs_lead_status: leadStatuses[standing] ?? null,
      hs_analytics_source: analyticsSources[record.source],
      hubspot_owner_id: record.owner.hubspotId,
      num_conversion_events: conversions && String(conversions.count),
      recent_conversion_event_name: conversions?.name ?? null,
      recent_conversion_date: conversions && instant(conversions.at),
      ...(crossIds.salesforce && {
        [crossIds.salesforce.startsWith("00Q") ? "salesforceleadid" : "salesforcecontactid"]: crossIds.salesforce,
      }),
    },
    ...stampsOf(record),
  };
}

function companyRow(record: CompanyRecord): HubspotRow {
  return {
    id: record.seat.id,
    properties: {
      name: record.name,
      domain: record.domain,
      website: record.domain && `www.${record.domain}`,
      phone: record.phone,
      industry: "SPORTING_GOODS",
      type: record.standing === "customer" || record.standing === "evangelist" ? "RESELLER" : "PROSPECT",
      numberofemployees: String(record.employees),
      annualrevenue: String(record.annualRevenue),
      ...placeOf(record.address),
      ...lifecycleOf(record.standing, record.createdAt),
      hs_parent_company_id: record.parentRecordId,
      hubspot_owner_id: record.owner.hubspotId,
      ...(record.crossIds.salesforce && { salesforceaccountid: record.crossIds.salesforce }),
    },
    ...stampsOf(record),
  };
}

function dealRow(id: string, deal: Deal): HubspotRow {
  const last = deal.steps.at(-1)?.step ?? "appointment";
  const isWon = last === "won";
  const isClosed = isWon || last === "lost";
  const entered = deal.steps.map(({ step, at }) => [`hs_v2_date_entered_${stages[step]}`, instant(at)]);
  return {
    id,
    properties: {
      dealname: deal.name,
      amount: money(deal.amountCents),
      deal_currency_code: deal.currency,
      pipeline: "default",
      dealstage: stages[last],
      closedate: `${deal.closesOn}T00:00:00.000Z`,
      hs_is_closed: String(isClosed),
      hs_is_closed_won: String(isWon),
      hs_is_closed_lost: String(isClosed && !isWon),
      hs_deal_stage_probability: probabilities[last],
      closed_lost_reason: deal.lossReason,
      hubspot_owner_id: deal.owner.hubspotId,
      ...Object.fromEntries(entered),
    },
    history: {
      dealstage: deal.steps.map(({ step, at }) => ({ value: stages[step], timestamp: instant(at) })).reverse(),
    },
    ...stampsOf(deal),
  };
}

function ticketRow(id: string, ticket: Ticket): HubspotRow {
  const stage = ticketStages[ticket.status];
  const moved = stage === "1" ? [] : [{ value: stage, timestamp: instant(ticket.updatedAt) }];
  return {
    id,
    properties: {
      subject: ticket.subject,
      content: ticket.body,
      hs_pipeline: "0",
      hs_pipeline_stage: stage,
      // HubSpot's default pipeline has no stage for it; escalated tickets show by their priority.
      hs_ticket_priority: ticket.status === "escalated" ? "URGENT" : ticket.priority.toUpperCase(),
      hs_ticket_category: ticketCategories[ticket.category],
      source_type: "EMAIL",
      hubspot_owner_id: ticket.owner.hubspotId,
      first_agent_reply_date: ticket.firstAnswerAt === null ? null : instant(ticket.firstAnswerAt),
      closed_date: ticket.closedAt === null ? null : instant(ticket.closedAt),
      time_to_close: ticket.closedAt === null ? null : String(ticket.closedAt - ticket.createdAt),
    },
    history: { hs_pipeline_stage: [...moved, { value: "1", timestamp: instant(ticket.createdAt) }] },
    ...stampsOf(ticket),
  };
}

function activityRow(activity: Activity): HubspotRow {
  const common = { hs_timestamp: instant(activity.at), hubspot_owner_id: activity.owner.hubspotId };
  return {
    id: activity.id,
    properties: { ...common, ...engagementProperties(activity) },
    ...stampsOf({ createdAt: activity.at, updatedAt: activity.updatedAt }),
  };
}

function engagementProperties(activity: Activity): Record<string, string> {
  const { kind, subject, body, direction, at, durationMs } = activity;
  if (kind === "email") {
    const hs_email_direction = direction === "inbound" ? "INCOMING_EMAIL" : "EMAIL";
    return { hs_email_subject: subject, hs_email_text: body, hs_email_direction, hs_email_status: "SENT" };
  }
  if (kind === "call") {
    const outcome = { hs_call_status: "COMPLETED", hs_call_direction: direction.toUpperCase() };
    return { hs_call_title: subject, hs_call_body: body, hs_call_duration: String(durationMs), ...outcome };
  }
  if (kind === "meeting") {
    const times = { hs_meeting_start_time: instant(at), hs_meeting_end_time: instant(at + durationMs) };
    return { hs_meeting_title: subject, hs_meeting_body: body, hs_meeting_outcome: "COMPLETED", ...times };
  }
  return { hs_note_body: `${subject}. ${body}` };
}

function lifecycleOf(standing: Standing, since: number): Record<string, string> {
  const stage = lifecycles[standing];
  return { lifecyclestage: stage, [`hs_lifecyclestage_${stage}_date`]: instant(since) };
}

function stampsOf(entry: { createdAt: number; updatedAt: number; archivedAt?: number | null }) {
  const stamps = { createdAt: instant(entry.createdAt), updatedAt: instant(entry.updatedAt) };
  return entry.archivedAt ? { ...stamps, archived: true, archivedAt: instant(entry.archivedAt) } : stamps;
}

function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

function money(cents: number): string {
  return (cents / 100).toFixed(2);
}
