import { remembered } from "../../lib/remembered.ts";
import { normaliseName } from "../compare/names.ts";
import { withoutLegalForm } from "./legal-forms.ts";

/** How many names are kept in mind with what they are reduced to. */
const namesMax = 20_000;

/** Numbers as names write them, first those that count, then those that order. */
const numbers = new Map(
  Object.entries({
    one: "1",
    two: "2",
    three: "3",
    four: "4",
    five: "5",
    six: "6",
    seven: "7",
    eight: "8",
    nine: "9",
    ten: "10",
    ii: "2",
    iii: "3",
    iv: "4",
    first: "1st",
    second: "2nd",
    third: "3rd",
    fourth: "4th",
    fifth: "5th",
    sixth: "6th",
    seventh: "7th",
    eighth: "8th",
    ninth: "9th",
    tenth: "10th",
    twentieth: "20th",
  }),
);

/**
 * A company's name without its legal form, its words kept apart: "Acme, Inc." and "ACME Incorporated" are one, "Acme UK" is another. An
 * article before or after it and the end of a site's name are no part of it.
 * @example normaliseCompany("The Children’s Place & Co. II") // "childrens place and 2"
 */
export function normaliseCompany(name: string | undefined): string {
  return name ? reducedCompany(name) : "";
}

const reducedCompany = remembered((name) => {
  // An apostrophe that was lost on the way has left a question mark.
  const whole = name.replaceAll(/['’‘ʼ`´]|(?<=\p{L})[?\uFFFD](?=\p{L})/gu, "");
  const kept = words(withoutLegalForm(whole));
  const all = kept.length > 0 ? kept : words(whole);
  return (withoutEnds(all) ?? all).join(" ");
}, namesMax);

function words(text: string): string[] {
  return text
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .map(normaliseName)
    .filter((word) => word !== "")
    .map((word) => numbers.get(word) ?? word);
}

/** Without the article, which lists put last, and an `and` that stood before the legal form; null where nothing else is there. */
function withoutEnds(all: readonly string[]): readonly string[] | null {
  const start = all[0] === "the" ? 1 : 0;
  const end = all.findLastIndex((word) => word !== "the" && word !== "and") + 1;
  return end > start ? all.slice(start, end) : null;
}

/** The names a company gives itself in one text: what it is called in law and what it trades as. @example companyNames("Acme LLC dba Bikes & More") // ["acme", "bikes and more"] */
export function companyNames(name: string | undefined): string[] {
  return (name ?? "").split(otherName).map(normaliseCompany);
}

const otherName =
  /\b(?:d\/?b\/?a|doing business as|t\/a|trading as|f\/?k\/?a|formerly(?: known as)?|a\/?k\/?a)\b[.:]?/i;
