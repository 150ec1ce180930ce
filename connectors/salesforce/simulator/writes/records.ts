import { fieldHistory, type HistoryRow } from "../histories.ts";
import { normaliseId, sfIdNumber } from "../ids.ts";
import type { Org } from "../org.ts";
import { notFound, Refusal } from "../refusal.ts";
import { derive, opportunityHistory } from "../rules.ts";
import type { ObjectSchema } from "../schema/schema.ts";
import type { FieldValue, SalesforceRow } from "../values.ts";
import { checkChanges, type GivenFields, readChanges } from "./validate.ts";

/** Takes back one write: used when a later record of an all-or-none call fails. */
export type Undo = () => void;

export interface Written {
  id: string;
  undo: Undo;
}

/** Creates a row, or throws what the org refuses; the row's stamps come from the org's clock. */
export function createRecord(org: Org, object: ObjectSchema, given: GivenFields): Written {
  requireWritable(object, "create");
  if (given.Id !== undefined || given.id !== undefined) {
    throw new Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ["Id"]);
  }
  const changes = readChanges(object, given);
  checkChanges(org, object, changes);
  const id = org.nextId(object.name);
  const row = { Id: id, ...creationDefaults(org, object, id), ...withoutNulls(changes) };
  org.beforeSave(object, row, undefined);
  return { id, undo: store(org, object, row) };
}

/** Changes a row that exists and is not deleted, or throws what the org refuses. */
export function updateRecord(org: Org, object: ObjectSchema, id: string, given: GivenFields): Written {
  requireWritable(object, "update");
  const before = liveRow(org, object, id);
  const changes = readChanges(object, given);
  checkChanges(org, object, changes, before);
  const row = { ...before, ...changes, ...modification(org) };
  org.beforeSave(object, row, before);
  return { id: before.Id, undo: store(org, object, row, before) };
}

/** Moves a row to the recycle bin: it stays readable through queryAll. */
export function deleteRecord(org: Org, object: ObjectSchema, id: string): Written {
  requireWritable(object, "delete");
  const before = liveRow(org, object, id);
  const table = org.table(object.name);
  table.put({ ...before, IsDeleted: true, ...modification(org) });
  return { id: before.Id, undo: () => table.put(before) };
}

/** Takes a deleted row out of the recycle bin, as its button Undelete does; a merged row loses its master. */
export function restoreRecord(org: Org, object: ObjectSchema, id: string): void {
  const table = org.table(object.name);
  const row = table.get(id);
  if (row?.IsDeleted !== true) return;
  const unmerged = object.mergeable ? { MasterRecordId: null } : {};
  table.put({ ...row, ...unmerged, IsDeleted: false, SystemModstamp: org.stamp });
}

/** The undeleted row of that id; MALFORMED_ID for another object's id, ENTITY_IS_DELETED, NOT_FOUND. */
export function liveRow(org: Org, object: ObjectSchema, written: string): SalesforceRow {
  const id = normaliseId(written);
  if (!id?.startsWith(object.keyPrefix)) {
    throw new Refusal(400, "MALFORMED_ID", `${object.name} ID: id value of incorrect type: ${written}`, ["Id"]);
  }
  const row = org.table(object.name).get(id);
  if (!row) throw notFound();
  if (row.IsDeleted === true) throw new Refusal(404, "ENTITY_IS_DELETED", "entity is deleted", []);
  return row;
}

function requireWritable(object: ObjectSchema, verb: string): void {
  if (object.writable && !(verb === "delete" && object.name === "User")) return;
  const reason = `entity type ${object.name} does not support ${verb}`;
  throw new Refusal(400, "INVALID_TYPE_FOR_OPERATION", reason);
}

function creationDefaults(org: Org, object: ObjectSchema, id: string): Record<string, FieldValue> {
  const own: Record<string, FieldValue> = {
    CreatedDate: org.stamp,
    CreatedById: org.runAsUserId,
    OwnerId: org.runAsUserId,
    ...(object.name === "Case" && { CaseNumber: String(1000 + sfIdNumber(id)).padStart(8, "0") }),
    ...modification(org),
  };
  const defaults: Record<string, FieldValue> = {};
  for (const { name, defaultValue } of object.fields) {
    const value = own[name] ?? defaultValue;
    if (value !== undefined && value !== null) defaults[name] = value;
  }
  return defaults;
}

function modification(org: Org): Record<string, FieldValue> {
  return { LastModifiedDate: org.stamp, LastModifiedById: org.runAsUserId, SystemModstamp: org.stamp };
}

/** Explicit nulls on create mean "not given": defaults stay. */
function withoutNulls(changes: Record<string, FieldValue>): Record<string, FieldValue> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null));
}

function store(org: Org, object: ObjectSchema, row: SalesforceRow, before?: SalesforceRow): Undo {
  const table = org.table(object.name);
  const after = derive(org, object.name, row, before);
  table.put(after);
  const histories = historiesOf(org, object, after, before);
  for (const { object: name, row: kept } of histories) org.table(name).put(kept);
  return () => {
    if (before) table.put(before);
    else table.remove(after.Id);
    for (const { object: name, row: kept } of histories) org.table(name).remove(kept.Id);
  };
}

function historiesOf(org: Org, { name }: ObjectSchema, after: SalesforceRow, before?: SalesforceRow): HistoryRow[] {
  const stages = name === "Opportunity" ? opportunityHistory(org, after, before) : undefined;
  const fields = fieldHistory(org, name, after, before);
  return stages ? [{ object: "OpportunityHistory", row: stages }, ...fields] : fields;
}
