import type { Random } from "journey-hub/connector/testing";
import { lifecycleStages } from "../definitions/contacts.ts";
import type { StandardType } from "../object-types.ts";

/** A number for what must be told apart, and when it is. */
export interface Moment {
  serial: number;
  at: number;
}

type Values = Record<string, string>;

/** The values people give a new record of this type. */
export function newValues(type: StandardType, chance: Random, { serial, at }: Moment): Values {
  return { ...makers[type](chance, { serial, at }), hubspot_owner_id: ownerId(chance.int(1, 3)) };
}

/** One to three values that someone changes. */
export function changedValues(type: StandardType, chance: Random, { serial, at }: Moment): Values {
  const fields = chance.shuffled(changeable[type]).slice(0, chance.int(1, 3));
  const made = makers[type](chance, { serial: serial * 1_000 + chance.int(0, 999), at });
  return Object.fromEntries(fields.map((field) => [field, made[field] ?? ""]));
}

export const ownerId = (n: number): string => String(700 + n);

const firstNames = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Frank", "Gül", "Hans", "Ines", "Jürgen", "Keiko", "Łukasz"];
const lastNames = ["Lovelace", "O'Neil", "Stone-Miller", "Özdemir", "Nguyễn", "Schmidt", "van den Berg", "Ito"];
const cities = ["London", "Leeds", "Zürich", "São Paulo", "Kraków", "Portland"];
const trades = ["Cycles", "Bikes", "Sports", "Outfitters", "Wheels"];
const openDealStages = ["appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "contractsent"];
export const customFields = { contacts: "bike_size", companies: "delivery_zone", deals: "trade_in" } as const;

const makers: Record<StandardType, (chance: Random, moment: Moment) => Values> = {
  contacts: (chance, { serial }) => ({
    email: `person${serial}@shop${serial % 40}.example`,
    firstname: chance.pick(firstNames),
    lastname: chance.pick(lastNames),
    phone: `+1 555 ${chance.int(1_000_000, 9_999_999)}`,
    jobtitle: chance.pick(["Buyer", "Owner", "Head of Purchasing", "Mechanic"]),
    city: chance.pick(cities),
    country: chance.pick(["United States", "Germany", "Japan"]),
    lifecyclestage: chance.pick(lifecycleStages)[0],
    hs_lead_status: chance.pick(["NEW", "OPEN", "IN_PROGRESS"]),
    date_of_birth: `19${chance.int(50, 99)}-0${chance.int(1, 9)}-1${chance.int(0, 9)}`,
    hs_email_optout: String(chance.chance(0.1)),
    [customFields.contacts]: String(chance.int(48, 62)),
  }),
  companies: (chance, { serial }) => ({
    name: `${chance.pick(lastNames)} ${chance.pick(trades)} ${serial}`,
    domain: `shop${serial}.example`,
    phone: `+1 555 ${chance.int(1_000_000, 9_999_999)}`,
    industry: "SPORTING_GOODS",
    city: chance.pick(cities),
    country: chance.pick(["United States", "Germany", "Japan"]),
    numberofemployees: String(chance.int(1, 400)),
    annualrevenue: String(chance.int(10, 9_000) * 1_000),
    lifecyclestage: chance.pick(lifecycleStages)[0],
    [customFields.companies]: chance.pick(["north", "south"]),
  }),
  deals: (chance, { serial, at }) => ({
    dealname: `Order ${serial}`,
    amount: `${chance.int(100, 90_000)}.${chance.int(10, 99)}`,
    deal_currency_code: chance.pick(["USD", "EUR", "JPY"]),
    pipeline: "default",
    dealstage: chance.pick(openDealStages),
    closedate: new Date(at + chance.int(1, 90) * 86_400_000).toISOString(),
    dealtype: chance.pick(["newbusiness", "existingbusiness"]),
    [customFields.deals]: chance.pick(["yes", "no"]),
  }),
  tickets: (chance, { serial }) => ({
    subject: `${chance.pick(["Bent wheel", "Late delivery", "Wrong size"])} ${serial}`,
    content: "Please help.",
    hs_pipeline: "0",
    hs_pipeline_stage: String(chance.int(1, 3)),
    hs_ticket_priority: chance.pick(["LOW", "MEDIUM", "HIGH"]),
    hs_ticket_category: chance.pick(["PRODUCT_ISSUE", "BILLING_ISSUE"]),
    source_type: chance.pick(["EMAIL", "CHAT", "PHONE"]),
  }),
  notes: (chance, { serial, at }) => ({
    hs_timestamp: instant(at),
    hs_note_body: `<p>Note ${serial}: ${chance.pick(cities)}</p>`,
  }),
  emails: (chance, { serial, at }) => ({
    hs_timestamp: instant(at),
    hs_email_subject: `Offer ${serial}`,
    hs_email_text: `See you in ${chance.pick(cities)}`,
    hs_email_direction: chance.pick(["EMAIL", "INCOMING_EMAIL"]),
    hs_email_status: chance.pick(["SENT", "BOUNCED"]),
  }),
  calls: (chance, { serial, at }) => ({
    hs_timestamp: instant(at),
    hs_call_title: `Call ${serial}`,
    hs_call_body: chance.pick(cities),
    hs_call_duration: String(chance.int(1, 3_000) * 1_000),
    hs_call_direction: chance.pick(["INBOUND", "OUTBOUND"]),
    hs_call_status: chance.pick(["COMPLETED", "NO_ANSWER"]),
  }),
  meetings: (chance, { serial, at }) => ({
    hs_timestamp: instant(at),
    hs_meeting_title: `Meeting ${serial}`,
    hs_meeting_start_time: instant(at),
    hs_meeting_end_time: instant(at + chance.int(1, 8) * 900_000),
    hs_meeting_outcome: chance.pick(["SCHEDULED", "COMPLETED", "NO_SHOW"]),
  }),
};

const changeable: Record<StandardType, readonly string[]> = {
  contacts: ["email", "firstname", "phone", "jobtitle", "city", "lifecyclestage", "hs_lead_status", "hs_email_optout"],
  companies: ["name", "phone", "city", "numberofemployees", "annualrevenue", "lifecyclestage"],
  deals: ["dealname", "amount", "dealstage", "closedate"],
  tickets: ["subject", "hs_pipeline_stage", "hs_ticket_priority", "hs_ticket_category"],
  notes: ["hs_note_body"],
  emails: ["hs_email_subject", "hs_email_status"],
  calls: ["hs_call_body", "hs_call_status"],
  meetings: ["hs_meeting_title", "hs_meeting_outcome"],
};

const instant = (at: number): string => new Date(at).toISOString();
