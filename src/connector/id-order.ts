/** How a vendor orders the ids of a stream's pages: whole numbers by their value, or texts by their bytes. */
export type IdOrder = "number" | "text";

/**
 * A stretch of ids that one page showed as a whole: all behind `after` (null: from the first) up to and with `upTo` (null: to the last).
 * A live record within it that was not on the page has most likely gone without a word.
 */
export interface SweptRange {
  order: IdOrder;
  after: string | null;
  upTo: string | null;
}

/** Below 0 when `left` comes before `right`. Numbers are compared whatever their length. */
export function compareIds(order: IdOrder, left: string, right: string): number {
  if (order === "number" && left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Whether an id could have been on the page; an id that does not take part in the order never could. */
export function inRange({ order, after, upTo }: SweptRange, id: string): boolean {
  if (!takesPart(order, id)) return false;
  if (after !== null && compareIds(order, id, after) <= 0) return false;
  return upTo === null || compareIds(order, id, upTo) <= 0;
}

/** Whether an id has a place in the order at all: numbers are written plainly. */
export function takesPart(order: IdOrder, id: string): boolean {
  return order === "text" || /^(0|[1-9]\d*)$/.test(id);
}
