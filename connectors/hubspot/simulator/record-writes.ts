import { announce, type ChangeSource } from "./announce.ts";
import { derive, movesBack } from "./derived-values.ts";
import { conflict, invalid } from "./errors.ts";
import { factsOf, type ObjectType, objectTypes } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import type { StoredRecord } from "./record-table.ts";

/** Makes a record with a new id. Throws 400 without the required properties, 409 when a unique value is taken. */
export function createRecord(
  portal: Portal,
  type: ObjectType,
  values: Map<string, string>,
  source: ChangeSource = "INTEGRATION",
): StoredRecord {
  checkCreate(portal, type, values);
  const at = portal.now();
  const record = emptyRecord(portal, type, at);
  const all = new Map(values);
  derive(portal, type, {}, all);
  for (const [name, value] of all) if (value !== "") record.properties[name] = value;
  portal.table(type).add(record);
  announce(portal, { type, kind: "creation", id: record.id, source, fields: { changeFlag: "CREATED" } });
  announceChanges(portal, type, record, all, source);
  return record;
}

/** What `createRecord` refuses, without making anything. */
export function checkCreate(portal: Portal, type: ObjectType, values: Map<string, string>): void {
  const missing = factsOf(type).required.filter((name) => !values.get(name));
  if (missing.length > 0) {
    const message = `Error creating ${factsOf(type).singular.toUpperCase()}. Some required properties were not set.`;
    throw invalid(message, { context: { properties: missing } });
  }
  refuseTakenValues(portal, type, values);
}

/** Writes checked values to a record and moves its stamp, also when no value is new. */
export function updateRecord(
  portal: Portal,
  type: ObjectType,
  record: StoredRecord,
  values: Map<string, string>,
  source: ChangeSource = "INTEGRATION",
): void {
  refuseTakenValues(portal, type, values, record);
  const all = new Map(values);
  const stage = all.get("lifecyclestage");
  const forwardOnly = portal.settings.switches.lifecycleStage === "forwardOnly";
  if (stage !== undefined && forwardOnly && movesBack(record.properties.lifecyclestage, stage)) {
    all.delete("lifecyclestage");
  }
  derive(portal, type, record.properties, all);
  const changed = new Map([...all].filter(([name, value]) => (record.properties[name] ?? "") !== value));
  const at = portal.now();
  portal.table(type).change(record, at, () => {
    for (const [name, value] of changed) setValue(record, name, value, at);
    record.properties[factsOf(type).modified] = new Date(at).toISOString();
  });
  announceChanges(portal, type, record, changed, source);
}

/** Archives a record; its modified stamp stays where it was. */
export function archiveRecord(portal: Portal, type: ObjectType, record: StoredRecord): void {
  if (record.archivedMs !== undefined) return;
  portal.table(type).archive(record, portal.now());
  announce(portal, { type, kind: "deletion", id: record.id, source: "INTEGRATION", fields: { changeFlag: "DELETED" } });
}

/** Takes a record back from the archive; whether that moves its stamp is not attested. */
export function restoreRecord(
  portal: Portal,
  type: ObjectType,
  record: StoredRecord,
  { movesStamp }: { movesStamp: boolean },
): void {
  if (record.archivedMs === undefined) return;
  portal.table(type).restore(record, record.modifiedMs);
  if (movesStamp) restamp(portal, type, record, portal.now());
  announce(portal, { type, kind: "restore", id: record.id, source: "CRM_UI", fields: { changeFlag: "RESTORED" } });
}

/** Deletes a record for good, as the law asks: unlike an archived one it is named nowhere afterwards. */
export function eraseRecord(portal: Portal, type: ObjectType, record: StoredRecord): void {
  portal.table(type).erase(record);
  for (const toType of objectTypes) {
    const from = { type, id: record.id };
    for (const { toId } of portal.associations.of(from, toType)) {
      portal.associations.untie(from, { type: toType, id: toId });
    }
  }
  announce(portal, { type, kind: "privacyDeletion", id: record.id, source: "CRM_UI" });
}

/** Moves a live record's modified stamp and nothing else. */
export function restamp(portal: Portal, type: ObjectType, record: StoredRecord, at: number): void {
  portal.table(type).change(record, at, () => {
    record.properties[factsOf(type).modified] = new Date(at).toISOString();
  });
}

function emptyRecord(portal: Portal, type: ObjectType, at: number): StoredRecord {
  const key = portal.nextId;
  portal.nextId += 1;
  const iso = new Date(at).toISOString();
  const { created, modified } = factsOf(type);
  const properties = { hs_object_id: String(key), [created]: iso, [modified]: iso };
  return { id: String(key), key, properties, createdMs: at, modifiedMs: at, archivedMs: undefined, history: undefined };
}

/** A unique value held by another live record: for contacts HubSpot names the holder. */
function refuseTakenValues(portal: Portal, type: ObjectType, values: Map<string, string>, own?: StoredRecord): void {
  for (const [name, value] of values) {
    const holder = value === "" ? undefined : portal.table(type).holder(name, value);
    if (!holder || holder === own) continue;
    const what = factsOf(type).singular.replace(/^./, (letter) => letter.toUpperCase());
    throw conflict(`${what} already exists. Existing ID: ${holder.id}`);
  }
}

/** Sets or clears one value and keeps what it was. */
function setValue(record: StoredRecord, name: string, value: string, at: number): void {
  const earlier = record.properties[name];
  record.history ??= new Map();
  const base = earlier === undefined ? [] : [{ value: earlier, timestamp: new Date(record.createdMs).toISOString() }];
  const entries = record.history.get(name) ?? base;
  record.history.set(name, [{ value, timestamp: new Date(at).toISOString() }, ...entries]);
  if (value === "") delete record.properties[name];
  else record.properties[name] = value;
}

function announceChanges(
  portal: Portal,
  type: ObjectType,
  record: StoredRecord,
  changed: Map<string, string>,
  source: ChangeSource,
): void {
  for (const [propertyName, propertyValue] of changed) {
    announce(portal, { type, kind: "propertyChange", id: record.id, source, fields: { propertyName, propertyValue } });
  }
}
