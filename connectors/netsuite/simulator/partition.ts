/** A stored row: `id` is the record's internal id, or a hidden running number in tables that have none. */
export interface Row {
  readonly id: number;
  readonly [column: string]: string | number | null;
}

export type Cell = string | number | null;

/** A place between rows in the order of (value, id); `id` ±Infinity means before or after all rows of that value. */
export interface Position {
  value: string | number;
  id: number;
}

/** Some rows of a table and their orders by (column, id), built when first asked for and kept through writes. */
export interface Partition {
  readonly rows: ReadonlyMap<number, Row>;
  add(row: Row): void;
  remove(row: Row): void;
  /** Rows by (column, id), nulls last. Not a copy: read it before the next write. */
  sortedBy(column: string): readonly Row[];
}

export function createPartition(initial: Iterable<Row> = []): Partition {
  const rows = new Map<number, Row>();
  for (const row of initial) rows.set(row.id, row);
  const orders = new Map<string, Row[]>();
  return {
    rows,
    add(row) {
      rows.set(row.id, row);
      for (const [column, order] of orders) order.splice(placeOf(order, column, row), 0, row);
    },
    remove(row) {
      rows.delete(row.id);
      for (const [column, order] of orders) order.splice(placeOf(order, column, row), 1);
    },
    sortedBy(column) {
      let order = orders.get(column);
      if (!order) {
        order = [...rows.values()].sort((left, right) => compareRows(left, right, column));
        orders.set(column, order);
      }
      return order;
    },
  };
}

/** How many rows of an order stand before a position. */
export function countBefore(order: readonly Row[], column: string, position: Position): number {
  return search(order, (row) => {
    const value = row[column] ?? null;
    return value !== null && (value < position.value || (value === position.value && row.id < position.id));
  });
}

/** How many rows of an order have a value: the nulls stand behind them. */
export function countPresent(order: readonly Row[], column: string): number {
  return search(order, (row) => (row[column] ?? null) !== null);
}

/** Oracle's ascending order of two cells: nulls last. */
export function compareCells(left: Cell, right: Cell): number {
  if (left === right) return 0;
  if (left === null) return 1;
  if (right === null) return -1;
  return left < right ? -1 : 1;
}

function compareRows(left: Row, right: Row, column: string): number {
  return compareCells(left[column] ?? null, right[column] ?? null) || left.id - right.id;
}

function placeOf(order: readonly Row[], column: string, row: Row): number {
  return search(order, (other) => compareRows(other, row, column) < 0);
}

/** The number of leading rows for which `before` holds; it must hold for a prefix only. */
function search(order: readonly Row[], before: (row: Row) => boolean): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = order[middle];
    if (row !== undefined && before(row)) low = middle + 1;
    else high = middle;
  }
  return low;
}
