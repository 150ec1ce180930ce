import type { MatchRules } from "../match-rules.ts";
import { type Column, createColumn } from "./columns.ts";
import { type FieldValues, missing } from "./levels.ts";
import type { Lexicon } from "./lexicon.ts";
import { createSwaps, type Swaps } from "./swaps.ts";

/** Records as rows of numbers, in one array: what most pairs are told apart by lies together. */
export interface PreparedRecords {
  columns: readonly Column[];
  swaps: Swaps | null;
  rows: Readonly<Rows>;
  /** Adds a record and gives the number of its row. */
  add(fields: FieldValues): number;
  /** Number of a record's values in a column; -1 where it has none. */
  idAt(row: number, place: number): number;
  /** Place of the level of one comparison, `missing` where there is no evidence; of the rows that start at these numbers. */
  levelAt(place: number, one: number, other: number): number;
  /** Changes the levels of both names where they stand crosswise; of the rows that start at these numbers. */
  applySwaps(one: number, other: number, levels: Uint8Array): void;
  /** Fills in the place of the level of each comparison, or of those named. */
  compare(a: number, b: number, levels: Uint8Array, places?: readonly number[]): void;
  /** Places of the comparisons that hang on what a model knows; both names where one does, since they may stand crosswise. */
  learned: readonly number[];
  /** How much is kept, counted in values; several rows take as much memory as one. */
  size(): number;
  /** The same rows, compared by what another model knows. */
  relearned(lexicon: Lexicon): PreparedRecords;
}

/**
 * Of each record: the number of its values in each column, or -1 where it has none; the number of its two names together; the letters of
 * both; the sketches of its values.
 */
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
  const width = columns.length + 3 + 2 * columns.filter(({ sketch }) => sketch).length;
  return preparedBy(columns, createSwaps(rules), { count: 0, width, numbers: new Int32Array(64 * width) });
}

function preparedBy(columns: readonly Column[], swaps: Swaps | null, rows: Rows): PreparedRecords {
  const { width } = rows;
  const all = [...columns.keys()];
  const learned = all.filter((n) => columns[n]?.isLearned);
  const { levelAt, applySwaps } = comparing(columns, swaps, rows);
  return {
    columns,
    swaps,
    rows,
    idAt: (row, place) => rows.numbers[row * width + place] ?? -1,
    levelAt,
    applySwaps,
    learned: swaps && learned.includes(swaps.first) ? [...learned, swaps.last] : learned,
    add(fields) {
      const start = rows.count * width;
      if (start + width > rows.numbers.length) {
        const larger = new Int32Array(rows.numbers.length * 2);
        larger.set(rows.numbers);
        rows.numbers = larger;
      }
      fill(rows.numbers, start, { columns, swaps, fields });
      return rows.count++;
    },
    compare(a, b, levels, places = all) {
      for (const n of places) levels[n] = levelAt(n, a * width, b * width);
      if (swaps && places.includes(swaps.last)) applySwaps(a * width, b * width, levels);
    },
    size: () => columns.reduce((sum, column) => sum + column.size(), rows.count / rowsOfValue + (swaps?.size() ?? 0)),
    relearned: (lexicon) => {
      const others = columns.map((column) => (column.isLearned ? column.relearned(lexicon) : column));
      return preparedBy(others, swaps, rows);
    },
  };
}

function fill(
  numbers: Int32Array,
  start: number,
  { columns, swaps, fields }: { columns: readonly Column[]; swaps: Swaps | null; fields: FieldValues },
): void {
  let at = start + columns.length;
  const names = swaps?.idOf(fields) ?? -1;
  const [first, last] = swaps?.lettersOf(names) ?? [0, 0];
  numbers[at++] = names;
  numbers[at++] = first;
  numbers[at++] = last;
  for (let n = 0; n < columns.length; n++) {
    const column = columns[n];
    const id = column?.idOf(fields) ?? -1;
    numbers[start + n] = id;
    if (!column?.sketch) continue;
    const [one, other] = column.sketched(id);
    numbers[at++] = one;
    numbers[at++] = other;
  }
}

function comparing(
  columns: readonly Column[],
  swaps: Swaps | null,
  rows: Rows,
): Pick<PreparedRecords, "levelAt" | "applySwaps"> {
  const names = columns.length;
  const last = Uint8Array.from(columns, ({ levels }) => levels.length - 1);
  // Places of the sketches in a row; 0 of a column without.
  const sketchAt = new Uint8Array(columns.length);
  let next = names + 3;
  for (const [n, { sketch }] of columns.entries()) {
    if (!sketch) continue;
    sketchAt[n] = next;
    next += 2;
  }
  return {
    levelAt(place, one, other) {
      const { numbers } = rows;
      const id = numbers[one + place] ?? -1;
      const otherId = numbers[other + place] ?? -1;
      const column = columns[place];
      if (!column) return missing;
      if (id < 0 || otherId < 0) return id < 0 && otherId < 0 ? missing : column.lone;
      const at = sketchAt[place] ?? 0;
      if (at > 0 && id !== otherId) {
        const more = numbers[one + at + 1] ?? 0;
        const moreOfOther = numbers[other + at + 1] ?? 0;
        if (more !== 0 && moreOfOther !== 0) {
          if (column.sketch?.differ(numbers[one + at] ?? 0, more, numbers[other + at] ?? 0, moreOfOther))
            return last[place] ?? missing;
        }
      }
      return column.compare(id, otherId);
    },
    applySwaps(one, other, levels) {
      const { numbers } = rows;
      if (swaps?.mayApply(levels, numbers, one + names + 1, other + names + 1))
        swaps.apply(numbers[one + names] ?? -1, numbers[other + names] ?? -1, levels);
    },
  };
}
