import type { FieldValue } from "../values.ts";

/** The API's field types that this org uses, under describe's names. */
export type FieldType =
  | "id"
  | "string"
  | "textarea"
  | "picklist"
  | "combobox"
  | "email"
  | "phone"
  | "url"
  | "reference"
  | "boolean"
  | "int"
  | "double"
  | "currency"
  | "percent"
  | "date"
  | "datetime"
  | "address";

/** A column of an object, as describe reports it and as queries and writes check it. */
export interface Field {
  name: string;
  label: string;
  type: FieldType;
  length: number;
  precision: number;
  scale: number;
  createable: boolean;
  updateable: boolean;
  nillable: boolean;
  /** Filled by the org when a create leaves it out. */
  defaultValue: FieldValue | undefined;
  calculated: boolean;
  custom: boolean;
  externalId: boolean;
  unique: boolean;
  nameField: boolean;
  picklistValues: string[];
  restrictedPicklist: boolean;
  referenceTo: string[];
  relationshipName: string | null;
}

type Traits = Partial<Field> & { readOnly?: boolean; required?: boolean };

function field(name: string, type: FieldType, traits: Traits): Field {
  const { readOnly = false, required = false, ...given } = traits;
  return {
    name,
    label: labelOf(name),
    type,
    length: 0,
    precision: 0,
    scale: 0,
    createable: !readOnly,
    updateable: !readOnly,
    nillable: !required,
    defaultValue: undefined,
    calculated: false,
    custom: false,
    externalId: false,
    unique: false,
    nameField: false,
    picklistValues: [],
    restrictedPicklist: false,
    referenceTo: [],
    relationshipName: null,
    ...given,
  };
}

/** "MailingPostalCode" → "Mailing Postal Code", "AccountId" → "Account ID": near enough to the vendor's labels. */
function labelOf(name: string): string {
  return name
    .replace(/__c$/, "")
    .replace(/_/g, " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/\bId$/, "ID");
}

export const text = (name: string, length: number, traits: Traits = {}) => field(name, "string", { length, ...traits });
export const textarea = (name: string, length: number, traits: Traits = {}) =>
  field(name, "textarea", { length, ...traits });
export const pick = (name: string, picklistValues: string[], traits: Traits = {}) =>
  field(name, "picklist", { length: 255, picklistValues, ...traits });
export const combobox = (name: string, picklistValues: string[], traits: Traits = {}) =>
  field(name, "combobox", { length: 255, picklistValues, ...traits });
export const email = (name: string, traits: Traits = {}) => field(name, "email", { length: 80, ...traits });
export const phone = (name: string, traits: Traits = {}) => field(name, "phone", { length: 40, ...traits });
export const url = (name: string, traits: Traits = {}) => field(name, "url", { length: 255, ...traits });
export const flag = (name: string, traits: Traits = {}) =>
  field(name, "boolean", { nillable: false, defaultValue: false, ...traits });
export const int = (name: string, digits: number, traits: Traits = {}) =>
  field(name, "int", { precision: digits, ...traits });
export const double = (name: string, precision: number, scale: number, traits: Traits = {}) =>
  field(name, "double", { precision, scale, ...traits });
export const currency = (name: string, scale: number, traits: Traits = {}) =>
  field(name, "currency", { precision: 18, scale, ...traits });
export const percent = (name: string, traits: Traits = {}) => field(name, "percent", { precision: 3, ...traits });
export const date = (name: string, traits: Traits = {}) => field(name, "date", traits);
export const dateTime = (name: string, traits: Traits = {}) => field(name, "datetime", traits);
export const address = (name: string) => field(name, "address", { readOnly: true });
export const reference = (name: string, referenceTo: string[], traits: Traits = {}) =>
  field(name, "reference", { length: 18, referenceTo, relationshipName: name.replace(/Id$/, ""), ...traits });
export const id = () =>
  field("Id", "id", { label: "Record ID", length: 18, readOnly: true, nillable: false, defaultValue: null });

/** Creation and modification stamps and users, as every standard object has them. */
export function audit(): Field[] {
  return [...creation(), dateTime("LastModifiedDate", stamped), modifier(), dateTime("SystemModstamp", stamped)];
}

/** The stamps of an object whose rows are never edited (history). */
export function creation(): Field[] {
  return [dateTime("CreatedDate", stamped), reference("CreatedById", ["User"], stamped)];
}

const stamped: Traits = { readOnly: true, nillable: false, defaultValue: null };
const modifier = () => reference("LastModifiedById", ["User"], stamped);
export const modstamp = () => dateTime("SystemModstamp", stamped);
export const isDeleted = () => flag("IsDeleted", { label: "Deleted", readOnly: true });

/** Long text, and compound addresses, cannot stand in WHERE or ORDER BY. */
export function isFilterable(candidate: Field): boolean {
  return candidate.type !== "address" && !(candidate.type === "textarea" && candidate.length > 255);
}

/** Types whose values are text for comparison: case-insensitive, LIKE allowed. */
export function isText(type: FieldType): boolean {
  return ["string", "textarea", "picklist", "combobox", "email", "phone", "url"].includes(type);
}
