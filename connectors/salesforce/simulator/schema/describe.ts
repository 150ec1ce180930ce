import { type Field, isFilterable, isText } from "./field.ts";
import type { ObjectSchema, Schema } from "./schema.ts";

/** The `sobjects` list: one entry an object, with the URLs of the API version asked. */
export function describeGlobal(schema: Schema, versionPath: string) {
  return {
    encoding: "UTF-8",
    maxBatchSize: 200,
    sobjects: [...schema.values()].map((one) => summary(one, versionPath)),
  };
}

/** The `describe` of one object: its summary and every field. */
export function describeObject(object: ObjectSchema, versionPath: string) {
  return {
    ...summary(object, versionPath),
    childRelationships: [],
    recordTypeInfos: [],
    namedLayoutInfos: [],
    supportedScopes: [{ label: `All ${object.plural}`, name: "everything" }],
    fields: object.fields.map(describeField),
  };
}

/** The body of `sobjects/{name}`: the summary and the recently viewed rows, which nobody views here. */
export function describeBasic(object: ObjectSchema, versionPath: string) {
  return { objectDescribe: summary(object, versionPath), recentItems: [] };
}

function summary(object: ObjectSchema, versionPath: string) {
  const path = `${versionPath}/sobjects/${object.name}`;
  return {
    activateable: false,
    createable: object.writable,
    custom: object.name.endsWith("__c"),
    customSetting: false,
    deletable: object.writable && object.name !== "User",
    deprecatedAndHidden: false,
    feedEnabled: object.mergeable,
    keyPrefix: object.keyPrefix,
    label: object.name.replace(/__c$/, "").replace(/([a-z])([A-Z])/g, "$1 $2"),
    labelPlural: object.plural,
    layoutable: object.writable,
    mergeable: object.mergeable,
    mruEnabled: object.writable,
    name: object.name,
    queryable: true,
    replicateable: true,
    retrieveable: true,
    searchable: object.writable,
    triggerable: object.writable,
    undeletable: object.writable && object.name !== "User",
    updateable: object.writable,
    urls: { sobject: path, describe: `${path}/describe`, rowTemplate: `${path}/{ID}` },
  };
}

const soapTypes: Partial<Record<Field["type"], string>> = {
  id: "tns:ID",
  reference: "tns:ID",
  boolean: "xsd:boolean",
  int: "xsd:int",
  double: "xsd:double",
  currency: "xsd:double",
  percent: "xsd:double",
  date: "xsd:date",
  datetime: "xsd:dateTime",
  address: "urn:address",
};

function describeField(field: Field) {
  const comparable = isFilterable(field);
  const picklist = field.type === "picklist" || field.type === "combobox";
  return {
    aggregatable: comparable && field.type !== "boolean",
    autoNumber: field.name === "CaseNumber",
    byteLength: field.length * (isText(field.type) ? 3 : 1),
    calculated: field.calculated,
    calculatedFormula: null,
    caseSensitive: false,
    controllerName: null,
    createable: field.createable,
    custom: field.custom,
    defaultValue: field.type === "boolean" ? false : null,
    defaultValueFormula: null,
    defaultedOnCreate: field.defaultValue !== undefined,
    dependentPicklist: false,
    deprecatedAndHidden: false,
    digits: field.type === "int" ? field.precision : 0,
    externalId: field.externalId,
    filterable: comparable,
    groupable: comparable && field.type !== "datetime",
    htmlFormatted: false,
    idLookup: field.type === "id" || field.externalId || field.name === "Email",
    inlineHelpText: null,
    label: field.label,
    length: field.length,
    name: field.name,
    nameField: field.nameField,
    namePointing: field.referenceTo.length > 1,
    nillable: field.nillable,
    picklistValues: picklist ? field.picklistValues.map(picklistEntry) : [],
    precision: field.type === "int" ? 0 : field.precision,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
    relationshipOrder: null,
    restrictedPicklist: field.restrictedPicklist,
    scale: field.scale,
    soapType: soapTypes[field.type] ?? "xsd:string",
    sortable: comparable,
    type: field.type,
    unique: field.unique,
    updateable: field.updateable,
    writeRequiresMasterRead: false,
  };
}

function picklistEntry(value: string) {
  return { active: true, defaultValue: false, label: value, validFor: null, value };
}
