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
