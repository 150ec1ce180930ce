import { normaliseId } from "../ids.ts";
import type { Org } from "../org.ts";
import { Refusal } from "../refusal.ts";
import type { Field } from "../schema/field.ts";
import { isText } from "../schema/field.ts";
import type { ObjectSchema } from "../schema/schema.ts";
import type { FieldValue, SalesforceRow } from "../values.ts";
import { coerce } from "./coerce.ts";

/** The columns a write sets, in stored notation. */
export type Changes = Record<string, FieldValue>;

/** A request's field values before anything is checked. */
export type GivenFields = Record<string, unknown>;

/** Reads the body's fields against the schema; throws INVALID_FIELD or JSON_PARSER_ERROR. `attributes` is not a field. */
export function readChanges(object: ObjectSchema, given: GivenFields): Changes {
  const changes: Changes = {};
  for (const [name, value] of Object.entries(given)) {
    if (name === "attributes") continue;
    const field = object.byName.get(name.toLowerCase());
    if (!field || field.type === "address") {
      throw new Refusal(400, "INVALID_FIELD", `No such column '${name}' on sobject of type ${object.name}`);
    }
    changes[field.name] = coerce(field, value);
  }
  return changes;
}

/** Checks the changes of a create (no `before`) or an update; throws the first thing the org would refuse. */
export function checkChanges(org: Org, object: ObjectSchema, changes: Changes, before?: SalesforceRow): void {
  const fields = Object.keys(changes).flatMap((name) => object.byName.get(name.toLowerCase()) ?? []);
  checkWritable(fields, before === undefined);
  checkRequired(object, changes, before);
  for (const field of fields) {
    const value = changes[field.name] ?? null;
    if (value === null) continue;
    if (isText(field.type)) checkText(field, value);
    if (typeof value === "number") checkRange(field, value);
    if (field.type === "reference") changes[field.name] = checkReference(org, field, value);
    if (field.unique) checkUnique(org, object, field, value, before);
  }
}

function checkWritable(fields: Field[], creating: boolean): void {
  const closed = fields.filter((field) => !(creating ? field.createable : field.updateable)).map((field) => field.name);
  if (closed.length === 0) return;
  const reason =
    `Unable to create/update fields: ${closed.join(", ")}. Please check the security settings of this field and verify ` +
    "that it is read/write for your profile or permission set.";
  throw new Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", reason, closed);
}

function checkRequired(object: ObjectSchema, changes: Changes, before: SalesforceRow | undefined): void {
  const missing = object.fields
    .filter((field) => !field.nillable && field.defaultValue === undefined)
    .filter((field) => (before && !(field.name in changes) ? false : (changes[field.name] ?? null) === null))
    .map((field) => field.name);
  if (missing.length === 0) return;
  const reason = `Required fields are missing: [${missing.join(", ")}]`;
  throw new Refusal(400, "REQUIRED_FIELD_MISSING", reason, missing);
}

function checkText(field: Field, value: FieldValue): void {
  const text = String(value);
  if (field.length > 0 && text.length > field.length) {
    const reason = `${field.label}: data value too large: ${text} (max length=${field.length})`;
    throw new Refusal(400, "STRING_TOO_LONG", reason, [field.name]);
  }
  if (field.type === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text)) {
    throw new Refusal(400, "INVALID_EMAIL_ADDRESS", `${field.label}: invalid email address: ${text}`, [field.name]);
  }
  if (field.restrictedPicklist && !field.picklistValues.includes(text)) {
    const reason = `${field.label}: bad value for restricted picklist field: ${text}`;
    throw new Refusal(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", reason, [field.name]);
  }
}

function checkRange(field: Field, value: number): void {
  const digits = field.type === "int" ? field.precision : field.precision - field.scale;
  if (digits === 0 || Math.abs(value) < 10 ** digits) return;
  const reason = `${field.label}: value outside of valid range on numeric field: ${value}`;
  throw new Refusal(400, "NUMBER_OUTSIDE_VALID_RANGE", reason, [field.name]);
}

/** The referenced id in its 18-character form; it must be of a type the field points to and exist undeleted. */
function checkReference(org: Org, field: Field, value: FieldValue): string {
  const id = normaliseId(String(value));
  const wrong = `${field.label}: id value of incorrect type: ${String(value)}`;
  if (!id) throw new Refusal(400, "MALFORMED_ID", wrong, [field.name]);
  const target = org.objectOf(id);
  // Targets this org has no table for (profiles, roles, queues) are taken on trust.
  if (!target && field.referenceTo.some((name) => !org.schema.has(name.toLowerCase()))) return id;
  if (!target || !field.referenceTo.includes(target.name)) {
    throw new Refusal(400, "FIELD_INTEGRITY_EXCEPTION", wrong, [field.name]);
  }
  const row = org.find(id);
  if (!row) throw new Refusal(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", []);
  if (row.IsDeleted === true) throw new Refusal(400, "ENTITY_IS_DELETED", "entity is deleted", []);
  return id;
}

function checkUnique(org: Org, object: ObjectSchema, field: Field, value: FieldValue, before?: SalesforceRow): void {
  const twin = org
    .table(object.name)
    .equal(field.name, String(value))
    .find((row) => row.Id !== before?.Id && row.IsDeleted !== true);
  if (!twin) return;
  const reason = `duplicate value found: ${field.name} duplicates value on record with id: ${twin.Id}`;
  throw new Refusal(400, "DUPLICATE_VALUE", reason, [field.name]);
}
