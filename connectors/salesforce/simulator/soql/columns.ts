import type { Org } from "../org.ts";
import type { Field } from "../schema/field.ts";
import { nameFields, type ObjectSchema } from "../schema/schema.ts";
import type { FieldValue, SalesforceRow } from "../values.ts";
import type { Path } from "./ast.ts";
import { refuseAt } from "./refuse.ts";

/** A path resolved against the schema. */
export interface Column {
  field: Field;
  /** The lookups on the way, outermost first; empty for the object's own fields. */
  hops: Field[];
  /** The path in the schema's own spelling. */
  name: string;
  read(row: SalesforceRow): FieldValue;
}

const hint = (suffix: string, what: string) =>
  `If you are attempting to use a custom ${what}, be sure to append the '${suffix}' after the ` +
  `${what === "object" ? "entity" : `custom ${what}`} name. Please reference your WSDL or the describe call for the ` +
  "appropriate names.";

/** The object a FROM names; INVALID_TYPE when this org has none of that name. */
export function resolveObject(org: Org, statement: string, from: Path): ObjectSchema {
  const object = org.visible.get(from.text.toLowerCase());
  if (object) return object;
  const reason = `sObject type '${from.text}' is not supported. ${hint("__c", "object")}`;
  throw refuseAt(statement, from.at, "INVALID_TYPE", reason);
}

/** Resolves fields and parent fields of one object; INVALID_FIELD names the relationship or column that is missing. */
export class Columns {
  readonly #org: Org;
  readonly #statement: string;
  readonly #object: ObjectSchema;

  constructor(org: Org, statement: string, object: ObjectSchema) {
    this.#org = org;
    this.#statement = statement;
    this.#object = object;
  }

  resolve(path: Path): Column {
    // `SELECT Contact.Name FROM Contact`: the object's own name may stand in front.
    const own = path.steps.length > 1 && path.steps[0]?.toLowerCase() === this.#object.name.toLowerCase();
    const isRelationship = this.#object.byRelationship.has(path.steps[0]?.toLowerCase() ?? "");
    const steps = own && !isRelationship ? path.steps.slice(1) : path.steps;
    const hops: Field[] = [];
    let entity: Entity = this.#object;
    for (const step of steps.slice(0, -1)) {
      const lookup = entity.byRelationship?.get(step.toLowerCase());
      const parent = lookup && this.#parentOf(lookup);
      if (!lookup || !parent) throw this.#unknownRelationship(path, step);
      hops.push(lookup);
      entity = parent;
    }
    const last = steps.at(-1) ?? "";
    const field = entity.byName.get(last.toLowerCase());
    if (!field) throw this.#unknownColumn(path, last, entity.name);
    const name = [...hops.map((hop) => hop.relationshipName ?? hop.name), field.name].join(".");
    return { field, hops, name, read: this.#reader(hops, field) };
  }

  /** The row a lookup leads to. */
  parent(row: SalesforceRow, hop: Field): SalesforceRow | undefined {
    const id = row[hop.name];
    return typeof id === "string" ? this.#org.find(id) : undefined;
  }

  /** The object a row belongs to. */
  typeOf(row: SalesforceRow): string {
    return this.#org.objectOf(row.Id)?.name ?? this.#object.name;
  }

  #reader(hops: Field[], field: Field): Column["read"] {
    const pseudoType = (hops.at(-1)?.referenceTo.length ?? 0) > 1 && field.name === "Type";
    return (row) => {
      let current: SalesforceRow | undefined = row;
      for (const hop of hops) current = current && this.parent(current, hop);
      if (!current) return null;
      if (pseudoType) return this.typeOf(current);
      return readField(current, field);
    };
  }

  #parentOf(lookup: Field): Entity | undefined {
    const [only, ...others] = lookup.referenceTo;
    if (others.length > 0) return { name: "Name", byName: nameFields };
    return this.#org.schema.get(only?.toLowerCase() ?? "");
  }

  #unknownRelationship(path: Path, step: string) {
    const reason = `Didn't understand relationship '${step}' in field path. ${hint("__r", "relationship")}`;
    return refuseAt(this.#statement, path.at, "INVALID_FIELD", reason);
  }

  #unknownColumn(path: Path, step: string, entity: string) {
    const reason = `No such column '${step}' on entity '${entity}'. ${hint("__c", "field")}`;
    return refuseAt(this.#statement, path.at, "INVALID_FIELD", reason);
  }
}

interface Entity {
  name: string;
  byName: Map<string, Field>;
  byRelationship?: Map<string, Field>;
}

/** A field's value as the API answers it: absent is null, an absent flag is false. */
export function readField(row: SalesforceRow, field: Field): FieldValue {
  const value = row[field.name];
  if (value !== undefined && value !== null) return value;
  return field.type === "boolean" ? false : null;
}
