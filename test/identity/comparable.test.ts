import { describe, expect, test } from "vitest";
import { comparableOf } from "../../src/identity/comparable.ts";
import type { Party } from "../../src/identity/group/claims.ts";

type Person = Extract<Party, { kind: "person" }>;
type Company = Extract<Party, { kind: "company" }>;

const person = (fields: Person["fields"], identifiers: Party["identifiers"] = []) =>
  comparableOf({ kind: "person", fields, identifiers }).fields;
const company = (fields: Company["fields"], identifiers: Party["identifiers"] = []) =>
  comparableOf({ kind: "company", fields, identifiers }).fields;

describe("of a person", () => {
  test.each<[string, Person["fields"], ReturnType<typeof person>]>([
    ["a plain name", { first_name: "Ann", last_name: "Lee" }, { first_name: ["ann"], last_name: ["lee"] }],
    [
      "accents and apostrophes",
      { first_name: "Zoë", last_name: "O’Brien-Núñez" },
      { first_name: ["zoe"], last_name: ["obrien nunez"] },
    ],
    ["a whole name", { full_name: "Maria Luis Sentosa" }, { first_name: ["maria luis"], last_name: ["sentosa"] }],
    ["a name in the order of lists", { full_name: "Jones, Kaylee" }, { first_name: ["kaylee"], last_name: ["jones"] }],
    [
      "a generation",
      { first_name: "David", last_name: "Dobbins Jr." },
      { first_name: ["david"], generation: ["jr"], last_name: ["dobbins"] },
    ],
    [
      "a generation after a whole name",
      { full_name: "Dr. Robert Smith, Senior" },
      { first_name: ["robert"], generation: ["sr"], last_name: ["smith"] },
    ],
    [
      "the first of a name",
      { first_name: "Morris I", last_name: "Klein" },
      { first_name: ["morris"], generation: ["i"], last_name: ["klein"] },
    ],
    [
      "titles, degrees and a nickname",
      { full_name: 'Rev. Dr. Robert "Bob" Smith Jr., PhD' },
      { first_name: ["robert"], generation: ["jr"], last_name: ["smith"] },
    ],
    [
      "what a surname begins with",
      { full_name: "Jan van der Berg" },
      { first_name: ["jan"], last_name: ["van der berg"] },
    ],
    [
      "a word that every JavaScript object knows",
      { first_name: "Ann", last_name: "Lee Constructor", addresses: [{ line1: "1 Constructor Street" }] },
      { first_name: ["ann"], last_name: ["lee constructor"], street: ["1|constructor st"] },
    ],
    ["a surname that means a generation", { last_name: "Senior" }, { last_name: ["senior"] }],
    ["Cyrillic", { full_name: "ВАСИЛЬЕВ, Андрей" }, { first_name: ["andrei"], last_name: ["vasiliev"] }],
    [
      "Greek",
      { first_name: "Γεώργιος", last_name: "Παπαδόπουλος" },
      { first_name: ["georgios"], last_name: ["papadopoulos"] },
    ],
    ["Arabic, which leaves vowels out", { full_name: "فيصل صديقي" }, { first_name: ["fýsl"], last_name: ["sdýqý"] }],
    ["Chinese, the surname first", { full_name: "张秀英" }, { first_name: ["xiuying"], last_name: ["zhang"] }],
    [
      "Chinese, of four characters in one column",
      { last_name: "欧阳娜娜" },
      { first_name: ["nana"], last_name: ["ouyang"] },
    ],
    ["a script that nobody has romanised", { last_name: "ทองดี" }, { last_name: ["ทองดี"] }],
  ])("%s", (_, fields, compared) => {
    expect(person(fields)).toEqual(compared);
  });

  test.each([
    ["Ann@Example.com", ["ann@example.com"]],
    ["ann+news@example.com", ["ann@example.com"]],
    ["a.n.n@googlemail.com", ["ann@gmail.com"]],
    ["a.nn@example.com", ["a.nn@example.com"]],
    ["info@example.com", undefined], // several people read it
    ["no-reply@example.com", undefined],
    ["nobody", undefined],
  ])("the mailbox %s", (email, compared) => {
    expect(person({ emails: [{ email }] })).toEqual(compared ? { email: compared } : {});
  });

  test("numbers, dates and ids that stand for nothing are left out, as is a fax", () => {
    const fields = person(
      {
        birth_date: "1900-01-01",
        phone_numbers: [{ number: "+10000000000" }, { number: "12345" }, { number: "+442071234567", type: "fax" }],
      },
      [
        { type: "ssn", value: "000-00-0000" },
        { type: "passport", value: "12" },
        { type: "anonymous_id", value: "abcdefgh" },
      ],
    );
    expect(fields).toEqual({});
  });

  test.each<[string, NonNullable<Person["fields"]["phone_numbers"]>, string[] | undefined]>([
    ["said to be one", [{ number: "+12025550143", type: "mobile" }], ["+12025550143"]],
    ["said to be the home's", [{ number: "+12025550143", type: "home" }], undefined],
    [
      "said to be both",
      [
        { number: "+12025550143", type: "mobile" },
        { number: "+1 202 555 0143", type: "work" },
      ],
      undefined,
    ],
    ["of which nothing is known", [{ number: "+12025550143" }], undefined],
    ["a German mobile, wherever it is written", [{ number: "+491701234567", type: "work" }], ["+491701234567"]],
    ["a number of Salzburg", [{ number: "+436628044" }], undefined],
    ["a number of 10th of Ramadan City, which begins as mobiles do", [{ number: "+20150250360" }], undefined],
    ["an Egyptian mobile", [{ number: "+201001234567" }], ["+201001234567"]],
    ["an Austrian mobile", [{ number: "+436641234567" }], ["+436641234567"]],
    ["a Brazilian mobile", [{ number: "+5511987654321" }], ["+5511987654321"]],
    ["a landline of São Paulo", [{ number: "+551132654321" }], undefined],
    ["a mobile without its country", [{ number: "01701234567" }], undefined],
    ["no number", [{ number: "+44", type: "mobile" }], undefined],
  ])("a mobile's number: %s", (_, phone_numbers, expected) => {
    expect(person({ phone_numbers }).mobile).toEqual(expected);
  });

  test("ids keep their type, several values are sorted and distinct", () => {
    const fields = person(
      { emails: [{ email: "b@example.com" }, { email: "a@example.com" }, { email: "B@example.com" }] },
      [
        { type: "ssn", value: "294-66-9999" },
        { type: "email", value: "c@example.com" },
      ],
    );
    expect(fields).toEqual({
      email: ["a@example.com", "b@example.com", "c@example.com"],
      national_id: ["ssn:294669999"],
    });
  });

  test.each<[NonNullable<Person["fields"]["addresses"]>[number], string | undefined, string | undefined]>([
    [
      { line1: "1304 Poppy Hills Drive", city: "Blacklick", postal_code: "43004" },
      "1304|poppy hills dr",
      "43004|blacklick",
    ],
    [{ line1: "224 North Central Avenue, Apt. 5" }, "224|n central av", undefined],
    [{ line1: "Suite 900, 1450 N City Rd", city: "Arlington" }, "1450|n city rd", "|arlington"],
    [{ line1: "123 Main Street, Las Vegas NV 89132" }, "123|main st", "89132|las vegas"],
    [{ line1: "27 Washington Oak Park 60302" }, "27|washington oak park", "60302|"],
    [{ line1: "Hardenbergstraße 87", postal_code: "66879" }, "87|hardenberg st", "66879|"],
    [{ postal_code: "92723-0000" }, undefined, "92723|"],
    [{ postal_code: "SW1A 1AA", city: "London" }, undefined, "sw1a1aa|london"],
    [{ line1: "221 E. 51st St." }, "221|e 51 st", undefined],
    [{ line1: "12 Second Avenue" }, "12|2 av", undefined],
    // Several houses, and a number with a hyphen in it.
    [{ line1: "7146-48 S. Ashland Ave." }, "7146|s ashland av", undefined],
    [{ line1: "12 – 14 High Street" }, "12|high st", undefined],
    [{ line1: "37-12 84th Street" }, "37|12 84 st", undefined],
    // The streets it lies between, and what is near.
    [{ line1: "854 7th Ave. between 54th and 55th Sts." }, "854|7 av", undefined],
    [{ line1: "2450 Broadway near 90th St." }, "2450|broadway", undefined],
    [{ line1: "95 Ave. A at 6th St." }, "95|av a", undefined],
    [{ line1: "435 S. La Cienega Blv." }, "435|s la cienega blvd", undefined],
    [{ line1: "12 Near Street" }, "12|near st", undefined],
    [{ line1: "12 Shops at Sunset" }, "12|shops at sunset", undefined],
    // One line, and no comma after the street.
    [{ line1: "3212 W. 32nd St Palm Harbor, FL 60527" }, "3212|w 32 st", "60527|palm harbor"],
    [{ line1: "80 Delaware Ave SE Washington DC 40040" }, "80|delaware av se", "40040|washington"],
    [{ line1: "445 Overpass Rd San Ramon", city: "Ramon" }, "445|overpass rd san ramon", "|ramon"],
    [{ line1: "14 St Johns Road" }, "14|st johns rd", undefined],
    [{ line1: "No 321, Street 128 Phnom Penh Cambodia" }, "321|st 128", "|phnom penh"],
    [{ line1: "9 High Street, London United Kingdom" }, "9|high st", "|london"],
    [{ line1: "9 High Street, Trenton New Jersey" }, "9|high st", "|trenton new jersey"],
    [{ line1: "9 Orchard Road, Singapore" }, "9|orchard rd", "|singapore"],
    [{ line1: "#321, Street 128", city: "Phnom Penh" }, "321|st 128", "|phnom penh"],
    [{ line1: "5 Highway 61 North, Vicksburg" }, "5|hwy 61 n", "|vicksburg"],
    [{ line1: "9 5th Avenue New York" }, "9|5 av", "|new york"],
    [{ line1: "12 Main Street North" }, "12|main st n", undefined],
    [{ line1: "12 Main Street South Leeds" }, "12|main st s", "|leeds"],
    [{ line1: "4214 S. St. Lawrence" }, "4214|s st lawrence", undefined],
    [{ line1: "12 rue St Denis, 75001 Paris" }, "12|rue st denis", "75001|paris"],
    [{ line1: "12 Avenue of the Americas" }, "12|av of the americas", undefined],
    // The building before its number, the storey after the street, a remark.
    [{ line1: "Skyline Apartments 705 Sheppard Ave" }, "705|sheppard av", undefined],
    [{ line1: "#01-11, HillV2, 4 Hillview Rise, 667979" }, "4|hillview rise", "667979|"],
    [{ line1: "7411 Cottage Grove Ave. Ground Floor (rear)" }, "7411|cottage grove av", undefined],
    [{ line1: "No. 321, Street 12" }, "321|st 12", undefined],
    // The city beside its code, wherever that stands.
    [{ line1: "133 New Bridge Road, Chinatown Point, Singapore 059413" }, "133|new bridge rd", "059413|singapore"],
    [{ line1: "18 Danver Place, Loughborough, LE11 1UU, United Kingdom" }, "18|danver pl", "le111uu|loughborough"],
    [{ line1: "Mullan Road, Vythiri, 673576, India" }, "|mullan rd", "673576|vythiri"],
  ])("the address %o", (address, street, place) => {
    expect(person({ addresses: [address] })).toEqual({
      ...(place && { place: [place] }),
      ...(street && { street: [street] }),
    });
  });
});

describe("of a company", () => {
  test("the names without legal form, and no domain that anybody can have", () => {
    expect(
      company({ name: "Acme, Inc.", legal_name: "ACME Holding GmbH", domains: ["Acme.example", "gmail.com"] }),
    ).toEqual({ company_name: ["acme"], domain: ["acme.example"] });
    expect(company({ name: "Constructor Ltd" })).toEqual({ company_name: ["constructor"] });
  });

  test("a tax number without its country", () => {
    expect(company({ tax_number: "DE 123 456 788" }, [{ type: "lei", value: "5493001KJTIIGC8Y1R12" }])).toEqual({
      tax_number: ["lei:5493001kjtiigc8y1r12", "tax_number:123456788"],
    });
  });
});
