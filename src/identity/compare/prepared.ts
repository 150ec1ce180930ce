import type { MatchRules } from "../match-rules.ts";
import { type Column, createColumn } from "./columns.ts";
import { type FieldValues, missing } from "./levels.ts";
import type { Lexicon } from "./lexicon.ts";
import { createSwaps, type Swaps } from "./swaps.ts";

/** Records as rows of numbers, in one array: a row is the numbers of a record's values in each column, and last of its two names together. */
export interface PreparedRecords {
  columns: readonly Column[];
  swaps: Swaps | null;
  /** Adds a record and gives the number of its row. */
  add(fields: FieldValues): number;
  /** All rows: `width` numbers each, the number of a record's values in each column or -1 where it has none. */
  rows: Readonly<Rows>;
  /** Number of a record's values in a column; -1 where it has none. */
  idAt(row: number, place: number): number;
  /** Fills in the place of the level of each comparison, or of those named, `missing` where there is no evidence. */
  compare(a: number, b: number, levels: Uint8Array, places?: readonly number[]): void;
  /** Places of the comparisons that hang on what a model knows; both names where one does, since they may stand crosswise. */
  learned: readonly number[];
  /** How much is kept, counted in values; several rows take as much memory as one. */
  size(): number;
  /** The same rows, compared by what another model knows. */
  relearned(lexicon: Lexicon): PreparedRecords;
}

interface Rows {
  count: number;
  width: number;
  /** With room for more; another array once there is none. */
  numbers: Int32Array;
}

const rowsOfValue = 4;

/** No records yet, to be compared as the rules say. */
export function prepareRecords(rules: MatchRules, lexicon: Lexicon): PreparedRecords {
  const columns = rules.comparisons.map(({ field }) => createColumn(field, lexicon));
  const width = columns.length + 1;
  return preparedBy(columns, createSwaps(rules), { count: 0, width, numbers: new Int32Array(64 * width) });
}

function preparedBy(columns: readonly Column[], swaps: Swaps | null, rows: Rows): PreparedRecords {
  const { width } = rows;
  const idAt = (row: number, place: number): number => rows.numbers[row * width + place] ?? -1;
  const all = [...columns.keys()];
  const learned = all.filter((n) => columns[n]?.isLearned);
  return {
    columns,
    swaps,
    rows,
    idAt,
    learned: swaps && learned.includes(swaps.first) ? [...learned, swaps.last] : learned,
    add(fields) {
      const start = rows.count * width;
      if (start + width > rows.numbers.length) {
        const larger = new Int32Array(rows.numbers.length * 2);
        larger.set(rows.numbers);
        rows.numbers = larger;
      }
      for (let place = 0; place < columns.length; place++)
        rows.numbers[start + place] = columns[place]?.idOf(fields) ?? -1;
      rows.numbers[start + columns.length] = swaps?.idOf(fields) ?? -1;
      return rows.count++;
    },
    compare(a, b, levels, places = all) {
      for (const n of places) {
        const one = idAt(a, n);
        const other = idAt(b, n);
        levels[n] = one < 0 || other < 0 ? missing : (columns[n]?.compare(one, other) ?? missing);
      }
      if (swaps && places.includes(swaps.last)) swaps.apply(idAt(a, columns.length), idAt(b, columns.length), levels);
    },
    size: () => columns.reduce((sum, column) => sum + column.size(), rows.count / rowsOfValue + (swaps?.size() ?? 0)),
    relearned: (lexicon) => {
      const others = columns.map((column) => (column.isLearned ? column.relearned(lexicon) : column));
      return preparedBy(others, swaps, rows);
    },
  };
}
