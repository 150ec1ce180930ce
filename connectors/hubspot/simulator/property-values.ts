import type { PropertyDefinition } from "./catalog.ts";
import type { InvalidValue } from "./errors.ts";
import type { ObjectType } from "./object-types.ts";
import type { Portal } from "./portal.ts";

export type WrittenValues = Record<string, string | number | boolean>;

export interface CheckedValues {
  /** In the form HubSpot stores them; the empty string clears. */
  values: Map<string, string>;
  invalid: InvalidValue[];
}

/** Checks the values of one write against the definitions: unknown, read-only, wrong type, not an option. */
export function checkValues(portal: Portal, type: ObjectType, written: WrittenValues): CheckedValues {
  const checked: CheckedValues = { values: new Map(), invalid: [] };
  for (const [name, raw] of Object.entries(written)) {
    const definition = portal.catalog(type).definitions.get(name);
    const value = String(raw);
    const known = definition && !definition.archived;
    const outcome = known ? withinRules(portal, name, storedForm(portal, type, definition, value)) : unknown(name);
    if (typeof outcome === "string") checked.values.set(name, outcome);
    else
      checked.invalid.push({
        isValid: false,
        name,
        portalId: portal.id,
        ...outcome,
        localizedErrorMessage: outcome.message,
      });
  }
  return checked;
}

interface Objection {
  message: string;
  error: string;
}

const unknown = (name: string): Objection => ({
  message: `Property "${name}" does not exist`,
  error: "PROPERTY_DOESNT_EXIST",
});

/** What the account's admins forbid, though HubSpot itself would take it. */
function withinRules(portal: Portal, name: string, form: string | Objection): string | Objection {
  if (typeof form !== "string" || form === "") return form;
  const broken = portal.settings.validationRules.find((rule) => rule.property === name && !rule.allows(form));
  return broken ? { message: broken.message, error: "VALIDATION_RULE" } : form;
}

function storedForm(
  portal: Portal,
  type: ObjectType,
  definition: PropertyDefinition,
  value: string,
): string | Objection {
  const { name } = definition;
  if (definition.readOnly) {
    return { message: `"${name}" is a read only property; its value cannot be set.`, error: "READ_ONLY_VALUE" };
  }
  if (value === "") return value;
  if (type === "contacts" && name === "email") return emailForm(value);
  switch (definition.type) {
    case "number":
      return numberForm(value);
    case "datetime":
    case "date":
      return dateForm(definition.type, value);
    case "bool":
      return optionForm(definition, value, new Set(["true", "false"]));
    case "enumeration":
      return optionForm(definition, value, allowedOptions(portal, type, definition));
    case "string":
      return value;
  }
}

function emailForm(value: string): string | Objection {
  const email = value.trim().toLowerCase();
  if (/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(email)) return email;
  return { message: `Email address ${value} is invalid`, error: "INVALID_EMAIL" };
}

function numberForm(value: string): string | Objection {
  if (value.trim() !== "" && Number.isFinite(Number(value))) return value.trim();
  return { message: `${value} was not a valid number.`, error: "INVALID_INTEGER" };
}

function dateForm(kind: "date" | "datetime", value: string): string | Objection {
  const at = instantOf(value);
  if (at === undefined) return { message: `${value} was not a valid long.`, error: "INVALID_LONG" };
  const iso = new Date(at).toISOString();
  if (kind === "datetime") return iso;
  if (at % 86_400_000 !== 0)
    return { message: `${at} is at ${iso.slice(11, -5)} UTC, not midnight!`, error: "INVALID_DATE" };
  return iso.slice(0, 10);
}

function optionForm(definition: PropertyDefinition, value: string, allowed: ReadonlySet<string>): string | Objection {
  const chosen = definition.fieldType === "checkbox" ? value.split(";").filter((part) => part !== "") : [value];
  const stranger = chosen.find((part) => !allowed.has(part));
  if (stranger === undefined) return value;
  const message = `${stranger} was not one of the allowed options: [${[...allowed].join(", ")}]`;
  return { message, error: "INVALID_OPTION" };
}

function allowedOptions(portal: Portal, type: ObjectType, definition: PropertyDefinition): ReadonlySet<string> {
  const pipelines = type === "deals" || type === "tickets" ? portal.pipelines[type] : [];
  switch (definition.optionsFrom) {
    case "owners":
      return new Set(portal.owners.map(({ id }) => id));
    case "pipelines":
      return new Set(pipelines.map(({ id }) => id));
    case "stages":
      return new Set(pipelines.flatMap(({ stages }) => stages.map(({ id }) => id)));
    default:
      return definition.allowed;
  }
}

/** Epoch ms of a date value: ms digits or ISO 8601; undefined for anything else. */
export function instantOf(value: string): number | undefined {
  if (/^-?\d{1,16}$/.test(value)) return Number(value);
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/.test(value)) return undefined;
  const at = Date.parse(value.includes("T") && !/(Z|[+-]\d{2}:?\d{2})$/.test(value) ? `${value}Z` : value);
  return Number.isNaN(at) ? undefined : at;
}
