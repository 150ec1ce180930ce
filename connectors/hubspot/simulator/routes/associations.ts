import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Associated, RecordRef } from "../association-store.ts";
import { typeOf } from "../association-store.ts";
import { type AssociationType, defaultType, definedType, definedTypes } from "../association-types.ts";
import { type BatchError, batchAnswer } from "../batch-answer.ts";
import { checkBatchSize, readBody, scalarText } from "../body.ts";
import { invalid, notFound } from "../errors.ts";
import { type AssociationSpec, associate, associationSpecShape, dissociate } from "../new-associations.ts";
import { factsOf, type ObjectType } from "../object-types.ts";
import type { Portal } from "../portal.ts";
import { requireObjectType } from "../wire.ts";

const named = z.object({ id: scalarText });
const readShape = z.object({ inputs: z.array(z.object({ id: scalarText, after: scalarText.nullish() })) });
const createShape = z.object({
  inputs: z.array(z.object({ from: named, to: named, types: z.array(associationSpecShape).min(1) })),
});
const archiveShape = z.object({ inputs: z.array(z.object({ from: named, to: z.array(named) })) });
const defaultShape = z.object({ inputs: z.array(z.object({ from: named, to: named })) });

/** The associations of one record: `/crm/v4/objects/{type}/{id}/associations/{toType}`. */
export function recordAssociationRoutes(portal: Portal): Hono {
  const app = new Hono();

  app.get("/:type/:id/associations/:toType", (c) => {
    const { from, toType } = endsOf(portal, c);
    const max = portal.settings.limits.associationPageSize;
    const limit = Number(c.req.query("limit") ?? max);
    if (!Number.isInteger(limit) || limit < 1 || limit > max) throw invalid(`limit must be between 1 and ${max}`);
    const { page, next } = pageOf(portal.associations.of(from, toType), c.req.query("after"), limit);
    const results = page.map(wireTie(portal));
    return c.json(next === undefined ? { results } : { results, paging: { next: { after: next, link: c.req.url } } });
  });

  app.put("/:type/:id/associations/default/:toType/:toId", (c) => {
    const { from, to } = endsOf(portal, c);
    const type = requireDefault(from, to);
    associate(portal, from, to, type);
    return batchAnswer(c, portal, { results: [wireDefault(from, to, type)], errors: [], numErrors: 0 });
  });

  app.put("/:type/:id/associations/:toType/:toId", async (c) => {
    const { from, to } = endsOf(portal, c);
    const types = resolved(from, to, await readBody(c, z.array(associationSpecShape).min(1)));
    for (const type of types) associate(portal, from, to, type);
    return c.json(wireLabels(from, to, types), 201);
  });

  app.delete("/:type/:id/associations/:toType/:toId", (c) => {
    const { from, to } = endsOf(portal, c);
    dissociate(portal, from, to);
    return c.body(null, 204);
  });

  return app;
}

/** Many pairs at once: `/crm/v4/associations/{from}/{to}/…`. */
export function associationRoutes(portal: Portal): Hono {
  const app = new Hono();

  app.get("/:from/:to/labels", (c) => {
    const types = definedTypes(requireObjectType(c.req.param("from")), requireObjectType(c.req.param("to")));
    return c.json({ results: types.map(wireType) });
  });

  app.post("/:from/:to/batch/read", async (c) => {
    const { inputs } = await readBody(c, readShape);
    checkBatchSize(inputs, portal.settings.limits.associationInputs);
    return batchAnswer(c, portal, readTies(portal, typesOf(c), inputs));
  });

  app.post("/:from/:to/batch/create", async (c) => {
    const { inputs } = await readBody(c, createShape);
    checkBatchSize(inputs, portal.settings.limits.associationInputs);
    const outcome = eachPair(portal, typesOf(c), inputs, (from, to, { types }) => {
      const known = resolved(from, to, types);
      for (const type of known) associate(portal, from, to, type);
      return wireLabels(from, to, known);
    });
    return batchAnswer(c, portal, outcome, 201);
  });

  app.post("/:from/:to/batch/associate/default", async (c) => {
    const { inputs } = await readBody(c, defaultShape);
    checkBatchSize(inputs, portal.settings.limits.associationInputs);
    const outcome = eachPair(portal, typesOf(c), inputs, (from, to) => {
      const type = requireDefault(from, to);
      associate(portal, from, to, type);
      return wireDefault(from, to, type);
    });
    return batchAnswer(c, portal, outcome);
  });

  app.post("/:from/:to/batch/archive", async (c) => {
    const { inputs } = await readBody(c, archiveShape);
    checkBatchSize(inputs, portal.settings.limits.associationInputs);
    const types = typesOf(c);
    for (const { from, to } of inputs) {
      for (const { id } of to) dissociate(portal, { type: types.from, id: from.id }, { type: types.to, id });
    }
    return c.body(null, 204);
  });

  return app;
}

interface TypePair {
  from: ObjectType;
  to: ObjectType;
}

/** Records without any association are errors, not empty results: a reader must not take 207 for a failure. */
function readTies(portal: Portal, types: TypePair, inputs: z.output<typeof readShape>["inputs"]) {
  const results: object[] = [];
  const errors: BatchError[] = [];
  const { associationPageSize } = portal.settings.limits;
  for (const { id, after } of inputs) {
    const ties = portal.associations.of({ type: types.from, id }, types.to);
    if (ties.length === 0) errors.push(noAssociations(types, id));
    const { page, next } = pageOf(ties, after ?? undefined, associationPageSize);
    if (page.length === 0) continue;
    const paging = next === undefined ? {} : { paging: { next: { after: next } } };
    results.push({ from: { id }, to: page.map(wireTie(portal)), ...paging });
  }
  return { results, errors, numErrors: errors.length };
}

function eachPair<Input extends { from: { id: string }; to: { id: string } }>(
  portal: Portal,
  types: TypePair,
  inputs: Input[],
  tie: (from: RecordRef, to: RecordRef, input: Input) => object,
) {
  const results: object[] = [];
  const errors: BatchError[] = [];
  for (const input of inputs) {
    const from = { type: types.from, id: input.from.id };
    const to = { type: types.to, id: input.to.id };
    const missing = [from, to].filter(({ type, id }) => !portal.table(type).byId.has(id));
    if (missing.length > 0) errors.push(...missing.map(({ id }) => unknownRecord(id)));
    else results.push(tie(from, to, input));
  }
  return { results, errors, numErrors: errors.length };
}

function endsOf(portal: Portal, c: Context): { from: RecordRef; to: RecordRef; toType: ObjectType } {
  const params = c.req.param();
  const type = requireObjectType(params.type ?? "");
  const toType = requireObjectType(params.toType ?? "");
  const record = portal.table(type).find(params.id ?? "");
  if (!record) throw notFound();
  const toId = params.toId ?? "";
  if (params.toId !== undefined && !portal.table(toType).byId.has(toId)) throw notFound();
  return { from: { type, id: record.id }, to: { type: toType, id: toId }, toType };
}

const typesOf = (c: Context): TypePair => ({
  from: requireObjectType(c.req.param("from") ?? ""),
  to: requireObjectType(c.req.param("to") ?? ""),
});

function resolved(from: RecordRef, to: RecordRef, specs: AssociationSpec[]): AssociationType[] {
  return specs.map(({ associationCategory, associationTypeId }) => {
    const known = definedType(from.type, to.type, associationTypeId);
    if (known || associationCategory !== "HUBSPOT_DEFINED") return typeOf(from.type, to.type, associationTypeId);
    const pair = `${factsOf(from.type).singular} to ${factsOf(to.type).singular}`;
    throw invalid(`Association type ${associationTypeId} is not valid for ${pair}`);
  });
}

function requireDefault(from: RecordRef, to: RecordRef): AssociationType {
  const type = defaultType(from.type, to.type);
  if (type) return type;
  throw invalid(`${factsOf(from.type).singular} cannot be associated with ${factsOf(to.type).singular}`);
}

function pageOf(ties: Associated[], after: string | undefined, limit: number) {
  const start = ties.findIndex(({ toId }) => Number(toId) >= Number(after ?? 0));
  const from = start === -1 ? ties.length : start;
  return { page: ties.slice(from, from + limit), next: ties[from + limit]?.toId };
}

const wireTie =
  (portal: Portal) =>
  ({ toId, types }: Associated) => ({
    toObjectId: portal.settings.switches.associatedId === "number" ? Number(toId) : toId,
    associationTypes: types.map(wireType),
  });

const wireType = ({ category, typeId, label }: AssociationType) => ({ category, typeId, label });

const wireLabels = (from: RecordRef, to: RecordRef, types: AssociationType[]) => ({
  fromObjectTypeId: factsOf(from.type).typeId,
  fromObjectId: from.id,
  toObjectTypeId: factsOf(to.type).typeId,
  toObjectId: to.id,
  labels: types.flatMap(({ label }) => label ?? []),
});

const wireDefault = (from: RecordRef, to: RecordRef, { category, typeId }: AssociationType) => ({
  from: { id: from.id },
  to: { id: to.id },
  associationSpec: { associationCategory: category, associationTypeId: typeId },
});

function noAssociations({ from, to }: TypePair, id: string): BatchError {
  const [fromName, toName] = [factsOf(from).singular, factsOf(to).singular];
  return {
    status: "error",
    category: "OBJECT_NOT_FOUND",
    subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
    message: `No ${toName} is associated with ${fromName} ${id}.`,
    context: { fromObjectId: [id], fromObjectType: [fromName], toObjectType: [toName] },
  };
}

const unknownRecord = (id: string): BatchError => ({
  status: "error",
  category: "OBJECT_NOT_FOUND",
  message: `No object with ID ${id} exists`,
  context: { ids: [id] },
});
