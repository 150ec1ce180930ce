import type { Org } from "../org.ts";
import { Refusal } from "../refusal.ts";
import type { Field } from "../schema/field.ts";
import type { ObjectSchema } from "../schema/schema.ts";
import type { SalesforceRow } from "../values.ts";
import { createRecord, liveRow, updateRecord, type Written } from "./records.ts";
import type { GivenFields } from "./validate.ts";

/** An external id field of an object and the value that names a record. */
export interface ExternalKey {
  key: string;
  value: string;
}

/** Several rows carry the external id: the vendor answers 300 with their URLs. */
export class SeveralMatches extends Error {
  readonly rows: SalesforceRow[];

  constructor(rows: SalesforceRow[]) {
    super("several records match the external id");
    this.rows = rows;
  }
}

/** Updates the row that carries the external id, else creates it. `Id` counts as an external id that never creates. */
export function upsertRecord(
  org: Org,
  object: ObjectSchema,
  { key, value }: ExternalKey,
  given: GivenFields,
): Written & { created: boolean } {
  const field = externalField(object, key);
  if (Object.keys(given).some((name) => name.toLowerCase() === field.name.toLowerCase())) {
    throw new Refusal(400, "INVALID_FIELD", `The ${field.name} field should not be specified in the sobject data.`);
  }
  if (field.type === "id") return { ...updateRecord(org, object, value, given), created: false };
  if (value === "") throw new Refusal(400, "MISSING_ARGUMENT", `${field.name} not specified`, [field.name]);
  const [match, ...others] = matches(org, object, field, value);
  if (others.length > 0) throw new SeveralMatches(matches(org, object, field, value));
  if (match) return { ...updateRecord(org, object, match.Id, given), created: false };
  return { ...createRecord(org, object, { ...given, [field.name]: value }), created: true };
}

/** The one row an external id names; NOT_FOUND when there is none. */
export function findByExternalId(org: Org, object: ObjectSchema, { key, value }: ExternalKey): SalesforceRow {
  const field = externalField(object, key);
  if (field.type === "id") return liveRow(org, object, value);
  const [match, ...others] = matches(org, object, field, value);
  if (others.length > 0) throw new SeveralMatches(matches(org, object, field, value));
  if (match) return match;
  throw new Refusal(404, "NOT_FOUND", "The requested resource does not exist");
}

function externalField(object: ObjectSchema, key: string): Field {
  const field = object.byName.get(key.toLowerCase());
  if (field && (field.externalId || field.type === "id")) return field;
  throw new Refusal(404, "NOT_FOUND", `Provided external ID field does not exist or is not accessible: ${key}`);
}

function matches(org: Org, object: ObjectSchema, field: Field, value: string): SalesforceRow[] {
  const rows = org.table(object.name).equal(field.name, value);
  return rows.filter((row) => row.IsDeleted !== true);
}
