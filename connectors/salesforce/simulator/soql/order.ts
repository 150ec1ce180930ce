import { isFilterable, isText } from "../schema/field.ts";
import type { FieldValue, SalesforceRow } from "../values.ts";
import type { OrderTerm } from "./ast.ts";
import type { Column, Columns } from "./columns.ts";
import { refuseAt } from "./refuse.ts";

/** One ORDER BY term on a resolved column. */
export interface Ordering {
  column: Column;
  descending: boolean;
  nullsLast: boolean;
}

/** Resolves ORDER BY; long text and addresses are refused as the vendor refuses them (MALFORMED_QUERY). */
export function compileOrder(terms: OrderTerm[], columns: Columns, statement: string): Ordering[] {
  return terms.map(({ path, descending, nullsLast }) => {
    const column = columns.resolve(path);
    if (!isFilterable(column.field)) {
      const reason = `field '${column.field.name}' can not be sorted in a query call`;
      throw refuseAt(statement, path.at, "MALFORMED_QUERY", reason);
    }
    return { column, descending, nullsLast };
  });
}

/**
 * The index that already has the asked order, and whether to read it backwards: Id, or a stamp followed by Id in the
 * same direction. No ORDER BY at all is Id order here; the vendor promises none.
 */
export function indexForOrder(orderings: Ordering[]): { column: string; reversed: boolean } | null {
  const [first, second, ...others] = orderings;
  if (!first) return { column: "Id", reversed: false };
  if (others.length > 0 || first.column.hops.length > 0) return null;
  const { name, type } = first.column.field;
  if (name === "Id") return second ? null : { column: "Id", reversed: first.descending };
  if (type !== "datetime" || first.column.field.nillable) return null;
  const tieById = second === undefined || (second.column.name === "Id" && second.descending === first.descending);
  return tieById ? { column: name, reversed: first.descending } : null;
}

/** The rows in the asked order; ties keep the order they came in. Nulls come first unless NULLS LAST. */
export function sortRows(rows: SalesforceRow[], orderings: Ordering[]): SalesforceRow[] {
  const keyed = rows.map((row) => ({ row, keys: orderings.map(({ column }) => sortKey(column, row)) }));
  keyed.sort((a, b) => {
    for (const [i, ordering] of orderings.entries()) {
      const difference = compare(a.keys[i] ?? null, b.keys[i] ?? null, ordering);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}

function sortKey(column: Column, row: SalesforceRow): FieldValue {
  const value = column.read(row);
  return typeof value === "string" && isText(column.field.type) ? value.toLowerCase() : value;
}

function compare(a: FieldValue, b: FieldValue, { descending, nullsLast }: Ordering): number {
  if (a === b) return 0;
  if (a === null) return nullsLast ? 1 : -1;
  if (b === null) return nullsLast ? -1 : 1;
  const ascending = a < b ? -1 : 1;
  return descending ? -ascending : ascending;
}
