import { fillers } from "../block/block-parts.ts";
import type { Comparable } from "../comparable.ts";
import type { PreparedRecords } from "../compare/prepared.ts";
import type { FrequencyTable } from "../model.ts";
import { rounded } from "./estimate.ts";

/** Which customer each record belongs to, by number of the record. */
export type Customers = Int32Array;

/** How frequent the values of a column are: over customers, since a customer's own duplicates make no value more frequent. */
export function columnFrequencies(
  records: PreparedRecords,
  place: number,
  { customers, coincidence }: { customers: Customers; coincidence: number },
): FrequencyTable {
  const column = records.columns[place];
  const known: (readonly string[])[] = [];
  const valuesOf = (n: number): readonly string[] => {
    const id = records.idAt(n, place);
    if (id < 0 || !column) return [];
    const found = known[id] ?? column.counted(id);
    known[id] = found;
    return found;
  };
  const listedMin = column && rarelyShared.has(column.field) ? sharedByMany : sharedByFew;
  const { rest, values } = tableOf(countByCustomer(customers, valuesOf), listedMin);
  // What is not listed is no more frequent than values are on the whole.
  return { rest: Math.min(rest, coincidence), values };
}

/** Fields whose values are owned, or very many: one on two or three customers is more probably of one that was not recognised than shared. */
const rarelyShared: ReadonlySet<string> = new Set([
  "email",
  "phone",
  "domain",
  "national_id",
  "tax_number",
  "company_name",
  "birth_date",
  "place",
]);
const sharedByMany = 5;
const sharedByFew = 2;

/** How frequent words are in companies' names. */
export function wordFrequencies(records: readonly Comparable[], customers: Customers): FrequencyTable {
  const wordsOf = (n: number) => (records[n]?.fields.company_name ?? []).flatMap((name) => name.split(" "));
  return tableOf(
    countByCustomer(customers, (n) => wordsOf(n).filter((word) => !fillers.has(word))),
    sharedByFew,
  );
}

interface Counts {
  /** Customers by value. */
  values: Map<string, number>;
  /** Customers with any value. */
  customers: number;
}

function countByCustomer(customers: Customers, valuesOf: (record: number) => readonly string[]): Counts {
  const numbers = new Map<string, number>();
  /** By number of a value: on how many customers it is, and the last of them. */
  const [counts, last]: [number[], number[]] = [[], []];
  let [counted, lastCounted] = [0, -1];
  for (const record of byCustomer(customers)) {
    const customer = customers[record] ?? -1;
    const values = valuesOf(record);
    if (values.length > 0 && customer !== lastCounted) {
      counted++;
      lastCounted = customer;
    }
    for (const value of values) {
      const number = numbers.get(value) ?? numbers.size;
      if (number === numbers.size) numbers.set(value, number);
      if (last[number] === customer) continue;
      last[number] = customer;
      counts[number] = (counts[number] ?? 0) + 1;
    }
  }
  return { values: new Map([...numbers].map(([value, number]) => [value, counts[number] ?? 0])), customers: counted };
}

/** The records, those of one customer together. */
function byCustomer(customers: Customers): Int32Array {
  const starts = new Int32Array(customers.length + 1);
  for (const customer of customers) starts[customer + 1] = (starts[customer + 1] ?? 0) + 1;
  for (let n = 0; n < customers.length; n++) starts[n + 1] = (starts[n + 1] ?? 0) + (starts[n] ?? 0);
  const ordered = new Int32Array(customers.length);
  for (const [record, customer] of customers.entries()) {
    const place = starts[customer] ?? 0;
    ordered[place] = record;
    starts[customer] = place + 1;
  }
  return ordered;
}

/** A table lists this many values at most. */
const listedMax = 4000;

/**
 * Lists the values that several customers share. What one value of the others is worth is told by how many are shared by two against how
 * many are one's own (Good and Turing): names that came once come again, telephone numbers hardly do.
 */
function tableOf({ values, customers }: Counts, listedMin: number): FrequencyTable {
  if (customers === 0) return { rest: 1e-4, values: {} };
  const shared = [...values].filter(([, count]) => count > 1).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const once = values.size - shared.length;
  const twice = shared.filter(([, count]) => count === 2).length;
  const listed = shared.filter(([, count]) => count >= listedMin).slice(0, listedMax);
  const seenAgain = Math.min(1, (2 * (twice + 0.5)) / (once + 1));
  return {
    rest: rounded(seenAgain / customers),
    values: Object.fromEntries(listed.map(([value, count]) => [value, rounded(count / customers)])),
  };
}
