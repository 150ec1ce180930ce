import { FilterOperatorEnum } from "@hubspot/api-client/lib/codegen/crm/objects/models/Filter.js";
import type { Position, SourceRecord } from "journey-hub/connector";
import { type CrmObject, stampOfObject } from "./objects.ts";

/** What to ask of each record. */
export interface Wanted {
  /** Sorted; the stamp is always among them. */
  properties: string[];
  /** Object types whose associations are read, sorted. */
  associations: string[];
}

/**
 * The properties and associations behind a mapping's raw fields.
 * @example wantedOf("contacts", ["properties.email", "associations.companies.results", "url"])
 * // { properties: ["email", "lastmodifieddate"], associations: ["companies"] }
 */
export function wantedOf(object: CrmObject, fields: readonly string[]): Wanted {
  const properties = new Set<string>([stampOfObject(object)]);
  const associations = new Set<string>();
  for (const field of fields) {
    const [part, name] = field.split(".");
    if (part === "properties" && name) properties.add(name);
    if (part === "associations" && name) associations.add(name);
  }
  return { properties: [...properties].sort(), associations: [...associations].sort() };
}

/** Longer addresses fail somewhere between a few KB and 32 KB; then the values are read by a batch of ids. */
const propertiesLengthMax = 5_000;

/** Whether a list request can name these properties in its address. */
export function fitsAddress(properties: readonly string[]): boolean {
  const length = properties.reduce((sum, name) => sum + "&properties=".length + encodeURIComponent(name).length, 0);
  return length <= propertiesLengthMax;
}

export const searchPageSize = 200;

export interface SearchBody {
  filterGroups: { filters: { propertyName: string; operator: FilterOperatorEnum; value: string }[] }[];
  sorts: string[];
  properties: string[];
  limit: number;
}

/**
 * The search for what follows a position: everything from its millisecond on, oldest change first; or, when the position names an id,
 * the rest of that one millisecond by id. No `after`: each page begins a search of its own, so its cap of 10,000 results is never met.
 */
export function searchBody(object: CrmObject, since: Position, properties: readonly string[]): SearchBody {
  const stamp = stampOfObject(object);
  const at = stampValue(since.at);
  const filters =
    since.id === null
      ? [{ propertyName: stamp, operator: FilterOperatorEnum.Gte, value: at }]
      : [
          { propertyName: stamp, operator: FilterOperatorEnum.Eq, value: at },
          { propertyName: "hs_object_id", operator: FilterOperatorEnum.Gt, value: since.id },
        ];
  const sorts = [since.id === null ? stamp : "hs_object_id"];
  return { filterGroups: [{ filters }], sorts, properties: [...properties], limit: searchPageSize };
}

/** Milliseconds since the epoch; a search from before its first second answers 500. */
const stampValue = (at: string): string => String(Math.max(Date.parse(at), 1_000));

/** The search for all records that are not archived, of which one is shown: its total is what is asked for. */
export function countBody(): SearchBody {
  return { filterGroups: [], sorts: [], properties: [], limit: 1 };
}

/** A search result with its stamp. */
export type Stamped = Pick<SourceRecord, "id"> & { at: string };

/** Whether a search from this place can have found the record; within one millisecond nothing older comes, and no id from before. */
export function isSought({ id, at }: Stamped, since: Position): boolean {
  return since.id === null || (at >= since.at && Number(id) > Number(since.id));
}

/** What of a page stands, and where the next one begins. */
export interface Settled<Row> {
  rows: Row[];
  next: Position | null;
}

/**
 * Decides how to go on after a page of search results. A full page may end amid records of one millisecond: those are withheld and
 * read again from that millisecond on; where one millisecond fills a whole page, it is read to its end by id.
 * Rows slightly below the asked bound, which the index sometimes returns, are passed on: they do no harm.
 * @param more whether HubSpot says that more follows; it may say so after a page that is not full
 */
export function settle<Row extends Stamped>(rows: readonly Row[], since: Position, more = false): Settled<Row> {
  const full = more || rows.length >= searchPageSize;
  if (since.id !== null) return settleWithinMillisecond(rows, { at: since.at, id: since.id, full });
  if (!full) return { rows: [...rows], next: null };
  const last = [since.at, ...rows.map(({ at }) => at)].sort().at(-1) ?? since.at;
  const standing = rows.filter(({ at }) => at < last);
  const crowded = standing.length === 0 || last === since.at;
  return { rows: standing, next: { at: last, id: crowded ? "0" : null } };
}

function settleWithinMillisecond<Row extends Stamped>(
  rows: readonly Row[],
  { at, id: asked, full }: { at: string; id: string; full: boolean },
): Settled<Row> {
  const lastId = rows.reduce((highest, { id }) => Math.max(highest, Number(id)), Number(asked));
  const after = new Date(Date.parse(at) + 1).toISOString();
  return { rows: [...rows], next: full ? { at, id: String(lastId) } : { at: after, id: null } };
}
