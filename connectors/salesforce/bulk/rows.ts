import type { SourceRecord } from "journey-hub/connector";
import type { Selection } from "../describe.ts";
import { cellReader, shapeOf } from "../payload.ts";
import { instant } from "../read.ts";
import { lost } from "./failures.ts";

/** The columns a job is asked for: those of the selection, and with each parent's its id, which tells whether there is a parent. */
export function columnsOf({ columns }: Pick<Selection, "columns">): string[] {
  const ids = columns.flatMap((column) => {
    const steps = column.split(".").slice(0, -1);
    return steps.map((_, n) => `${steps.slice(0, n + 1).join(".")}.Id`);
  });
  return [...new Set([...columns, ...ids])];
}

/** Makes records of a job's rows, which come behind the row `after`. */
export type RecordReader = (rows: readonly (readonly string[])[], after: string | null) => SourceRecord[];

/**
 * Reads rows of results with these columns as the REST API would have sent them; null where a column of the selection is missing. What
 * it gives throws SourceError when ids do not rise: rows would be lost when reading goes on behind the last.
 */
export function recordReader(
  object: string,
  selection: Omit<Selection, "missing">,
  columns: readonly string[],
): RecordReader | null {
  const places = new Map(columns.map((name, n) => [name.toLowerCase(), n]));
  const placeOf = (column: string) => places.get(column.toLowerCase()) ?? -1;
  if (columnsOf(selection).some((column) => placeOf(column) < 0)) return null;
  const typeOf = (column: string) => selection.types.get(column) ?? "string";
  const payloadOf = cellReader(shapeOf(selection.columns), { placeOf, typeOf });
  const [idPlace, stampPlace, deletedPlace] = [placeOf("Id"), placeOf("SystemModstamp"), placeOf("IsDeleted")];
  return (rows, after) => {
    let last = after ?? "";
    return rows.map((row) => {
      const id = row[idPlace] ?? "";
      if (!(id > last)) throw lost("COUNT_MISMATCH", object, `the query job gave the row ${id} behind ${last}`);
      last = id;
      const at = instant(row[stampPlace] ?? "");
      return { id, at, deleted: row[deletedPlace] === "true", payload: payloadOf(row) };
    });
  };
}
