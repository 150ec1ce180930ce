import type { SObjectName } from "../values.ts";
import {
  type CustomFieldDeclaration,
  type CustomObjectDeclaration,
  currencyFields,
  customField,
  customObject,
} from "./custom.ts";
import { email, type Field, flag, id, phone, pick, reference, text } from "./field.ts";
import { type ObjectDeclaration, standardObjects } from "./objects.ts";

/** One object of one org, its fields found by lower-case name and its parents by lower-case relationship name. */
export interface ObjectSchema extends ObjectDeclaration {
  byName: Map<string, Field>;
  byRelationship: Map<string, Field>;
}

/** The objects of one org by lower-case name: SOQL and the REST paths both ignore case. */
export type Schema = Map<string, ObjectSchema>;

export interface SchemaOptions {
  customFields: Partial<Record<SObjectName, CustomFieldDeclaration[]>>;
  customObjects: readonly CustomObjectDeclaration[];
  /** Adds CurrencyIsoCode where an org with several currencies has it. */
  multiCurrency: boolean;
}

/** The standard objects plus this org's custom fields and objects. */
export function buildSchema(options: SchemaOptions): Schema {
  const schema: Schema = new Map();
  for (const declaration of [...standardObjects, ...options.customObjects.map(customObject)]) {
    const custom = (options.customFields[declaration.name] ?? []).map(customField);
    const currencies = options.multiCurrency ? currencyFields(declaration.name) : [];
    // Copies: the stage names and custom fields of one org must not show in another of the same process.
    const fields = [...declaration.fields, ...currencies, ...custom].map((field) => ({ ...field }));
    schema.set(declaration.name.toLowerCase(), { ...declaration, fields, ...lookups(fields) });
  }
  return schema;
}

/**
 * What a lookup to several objects shows of its target: `Who.Name`, `What.Type`, `Owner.Email`. The vendor calls this
 * pseudo-object Name; it can be reached as a parent but not queried.
 */
export const nameFields: Map<string, Field> = lookups([
  id(),
  text("Name", 255),
  text("FirstName", 40),
  text("LastName", 80),
  text("Title", 128),
  email("Email"),
  phone("Phone"),
  text("Username", 80),
  text("Alias", 8),
  flag("IsActive"),
  pick("Type", []),
  reference("UserRoleId", ["UserRole"]),
  reference("ProfileId", ["Profile"]),
]).byName;

function lookups(fields: Field[]): Pick<ObjectSchema, "byName" | "byRelationship"> {
  const byName = new Map<string, Field>();
  const byRelationship = new Map<string, Field>();
  for (const field of fields) {
    byName.set(field.name.toLowerCase(), field);
    if (field.relationshipName) byRelationship.set(field.relationshipName.toLowerCase(), field);
  }
  return { byName, byRelationship };
}
