import type {
  Activity,
  CompanyRecord,
  Deal,
  PersonRecord,
  RecordIds,
  Ticket,
  World,
} from "journey-hub/connector/testing";
import type { ObjectType } from "../object-types.ts";
import type { HubspotAssociation } from "../seed.ts";

/** HubSpot's type ids for the ties this seed makes; the opposite directions follow from them. */
const tieTypes = {
  contactToPrimaryCompany: 1,
  dealToContact: 3,
  dealToPrimaryCompany: 5,
  parentToChildCompany: 13,
  ticketToContact: 16,
  ticketToPrimaryCompany: 26,
};

const activityTypes: Record<
  Exclude<Activity["kind"], "task">,
  { object: ObjectType; contact: number; company: number; deal: number }
> = {
  note: { object: "notes", contact: 202, company: 190, deal: 214 },
  email: { object: "emails", contact: 198, company: 186, deal: 210 },
  call: { object: "calls", contact: 194, company: 182, deal: 206 },
  meeting: { object: "meetings", contact: 200, company: 188, deal: 212 },
};

/** A contact is tied to its company, unless the tie was lost or the contact archived. */
export function contactTies({ seat, companyRecordId }: PersonRecord): HubspotAssociation[] {
  if (companyRecordId === null || seat.isArchived) return [];
  return [tie("contacts", seat.id, "companies", companyRecordId, tieTypes.contactToPrimaryCompany)];
}

/** A subsidiary hangs under its mother. */
export function companyTies({ seat, parentRecordId }: CompanyRecord): HubspotAssociation[] {
  if (parentRecordId === null || seat.isArchived || seat.isDuplicate) return [];
  return [tie("companies", parentRecordId, "companies", seat.id, tieTypes.parentToChildCompany)];
}

/** A deal names its company and those of its people this portal knows. */
export function dealTies(id: string, deal: Deal, known: RecordIds): HubspotAssociation[] {
  const company = known.companies.get(deal.customerId);
  const contacts = deal.people.flatMap(({ customerId }) => known.persons.get(customerId) ?? []);
  return [
    ...contacts.map((contactId) => tie("deals", id, "contacts", contactId, tieTypes.dealToContact)),
    ...(company ? [tie("deals", id, "companies", company, tieTypes.dealToPrimaryCompany)] : []),
  ];
}

/** A ticket names who asked and, for firms, where they work. */
export function ticketTies(id: string, ticket: Ticket, known: RecordIds): HubspotAssociation[] {
  const contact = known.persons.get(ticket.personId ?? "");
  const company = known.companies.get(ticket.customerId);
  return [
    ...(contact ? [tie("tickets", id, "contacts", contact, tieTypes.ticketToContact)] : []),
    ...(company ? [tie("tickets", id, "companies", company, tieTypes.ticketToPrimaryCompany)] : []),
  ];
}

/** An engagement hangs on a contact, a company, a deal: whichever it was about. */
export function activityTies({
  kind,
  id,
  personRecordId,
  companyRecordId,
  dealRecordId,
}: Activity): HubspotAssociation[] {
  if (kind === "task") return [];
  const { object, contact, company, deal } = activityTypes[kind];
  return [
    ...(personRecordId ? [tie(object, id, "contacts", personRecordId, contact)] : []),
    ...(companyRecordId ? [tie(object, id, "companies", companyRecordId, company)] : []),
    ...(dealRecordId ? [tie(object, id, "deals", dealRecordId, deal)] : []),
  ];
}

/** A note tied to a contact that was purged: as HubSpot sometimes leaves them behind. */
export function danglingTie({ noteId, contactId }: World["dangling"][number]): HubspotAssociation {
  return tie("notes", noteId, "contacts", contactId, activityTypes.note.contact);
}

function tie(
  fromType: ObjectType,
  fromId: string,
  toType: ObjectType,
  toId: string,
  typeId: number,
): HubspotAssociation {
  return { fromType, fromId, toType, toId, typeId };
}
