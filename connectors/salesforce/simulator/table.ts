import { SortedIndex } from "./sortedIndex.ts";
import type { SalesforceRow } from "./values.ts";

/** The rows of one object by id, deleted ones included, with sorted indexes built when a query first asks for them. */
export class Table {
  readonly #rows = new Map<string, SalesforceRow>();
  readonly #indexes = new Map<string, SortedIndex>();
  /** Told of every write; a row that is not there is null. */
  onWrite: ((before: SalesforceRow | null, after: SalesforceRow | null) => void) | null = null;
  /** The same, for who follows all that happens. */
  onChange: ((before: SalesforceRow | null, after: SalesforceRow | null) => void) | null = null;

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): SalesforceRow | undefined {
    return this.#rows.get(id);
  }

  values(): IterableIterator<SalesforceRow> {
    return this.#rows.values();
  }

  /** Stores a row under its Id; rows are replaced, never edited, so an open cursor keeps what it saw. */
  put(row: SalesforceRow): void {
    const before = this.#rows.get(row.Id) ?? null;
    this.onWrite?.(before, row);
    this.onChange?.(before, row);
    this.#rows.set(row.Id, row);
    for (const index of this.#indexes.values()) index.touch(row.Id, row);
  }

  /** Takes a row out for good, without a trace: a create undone, a row purged from the recycle bin. */
  remove(id: string): void {
    const before = this.#rows.get(id) ?? null;
    this.onWrite?.(before, null);
    this.onChange?.(before, null);
    this.#rows.delete(id);
    for (const index of this.#indexes.values()) index.touch(id, null);
  }

  index(column: string): SortedIndex {
    const known = this.#indexes.get(column);
    if (known) return known;
    const built = new SortedIndex(column, this.#rows.values());
    this.#indexes.set(column, built);
    return built;
  }

  /** The rows whose text column equals the value, ignoring case. */
  equal(column: string, value: string): SalesforceRow[] {
    const key = value.toLowerCase();
    return [...this.index(column).rows({ from: `${key}\0`, to: `${key}\u0001` })];
  }
}
