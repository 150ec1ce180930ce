import type { Org } from "./org.ts";
import { type CustomFieldDeclaration, customField } from "./schema/custom.ts";
import type { Field } from "./schema/field.ts";
import type { ObjectSchema } from "./schema/schema.ts";
import type { FieldValue, SObjectName } from "./values.ts";

/** Setup → Object Manager, for custom fields; none of this moves a record's stamp. All throw an Error for a field that is not there. */
export interface Setup {
  addField(object: SObjectName, declaration: CustomFieldDeclaration): void;
  /** Its values are out of sight, and there again when a field of that name is added. */
  removeField(object: SObjectName, name: string): void;
  /** Values go with it. */
  renameField(object: SObjectName, from: string, to: CustomFieldDeclaration["name"]): void;
  /** Values that do not fit the new type are lost. */
  retypeField(object: SObjectName, name: string, type: CustomFieldDeclaration["type"]): void;
  /** The values a picklist can have from now on. */
  setPicklist(object: SObjectName, name: string, values: readonly string[]): void;
  /** Takes away that the integration user may write the field. */
  lockField(object: SObjectName, name: string): void;
}

export function createSetup(org: Org): Setup {
  const fieldOf = (object: SObjectName, name: string): Field => {
    const field = org.object(object).byName.get(name.toLowerCase());
    if (!field?.custom) throw new Error(`${object} has no custom field ${name}`);
    return field;
  };
  const rewrite = (object: SObjectName, change: (row: Record<string, FieldValue>) => void) => {
    for (const row of [...org.table(object).values()]) {
      const changed = { ...row };
      change(changed);
      org.table(object).put(changed);
    }
  };
  return {
    addField: (object, declaration) => addToObject(org.object(object), customField(declaration)),
    removeField: (object, name) => take(org.object(object), fieldOf(object, name)),
    renameField(object, from, to) {
      const field = fieldOf(object, from);
      take(org.object(object), field);
      addToObject(org.object(object), { ...field, name: to });
      rewrite(object, (row) => {
        row[to] = row[field.name] ?? null;
        delete row[field.name];
      });
    },
    retypeField(object, name, type) {
      const field = fieldOf(object, name);
      take(org.object(object), field);
      addToObject(org.object(object), { ...customField({ name: nameOf(field), type, label: field.label }) });
      rewrite(object, (row) => {
        row[field.name] = converted(row[field.name] ?? null, type);
      });
    },
    setPicklist(object, name, values) {
      fieldOf(object, name).picklistValues = [...values];
    },
    lockField(object, name) {
      fieldOf(object, name).updateable = false;
    },
  };
}

function nameOf({ name }: Field): CustomFieldDeclaration["name"] {
  return `${name.replace(/__c$/, "")}__c`;
}

function converted(value: FieldValue, type: CustomFieldDeclaration["type"]): FieldValue {
  if (value === null) return null;
  if (["int", "double", "currency", "percent"].includes(type)) {
    return Number.isFinite(Number(value)) ? Number(value) : null;
  }
  if (type === "boolean") return value === true || value === "true";
  return String(value);
}

/** Puts a field among an object's. */
export function addToObject(object: ObjectSchema, field: Field): void {
  object.fields.push(field);
  object.byName.set(field.name.toLowerCase(), field);
  if (field.relationshipName) object.byRelationship.set(field.relationshipName.toLowerCase(), field);
}

function take(object: ObjectSchema, field: Field): void {
  object.fields.splice(object.fields.indexOf(field), 1);
  object.byName.delete(field.name.toLowerCase());
  if (field.relationshipName) object.byRelationship.delete(field.relationshipName.toLowerCase());
}
