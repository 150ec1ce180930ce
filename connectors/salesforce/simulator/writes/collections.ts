import { z } from "zod";
import type { Org } from "../org.ts";
import { Refusal } from "../refusal.ts";
import type { ObjectSchema } from "../schema/schema.ts";
import { createRecord, deleteRecord, type Undo, updateRecord, type Written } from "./records.ts";
import { type ExternalKey, SeveralMatches, upsertRecord } from "./upsert.ts";
import { type GivenFields, readChanges } from "./validate.ts";

/** Records one collection call may hold, and runs of one type in it. */
const recordsMax = 200;
const chunksMax = 10;

/** One record's outcome, in the place the record had in the request. */
export type CollectionResult =
  | { id: string; success: true; errors: []; created?: boolean }
  | {
      success: false;
      errors: { statusCode: string; message: string; fields: string[] }[];
      created?: false;
      id?: string;
    };

const collectionBody = z.object({
  allOrNone: z.boolean().default(false),
  records: z.array(z.looseObject({ attributes: z.looseObject({ type: z.string() }) })),
});
export type CollectionBody = z.infer<typeof collectionBody>;

/** The body of a collection call; malformed, over 200 records or over ten runs of types is refused whole. */
export function parseCollection(body: unknown): CollectionBody {
  const parsed = collectionBody.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Refusal(400, "JSON_PARSER_ERROR", `${issue?.path.join(".")}: ${issue?.message}`);
  }
  requireCount(parsed.data.records.length);
  const types = parsed.data.records.map((record) => record.attributes.type);
  const chunks = types.filter((type, i) => type !== types[i - 1]).length;
  if (chunks > chunksMax) {
    const reason = `Cannot have more than ${chunksMax} chunks in a single operation. Please rearrange the data to reduce chunking.`;
    throw new Refusal(400, "LIMIT_EXCEEDED", reason);
  }
  return parsed.data;
}

export function requireCount(count: number): void {
  if (count <= recordsMax) return;
  const reason = `record limit reached. cannot submit more than ${recordsMax} records into this call`;
  throw new Refusal(400, "EXCEEDED_ID_LIMIT", reason);
}

export function createCollection(org: Org, body: CollectionBody): CollectionResult[] {
  return each(body.records, body.allOrNone, (record) => createRecord(org, typeOf(org, record.attributes.type), record));
}

export function updateCollection(org: Org, body: CollectionBody): CollectionResult[] {
  const seen = new Set<string>();
  return each(body.records, body.allOrNone, (record) => {
    const object = typeOf(org, record.attributes.type);
    const { id: lower, Id: upper, ...fields } = record;
    const id = lower ?? upper;
    if (typeof id !== "string")
      throw new Refusal(400, "MISSING_ARGUMENT", "Id not specified in an update call", ["Id"]);
    if (seen.has(id)) throw new Refusal(400, "DUPLICATE_VALUE", `duplicate id specified: ${id}`, ["Id"]);
    seen.add(id);
    return updateRecord(org, object, id, fields);
  });
}

/** Creates or updates by an external id field; every result says which in `created`, failures too. */
export function upsertCollection(
  org: Org,
  object: ObjectSchema,
  key: string,
  body: CollectionBody,
): CollectionResult[] {
  const created: boolean[] = [];
  const results = each(body.records, body.allOrNone, (record) => {
    const { attributes: _type, ...fields } = record;
    const { [key]: value, ...rest } = fields;
    const outcome = upsertOne(org, object, { key, value: String(value ?? "") }, rest);
    created[body.records.indexOf(record)] = outcome.created;
    return outcome;
  });
  return results.map((result, i) =>
    result.success ? { ...result, created: created[i] ?? false } : { ...result, created: false as const },
  );
}

/** In a collection several matches fail their record; there is no room for the 300 a single upsert answers. */
function upsertOne(org: Org, object: ObjectSchema, external: ExternalKey, given: GivenFields) {
  try {
    return upsertRecord(org, object, external, given);
  } catch (cause) {
    if (!(cause instanceof SeveralMatches)) throw cause;
    const reason = `${external.key}: more than one record found for external id field: [${cause.rows.map((row) => row.Id).join(", ")}]`;
    throw new Refusal(400, "DUPLICATE_EXTERNAL_ID", reason, [external.key]);
  }
}

/** Throws INVALID_FIELD or JSON_PARSER_ERROR for the first record whose fields cannot be read: the strict org. */
export function requireKnownFields(org: Org, body: CollectionBody): void {
  for (const { attributes, id: _id, Id: _Id, ...fields } of body.records) {
    readChanges(typeOf(org, attributes.type), fields);
  }
}

export function deleteCollection(org: Org, ids: string[], allOrNone: boolean): CollectionResult[] {
  requireCount(ids.length);
  return each(ids, allOrNone, (id) => {
    const object = org.objectOf(id);
    if (!object) throw new Refusal(400, "MALFORMED_ID", `malformed id ${id}`, []);
    return deleteRecord(org, object, id);
  });
}

function typeOf(org: Org, type: string): ObjectSchema {
  const object = org.schema.get(type.toLowerCase());
  if (object) return object;
  throw new Refusal(400, "INVALID_TYPE", `sObject type '${type}' is not supported.`);
}

/** Writes each record on its own; with allOrNone the first failure takes every other record back. */
function each<Item>(items: Item[], allOrNone: boolean, write: (item: Item) => Written): CollectionResult[] {
  const undo: Undo[] = [];
  const results = items.map((item): CollectionResult => {
    try {
      const written = write(item);
      undo.push(written.undo);
      return { id: written.id, success: true, errors: [] };
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      return failure(cause);
    }
  });
  if (!allOrNone || results.every((result) => result.success)) return results;
  for (const takeBack of undo.reverse()) takeBack();
  return results.map((result) => (result.success ? rolledBack : result));
}

function failure(refusal: Refusal): CollectionResult {
  const errors = refusal.body.map(({ errorCode, message, fields = [], ...more }) => ({
    statusCode: errorCode,
    message,
    fields,
    ...more,
  }));
  return { success: false, errors };
}

const rolledBack: CollectionResult = {
  success: false,
  errors: [
    {
      statusCode: "ALL_OR_NONE_OPERATION_ROLLED_BACK",
      message: "Record rolled back because not all records were valid and the request was using AllOrNone header",
      fields: [],
    },
  ],
};
