import type { RecordIds, Ticket, World } from "journey-hub/connector/testing";
import type { NetsuiteRow } from "../seed.ts";
import { instant } from "./values.ts";

/** A support case; for members of a firm the firm is the customer and the person its contact. */
export function caseRow(id: string, ticket: Ticket, at: number, known: RecordIds): NetsuiteRow {
  const isMember = ticket.personId !== ticket.customerId;
  return {
    id,
    casenumber: String(at + 1),
    title: ticket.subject,
    incomingmessage: ticket.body,
    company: (isMember ? known.companies : known.persons).get(ticket.customerId) ?? null,
    contact: isMember ? (known.persons.get(ticket.personId ?? "") ?? null) : null,
    status: caseStatuses[ticket.status],
    priority: { low: "Low", medium: "Medium", high: "High" }[ticket.priority],
    category: ticket.category,
    origin: "E-mail",
    assigned: ticket.owner.netsuiteId,
    isinactive: "F",
    startdate: instant(ticket.createdAt),
    enddate: ticket.closedAt === null ? null : instant(ticket.closedAt),
    firstresponsedate: ticket.firstAnswerAt === null ? null : instant(ticket.firstAnswerAt),
    createddate: instant(ticket.createdAt),
    lastmodifieddate: instant(ticket.updatedAt),
  };
}

/** A line of the change log, with the database names NetSuite has for fields there. */
export function noteRow({ id, kind, recordId, author, at }: World["statusNotes"][number]): NetsuiteRow {
  const change =
    kind === "invoice paid"
      ? { field: "TRANDOC.KSTATUS", oldvalue: "Open", newvalue: "Paid In Full", recordtypeid: -30 }
      : { field: "ENTITY.KENTITYSTATUS", oldvalue: "Purchasing", newvalue: "Closed Won", recordtypeid: -9 };
  return { id, ...change, recordid: recordId, name: author.netsuiteId, context: "UIF", date: instant(at) };
}

const caseStatuses: Record<Ticket["status"], number> = {
  new: 1,
  "waiting on contact": 2,
  "waiting on us": 2,
  escalated: 3,
  closed: 5,
};
