import { everything, type KeyRange, top } from "../sortedIndex.ts";
import type { Filter } from "./filter.ts";

/**
 * The keys of the index on `column` among which every row that passes the filter lies. The index is ordered by
 * (column, Id), so `stamp > t OR (stamp = t AND Id > x)` begins exactly behind (t, x), however many rows share t.
 */
export function keyRange(filter: Filter | undefined, column: string): KeyRange {
  if (!filter) return everything;
  if (filter.kind === "leaf") return leafRange(filter, column);
  const ranges = filter.parts.map((part) => keyRange(part, column));
  if (filter.kind === "or") return hull(ranges);
  const range = ranges.reduce(intersect, everything);
  const pinned = column === "Id" ? null : pinnedValue(filter, column);
  if (pinned === null) return range;
  const ids = keyRange(filter, "Id");
  return intersect(range, { from: `${pinned}\0${ids.from}`, to: `${pinned}\0${ids.to}` });
}

/** The ids a filter names outright (`Id = …`, `Id IN (…)`, alone or among ANDs); null when it names none. */
export function namedIds(filter: Filter | undefined): string[] | null {
  if (filter?.kind === "leaf") {
    if (filter.column !== "Id" || (filter.operator !== "=" && filter.operator !== "IN")) return null;
    const ids = new Set(filter.operands.map(({ value }) => value));
    return [...ids].filter((id) => typeof id === "string");
  }
  if (filter?.kind !== "and") return null;
  for (const part of filter.parts) {
    const ids = namedIds(part);
    if (ids) return ids;
  }
  return null;
}

function leafRange(leaf: Filter & { kind: "leaf" }, column: string): KeyRange {
  if (leaf.column !== column || !leaf.operator) return everything;
  if (leaf.operator === "IN") {
    return hull(leaf.operands.map(({ value, end }) => comparisonRange("=", value, end, column)));
  }
  const [operand] = leaf.operands;
  return operand ? comparisonRange(leaf.operator, operand.value, operand.end, column) : everything;
}

function comparisonRange(operator: string, value: unknown, end: string | undefined, column: string): KeyRange {
  if (typeof value !== "string") return everything;
  // Keys are `value\0Id`: every key of the value itself lies between `value` and `value\u0001`.
  const behind = column === "Id" ? `${value}\0` : `${value}\u0001`;
  switch (operator) {
    case "=":
      return { from: value, to: end ?? behind };
    case "<":
      return { from: "", to: value };
    case "<=":
      return { from: "", to: end ?? behind };
    case ">":
      return { from: end ?? behind, to: top };
    case ">=":
      return { from: value, to: top };
    default:
      return everything;
  }
}

/** The one value the column must equal, if an AND says so. */
function pinnedValue(filter: Filter & { kind: "and" | "or" }, column: string): string | null {
  for (const part of filter.parts) {
    if (part.kind !== "leaf" || part.column !== column || part.operator !== "=") continue;
    const [operand] = part.operands;
    if (typeof operand?.value === "string" && operand.end === undefined) return operand.value;
  }
  return null;
}

function intersect(a: KeyRange, b: KeyRange): KeyRange {
  return { from: last(a.from, b.from), to: first(a.to, b.to) };
}

function hull(ranges: KeyRange[]): KeyRange {
  return ranges.reduce((a, b) => ({ from: first(a.from, b.from), to: last(a.to, b.to) }));
}

function first(a: string, b: string): string {
  return [a, b].sort()[0] ?? a;
}

function last(a: string, b: string): string {
  return [a, b].sort()[1] ?? a;
}
