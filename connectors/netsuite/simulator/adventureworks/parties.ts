import {
  type CompanyRecord,
  currencyOf,
  type PersonRecord,
  type Standing,
  type World,
} from "journey-hub/connector/testing";
import type { NetsuiteRow } from "../seed.ts";
import { books } from "./books.ts";
import { flag, instant } from "./values.ts";

/** One of the seller's people. */
export function employeeRow(colleague: World["colleagues"][number]): NetsuiteRow {
  const { netsuiteId, firstName, lastName, email, title, isActive, hiredAt } = colleague;
  return {
    id: netsuiteId,
    entityid: `${firstName} ${lastName}`,
    firstname: firstName,
    lastname: lastName,
    email,
    title,
    isinactive: flag(!isActive),
    issalesrep: flag(title !== "Support Agent"),
    issupportrep: flag(title === "Support Agent"),
    giveaccess: flag(isActive),
    hiredate: instant(hiredAt).slice(0, 10),
    subsidiary: 1,
    datecreated: instant(hiredAt),
    lastmodifieddate: instant(hiredAt),
  };
}

/** A firm as customer. */
export function companyRow(record: CompanyRecord): NetsuiteRow {
  const { currency, subsidiary: house } = books[record.currency];
  return {
    ...customerColumns(record),
    isperson: "F",
    altname: record.name,
    companyname: record.name,
    email: record.domain && `info@${record.domain}`,
    url: record.domain && `https://www.${record.domain}`,
    category: record.businessType,
    terms: "Net 30",
    parent: record.parentRecordId,
    currency,
    subsidiary: house,
  };
}

/** A private person as customer. */
export function consumerRow(record: PersonRecord): NetsuiteRow {
  const { currency, subsidiary: house } = books[currencyOf[record.address.country]];
  return {
    ...customerColumns(record),
    isperson: "T",
    altname: `${record.firstName} ${record.lastName}`,
    firstname: record.firstName,
    lastname: record.lastName,
    email: record.email,
    category: "Consumer",
    currency,
    subsidiary: house,
  };
}

function customerColumns({
  seat,
  phone,
  address,
  standing,
  owner,
  crossIds,
  ...record
}: PersonRecord | CompanyRecord): NetsuiteRow {
  return {
    id: seat.id,
    entityid: `CUST${seat.id}`,
    phone,
    entitystatus: entityStatuses[standing],
    billaddress1: address.street,
    billcity: address.city,
    billstate: address.state,
    billzip: address.postalCode,
    billcountry: address.country,
    salesrep: owner.netsuiteId,
    externalid: crossIds.salesforce ?? null,
    ...stampsOf(record),
  };
}

/** A person at a firm. */
export function contactRow(record: PersonRecord): NetsuiteRow {
  return {
    id: record.seat.id,
    entityid: `${record.firstName} ${record.lastName}`,
    firstname: record.firstName,
    lastname: record.lastName,
    title: record.title,
    email: record.email,
    phone: record.phone,
    company: record.companyRecordId,
    externalid: record.crossIds.salesforce ?? null,
    subsidiary: books[currencyOf[record.address.country]].subsidiary,
    isprivate: "F",
    ...stampsOf(record),
  };
}

const entityStatuses: Record<Standing, number> = {
  subscriber: 6,
  lead: 6,
  qualified: 7,
  opportunity: 10,
  customer: 13,
  evangelist: 13,
  lost: 14,
};

function stampsOf(record: { createdAt: number; updatedAt: number; archivedAt: number | null }) {
  return {
    isinactive: flag(record.archivedAt !== null),
    datecreated: instant(record.createdAt),
    lastmodifieddate: instant(record.archivedAt ?? record.updatedAt),
  };
}
