import { mergedIntoField } from "../model/record.ts";

/**
 * One record as the vendor gives it. `at` is the vendor's last-modified stamp as an ISO instant, null where it has none. The payload is empty
 * where the vendor only says that the record is gone.
 */
export interface SourceRecord {
  id: string;
  at: string | null;
  deleted: boolean;
  payload: Record<string, unknown>;
  /**
   * Paths asked for that the account does not have any more, or does not show: the payload says nothing of their values, and what was known
   * of these stands. Absent: the payload says all.
   */
  missing?: readonly string[];
}

/**
 * Word that a record was merged into another of its object, where the vendor says no more of it: they are one customer from then on.
 * @example mergedAway("1004", { into: "1001", at: "2026-11-02T13:00:00.000Z" })
 */
export function mergedAway(id: string, { into, at }: { into: string; at: string | null }): SourceRecord {
  return { id, at, deleted: true, payload: { [mergedIntoField]: into } };
}
