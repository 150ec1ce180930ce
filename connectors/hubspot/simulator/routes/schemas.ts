import { Hono } from "hono";
import { z } from "zod";
import { readBody } from "../body.ts";
import { wireDefinition } from "../catalog.ts";
import { invalid, Refusal } from "../errors.ts";
import { isCustomType } from "../object-types.ts";
import { addCustomObject, type CustomObject, type Portal } from "../portal.ts";

const createShape = z.object({
  name: z.string(),
  labels: z.object({ singular: z.string(), plural: z.string() }),
  primaryDisplayProperty: z.string().nullish(),
});

/** Objects of the portal's own: listed, and made as an administrator makes them. */
export function schemaRoutes(portal: Portal): Hono {
  const app = new Hono();
  app.get("/", (c) => {
    return c.json({ results: [...portal.customObjects].map(([name, object]) => wireSchema(name, object)) });
  });
  app.post("/", async (c) => {
    const { name, labels } = await readBody(c, createShape);
    const fullName = `p${portal.id}_${name}`;
    if (!isCustomType(fullName)) throw invalid(`Object name '${name}' may hold letters, digits and underscores only`);
    if (portal.customObjects.has(fullName)) {
      throw new Refusal(409, { message: `Object named '${name}' already exists.`, category: "OBJECT_ALREADY_EXISTS" });
    }
    addCustomObject(portal, { name, labels });
    const made = portal.customObjects.get(fullName);
    return c.json(made ? wireSchema(fullName, made) : {}, 201);
  });
  return app;
}

function wireSchema(fullyQualifiedName: string, { name, labels, typeId, catalog }: CustomObject) {
  return {
    id: typeId.slice(2),
    name,
    labels,
    fullyQualifiedName,
    objectTypeId: typeId,
    archived: false,
    requiredProperties: [],
    searchableProperties: [],
    secondaryDisplayProperties: [],
    properties: [...catalog.definitions.values()].map(wireDefinition),
    associations: [],
  };
}
