import type { CustomObjectName, SObjectName } from "../values.ts";
import { audit, type Field, type FieldType, id, isDeleted, pick, reference, text } from "./field.ts";
import type { ObjectDeclaration } from "./objects.ts";

/** A field an administrator added: its API name ends in `__c`. */
export interface CustomFieldDeclaration {
  name: `${string}__c`;
  type: Exclude<FieldType, "id" | "address">;
  /** Of a lookup: the objects it points to; it is read through as `Member__r`. */
  referenceTo?: SObjectName[];
  label?: string;
  length?: number;
  precision?: number;
  scale?: number;
  externalId?: boolean;
  unique?: boolean;
  picklistValues?: string[];
  restrictedPicklist?: boolean;
  /** A formula: only the org sets it, and its value changes without a stamp. */
  calculated?: boolean;
}

/** The five fields that hold what the hub writes back; an administrator creates them before the first write. */
export const journeyHubFields: CustomFieldDeclaration[] = [
  { name: "Journey_Hub_Stage__c", type: "string", length: 80 },
  { name: "Journey_Hub_Stage_Date__c", type: "datetime" },
  { name: "Journey_Hub_Score__c", type: "double", precision: 18, scale: 0 },
  { name: "Journey_Hub_Grade__c", type: "string", length: 10 },
  { name: "Journey_Hub_Why__c", type: "string", length: 255 },
];

/** What an org has unless told otherwise: the write-back fields on the three objects they are written to. */
export const defaultCustomFields: Partial<Record<SObjectName, CustomFieldDeclaration[]>> = {
  Account: journeyHubFields,
  Contact: journeyHubFields,
  Lead: journeyHubFields,
};

/** The declaration as a full field: nillable, writable, 255 characters when text has no length. */
export function customField(declaration: CustomFieldDeclaration): Field {
  const { name, type, label, ...traits } = declaration;
  const base = text(name, type === "boolean" || type === "datetime" || type === "date" ? 0 : 255);
  const numeric = ["int", "double", "currency", "percent"].includes(type);
  return {
    ...base,
    ...(numeric && { length: 0, precision: 18 }),
    ...(type === "boolean" && { nillable: false, defaultValue: false }),
    ...traits,
    ...(label !== undefined && { label }),
    ...(traits.calculated === true && { createable: false, updateable: false }),
    ...(type === "reference" && { length: 18, relationshipName: name.replace(/__c$/, "__r") }),
    type,
    custom: true,
  };
}

/** An object an administrator made: its API name ends in `__c`. */
export interface CustomObjectDeclaration {
  name: CustomObjectName;
  label: string;
  plural: string;
  /** The first three characters of its ids; custom objects have `a00` and on. */
  keyPrefix: `a${string}`;
  fields: CustomFieldDeclaration[];
}

/** The declaration as an object with the fields every custom object has. */
export function customObject({ name, plural, keyPrefix, fields }: CustomObjectDeclaration): ObjectDeclaration {
  const own = [id(), isDeleted(), text("Name", 80, { nameField: true }), reference("OwnerId", ["User"]), ...audit()];
  return { name, plural, keyPrefix, writable: true, mergeable: false, fields: [...own, ...fields.map(customField)] };
}

const withAmounts: SObjectName[] = ["Account", "Contact", "Lead", "Opportunity", "OpportunityHistory", "User"];

/** CurrencyIsoCode, where an org with several currencies has it. */
export function currencyFields(object: SObjectName): Field[] {
  if (!withAmounts.includes(object)) return [];
  return [pick("CurrencyIsoCode", ["USD", "EUR", "GBP", "CAD", "AUD"], { restrictedPicklist: true })];
}
