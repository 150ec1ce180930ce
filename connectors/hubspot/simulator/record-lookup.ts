import { invalid } from "./errors.ts";
import type { ObjectType } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import type { StoredRecord } from "./record-table.ts";

/** The record with this id, or with this value of a unique property. Throws 400 for a property that is not unique. */
export function findByProperty(
  portal: Portal,
  type: ObjectType,
  idProperty: string | undefined | null,
  value: string,
): StoredRecord | undefined {
  if (!idProperty) return portal.table(type).find(value);
  requireUnique(portal, type, idProperty, "read");
  return portal.table(type).holder(idProperty, value);
}

/** Throws 400 unless the property may identify a record; `hs_object_id` may not, as in the real API. */
export function requireUnique(portal: Portal, type: ObjectType, idProperty: string, verb: string): void {
  if (portal.catalog(type).definitions.get(idProperty)?.unique) return;
  throw invalid(`Unable to perform ${verb} by non-unique property ${idProperty}`);
}
