import { Hono } from "hono";
import { z } from "zod";
import { type BatchError, batchAnswer } from "../batch-answer.ts";
import { checkBatchSize, readBody } from "../body.ts";
import { addDefinition, type PropertyCatalog, type PropertyDefinition, wireDefinition } from "../catalog.ts";
import { invalid, notFound, Refusal } from "../errors.ts";
import type { ObjectType } from "../object-types.ts";
import type { Portal } from "../portal.ts";
import { requireObjectType } from "../wire.ts";

const optionShape = z.object({ label: z.string(), value: z.string() });
const createShape = z.object({
  name: z.string(),
  label: z.string(),
  type: z.enum([
    "string",
    "number",
    "date",
    "datetime",
    "enumeration",
    "bool",
    "phone_number",
    "json",
    "object_coordinates",
  ]),
  fieldType: z.enum([
    "textarea",
    "text",
    "date",
    "file",
    "number",
    "select",
    "radio",
    "checkbox",
    "booleancheckbox",
    "html",
    "phonenumber",
    "calculation_equation",
  ]),
  groupName: z.string(),
  description: z.string().nullish(),
  options: z.array(optionShape).nullish(),
  hasUniqueValue: z.boolean().nullish(),
  hidden: z.boolean().nullish(),
  formField: z.boolean().nullish(),
  displayOrder: z.int().nullish(),
});
type CreateBody = z.output<typeof createShape>;
const updateShape = createShape.omit({ name: true, hasUniqueValue: true }).partial();
const namesShape = z.object({ inputs: z.array(z.object({ name: z.string() })) });
const groupShape = z.object({ name: z.string(), label: z.string(), displayOrder: z.int().nullish() });

/** Property definitions: list, one, create, change, archive, batches of names, and groups. */
export function propertyRoutes(portal: Portal): Hono {
  const app = new Hono();
  app.route("/", groupRoutes(portal));

  app.get("/:type", (c) => {
    const archived = c.req.query("archived") === "true";
    const all = [...catalogOf(portal, c.req.param("type")).definitions.values()];
    return c.json({ results: all.filter((definition) => definition.archived === archived).map(wireDefinition) });
  });

  app.post("/:type", async (c) => {
    const type = requireObjectType(c.req.param("type"));
    return c.json(wireDefinition(createProperty(portal, type, await readBody(c, createShape))), 201);
  });

  app.post("/:type/batch/read", async (c) => {
    const { definitions } = catalogOf(portal, c.req.param("type"));
    const { inputs } = await readBody(c, namesShape);
    checkBatchSize(inputs, portal.settings.limits.batchInputs);
    const found = inputs.flatMap(({ name }) => definitions.get(name) ?? []);
    const errors = inputs.filter(({ name }) => !definitions.has(name)).map(({ name }) => missingError(name));
    return batchAnswer(c, portal, { results: found.map(wireDefinition), errors, numErrors: errors.length });
  });

  app.post("/:type/batch/create", async (c) => {
    const type = requireObjectType(c.req.param("type"));
    const { inputs } = await readBody(c, z.object({ inputs: z.array(createShape) }));
    checkBatchSize(inputs, portal.settings.limits.batchInputs);
    const results = inputs.map((input) => wireDefinition(createProperty(portal, type, input)));
    return batchAnswer(c, portal, { results, errors: [], numErrors: 0 }, 201);
  });

  app.get("/:type/:name", (c) =>
    c.json(wireDefinition(definitionOf(portal, c.req.param("type"), c.req.param("name")))),
  );

  app.patch("/:type/:name", async (c) => {
    const definition = definitionOf(portal, c.req.param("type"), c.req.param("name"));
    const changes = await readBody(c, updateShape);
    if (definition.hubspotDefined) throw invalid(`${definition.name} is defined by HubSpot and cannot be changed`);
    Object.assign(definition, settledFields(changes), { updatedAt: new Date(portal.now()).toISOString() });
    return c.json(wireDefinition(definition));
  });

  app.delete("/:type/:name", (c) => {
    const definition = definitionOf(portal, c.req.param("type"), c.req.param("name"));
    if (definition.hubspotDefined) throw invalid(`${definition.name} is defined by HubSpot and cannot be archived`);
    definition.archived = true;
    return c.body(null, 204);
  });

  return app;
}

function groupRoutes(portal: Portal): Hono {
  const app = new Hono();

  app.get("/:type/groups", (c) => c.json({ results: [...catalogOf(portal, c.req.param("type")).groups.values()] }));

  app.post("/:type/groups", async (c) => {
    const { groups } = catalogOf(portal, c.req.param("type"));
    const { name, label, displayOrder } = await readBody(c, groupShape);
    if (groups.has(name)) throw alreadyExists(`A property group named '${name}' already exists.`);
    const group = { name, label, displayOrder: displayOrder ?? -1, archived: false };
    groups.set(name, group);
    return c.json(group, 201);
  });

  app.get("/:type/groups/:name", (c) => {
    const group = catalogOf(portal, c.req.param("type")).groups.get(c.req.param("name"));
    if (!group) throw notFound(`Property group ${c.req.param("name")} does not exist`);
    return c.json(group);
  });

  return app;
}

function createProperty(portal: Portal, type: ObjectType, body: CreateBody): PropertyDefinition {
  const catalog = portal.catalog(type);
  checkNew(portal, catalog, body);
  const at = new Date(portal.now()).toISOString();
  const { name, label, fieldType, groupName } = body;
  const kind = storedType(body.type);
  const options = (body.options ?? []).map(({ value, label: text }) => [value, text] as const);
  addDefinition(
    catalog,
    { name, label, type: kind, fieldType, groupName, options, unique: body.hasUniqueValue ?? false },
    at,
  );
  const definition = catalog.definitions.get(name);
  if (!definition) throw new Error(`property ${name} was not stored`);
  Object.assign(definition, settledFields(body));
  if (definition.unique) portal.table(type).indexUnique(name);
  return definition;
}

function checkNew(portal: Portal, { definitions, groups }: PropertyCatalog, body: CreateBody): void {
  if (!/^[a-z][a-z0-9_]{0,99}$/.test(body.name)) {
    throw invalid(
      `Property name '${body.name}' may hold lower-case letters, digits and underscores only, beginning with a letter`,
    );
  }
  if (definitions.has(body.name)) throw alreadyExists(`Property named '${body.name}' already exists.`);
  if (!groups.has(body.groupName)) {
    throw invalid(`Property group '${body.groupName}' does not exist`, { context: { groupName: [body.groupName] } });
  }
  if (body.type === "enumeration" && !body.options?.length) {
    throw invalid(`Property '${body.name}' is an enumeration and needs at least one option`);
  }
  const unique = [...definitions.values()].filter((definition) => definition.unique && !definition.hubspotDefined);
  const { uniqueProperties } = portal.settings.limits;
  if (body.hasUniqueValue && unique.length >= uniqueProperties) {
    throw invalid(`No more than ${uniqueProperties} properties of an object may have unique values`);
  }
}

/** The parts of a body that are stored as they come; absent ones stay as they are. */
function settledFields(body: z.output<typeof updateShape>): Partial<PropertyDefinition> {
  const { label, description, groupName, fieldType, hidden, formField, displayOrder, options } = body;
  const type = body.type && storedType(body.type);
  const given = { label, description, groupName, type, fieldType, hidden, formField, displayOrder };
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null));
  if (!options) return fields;
  const allowed = new Set(options.map(({ value }) => value));
  return { ...fields, allowed, options: options.map(({ value, label: text }) => [value, text] as const) };
}

function catalogOf(portal: Portal, segment: string): PropertyCatalog {
  return portal.catalog(requireObjectType(segment));
}

function definitionOf(portal: Portal, segment: string, name: string): PropertyDefinition {
  const definition = catalogOf(portal, segment).definitions.get(name);
  if (definition && !definition.archived) return definition;
  throw notFound(`Property ${name} does not exist`, { subCategory: "PROPERTY_DOESNT_EXIST" });
}

const storedType = (type: CreateBody["type"]): PropertyDefinition["type"] =>
  type === "phone_number" || type === "json" || type === "object_coordinates" ? "string" : type;

const alreadyExists = (message: string): Refusal => new Refusal(409, { message, category: "OBJECT_ALREADY_EXISTS" });

const missingError = (name: string): BatchError => ({
  status: "error",
  category: "OBJECT_NOT_FOUND",
  subCategory: "PROPERTY_DOESNT_EXIST",
  message: `Property ${name} does not exist`,
  context: { name: [name] },
});
