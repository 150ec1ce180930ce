import type { Context, Hono } from "hono";
import { Problem } from "./problems.ts";
import { fieldName, findRecordType, type RecordType, recordTypesOf, schemaOf } from "./recordTypes.ts";
import type { Column } from "./schema.ts";
import type { Account } from "./storage.ts";

const root = "/services/rest/record/v1/metadata-catalog";

/** Serves the metadata catalogue: which records the role sees, and their fields as OpenAPI or JSON Schema. */
export function serveMetadata(app: Hono, account: () => Account): void {
  app.get(root, (c) => {
    const selected = c.req.query("select")?.split(",");
    // Records the role does not see are left out of a selection, not refused.
    const known = recordTypesOf(account());
    const types = selected ? known.filter((type) => selected.includes(type.name)) : known;
    if (wants(c, openApiType)) return answer(c, openApiType, openApi(account(), types));
    return c.json({ items: types.map((type) => ({ name: type.name, links: catalogLinks(c, type) })) });
  });
  app.get(`${root}/:record`, (c) => {
    const type = findRecordType(account(), c.req.param("record"));
    if (wants(c, openApiType)) return answer(c, openApiType, openApi(account(), [type]));
    if (wants(c, jsonSchemaType)) return answer(c, jsonSchemaType, jsonSchema(account(), type));
    return c.json({ name: type.name, links: catalogLinks(c, type) });
  });
}

const openApiType = "application/swagger+json";
const jsonSchemaType = "application/schema+json";

function wants(c: Context, mediaType: string): boolean {
  return c.req.header("accept")?.includes(mediaType) ?? false;
}

function answer(c: Context, mediaType: string, body: object): Response {
  return c.body(JSON.stringify(body), 200, { "content-type": `${mediaType}; charset=UTF-8` });
}

function catalogLinks(c: Context, type: RecordType) {
  const href = `${new URL(c.req.url).origin}${root}/${type.name}`;
  return [
    { rel: "canonical", href },
    { rel: "describes", href: href.replace("/metadata-catalog", "") },
    { rel: "alternate", href, mediaType: openApiType },
    { rel: "alternate", href, mediaType: jsonSchemaType },
  ];
}

function openApi(account: Account, types: readonly RecordType[]) {
  if (types.length === 0) throw new Problem(404, { detail: "No such record type.", code: "NONEXISTENT_ID" });
  return {
    openapi: "3.0.1",
    info: { title: "NetSuite REST Record API", version: "v1" },
    paths: Object.fromEntries(types.flatMap((type) => pathsOf(type))),
    components: { schemas: Object.fromEntries(types.map((type) => [type.name, jsonSchema(account, type)])) },
  };
}

function pathsOf(type: RecordType): [string, object][] {
  const operation = (summary: string) => ({
    tags: [type.name],
    summary,
    responses: { default: { description: "See the body." } },
  });
  return [
    [`/${type.name}`, { get: operation("Get list of records."), post: operation("Insert record.") }],
    [
      `/${type.name}/{id}`,
      { get: operation("Get record."), patch: operation("Update record."), delete: operation("Remove record.") },
    ],
  ];
}

function jsonSchema(account: Account, type: RecordType) {
  const properties: Record<string, object> = { links: { type: "array", items: { type: "object" }, readOnly: true } };
  for (const column of schemaOf(account, type).columns.values()) {
    const name = fieldName(type, column);
    if (name !== null) properties[name] = fieldSchema(column);
  }
  return { type: "object", properties, "x-ns-filterable": Object.keys(properties) };
}

function fieldSchema(column: Column): object {
  const about = { title: column.name, nullable: true, "x-ns-custom-field": column.custom };
  if (column.references) {
    return { ...about, type: "object", properties: { id: { type: "string" }, refName: { type: "string" } } };
  }
  switch (column.kind) {
    case "integer":
      // Internal ids are texts in the record service.
      return { ...about, ...(column.column === "id" ? { type: "string" } : { type: "integer", format: "int64" }) };
    case "number":
      return { ...about, type: "number", format: "double" };
    case "boolean":
      return { ...about, type: "boolean" };
    case "date":
      return { ...about, type: "string", format: "date" };
    case "datetime":
      return { ...about, type: "string", format: "date-time" };
    default:
      return { ...about, type: "string", ...(column.lengthMax !== undefined && { maxLength: column.lengthMax }) };
  }
}
