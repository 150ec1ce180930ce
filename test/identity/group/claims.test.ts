import { describe, expect, test } from "vitest";
import { claimsOf, partyOf } from "../../../src/identity/group/claims.ts";
import type { RecordFields } from "../../../src/model/kinds.ts";
import type { Identifier } from "../../../src/model/record.ts";
import { shippedIdentity } from "../../fixtures/pipeline/hub.ts";

function claims(kind: "contact" | "company", fields: RecordFields, identifiers: Identifier[] = []): string[] {
  const party = partyOf({ kind, fields, identifiers });
  return party ? claimsOf(party, shippedIdentity).map(({ text }) => text) : [];
}

const emails = (...list: string[]) => ({ emails: list.map((email) => ({ email })) });

describe("the claims of a person", () => {
  const cases: [string, RecordFields<"contact">, Identifier[], string[]][] = [
    ["every e-mail address", emails("ann@a.example", "a@b.example"), [], ["email:ann@a.example", "email:a@b.example"]],
    [
      "an address stated twice, once",
      emails("ann@a.example"),
      [{ type: "email", value: "ann@a.example" }],
      ["email:ann@a.example"],
    ],
    ["the mailbox behind a tagged address", emails("ann+news@a.example"), [], ["email:ann@a.example"]],
    ["not a shared mailbox", emails("info@a.example", "sales@a.example", "no-reply@a.example"), [], []],
    [
      "not a mailbox that stands for none",
      emails("test@test.example", "none@a.example", "noemail@a.example", "donotreply@a.example"),
      [],
      [],
    ],
    ["not a tagged shared mailbox", emails("info+x@a.example"), [], []],
    [
      "not a family's mailbox, of who says no first name",
      {
        last_name: "Lee",
        ...emails("family.lee@a.example", "thelees@a.example", "bob.and.sue@a.example", "lee@a.example"),
      },
      [{ type: "email", value: "lee-family@a.example" }],
      ["email:lee@a.example"],
    ],
    [
      "a family's mailbox, of who does",
      { first_name: "Ann", last_name: "Lee", ...emails("family.lee@a.example") },
      [],
      ["email:family.lee@a.example"],
    ],
    [
      "a whole name without titles, and with what tells father and son apart",
      { full_name: "Dr. Ann Lee Jr.", birth_date: "1980-02-01" },
      [],
      ["birth_name:1980-02-01:ann:leejr"],
    ],
    ["an id another system keeps", {}, [{ type: "salesforce_contact", value: "003A" }], ["salesforce_contact:003A"]],
    ["a phone only with the whole name", { first_name: "Ann", phone_numbers: [{ number: "+14255550142" }] }, [], []],
    [
      "a phone with the name, accents and case aside",
      { first_name: "Zoë", last_name: "O'Neil", phone_numbers: [{ number: "+14255550142" }] },
      [],
      ["phone_name:+14255550142:zoe:oneil"],
    ],
    [
      "a birth date with the name",
      { first_name: "Ann", last_name: "Lee", birth_date: "1980-02-01" },
      [],
      ["birth_name:1980-02-01:ann:lee"],
    ],
    ["not a date that stands for none", { first_name: "Ann", last_name: "Lee", birth_date: "1970-01-01" }, [], []],
    ["not a date that stands for a year", { first_name: "Ann", last_name: "Lee", birth_date: "1984-01-01" }, [], []],
    [
      "not a number that stands for none",
      { first_name: "Ann", last_name: "Lee", phone_numbers: [{ number: "+15555555555" }] },
      [],
      [],
    ],
    [
      "no initial, which is as well another's of the household",
      { first_name: "J.", last_name: "Lee", phone_numbers: [{ number: "+14255550142" }], birth_date: "1980-02-01" },
      [],
      [],
    ],
    [
      "no title, which is as well the father's",
      { first_name: "Mr.", last_name: "Lee", phone_numbers: [{ number: "+14255550142" }] },
      [],
      [],
    ],
    ["no names that say nothing", { first_name: "Test", last_name: "Unknown", birth_date: "1980-02-01" }, [], []],
    ["no identifiers the rules do not name", {}, [{ type: "netsuite_customer", value: "7" }], []],
  ];
  test.each(cases)("%s", (_, fields, identifiers, expected) => {
    expect(claims("contact", fields, identifiers)).toEqual(expected);
  });
});

describe("the claims of a company", () => {
  const cases: [string, RecordFields<"company">, string[]][] = [
    [
      "its domains",
      { domains: ["acme.example", "acme.co.example"] },
      ["domain:acme.example", "domain:acme.co.example"],
    ],
    ["not a mail service's domain", { domains: ["gmail.com"] }, []],
    ["its tax number", { tax_number: "US-1" }, ["tax_number:US-1"]],
    [
      "its name, without the legal form, with number, street and postal code",
      { name: "Acme Bikes, Inc.", addresses: [{ line1: "12 North Main Street, Suite 4", postal_code: "98-011" }] },
      ["name_address:acme bikes:12 n main st:98011"],
    ],
    [
      "not its name with a postal code, where a chain may have shops",
      { name: "Acme", addresses: [{ postal_code: "98011" }] },
      [],
    ],
    [
      "not its name on a street without a number",
      { name: "Acme", addresses: [{ line1: "High Street", postal_code: "98011" }] },
      [],
    ],
    ["not its name alone", { name: "Acme" }, []],
  ];
  test.each(cases)("%s", (_, fields, expected) => {
    expect(claims("company", fields)).toEqual(expected);
  });
});

test("deals, tickets, documents and activities are no party", () => {
  for (const kind of ["deal", "ticket", "invoice", "activity", "owner", "pipeline"] as const) {
    expect(partyOf({ kind, fields: {}, identifiers: [] })).toBeNull();
  }
});
