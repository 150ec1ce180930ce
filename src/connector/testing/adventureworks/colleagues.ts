import type { Calendar } from "./calendar.ts";
import type { Ids } from "./ids.ts";
import { elementAt } from "./lists.ts";
import type { Colleague } from "./model.ts";
import type { Random } from "./random.ts";

/** The seller's own domain: made up, and not a customer's. */
const sellerDomain = "cascade-cycles.example";

const names = [
  "Linda Mitchell",
  "Jae Pak",
  "Michael Blythe",
  "Jillian Carson",
  "Ranjit Varkey",
  "José Saraiva",
  "Shu Ito",
  "Tsvi Reiter",
  "Rachel Valdez",
  "David Campbell",
  "Amy Alberts",
  "Syed Abbas",
  "Garrett Vargas",
  "Lynn Tsoflias",
  "Pamela Ansman",
  "Tete Mensa",
] as const;

/** Sixteen people who sell and help; the last two have left, and still own records. */
export function hireColleagues(calendar: Calendar, ids: Ids, random: Random): Colleague[] {
  // Salesforce's first user is the integration the hub logs in as.
  ids.salesforce("005");
  return names.map((name, at) => {
    const [firstName = "", lastName = ""] = name.split(" ");
    return {
      firstName,
      lastName,
      email: `${asciiWord(firstName)}.${asciiWord(lastName)}@${sellerDomain}`,
      title: at === 0 ? "Sales Manager" : at % 3 === 2 ? "Support Agent" : "Account Executive",
      isActive: at < names.length - 2,
      hiredAt: calendar.duringDay(-random.int(300, 1500), random),
      salesforceId: ids.salesforce("005"),
      hubspotId: ids.hubspot("owners"),
      hubspotUserId: 61_000_001 + at,
      netsuiteId: ids.netsuite("entity"),
    };
  });
}

/** The colleague who looks after a customer: always the same one for the same number. */
export function ownerFor(colleagues: readonly Colleague[], number: number): Colleague {
  return elementAt(colleagues, number % colleagues.length);
}

/** Letters and digits of a name, lower case, accents dropped: `José` → `jose`. */
export function asciiWord(name: string): string {
  return name
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
}
