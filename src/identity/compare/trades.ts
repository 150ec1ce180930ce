import { remembered } from "../../lib/remembered.ts";
import { singularOf } from "./common-words.ts";

/** How many words are kept in mind with what they mean. */
const wordsMax = 20_000;

/** What a business sells, as one house has several: a hotel its café and its bar, a clinic its pharmacy, a group its bank and its insurance. */
const trades = new Set(
  `bakery bank bar barber bistro bookshop bookstore boutique brasserie brewery buffet cafe cafeteria caffe casino catering cinema clinic club
  deli delicatessen dental dentist dialysis dining diner fitness florist gallery garage gift golf grill grille gym hospital hostel hotel inn
  insurance jeweler laboratory laundry leasing library lounge motel museum optical optician parking patisserie pharmacy pizzeria pool pub
  radiology realty rental restaurant ristorante salon spa steakhouse supermarket surgery tavern theater theatre trattoria travel
  veterinary`.split(/\s+/),
);

/** @example isTrade("restaurants") // true */
export function isTrade(word: string): boolean {
  return trades.has(word) || trades.has(singularOf(word));
}

/** Words of one meaning in one row: who writes the one for the other means the same business. */
const meanings = [
  "academy school",
  "accountant accountancy accounting",
  "agency broker brokerage repair service solution",
  "animal veterinarian veterinary vet",
  "apartment apt",
  "architect architecture",
  "attorney counsel law lawyer legal solicitor",
  "auto automotive automobile",
  "baker bakery",
  "bookshop bookstore",
  "builder building construction contracting contractor",
  "cafe caffe coffee",
  "center centre",
  "center centre clinic",
  "chemist drug drugstore pharmacy",
  "childcare daycare kindergarten nursery preschool",
  "communication telecom telecommunication",
  "consultancy consultant consulting",
  "deli delicatessen",
  "dental dentist dentistry dds dmd",
  "diner dining ristorante restaurant restaurante",
  "elementary grade primary",
  "engineer engineering",
  "estate property realtor realty",
  "florist flower",
  "garden gardening landscape landscaping",
  "grill grille",
  "haulage transport transportation trucking",
  "market supermarket",
  "optical optician",
  "pizza pizzeria",
  "print printing",
  "saint san santa st",
  "salon studio",
  "shop store",
  "theater theatre",
  "tool tooling",
].map((row) => row.split(" "));

/** The numbers of the rows that a word stands in. */
const rowsOf = new Map<string, number[]>();
for (const [n, words] of meanings.entries())
  for (const word of words) rowsOf.set(word, [...(rowsOf.get(word) ?? []), n]);

/** The words of each that mean another business than all of the other's. @example withoutMeant(["law", "firm"], ["legal", "office"]) // [["firm"], ["office"]] */
export function withoutMeant(ones: readonly string[], others: readonly string[]): [string[], string[]] {
  return [
    ones.filter((one) => !others.some((other) => meanOne(one, other))),
    others.filter((other) => !ones.some((one) => meanOne(one, other))),
  ];
}

function meanOne(one: string, other: string): boolean {
  const [word, otherWord] = [ofDoing(one), ofDoing(other)];
  return word === otherWord || Boolean(rowsOf.get(word)?.some((row) => meanings[row]?.includes(otherWord)));
}

/** Of those who do a thing, what they do: `printers` and `printing`. */
const ofDoing = remembered((word) => {
  const singular = singularOf(word);
  return rowsOf.has(singular) ? singular : singular.replace(/(?<=.{4})[eo]r$/, "ing");
}, wordsMax);

/** What stands beside a firm, a school or a church, and is none of it. */
const bodies = new Set(
  "alumni alumnae auxiliary booster endowment foundation friend fondation fondazione fundacion fundacao fund pension pta pto stiftung trust".split(
    " ",
  ),
);

/** @example isBody("foundation") // true */
export function isBody(word: string): boolean {
  return bodies.has(word) || bodies.has(singularOf(word));
}
