import { singularOf } from "./common-words.ts";

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
const meanings = new Map(
  [
    "academy school",
    "accountant accountancy accounting",
    "animal veterinarian veterinary vet",
    "apartment apt",
    "attorney counsel law lawyer legal solicitor",
    "auto automotive automobile",
    "bookshop bookstore",
    "cafe caffe coffee",
    "center centre",
    "chemist drug drugstore pharmacy",
    "childcare daycare kindergarten nursery preschool",
    "consultancy consultant consulting",
    "deli delicatessen",
    "dental dentist dentistry dds dmd",
    "diner dining ristorante restaurant restaurante",
    "driver driving",
    "engineer engineering",
    "estate property realtor realty",
    "florist flower",
    "garden gardening landscape landscaping",
    "grill grille",
    "haulage transport transportation trucking",
    "market supermarket",
    "optical optician",
    "pizza pizzeria",
    "repair service",
    "saint san santa st",
    "shop store",
    "theater theatre",
    "tool tooling",
    "trader trading",
  ].flatMap((row) => row.split(" ").map((word) => [word, row] as const)),
);

/** The words of each that mean another business than all of the other's. @example withoutMeant(["law", "firm"], ["legal", "office"]) // [["firm"], ["office"]] */
export function withoutMeant(ones: readonly string[], others: readonly string[]): [string[], string[]] {
  const [meant, meantElse] = [new Set(ones.map(meaningOf)), new Set(others.map(meaningOf))];
  return [ones.filter((word) => !meantElse.has(meaningOf(word))), others.filter((word) => !meant.has(meaningOf(word)))];
}

function meaningOf(word: string): string {
  return meanings.get(word) ?? meanings.get(singularOf(word)) ?? singularOf(word);
}

/** What stands beside a firm, a school or a church, and is none of it. */
const bodies = new Set(
  "alumni alumnae auxiliary booster endowment foundation fondation fondazione fundacion fundacao fund pension pta pto stiftung trust".split(
    " ",
  ),
);

/** @example isBody("foundation") // true */
export function isBody(word: string): boolean {
  return bodies.has(word) || bodies.has(singularOf(word));
}
