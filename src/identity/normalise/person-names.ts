import { remembered } from "../../lib/remembered.ts";
import type { RecordFields } from "../../model/kinds.ts";
import { hanName } from "./han.ts";
import { hangulName } from "./readings.ts";
import { romanised } from "./romanise.ts";
import { foldWords } from "./words.ts";

/** A person's name taken apart: its words in Latin letters, without case, accents, titles and degrees. */
export interface PersonName {
  first: string;
  last: string;
  /** What tells father and son of one name apart; empty where nothing is said. */
  generation: string;
}

type NameFields = Pick<RecordFields<"contact">, "first_name" | "last_name" | "full_name">;

/**
 * The name in a record's columns; one that stands in one column is taken apart.
 * @example personName({ full_name: "Dr. Marsh, Ann" }) // { first: "ann", last: "marsh", generation: "" }
 */
export function personName(fields: NameFields): PersonName {
  const whole = inColumns(fields);
  const first = partOf(whole.first_name ?? "");
  const last = partOf(whole.last_name ?? "");
  return { first: first.text, last: last.text, generation: last.generation || first.generation };
}

/** A name that stands in one column is taken apart, where it is known how. */
function inColumns(fields: NameFields): NameFields {
  const { first_name, last_name, full_name } = fields;
  if (!first_name && !last_name) return splitName(full_name ?? "");
  // Of two syllables in Hangul, in the column of given names, that is what they are.
  if (/^\s*\p{Script=Hangul}{1,2}\s*$/u.test(first_name ?? "")) return fields;
  const alone = first_name ? (last_name ? "" : first_name) : (last_name ?? "");
  const whole = alone === "" ? null : eastAsianName(alone);
  return whole ?? fields;
}

/** Chinese and Korean names, which stand in one word, the surname first. */
function eastAsianName(name: string): { first_name: string; last_name: string } | null {
  const found = hanName(name.trim()) ?? hangulName(name.trim());
  return found && { first_name: found.first, last_name: found.last };
}

/** How many names are kept in mind with what they are taken apart into. */
const namesMax = 20_000;

const splitName = remembered((name): { first_name: string; last_name: string } => {
  const whole = eastAsianName(name);
  if (whole) return whole;
  const comma = name.indexOf(",");
  if (comma > 0 && !isEnding(foldWords(name.slice(comma))[0] ?? ""))
    return { first_name: name.slice(comma + 1), last_name: name.slice(0, comma) };
  const words = name.split(/[\s,]+/).filter((word) => word !== "");
  let end = words.length;
  while (end > 2 && isEnding(foldWords(words[end - 1] ?? "")[0] ?? "")) end--;
  let start = end - 1;
  while (start > 1 && particles.has(foldWords(words[start - 1] ?? "")[0] ?? "")) start--;
  return { first_name: words.slice(0, start).join(" "), last_name: words.slice(start).join(" ") };
}, namesMax);

const isEnding = (word: string): boolean => generations.has(word) || degrees.has(word);

const partOf = remembered((name): { text: string; generation: string } => {
  // A nickname stands in quotes or brackets beside the name.
  const bare = /["“(]/.test(name) ? name.replaceAll(/"[^"]*"|“[^“”]*”|\([^()]*\)/g, " ") : name;
  let words = foldWords(bare.trim() === "" ? name : bare).map(romanised);
  while (words.length > 1 && honorifics.has(words[0] ?? "")) words = words.slice(1);
  while (words.length > 1 && degrees.has(words.at(-1) ?? "")) words = words.slice(0, -1);
  const generation = (words.length > 1 && generations.get(words.at(-1) ?? "")) || "";
  return { text: (generation ? words.slice(0, -1) : words).join(" "), generation };
}, namesMax);

/** Whether a word is how people are addressed, and no name. @example isTitle("mrs") // true */
export function isTitle(word: string): boolean {
  return honorifics.has(word);
}

const honorifics = new Set(
  "capt dame doctor dr frau herr hon lady lord madame miss mme monsieur mr mrs ms mx prof professor rev sir".split(" "),
);
const degrees = new Set("cfa cpa dds dphil esq esquire jd llb llm mba md phd rn".split(" "));
/** Parts of surnames that stand before them. */
const particles = new Set(
  "al bin da dal de del della den der di dos du el la le st ten ter van vande vander von zu zum zur".split(" "),
);
const generations = new Map(
  Object.entries({
    jr: "jr",
    jnr: "jr",
    junior: "jr",
    sr: "sr",
    snr: "sr",
    senior: "sr",
    i: "i",
    ii: "ii",
    iii: "iii",
    iv: "iv",
  }),
);
