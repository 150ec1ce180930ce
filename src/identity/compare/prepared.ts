import type { MatchRules } from "../match-rules.ts";
import { type Column, createColumn } from "./columns.ts";
import { type FieldValues, missing } from "./levels.ts";
import type { Lexicon } from "./lexicon.ts";
import { createSwaps, type Swaps } from "./swaps.ts";

/** Records as rows of numbers, in one array: a row is the numbers of a record's values in each column. */
export interface PreparedRecords {
  columns: readonly Column[];
  swaps: Swaps | null;
  /** Adds a record and gives the number of its row. */
  add(fields: FieldValues): number;
  /** Number of a record's values in a column; -1 where it has none. */
  idAt(row: number, place: number): number;
  /**
   * Fills in, out of two records' marks alone, the place of a level of each comparison on which they stand, or on a weaker one; `missing`
   * where one has no value.
   */
  bestLevels(a: number, b: number, levels: Uint8Array): void;
  /** Fills in the place of the level of each comparison, or of those named, `missing` where there is no evidence. */
  compare(a: number, b: number, levels: Uint8Array, places?: readonly number[]): void;
  /** Places of the comparisons that hang on what a model knows; both names where one does, since they may stand crosswise. */
  learned: readonly number[];
  /** How much is kept, counted in values; several rows take as much memory as one. */
  size(): number;
  /** The same rows, compared by what another model knows. */
  relearned(lexicon: Lexicon): PreparedRecords;
}

const rowsOfValue = 4;

/** No records yet, to be compared as the rules say. */
export function prepareRecords(rules: MatchRules, lexicon: Lexicon): PreparedRecords {
  const columns = rules.comparisons.map(({ field }) => createColumn(field, lexicon));
  return preparedBy(columns, createSwaps(rules, columns), {
    count: 0,
    numbers: new Int32Array(64 * columns.length),
    marks: new Int32Array(64 * columns.length * 2),
  });
}

interface Rows {
  count: number;
  numbers: Int32Array;
  /** Two by column. */
  marks: Int32Array;
}

/** Stand in place of the first mark where a record has no value, and where it may stand on any level. */
const noMark = -(2 ** 31);
const anyMark = noMark + 1;

function preparedBy(columns: readonly Column[], swaps: Swaps | null, rows: Rows): PreparedRecords {
  const width = columns.length;
  const idAt = (row: number, place: number): number => rows.numbers[row * width + place] ?? -1;
  const all = [...columns.keys()];
  const learned = all.filter((n) => columns[n]?.isLearned);
  return {
    columns,
    swaps,
    idAt,
    learned: swaps && learned.includes(swaps.first) ? [...learned, swaps.last] : learned,
    bestLevels(a, b, levels) {
      const { marks } = rows;
      let [one, other] = [a * width * 2, b * width * 2];
      for (let n = 0; n < columns.length; n++, one += 2, other += 2) {
        const [mark = noMark, otherMark = noMark] = [marks[one], marks[other]];
        if (mark === noMark || otherMark === noMark) levels[n] = missing;
        else if (mark === anyMark || otherMark === anyMark) levels[n] = 0;
        else levels[n] = columns[n]?.best(mark, marks[one + 1] ?? 0, otherMark, marks[other + 1] ?? 0) ?? 0;
      }
    },
    add(fields) {
      const start = rows.count * width;
      if (start + width > rows.numbers.length) {
        rows.numbers = twiceAsLong(rows.numbers);
        rows.marks = twiceAsLong(rows.marks);
      }
      for (let place = 0; place < columns.length; place++) {
        const id = columns[place]?.idOf(fields) ?? -1;
        rows.numbers[start + place] = id;
        const [first, second] = id < 0 ? [noMark, 0] : (columns[place]?.markOf(id) ?? [anyMark, 0]);
        const at = (start + place) * 2;
        rows.marks[at] = id >= 0 && first === noMark ? anyMark : first;
        rows.marks[at + 1] = second;
      }
      return rows.count++;
    },
    compare(a, b, levels, places = all) {
      for (const n of places) {
        const one = idAt(a, n);
        const other = idAt(b, n);
        levels[n] = one < 0 || other < 0 ? missing : (columns[n]?.compare(one, other) ?? missing);
      }
      if (swaps && places.includes(swaps.last)) swaps.apply(a, b, levels, idAt);
    },
    size: () => columns.reduce((sum, column) => sum + column.size(), rows.count / rowsOfValue),
    relearned: (lexicon) => {
      const others = columns.map((column) => (column.isLearned ? column.relearned(lexicon) : column));
      return preparedBy(others, swaps, rows);
    },
  };
}

function twiceAsLong(array: Int32Array): Int32Array {
  const longer = new Int32Array(array.length * 2);
  longer.set(array);
  return longer;
}
