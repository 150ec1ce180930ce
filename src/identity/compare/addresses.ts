import type { RecordFields } from "../../model/kinds.ts";
import { foldWords } from "./words.ts";

type Address = NonNullable<RecordFields<"contact">["addresses"]>[number];

/** What of an address is compared: `number|name` of the street and `postal code|city`, either part may be empty. */
export interface Locality {
  street: string;
  place: string;
}

/** An address reduced to what is compared. @example localityOf({ line1: "12 Main Street", city: "Leeds" }) // { street: "12|main st", place: "|leeds" } */
export function localityOf(address: Address): Locality {
  const { street, rest } = splitLine(address.line1?.trim() || (address.line2 ?? ""));
  const parts = streetParts(street, address);
  const postal = postalOf(address.postal_code) || (rest === "" ? parts.postal : (postalIn(rest) ?? parts.postal));
  const city = foldWords(address.city ?? "").join(" ") || cityIn(rest);
  return {
    street: parts.number === "" && parts.name === "" ? "" : `${parts.number}|${parts.name}`,
    place: postal === "" && city === "" ? "" : `${postal}|${city}`,
  };
}

/** A whole address written in one line: the street is the first part with a number and a word. */
function splitLine(line: string): { street: string; rest: string } {
  const parts = line.split(/[,\n]/).map((part) => part.trim());
  const at = parts.findIndex((part) => /\d/.test(part) && /\p{L}{2}/u.test(part) && !isUnit(part));
  if (at < 0) return { street: line, rest: "" };
  return { street: parts[at] ?? "", rest: parts.slice(at + 1).join(",") };
}

const isUnit = (part: string): boolean => unitWords.has(foldWords(part)[0] ?? "");

function streetParts(street: string, { postal_code }: Address): { number: string; name: string; postal: string } {
  let words = withoutUnits(foldWords(street.replaceAll("#", " unit ")));
  const end = words.at(-1) ?? "";
  const endsInPostal = !postal_code && words.length > 3 && /^\d{5}$/.test(end);
  if (endsInPostal) words = words.slice(0, -1);
  const at = words.findIndex((word) => /^\d+[a-z]?$/.test(word));
  const name = words.filter((_, n) => n !== at).map((word) => shortWords[word] ?? word);
  return {
    number: words[at] ?? "",
    name: name.join(" ").replaceAll(/(\p{L}{3,})(strasse|str)\b/gu, "$1 st"),
    postal: endsInPostal ? end : "",
  };
}

function withoutUnits(words: readonly string[]): string[] {
  return words.filter((word, n) => !unitWords.has(word) && !unitWords.has(words[n - 1] ?? ""));
}

function postalOf(code: string | undefined): string {
  const plain = (code ?? "")
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
  return /^\d{9}$/.test(plain) ? plain.slice(0, 5) : plain;
}

function postalIn(rest: string): string | undefined {
  return [...rest.matchAll(/\b\d{5,6}\b/g)].at(-1)?.[0];
}

/** The first part after the street without what is a code, a state's two letters or a unit. */
function cityIn(rest: string): string {
  for (const part of rest.split(",")) {
    const words = withoutUnits(foldWords(part)).filter((word) => !/\d/.test(word) && word.length > 2);
    if (words.length > 0) return words.join(" ");
  }
  return "";
}

const unitWords = new Set(["apt", "apartment", "suite", "ste", "unit", "flat", "floor", "room", "rm", "appt", "bldg"]);

/** What streets are called and where they lie, as they are shortened. */
const shortWords: Readonly<Record<string, string>> = {
  street: "st",
  str: "st",
  strasse: "st",
  saint: "st",
  avenue: "av",
  ave: "av",
  road: "rd",
  drive: "dr",
  lane: "ln",
  boulevard: "blvd",
  court: "ct",
  place: "pl",
  square: "sq",
  terrace: "ter",
  tce: "ter",
  crescent: "cres",
  circuit: "cct",
  circle: "cir",
  close: "cl",
  highway: "hwy",
  parkway: "pkwy",
  parade: "pde",
  mount: "mt",
  north: "n",
  south: "s",
  east: "e",
  west: "w",
  northeast: "ne",
  northwest: "nw",
  southeast: "se",
  southwest: "sw",
};
