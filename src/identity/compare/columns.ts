import { companyParts, compareCompanies, compareEmployers } from "./compare-companies.ts";
import {
  compareDates,
  compareEmails,
  compareIds,
  comparePhones,
  compareText,
  dateParts,
  emailParts,
  idParts,
} from "./compare-ids.ts";
import { compareFirstNames, compareLastNames, nameParts } from "./compare-names.ts";
import { comparePlaces, compareSites, compareStreets, placeParts, streetParts } from "./compare-places.ts";
import { type ComparedField, type FieldValues, levelsOf, missing } from "./levels.ts";
import type { Lexicon } from "./lexicon.ts";

/** A record as numbers: of its values in each column, -1 for none; the last of its first and last name together. */
export type PreparedRecord = readonly number[];

/**
 * One field of all records. Values are made ready once and known by a number, so that records are rows of numbers, and comparing
 * touches nothing but what two values need.
 */
export interface Column {
  field: ComparedField;
  levels: readonly string[];
  /** Number of a record's values; -1 where it has none. */
  idOf(fields: FieldValues): number;
  /** Place of the level in `levels` on which the best pair of values stands. */
  compare(a: number, b: number): number;
  /** Under which names a record's values are counted. */
  counted(id: number): readonly string[];
  /** The name under which what two records share at a level is counted; undefined where they share no whole value. */
  shared(a: number, b: number, level: number): string | undefined;
  /** How many values are known. */
  size(): number;
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
}

/** A column for a field; its numbers are its own. */
export function createColumn(field: ComparedField, lexicon: Lexicon): Column {
  switch (field) {
    case "first_name":
      return column(field, { parse: nameParts, compare: (a, b) => compareFirstNames(a, b, lexicon) });
    case "last_name":
      return column(field, { parse: nameParts, compare: compareLastNames });
    case "birth_date":
      return column(field, { parse: dateParts, compare: compareDates });
    case "national_id":
    case "tax_number":
      return column(field, { parse: idParts, compare: compareIds });
    case "email":
      return column(field, {
        read: namedEmails,
        parse: emailParts,
        compare: compareEmails,
        counts: { 0: withoutMark },
      });
    case "phone":
      return column(field, { parse: itself, compare: comparePhones });
    case "street":
      return column(field, { parse: streetParts, compare: compareStreets });
    case "place":
      return column(field, {
        parse: placeParts,
        compare: comparePlaces,
        counts: { 0: itself, 1: postalOf, 2: cityOf },
      });
    case "employer":
      return column(field, { parse: (name) => companyParts(name, lexicon), compare: compareEmployers });
    case "company_name":
      return column(field, { parse: (name) => companyParts(name, lexicon), compare: compareCompanies });
    case "domain":
      return column(field, { parse: itself, compare: compareSites });
    case "generation":
      return column(field, { parse: itself, compare: compareText });
  }
}

function column<V>(field: ComparedField, { read, parse, compare, counts = { 0: itself } }: Method<V>): Column {
  const ids = new Map<string, number>();
  const texts: (readonly string[])[] = [];
  const values: (readonly V[])[] = [];
  const counting = Object.values(counts);
  return {
    field,
    levels: levelsOf(field),
    idOf(fields) {
      const found = fields[field] === undefined ? [] : read ? read(fields) : (fields[field] ?? []);
      if (found.length === 0) return -1;
      const key = found.length === 1 ? (found[0] ?? "") : found.join("\u0001");
      const known = ids.get(key);
      if (known !== undefined) return known;
      ids.set(key, texts.length);
      texts.push(found);
      values.push(found.map(parse));
      return texts.length - 1;
    },
    compare(a, b) {
      let best = missing;
      for (const one of values[a] ?? []) {
        for (const other of values[b] ?? []) {
          const level = compare(one, other);
          if (level < best) best = level;
        }
      }
      return best;
    },
    counted: (id) => [...new Set((texts[id] ?? []).flatMap((text) => counting.map((count) => count(text))))],
    shared(a, b, level) {
      const count = counts[level];
      const [ones = [], others = []] = [texts[a], texts[b]];
      if (!count) return undefined;
      let found: string | undefined;
      for (const one of ones) {
        const text = count(one);
        // The first in alphabetical order, so that it is the same both ways.
        if ((found === undefined || text < found) && others.some((other) => count(other) === text)) found = text;
      }
      return found;
    },
    size: () => texts.length,
  };
}

const itself = (value: string): string => value;
const withoutMark = (value: string): string => value.slice(1);
const postalOf = (place: string): string => place.slice(0, place.indexOf("|") + 1);
const cityOf = (place: string): string => place.slice(place.indexOf("|"));

/** Addresses, each marked by whether it is made of its owner's name: then what is before the @ says no more than the name did. */
function namedEmails({ email = [], first_name = [], last_name = [] }: FieldValues): string[] {
  const names = [...first_name, ...last_name]
    .map((name) => name.replaceAll(" ", ""))
    .filter(({ length }) => length > 3);
  return email.map((each) => {
    const local = each.slice(0, each.lastIndexOf("@")).replaceAll(/[^a-z]/g, "");
    return `${names.some((name) => local.includes(name)) ? "=" : "-"}${each}`;
  });
}
