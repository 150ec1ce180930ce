import { type Context, Hono } from "hono";
import { z } from "zod";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import {
  createCollection,
  deleteCollection,
  parseCollection,
  requireCount,
  requireKnownFields,
  updateCollection,
  upsertCollection,
} from "../writes/collections.ts";
import { recordReply } from "./records.ts";
import { objectInPath, readBody, refuseOtherMethods, versionPath } from "./requests.ts";

const retrieveBody = z.object({ ids: z.array(z.string()), fields: z.array(z.string()) });

/** sObject collections: up to 200 records a call, answered 200 with one result each even when all fail. */
export function collectionRoutes(service: Service): Hono {
  const { org, settings } = service;
  const app = new Hono();
  const collection = async (c: Context) => {
    const body = parseCollection(await readBody(c));
    if (settings.unknownFieldInCollection === "call") requireKnownFields(org, body);
    return body;
  };
  app.post("/composite/sobjects", async (c) => c.json(createCollection(org, await collection(c))));
  app.patch("/composite/sobjects", async (c) => c.json(updateCollection(org, await collection(c))));
  app.delete("/composite/sobjects", (c) => {
    const ids = c.req.query("ids");
    if (!ids) throw new Refusal(400, "MISSING_ARGUMENT", "The ids parameter is required");
    return c.json(deleteCollection(org, ids.split(","), c.req.query("allOrNone") === "true"));
  });
  refuseOtherMethods(app, "/composite/sobjects", "POST,PATCH,DELETE");

  app.get("/composite/sobjects/:type", (c) => {
    const ids = c.req.query("ids")?.split(",") ?? [];
    return c.json(retrieve(service, c, { ids, fields: c.req.query("fields")?.split(",") ?? [] }));
  });
  app.post("/composite/sobjects/:type", async (c) => {
    const parsed = retrieveBody.safeParse(await readBody(c));
    if (!parsed.success) throw new Refusal(400, "JSON_PARSER_ERROR", "ids and fields are required");
    return c.json(retrieve(service, c, parsed.data));
  });
  refuseOtherMethods(app, "/composite/sobjects/:type", "HEAD,GET,POST");

  app.patch("/composite/sobjects/:type/:field", async (c) => {
    const object = objectInPath(org.visible, c);
    return c.json(upsertCollection(org, object, c.req.param("field"), await collection(c)));
  });
  refuseOtherMethods(app, "/composite/sobjects/:type/:field", "PATCH");
  return app;
}

/** The rows in the order asked; null in the place of one that is not there. */
function retrieve({ org }: Service, c: Context, asked: z.infer<typeof retrieveBody>) {
  requireCount(asked.ids.length);
  const object = objectInPath(org.visible, c);
  return asked.ids.map((id) => {
    const row = org.table(object.name).get(id);
    if (!row || row.IsDeleted === true) return null;
    return recordReply(object, row, { fields: asked.fields, versionPath: versionPath(c) });
  });
}
