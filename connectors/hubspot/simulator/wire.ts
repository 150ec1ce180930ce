import { Refusal } from "./errors.ts";
import { factsOf, type ObjectType, objectTypeOf } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import type { StoredRecord } from "./record-table.ts";

/** What of a record a request wants to see. */
export interface View {
  properties: readonly string[];
  history: readonly string[];
  associations: readonly ObjectType[];
}

/** Sets up the serialising of one page: names are resolved once, not for each record. */
export function recordWriter(portal: Portal, type: ObjectType, view: View) {
  const { definitions } = portal.catalog(type);
  const { shown, created, modified } = factsOf(type);
  const always = [created, modified, "hs_object_id"];
  const wanted = view.properties.filter((name) => definitions.get(name)?.archived === false);
  // Asking for nothing gives the standard set; asking for something gives that and the three stamps.
  const names = [...new Set(wanted.length > 0 || view.properties.length > 0 ? [...wanted, ...always] : shown)].sort();
  return (record: StoredRecord) => ({
    id: record.id,
    properties: pick(record, names),
    ...(view.history.length > 0 ? { propertiesWithHistory: historyOf(portal, record, view.history) } : {}),
    createdAt: new Date(record.createdMs).toISOString(),
    updatedAt: new Date(record.modifiedMs).toISOString(),
    archived: record.archivedMs !== undefined,
    ...(record.archivedMs === undefined ? {} : { archivedAt: new Date(record.archivedMs).toISOString() }),
    ...associationsOf(portal, type, record, view.associations),
    url: `https://app.hubspot.com/contacts/${portal.id}/record/${factsOf(type).typeId}/${record.id}`,
  });
}

/** Resolves the object type of a path or throws HubSpot's 400; the envelope has no category here. */
export function requireObjectType(segment: string): ObjectType {
  const type = objectTypeOf(segment);
  if (type) return type;
  const looksLikeId = /^\d+-\d+$/.test(segment);
  const message = looksLikeId
    ? `Invalid object or event type id: ${segment}`
    : `Unable to infer object type from: ${segment}`;
  throw new Refusal(400, { message });
}

/** Splits a comma list, given once or several times. */
export const listOf = (values: readonly string[] | undefined): string[] =>
  (values ?? []).flatMap((value) => value.split(",")).flatMap((name) => name.trim() || []);

function pick(record: StoredRecord, names: readonly string[]): Record<string, string | null> {
  const picked: Record<string, string | null> = {};
  for (const name of names) picked[name] = heldValue(record, name) ?? null;
  return picked;
}

function heldValue(record: StoredRecord, name: string): string | undefined {
  return Object.hasOwn(record.properties, name) ? record.properties[name] : undefined;
}

function historyOf(portal: Portal, record: StoredRecord, names: readonly string[]) {
  const created = new Date(record.createdMs).toISOString();
  const kept = portal.settings.limits.historyValues;
  return Object.fromEntries(
    names.map((name) => {
      const value = heldValue(record, name);
      const entries = record.history?.get(name) ?? (value === undefined ? [] : [{ value, timestamp: created }]);
      return [name, entries.slice(0, kept).map((entry) => ({ ...entry, sourceType: "INTEGRATION" }))];
    }),
  );
}

/** As v3 shows them: a record tied by two types is listed twice, once for each; of many only the first, and where to go on. */
function associationsOf(portal: Portal, type: ObjectType, record: StoredRecord, toTypes: readonly ObjectType[]) {
  if (toTypes.length === 0) return {};
  const { associationPageSize } = portal.settings.limits;
  const associations: Record<string, object> = {};
  for (const toType of toTypes) {
    const ties = portal.associations.of({ type, id: record.id }, toType);
    const listed = ties.slice(0, associationPageSize);
    const results = listed.flatMap(({ toId, types }) => types.map(({ name }) => ({ id: toId, type: name })));
    const next = ties[associationPageSize]?.toId;
    if (results.length > 0) associations[toType] = next ? { results, paging: { next: { after: next } } } : { results };
  }
  return Object.keys(associations).length > 0 ? { associations } : {};
}
