import type { SalesforceRow } from "./values.ts";

/** A half-open interval of index keys: `from` ≤ key < `to`. */
export interface KeyRange {
  from: string;
  to: string;
}

/** Sorts behind every key: closes an interval at the top. */
export const top = "\uffff";
export const everything: KeyRange = { from: "", to: top };

interface Entry {
  key: string;
  row: SalesforceRow;
}

/**
 * A table's rows in the order of one text column and then of Id. Writes only note what they touched; the next read
 * merges those rows in, so a stream of writes between reads costs one pass and no whole sort.
 */
export class SortedIndex {
  readonly #column: string;
  readonly #touched = new Map<string, SalesforceRow | null>();
  #entries: Entry[];

  constructor(column: string, rows: Iterable<SalesforceRow>) {
    this.#column = column;
    this.#entries = Array.from(rows, (row) => ({ key: indexKey(column, row), row })).sort(byKey);
  }

  /** Notes a row's new state; null when it left the table. */
  touch(id: string, row: SalesforceRow | null): void {
    this.#touched.set(id, row);
  }

  /** How many rows the interval holds. */
  count(range: KeyRange): number {
    this.#refresh();
    return Math.max(0, this.#position(range.to) - this.#position(range.from));
  }

  /** The interval's rows, ascending, or descending when reversed. */
  *rows(range: KeyRange, reversed = false): Generator<SalesforceRow> {
    this.#refresh();
    const start = this.#position(range.from);
    const end = this.#position(range.to);
    for (let step = 0; step < end - start; step++) {
      const entry = this.#entries[reversed ? end - 1 - step : start + step];
      if (entry) yield entry.row;
    }
  }

  /** The first position whose key is not below the bound. */
  #position(bound: string): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry && entry.key < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #refresh(): void {
    if (this.#touched.size === 0) return;
    const added: Entry[] = [];
    for (const row of this.#touched.values()) if (row) added.push({ key: indexKey(this.#column, row), row });
    const kept = this.#entries.filter((entry) => !this.#touched.has(entry.row.Id));
    this.#entries = merge(kept, added.sort(byKey));
    this.#touched.clear();
  }
}

/** The key of a row: the column's value (lower case), a separator, its Id; the Id alone where that is the column. */
export function indexKey(column: string, row: SalesforceRow): string {
  return column === "Id" ? row.Id : `${valueKey(row[column])}\0${row.Id}`;
}

function valueKey(value: SalesforceRow[string] | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value.toLowerCase() : String(value);
}

function byKey(a: Entry, b: Entry): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function merge(a: Entry[], b: Entry[]): Entry[] {
  const merged: Entry[] = [];
  let i = 0;
  for (const next of b) {
    for (let head = a[i]; head && head.key < next.key; head = a[i]) {
      merged.push(head);
      i++;
    }
    merged.push(next);
  }
  for (; i < a.length; i++) {
    const rest = a[i];
    if (rest) merged.push(rest);
  }
  return merged;
}
