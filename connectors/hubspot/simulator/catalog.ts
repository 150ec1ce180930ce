import { companyProperties } from "./definitions/companies.ts";
import { contactProperties } from "./definitions/contacts.ts";
import { dealProperties } from "./definitions/deals.ts";
import { inGroup, instant, number, owner, type PropertySpec, text } from "./definitions/define.ts";
import { callProperties, emailProperties, meetingProperties, noteProperties } from "./definitions/engagements.ts";
import { ticketProperties } from "./definitions/tickets.ts";
import { isCustomType, type ObjectType, type StandardType } from "./object-types.ts";

export interface PropertyGroup {
  name: string;
  label: string;
  displayOrder: number;
  archived: boolean;
}

export interface PropertyDefinition extends PropertySpec {
  hubspotDefined: boolean;
  createdAt: string;
  updatedAt: string;
  archived: boolean;
  /** Option values, for a quick check on write; empty for anything but an enumeration with options of its own. */
  allowed: ReadonlySet<string>;
  formField?: boolean;
  hidden?: boolean;
  displayOrder?: number;
}

/** The property definitions and groups of one object type. */
export interface PropertyCatalog {
  definitions: Map<string, PropertyDefinition>;
  groups: Map<string, PropertyGroup>;
}

/** Long before any seed: HubSpot's own properties carry the date the portal was made. */
const portalMadeAt = "2019-08-06T02:41:08.029Z";

/** The standard definitions of an object type and the portal's custom ones. */
export function createCatalog(type: ObjectType, custom: PropertySpec[] = []): PropertyCatalog {
  const catalog: PropertyCatalog = { definitions: new Map(), groups: new Map() };
  for (const spec of isCustomType(type) ? customObjectProperties : standardProperties[type])
    addDefinition(catalog, spec, portalMadeAt, true);
  for (const spec of custom) addDefinition(catalog, spec, portalMadeAt, false);
  return catalog;
}

/** Adds one definition, and its group when that is new. */
export function addDefinition(catalog: PropertyCatalog, spec: PropertySpec, at: string, hubspotDefined = false): void {
  if (!catalog.groups.has(spec.groupName)) {
    const displayOrder = catalog.groups.size;
    catalog.groups.set(spec.groupName, {
      name: spec.groupName,
      label: titleCase(spec.groupName),
      displayOrder,
      archived: false,
    });
  }
  catalog.definitions.set(spec.name, {
    ...spec,
    hubspotDefined,
    createdAt: at,
    updatedAt: at,
    archived: false,
    allowed: new Set((spec.options ?? []).map(optionValue)),
  });
}

/** The definition as the properties API answers it. */
export function wireDefinition(definition: PropertyDefinition) {
  const standard = definition.hubspotDefined;
  return {
    updatedAt: definition.updatedAt,
    createdAt: definition.createdAt,
    name: definition.name,
    label: definition.label,
    type: definition.type,
    fieldType: definition.fieldType,
    description: definition.description ?? "",
    groupName: definition.groupName,
    options: wireOptions(definition),
    displayOrder: definition.displayOrder ?? -1,
    calculated: false,
    externalOptions: definition.optionsFrom === "owners",
    ...(definition.optionsFrom === "owners" ? { referencedObjectType: "OWNER" } : {}),
    archived: definition.archived,
    hasUniqueValue: definition.unique ?? false,
    hidden: definition.hidden ?? false,
    ...(standard ? { hubspotDefined: true } : {}),
    modificationMetadata: {
      archivable: !standard,
      readOnlyDefinition: standard,
      readOnlyValue: definition.readOnly ?? false,
    },
    formField: definition.formField ?? !definition.readOnly,
  };
}

function wireOptions(definition: PropertyDefinition) {
  return (definition.options ?? []).map((option, displayOrder) => ({
    label: typeof option === "string" ? titleCase(option) : option[1],
    value: optionValue(option),
    displayOrder,
    hidden: false,
  }));
}

const optionValue = (option: NonNullable<PropertySpec["options"]>[number]): string =>
  typeof option === "string" ? option : option[0];

function titleCase(name: string): string {
  return name
    .toLowerCase()
    .replaceAll("_", " ")
    .replace(/\b\p{L}/gu, (letter) => letter.toUpperCase());
}

/** What HubSpot itself keeps on every object of a portal's own. */
const customObjectProperties: PropertySpec[] = inGroup("objectinformation", [
  number("hs_object_id", "Record ID", { readOnly: true }),
  instant("hs_createdate", "Object create date/time", { readOnly: true }),
  instant("hs_lastmodifieddate", "Object last modified date/time", { readOnly: true }),
  text("hs_merged_object_ids", "Merged record IDs", { readOnly: true }),
  owner(),
]);

const standardProperties: Record<StandardType, PropertySpec[]> = {
  contacts: contactProperties,
  companies: companyProperties,
  deals: dealProperties,
  tickets: ticketProperties,
  notes: noteProperties,
  emails: emailProperties,
  calls: callProperties,
  meetings: meetingProperties,
};
