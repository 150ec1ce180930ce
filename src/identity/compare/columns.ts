import { companyParts } from "./company-parts.ts";
import { compareCompanies, compareEmployers, toldByWords } from "./compare-companies.ts";
import {
  compareDates,
  compareEmails,
  compareGenerations,
  compareIds,
  compareMobiles,
  comparePhones,
  dateParts,
  emailParts,
  idParts,
} from "./compare-ids.ts";
import { compareFirstNames, compareLastNames, nameParts } from "./compare-names.ts";
import { comparePlaces, compareSites, compareStreets, placeParts, siteParts, streetParts } from "./compare-places.ts";
import { type ComparedField, type FieldValues, levelsOf, loneLevel, missing } from "./levels.ts";
import type { Lexicon } from "./lexicon.ts";
import { blank, type Sketch, sketches } from "./sketches.ts";

/**
 * One field of all records. Values are made ready once and known by a number, so that records are rows of numbers, and comparing
 * touches nothing but what two values need.
 */
export interface Column {
  field: ComparedField;
  levels: readonly string[];
  /** Number of a record's values; -1 where it has none. */
  idOf(fields: FieldValues): number;
  /** Tells of most values that differ that they do. */
  sketch: Sketch | null;
  /** What stands for a record's values there. */
  sketched(id: number): readonly [number, number];
  /** The level of two records of whom only one has a value; `missing` where that says nothing. */
  lone: number;
  /** Place of the level in `levels` on which the best pair of values stands; the same both ways. */
  compare(a: number, b: number): number;
  /** Whether values that are shared at a level are counted. */
  isCounted(level: number): boolean;
  /** Under which names a record's values are counted. */
  counted(id: number): readonly string[];
  /** The name under which what two records share at a level is counted; undefined where they share no whole value. */
  shared(a: number, b: number, level: number): string | undefined;
  /** Whether what is shared may be told by its words. */
  isTold: boolean;
  /** How much it tells, in bits, what two records share at a level; undefined where that is not told by words. */
  told(a: number, b: number, level: number): number | undefined;
  /** How much is kept, counted in values: a very long one as several. */
  size(): number;
  /** Whether comparing hangs on what a model knows. */
  isLearned: boolean;
  /** The same values under the same numbers, compared by what another model knows. */
  relearned(lexicon: Lexicon): Column;
}

/** How one field is compared. */
interface Method<V> {
  /** The values to make ready; what else the comparison needs to know is written into them. */
  read?(fields: FieldValues): readonly string[];
  parse(value: string): V;
  /** The place of the level, or `missing`. */
  compare(a: V, b: V): number;
  /** By level: what of a value is counted and shared there. Only the exact value, where absent. */
  counts?: Readonly<Record<number, (value: string) => string>>;
  /** How much it tells, in bits, what two values share at a level. */
  tells?(a: V, b: V, level: number): number | undefined;
  /** The same two values are compared again and again. */
  recurs?: true;
}

/** A column for a field; its numbers are its own. */
export function createColumn(field: ComparedField, lexicon: Lexicon): Column {
  return columnOf(field, lexicon, { ids: new Map(), of: [], letters: 0 });
}

function columnOf(field: ComparedField, lexicon: Lexicon, texts: Texts): Column {
  switch (field) {
    case "first_name":
      return column(field, texts, {
        parse: nameParts,
        compare: (a, b) => compareFirstNames(a, b, lexicon),
        recurs: true,
      });
    case "last_name":
      return column(field, texts, { parse: nameParts, compare: compareLastNames, recurs: true });
    case "birth_date":
      return column(field, texts, { parse: dateParts, compare: compareDates });
    case "national_id":
    case "tax_number":
      return column(field, texts, { parse: idParts, compare: compareIds });
    case "email":
      return column(field, texts, {
        read: namedEmails,
        parse: emailParts,
        compare: compareEmails,
        counts: { 0: withoutMark },
      });
    case "phone":
      return column(field, texts, { parse: itself, compare: comparePhones });
    case "mobile":
      return column(field, texts, { parse: itself, compare: compareMobiles });
    case "street":
      return column(field, texts, {
        parse: streetParts,
        compare: compareStreets,
        recurs: true,
      });
    case "place":
      return column(field, texts, {
        parse: placeParts,
        compare: comparePlaces,
        counts: { 0: itself, 1: postalOf, 2: cityOf },
        recurs: true,
      });
    case "employer":
      return column(field, texts, {
        parse: (name) => companyParts(name, lexicon),
        compare: compareEmployers,
        recurs: true,
      });
    case "company_name":
      return column(field, texts, {
        parse: (name) => companyParts(name, lexicon),
        compare: compareCompanies,
        tells: toldByWords,
        recurs: true,
      });
    case "domain":
      return column(field, texts, { parse: siteParts, compare: compareSites });
    case "generation":
      return column(field, texts, { parse: itself, compare: compareGenerations, recurs: true });
  }
}

const learned: ReadonlySet<ComparedField> = new Set(["first_name", "employer", "company_name"]);

/** The values of all records, by number; with their numbers. */
interface Texts {
  ids: Map<string, number>;
  of: (readonly string[])[];
  /** How long they are together. */
  letters: number;
}

/** So many letters take as much memory as a value of the usual length with what is known of it. */
export const lettersOfValue = 200;

function column<V>(field: ComparedField, texts: Texts, method: Method<V>): Column {
  const { read, parse, counts = { 0: itself } } = method;
  const { ids } = texts;
  const ready = createReady(texts, parse);
  const sketch = sketches[field] ?? null;
  return {
    field,
    levels: levelsOf(field),
    lone: loneLevel(field),
    idOf(fields) {
      const found = fields[field] === undefined ? [] : read ? read(fields) : (fields[field] ?? []);
      if (found.length === 0) return -1;
      const key = found.length === 1 ? (found[0] ?? "") : found.join("\u0001");
      const known = ids.get(key);
      if (known !== undefined) return known;
      const id = texts.of.push(found) - 1;
      texts.letters += key.length;
      ids.set(key, id);
      return id;
    },
    compare: method.recurs ? recalled(ready, method.compare) : (a, b) => bestOf(ready, method.compare, a, b),
    sketch,
    sketched(id) {
      const values = texts.of[id];
      return sketch && values?.length === 1 ? sketch.of(values[0] ?? "") : blank;
    },
    isCounted: (level) => counts[level] !== undefined,
    ...countedBy(counts, texts),
    isTold: method.tells !== undefined,
    told: (a, b, level) => toldBy(ready, method, { a, b, level }),
    size: () => texts.of.length + Math.floor(texts.letters / lettersOfValue),
    isLearned: learned.has(field),
    relearned: (lexicon) => columnOf(field, lexicon, texts),
  };
}

function countedBy(counts: NonNullable<Method<unknown>["counts"]>, texts: Texts): Pick<Column, "counted" | "shared"> {
  const counting = Object.values(counts);
  return {
    counted(id) {
      const [text = "", ...others] = texts.of[id] ?? [];
      if (others.length === 0 && counting.length === 1) return [counting[0]?.(text) ?? ""];
      return [...new Set([text, ...others].flatMap((each) => counting.map((count) => count(each))))];
    },
    shared(a, b, level) {
      const count = counts[level];
      if (!count) return undefined;
      const [ones = [], others = []] = [texts.of[a], texts.of[b]];
      let found: string | undefined;
      for (const one of ones) {
        const text = count(one);
        // The first in alphabetical order, so that it is the same both ways.
        if ((found === undefined || text < found) && others.some((other) => count(other) === text)) found = text;
      }
      return found;
    },
  };
}

/** The values of records made ready, by their number: when they are first asked for. */
interface Ready<V> {
  /** The value of those that have one. */
  only: (V | undefined)[];
  /** Makes those ready that have several, or were not asked for before. */
  all(id: number): readonly V[];
}

function createReady<V>(texts: Texts, parse: (text: string) => V): Ready<V> {
  const only: (V | undefined)[] = [];
  const several = new Map<number, readonly V[]>();
  return {
    only,
    all(id) {
      const known = several.get(id);
      if (known) return known;
      const single = only[id];
      if (single !== undefined) return [single];
      const made = (texts.of[id] ?? []).map((text) => parse(text));
      // Without gaps, an array is read faster.
      while (only.length <= id) only.push(undefined);
      if (made.length === 1) only[id] = made[0];
      else several.set(id, made);
      return made;
    },
  };
}

/** The level of the best of all pairs that two records' values make. */
function bestOf<V>({ only, all }: Ready<V>, compare: (a: V, b: V) => number, a: number, b: number): number {
  const one = only[a];
  const other = only[b];
  if (one !== undefined && other !== undefined) return compare(one, other);
  const others = all(b);
  let best = missing;
  for (const each of all(a)) for (const against of others) best = Math.min(best, compare(each, against));
  return best;
}

/** The most of all pairs of two records' values that stand on the level. */
function toldBy<V>(
  { all }: Ready<V>,
  { compare, tells }: Method<V>,
  { a, b, level }: { a: number; b: number; level: number },
): number | undefined {
  if (!tells) return undefined;
  const [ones, others] = [all(a), all(b)];
  const isOne = ones.length === 1 && others.length === 1;
  let most: number | undefined;
  for (const each of ones)
    for (const against of others) {
      if (!isOne && compare(each, against) !== level) continue;
      const bits = tells(each, against, level);
      if (bits !== undefined) most = Math.max(most ?? bits, bits);
    }
  return most;
}

/** How many comparisons of a column are kept in mind: few enough to lie close to the processor. */
const recalledMax = 2 ** 15;
/** Numbers below this, two of them, and a level fit into one number. */
const recalledIds = 2 ** 22;

/**
 * Names and places meet the same others over and over: the last level of each is looked up, at a place that two pairs may contend for.
 * Pair and level are one number, so that there is one place to look.
 */
function recalled<V>(ready: Ready<V>, compare: (a: V, b: V) => number): (a: number, b: number) => number {
  const known = new Float64Array(recalledMax).fill(-1);
  return (a, b) => {
    const one = a < b ? a : b;
    const other = a < b ? b : a;
    if (other >= recalledIds) return bestOf(ready, compare, one, other);
    const place = ((Math.imul(one, 0x9e3779b1) ^ Math.imul(other, 0x85ebca6b)) >>> 17) & (recalledMax - 1);
    const pair = (one * recalledIds + other) * 256;
    const level = (known[place] ?? -1) - pair;
    if (level >= 0 && level <= missing) return level;
    const made = bestOf(ready, compare, one, other);
    known[place] = pair + made;
    return made;
  };
}

const itself = (value: string): string => value;
const withoutMark = (value: string): string => value.slice(1);
const postalOf = (place: string): string => place.slice(0, place.indexOf("|") + 1);
const cityOf = (place: string): string => place.slice(place.indexOf("|"));

/** Addresses, each marked by whether it is made of its owner's name: then what is before the @ says no more than the name did. */
function namedEmails({ email = [], first_name = [], last_name = [] }: FieldValues): string[] {
  return email.map((each) => {
    const local = lettersIn(each.slice(0, each.lastIndexOf("@")));
    const isNamed = first_name.some((name) => isPartOf(name, local)) || last_name.some((name) => isPartOf(name, local));
    return `${isNamed ? "=" : "-"}${each}`;
  });
}

const lettersIn = (local: string): string => (/^[a-z]*$/.test(local) ? local : local.replaceAll(/[^a-z]/g, ""));

function isPartOf(name: string, local: string): boolean {
  const joined = name.includes(" ") ? name.replaceAll(" ", "") : name;
  return joined.length > 3 && local.includes(joined);
}
