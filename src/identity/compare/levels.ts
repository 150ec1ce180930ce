/**
 * What can be compared, and the levels of agreement each field knows, best first; the last is always `different`. Beside each level stand
 * the shares assumed before any training: among records of one customer (m) and of two (u). Training moves them; where its records
 * say nothing of a level, these remain.
 */
export const fieldLevels = {
  first_name: {
    exact: [0.78, 0.006],
    /** One letter for a name: one in a dozen other names begins with it. */
    initial: [0.03, 0.0024],
    short_form: [0.05, 0.0015],
    one_error: [0.06, 0.0008],
    similar: [0.03, 0.001],
    alike: [0.02, 0.005],
    /** Two names that several customers each bear, and so no slips of each other. */
    other: [0.01, 0.6],
    different: [0.02, 0.3833],
  },
  last_name: {
    exact: [0.85, 0.003],
    /** First and last name stand in each other's column; said once for both. */
    swapped: [0.005, 0.000004],
    one_error: [0.07, 0.0015],
    contained: [0.01, 0.0008],
    similar: [0.02, 0.001],
    alike: [0.015, 0.005],
    different: [0.03, 0.9887],
  },
  generation: {
    exact: [0.5, 0.04],
    /** One says it, the other does not: it is often left out. */
    omitted: [0.48, 0.8],
    different: [0.02, 0.16],
  },
  birth_date: {
    exact: [0.85, 0.00005],
    one_error: [0.09, 0.0015],
    partial: [0.03, 0.005],
    /** Within a year. */
    near: [0.015, 0.025],
    /** Further, yet less than a generation: a date that is wrong, more often than another person of the name. */
    apart: [0.01, 0.27],
    different: [0.005, 0.69845],
  },
  national_id: { exact: [0.9, 0.000002], one_error: [0.06, 0.00001], different: [0.04, 0.999988] },
  email: {
    exact: [0.65, 0.000005],
    one_error: [0.06, 0.000005],
    similar: [0.04, 0.00005],
    same_local: [0.03, 0.0001],
    /** The same mailbox but for its number or an initial, `ann.lee` and `ann.lee2`: how hosts keep two people of one name apart. */
    numbered: [0.005, 0.00002],
    /** Two at a host where not anybody can have one: colleagues', or a person's old and new one. */
    same_host: [0.005, 0.001],
    different: [0.21, 0.99882],
  },
  phone: {
    exact: [0.65, 0.00002],
    local: [0.03, 0.00001],
    /** An office's numbers follow each other. */
    one_error: [0.03, 0.001],
    different: [0.29, 0.99897],
  },
  /** Of two who share a number: whether it is one that somebody carries. What `u` tells is how often who shares a home shares such a one. */
  mobile: { exact: [0.6, 0.03], different: [0.4, 0.97] },
  street: {
    exact: [0.65, 0.00005],
    similar: [0.11, 0.00005],
    /** A house number that is one digit another: a slip, or the neighbour's. */
    next_door: [0.03, 0.0002],
    same_street: [0.04, 0.002],
    different: [0.17, 0.9977],
  },
  place: {
    exact: [0.6, 0.002],
    postal_code: [0.1, 0.002],
    city: [0.12, 0.01],
    near: [0.05, 0.005],
    different: [0.13, 0.981],
  },
  /** A person's: people change it, and write it as they like. */
  employer: {
    exact: [0.62, 0.001],
    respelled: [0.06, 0.0002],
    contained: [0.06, 0.001],
    some: [0.02, 0.01],
    different: [0.24, 0.9878],
  },
  company_name: {
    exact: [0.6, 0.00003],
    respelled: [0.18, 0.00002],
    acronym: [0.01, 0.0001],
    contained: [0.08, 0.0005],
    overlap: [0.05, 0.0005],
    some: [0.038, 0.01],
    /** The same but for a place's name: the mother and her subsidiary there, two companies. */
    branch: [0.01, 0.0002],
    /** Each with a number, a letter, a trade or something else of its own in the same place, or a body beside the other: two of one group or house. */
    sister: [0.002, 0.002],
    different: [0.03, 0.98665],
  },
  domain: { exact: [0.75, 0.0001], same_site: [0.05, 0.0001], different: [0.2, 0.9998] },
  tax_number: { exact: [0.92, 0.000002], one_error: [0.05, 0.00001], different: [0.03, 0.999988] },
} as const satisfies Record<string, Readonly<Record<string, readonly [m: number, u: number]>>>;

/** What of a party is compared: distinct sorted values a field. */
export type FieldValues = Readonly<Record<string, readonly string[]>>;

/** To be counted up with every change of what is compared, of how, and of block keys: then records are matched anew. */
export const comparableVersion: string = "9";

/** Stands in place of a level where one of the two has no value: no evidence. */
export const missing = 255;

export type ComparedField = keyof typeof fieldLevels;

export const comparedFields = Object.keys(fieldLevels).filter(isComparedField);

export function isComparedField(name: string): name is ComparedField {
  return Object.hasOwn(fieldLevels, name);
}

/** Levels that never speak for two records, however often it seemed so: what agrees there, the other fields have said. */
export const neverFor: ReadonlySet<string> = new Set([
  "different",
  "omitted",
  "other",
  "apart",
  "numbered",
  "same_host",
  "branch",
  "sister",
]);

/** The level of two of whom only one has a value; `missing` where that says nothing. */
export function loneLevel(field: ComparedField): number {
  return field === "generation" ? levelsOf(field).indexOf("omitted") : missing;
}

/** The levels of a field, best first. @example levelsOf("mobile") // ["exact", "different"] */
export function levelsOf(field: ComparedField): readonly string[] {
  return Object.keys(fieldLevels[field]);
}

/** The shares assumed for a level before any training. */
export function assumedShares(field: ComparedField, level: string): { m: number; u: number } {
  const found = Object.entries<readonly [number, number]>(fieldLevels[field]).find(([name]) => name === level);
  if (!found) throw new Error(`${field} has no level ${level}`);
  const [m, u] = found[1];
  return { m, u };
}
