import { type Lane, SourceError } from "journey-hub/connector";
import { z } from "zod";
import type { Client } from "./client.ts";

const choice = z.looseObject({ value: z.string(), active: z.boolean().default(true) });
const field = z.looseObject({
  name: z.string(),
  label: z.string().default(""),
  type: z.string(),
  length: z.number().default(0),
  custom: z.boolean().default(false),
  updateable: z.boolean().default(false),
  picklistValues: z.array(choice).default([]),
  relationshipName: z.string().nullish(),
  referenceTo: z.array(z.string()).default([]),
});
const describeReply = z.looseObject({ name: z.string(), fields: z.array(field) });

/** A field as `describe` shows it to the integration user. */
export type DescribedField = Pick<
  z.infer<typeof field>,
  "name" | "label" | "type" | "length" | "custom" | "updateable" | "picklistValues" | "relationshipName"
>;

/** An object as the integration user sees it: fields hidden by field-level security are not there. */
export interface DescribedObject {
  name: string;
  /** By API name. */
  fields: ReadonlyMap<string, DescribedField>;
  /** The objects a lookup can point to, by its relationship name (`Owner`). */
  parents: ReadonlyMap<string, readonly string[]>;
}

/** What the org's objects look like; each is asked for once and kept for an hour, so that new fields come in without a restart. */
export interface Descriptions {
  of(object: string, lane: Lane): Promise<DescribedObject>;
  /** Asks anew next time: the org has changed. */
  forget(object: string): void;
}

const validMs = 3_600_000;

export function openDescriptions(client: Client, now: () => number): Descriptions {
  const known = new Map<string, { description: Promise<DescribedObject>; at: number }>();
  return {
    of(object, lane) {
      const kept = known.get(object);
      if (kept && now() - kept.at < validMs) return kept.description;
      const description = describe(client, object, lane);
      known.set(object, { description, at: now() });
      description.catch(() => known.delete(object));
      return description;
    },
    forget: (object) => void known.delete(object),
  };
}

async function describe(client: Client, object: string, lane: Lane): Promise<DescribedObject> {
  const path = `/sobjects/${encodeURIComponent(object)}/describe`;
  const ask = { purpose: `describing ${object}`, operation: `${object}.describe`, lane, path, reply: describeReply };
  const { name, fields } = await client.request(ask).catch((cause: unknown) => {
    throw isNotFound(cause) ? invisible(object, cause) : cause;
  });
  const lookups = fields.flatMap(({ relationshipName, referenceTo }) =>
    relationshipName ? [[relationshipName, referenceTo] as const] : [],
  );
  return { name, fields: new Map(fields.map((each) => [each.name, each])), parents: new Map(lookups) };
}

function isNotFound(cause: unknown): cause is SourceError {
  return cause instanceof SourceError && cause.details.code === "NOT_FOUND";
}

function invisible(object: string, cause: SourceError): SourceError {
  return new SourceError("stop", `Salesforce shows no object ${object} to the integration user`, {
    ...cause.details,
    code: "INVALID_TYPE",
    object,
    field: "client_id",
    remedy: `Give the integration user Read and View All on ${object}: Setup → Permission Sets → Object Settings.`,
    cause,
  });
}

/** What a query asks for, and what it leaves out because the org does not have it. */
export interface Selection {
  columns: string[];
  /** By column, as `describe` names it. */
  types: ReadonlyMap<string, string>;
  missing: string[];
}

/** What every row carries besides the mapping's fields, where the object has it. */
const ownColumns = ["Id", "SystemModstamp", "IsDeleted", "MasterRecordId"];

/** Turns the mapping's paths (`Email`, `Owner.Email`, `BillingAddress.city`) into columns this org can be asked for. */
export async function selectionFor(
  object: string,
  paths: readonly string[],
  describeObject: (object: string) => Promise<DescribedObject>,
): Promise<Selection> {
  const description = await describeObject(object);
  const types = new Map<string, string>();
  for (const name of ownColumns) {
    const field = description.fields.get(name);
    if (field) types.set(name, field.type);
  }
  const missing: string[] = [];
  for (const path of paths) {
    const column = await columnFor(path.split("."), description, describeObject);
    if (column === null) missing.push(path);
    else types.set(column.name, column.type);
  }
  return { columns: [...types.keys()], types, missing };
}

type Column = Pick<DescribedField, "name" | "type">;

/** Whether a field of the type is put together from others. */
export const isCompound = (type: string): boolean => type === "address" || type === "location";

/** The column that brings the value at the path; null when this user cannot see one. */
async function columnFor(
  path: readonly string[],
  description: DescribedObject,
  describeObject: (object: string) => Promise<DescribedObject>,
): Promise<Column | null> {
  const [head = "", ...rest] = path;
  const own = description.fields.get(head);
  // A part of an address: the compound field is read and the path goes on inside its value.
  if (own) return rest.length === 0 || isCompound(own.type) ? { name: head, type: own.type } : null;
  const targets = description.parents.get(head);
  if (!targets || rest.length === 0) return null;
  const [target] = targets;
  if (targets.length !== 1 || target === undefined) return columnOfName(head, rest);
  const column = await columnFor(rest, await describeObject(target), describeObject);
  return column && { ...column, name: `${head}.${column.name}` };
}

/** What the vendor's pseudo-object `Name` has: all that can be read through a lookup to several objects. */
const nameColumns = new Set([
  ...["Id", "Name", "FirstName", "LastName", "Title", "Email", "Phone", "Username", "Alias", "IsActive", "Type"],
  ...["UserRoleId", "ProfileId"],
]);

function columnOfName(head: string, rest: readonly string[]): Column | null {
  const [name = ""] = rest;
  if (rest.length !== 1 || !nameColumns.has(name)) return null;
  return { name: `${head}.${name}`, type: name === "IsActive" ? "boolean" : "string" };
}
