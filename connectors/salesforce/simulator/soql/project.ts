import { Refusal } from "../refusal.ts";
import type { Field } from "../schema/field.ts";
import type { ObjectSchema } from "../schema/schema.ts";
import type { SalesforceRow } from "../values.ts";
import type { SelectItem } from "./ast.ts";
import { type Columns, readField } from "./columns.ts";
import { malformed } from "./refuse.ts";

/** Turns a row into the record a reply carries: `attributes`, the selected fields, parents as nested records. */
export type Projection = (row: SalesforceRow, versionPath: string) => Record<string, unknown>;

/** The fields of one object in the reply and the parents below it. */
interface Shape {
  fields: Field[];
  parents: Map<string, { hop: Field; shape: Shape }>;
}

/** Compiles the SELECT list; unknown fields and fields selected twice are refused (INVALID_FIELD). */
export function compileProjection(select: SelectItem[], columns: Columns, object: ObjectSchema): Projection {
  const root: Shape = { fields: [], parents: new Map() };
  const seen = new Set<string>();
  for (const path of selectedPaths(select, object)) {
    const { field, hops, name } = columns.resolve(path);
    if (seen.has(name)) throw new Refusal(400, "INVALID_FIELD", `duplicate field selected: ${name}`);
    seen.add(name);
    shapeAt(root, hops).fields.push(field);
  }
  return (row, versionPath) => record(row, root, object.name, { columns, versionPath });
}

/** The `attributes` every record begins with. */
export function attributes(type: string, url: string) {
  return { type, url };
}

/** A field as a reply shows it: compound addresses are put together from their parts. */
export function replyValue(row: SalesforceRow, field: Field): unknown {
  return field.type === "address" ? addressValue(row, field) : readField(row, field);
}

function selectedPaths(select: SelectItem[], object: ObjectSchema) {
  return select.flatMap((item) => {
    if (item.kind === "path") return [item.path];
    if (item.kind === "count") throw malformed(`Field must be grouped or aggregated: ${item.path.text}`);
    const { which } = item;
    const wanted = object.fields.filter((field) => which === "ALL" || field.custom === (which === "CUSTOM"));
    return wanted.map((field) => ({ steps: [field.name], text: field.name, at: item.at }));
  });
}

function shapeAt(root: Shape, hops: Field[]): Shape {
  let shape = root;
  for (const hop of hops) {
    const name = hop.relationshipName ?? hop.name;
    const known = shape.parents.get(name) ?? { hop, shape: { fields: [], parents: new Map() } };
    shape.parents.set(name, known);
    shape = known.shape;
  }
  return shape;
}

interface RecordContext {
  columns: Columns;
  versionPath: string;
}

function record(row: SalesforceRow, shape: Shape, type: string, context: RecordContext): Record<string, unknown> {
  const result: Record<string, unknown> = {
    attributes: attributes(type, `${context.versionPath}/sobjects/${type}/${row.Id}`),
  };
  for (const field of shape.fields) result[field.name] = replyValue(row, field);
  for (const [name, { hop, shape: parentShape }] of shape.parents) {
    const parent = context.columns.parent(row, hop);
    result[name] = parent ? parentRecord(parent, parentShape, hop, context) : null;
  }
  return result;
}

/** A parent as a nested record; one of several possible types is shown as the pseudo-type Name. */
function parentRecord(parent: SalesforceRow, shape: Shape, hop: Field, context: RecordContext) {
  const type = context.columns.typeOf(parent);
  const result = record(parent, shape, type, context);
  if (hop.referenceTo.length === 1) return result;
  if (shape.fields.some((field) => field.name === "Type")) result.Type = type;
  return { ...result, attributes: attributes("Name", `${context.versionPath}/sobjects/${type}/${parent.Id}`) };
}

function addressValue(row: SalesforceRow, field: Field): Record<string, unknown> | null {
  const prefix = field.name.slice(0, -"Address".length);
  const part = (name: string) => row[prefix + name] ?? null;
  const parts = {
    city: part("City"),
    country: part("Country"),
    postalCode: part("PostalCode"),
    state: part("State"),
    street: part("Street"),
  };
  if (Object.values(parts).every((value) => value === null)) return null;
  return { ...parts, geocodeAccuracy: null, latitude: null, longitude: null };
}
