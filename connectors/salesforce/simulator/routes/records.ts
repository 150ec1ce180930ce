import { type Context, Hono } from "hono";
import { normaliseId } from "../ids.ts";
import { Refusal } from "../refusal.ts";
import type { ObjectSchema } from "../schema/schema.ts";
import type { Service } from "../service.ts";
import { attributes, replyValue } from "../soql/project.ts";
import type { SalesforceRow } from "../values.ts";
import { createRecord, deleteRecord, liveRow, updateRecord } from "../writes/records.ts";
import { type ExternalKey, findByExternalId, SeveralMatches, upsertRecord } from "../writes/upsert.ts";
import { objectInPath, readBody, refuseOtherMethods, versionPath } from "./requests.ts";

/** Single rows: create, read, update, delete by id, and the same by external id. */
export function recordRoutes({ org }: Service): Hono {
  const app = new Hono();
  app.post("/sobjects/:type", async (c) => {
    const { id } = createRecord(org, objectInPath(org.visible, c), await readBody(c));
    return c.json({ id, success: true, errors: [] }, 201);
  });
  refuseOtherMethods(app, "/sobjects/:type", "HEAD,GET,POST");

  app.get("/sobjects/:type/:id", (c) => {
    const object = objectInPath(org.visible, c);
    return c.json(reply(c, object, liveRow(org, object, idInPath(c))));
  });
  app.patch("/sobjects/:type/:id", async (c) => {
    const object = objectInPath(org.visible, c);
    const body = await readBody(c);
    if (body.Id !== undefined || body.id !== undefined) {
      throw new Refusal(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.", ["Id"]);
    }
    updateRecord(org, object, idInPath(c), body);
    return c.body(null, 204);
  });
  app.delete("/sobjects/:type/:id", (c) => {
    deleteRecord(org, objectInPath(org.visible, c), idInPath(c));
    return c.body(null, 204);
  });
  refuseOtherMethods(app, "/sobjects/:type/:id", "HEAD,GET,PATCH,DELETE");

  app.get("/sobjects/:type/:field/:value", (c) =>
    withOneMatch(c, () => {
      const object = objectInPath(org.visible, c);
      return c.json(reply(c, object, findByExternalId(org, object, externalKey(c))));
    }),
  );
  app.patch("/sobjects/:type/:field/:value", async (c) => {
    const body = await readBody(c);
    return withOneMatch(c, () => {
      const { id, created } = upsertRecord(org, objectInPath(org.visible, c), externalKey(c), body);
      return c.json({ id, success: true, errors: [], created }, created ? 201 : 200);
    });
  });
  app.delete("/sobjects/:type/:field/:value", (c) =>
    withOneMatch(c, () => {
      const object = objectInPath(org.visible, c);
      deleteRecord(org, object, findByExternalId(org, object, externalKey(c)).Id);
      return c.body(null, 204);
    }),
  );
  refuseOtherMethods(app, "/sobjects/:type/:field/:value", "HEAD,GET,PATCH,DELETE");
  return app;
}

/** The id of the path; what has not an id's shape is taken for an external id field that does not exist. */
function idInPath(c: Context): string {
  const id = c.req.param("id") ?? "";
  if (normaliseId(id)) return id;
  const reason = `Provided external ID field does not exist or is not accessible: ${id}`;
  throw new Refusal(404, "NOT_FOUND", reason);
}

function externalKey(c: Context): ExternalKey {
  return { key: c.req.param("field") ?? "", value: c.req.param("value") ?? "" };
}

/** Runs what an external id names; 300 with the rows' URLs when it names several. */
function withOneMatch(c: Context, run: () => Response): Response {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof SeveralMatches)) throw cause;
    const type = c.req.param("type");
    return c.json(
      cause.rows.map((row) => `${versionPath(c)}/sobjects/${type}/${row.Id}`),
      300,
    );
  }
}

function reply(c: Context, object: ObjectSchema, row: SalesforceRow): Record<string, unknown> {
  const asked = c.req.query("fields")?.split(",");
  return recordReply(object, row, { fields: asked, versionPath: versionPath(c) });
}

/** A row with the asked fields, or all of them; INVALID_FIELD for one the object does not have. */
export function recordReply(
  object: ObjectSchema,
  row: SalesforceRow,
  options: { fields: string[] | undefined; versionPath: string },
): Record<string, unknown> {
  const fields = options.fields?.map((name) => {
    const field = object.byName.get(name.trim().toLowerCase());
    if (field) return field;
    throw new Refusal(400, "INVALID_FIELD", `No such column '${name.trim()}' on sobject of type ${object.name}`);
  });
  const result: Record<string, unknown> = {
    attributes: attributes(object.name, `${options.versionPath}/sobjects/${object.name}/${row.Id}`),
  };
  for (const field of fields ?? object.fields) result[field.name] = replyValue(row, field);
  result.Id = row.Id;
  return result;
}
