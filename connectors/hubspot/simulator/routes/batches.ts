import { type Context, Hono } from "hono";
import { z } from "zod";
import { type BatchError, type BatchOutcome, batchAnswer } from "../batch-answer.ts";
import { checkBatchSize, readBody, scalarText } from "../body.ts";
import { conflict, invalid, invalidValues, notFound, Refusal } from "../errors.ts";
import { associate, newAssociationShape, planTies } from "../new-associations.ts";
import type { ObjectType } from "../object-types.ts";
import type { Portal } from "../portal.ts";
import { checkValues } from "../property-values.ts";
import { findByProperty, requireUnique } from "../record-lookup.ts";
import type { StoredRecord } from "../record-table.ts";
import { archiveRecord, checkCreate, createRecord, updateRecord } from "../record-writes.ts";
import { recordWriter, requireObjectType } from "../wire.ts";
import { everything } from "./objects.ts";

const written = z.record(z.string(), scalarText);
const traced = { objectWriteTraceId: z.string().nullish() };
const readShape = z.object({
  inputs: z.array(z.object({ id: scalarText })),
  properties: z.array(z.string()).nullish(),
  propertiesWithHistory: z.array(z.string()).nullish(),
  idProperty: z.string().nullish(),
});
const createShape = z.object({
  inputs: z.array(z.object({ properties: written, associations: z.array(newAssociationShape).nullish(), ...traced })),
});
const updateInput = z.object({ id: scalarText, idProperty: z.string().nullish(), properties: written, ...traced });
const updateShape = z.object({ inputs: z.array(updateInput) });
const archiveShape = z.object({ inputs: z.array(z.object({ id: scalarText })) });
type UpdateInput = z.output<typeof updateInput>;

/** Up to 100 records in one request: read, create, update, upsert, archive. */
export function batchRoutes(portal: Portal): Hono {
  const app = new Hono();
  const max = portal.settings.limits.batchInputs;

  app.post("/:type/batch/read", async (c) => {
    const type = requireObjectType(c.req.param("type"));
    const body = await readBody(c, readShape);
    checkBatchSize(body.inputs, max);
    checkHistorySize(body, portal.settings.limits.historyInputs);
    return readBatch(portal, type, c, body);
  });

  app.post("/:type/batch/create", async (c) => {
    const type = requireObjectType(c.req.param("type"));
    const { inputs } = await readBody(c, createShape);
    checkBatchSize(inputs, max);
    return batchAnswer(c, portal, createBatch(portal, type, inputs), 201);
  });

  app.post("/:type/batch/update", async (c) => {
    const type = requireObjectType(c.req.param("type"));
    const { inputs } = await readBody(c, updateShape);
    checkBatchSize(inputs, max);
    checkUpdates(portal, type, inputs, "update");
    return batchAnswer(c, portal, updateBatch(portal, type, inputs));
  });

  app.post("/:type/batch/upsert", async (c) => {
    const type = requireObjectType(c.req.param("type"));
    const { inputs } = await readBody(c, updateShape);
    checkBatchSize(inputs, max);
    if (inputs.some(({ idProperty }) => !idProperty)) throw invalid("idProperty is required for upsert");
    checkUpdates(portal, type, inputs, "upsert");
    return batchAnswer(c, portal, upsertBatch(portal, type, inputs));
  });

  app.post("/:type/batch/archive", async (c) => {
    const type = requireObjectType(c.req.param("type"));
    const { inputs } = await readBody(c, archiveShape);
    checkBatchSize(inputs, max);
    for (const { id } of inputs) {
      const record = portal.table(type).find(id);
      if (record) archiveRecord(portal, type, record);
    }
    return c.body(null, 204);
  });

  return app;
}

/** In the words HubSpot was seen to use. */
function checkHistorySize({ inputs, propertiesWithHistory }: z.output<typeof readShape>, max: number): void {
  if (!propertiesWithHistory?.length || inputs.length <= max) return;
  throw invalid(
    `The maximum number of inputs supported in a batch request for property histories is ${max}. Please reduce the number of items and try again`,
  );
}

function readBatch(portal: Portal, type: ObjectType, c: Context, body: z.output<typeof readShape>): Response {
  const archived = c.req.query("archived") === "true";
  const view = { properties: body.properties ?? [], history: body.propertiesWithHistory ?? [], associations: [] };
  const write = recordWriter(portal, type, view);
  const found = new Map<string, StoredRecord>();
  const missing: string[] = [];
  for (const { id } of body.inputs) {
    const record = findByProperty(portal, type, body.idProperty, id);
    if (record && (record.archivedMs !== undefined) === archived) found.set(record.id, record);
    else missing.push(id);
  }
  const errors = missing.length > 0 ? [notFoundError(missing)] : [];
  return batchAnswer(c, portal, { results: [...found.values()].map(write), errors, numErrors: missing.length });
}

/** All or nothing: what would refuse one record is found before the first is made. */
function createBatch(portal: Portal, type: ObjectType, inputs: z.output<typeof createShape>["inputs"]): BatchOutcome {
  const ties = inputs.map(({ associations }) => planTies(portal, type, associations ?? []));
  const planned = batchOf(portal, type, inputs);
  for (const input of inputs) checkCreate(portal, type, checkValues(portal, type, input.properties).values);
  checkDistinct(portal, type, inputs);
  return planned((input, values) => {
    const record = createRecord(portal, type, values);
    for (const tie of ties[inputs.indexOf(input)] ?? []) {
      associate(portal, { type, id: record.id }, tie.to, tie.type);
    }
    return everything(portal, type)(record);
  });
}

/** Two inputs of one batch may not claim the same unique value. */
function checkDistinct(portal: Portal, type: ObjectType, inputs: { properties: Record<string, string> }[]): void {
  const claimed = new Set<string>();
  for (const { properties } of inputs) {
    for (const [name, value] of Object.entries(properties)) {
      if (value === "" || !portal.catalog(type).definitions.get(name)?.unique) continue;
      const claim = `${name} ${value.trim().toLowerCase()}`;
      if (claimed.has(claim)) throw conflict(`Duplicate value ${value} of ${name} in the batch`);
      claimed.add(claim);
    }
  }
}

function updateBatch(portal: Portal, type: ObjectType, inputs: UpdateInput[]) {
  const run = batchOf(portal, type, inputs);
  return run((input, values) => {
    const record = findByProperty(portal, type, input.idProperty, input.id);
    if (!record || record.archivedMs !== undefined) throw missingInput(input.id);
    updateRecord(portal, type, record, values);
    return everything(portal, type)(record);
  });
}

function upsertBatch(portal: Portal, type: ObjectType, inputs: UpdateInput[]) {
  const run = batchOf(portal, type, inputs);
  return run((input, values) => {
    const idProperty = input.idProperty ?? "";
    const existing = portal.table(type).holder(idProperty, input.id);
    if (existing) updateRecord(portal, type, existing, values);
    const record = existing ?? createRecord(portal, type, withIdentity(portal, type, input, values));
    return { ...everything(portal, type)(record), new: existing === undefined };
  });
}

/** The values of a record an upsert has to make: its own, and the one it was looked for by. */
function withIdentity(
  portal: Portal,
  type: ObjectType,
  { id, idProperty }: UpdateInput,
  values: Map<string, string>,
): Map<string, string> {
  const identity = checkValues(portal, type, { [idProperty ?? ""]: id });
  if (identity.invalid.length > 0) throw invalidValues(identity.invalid);
  return new Map([...identity.values, ...values]);
}

/** What refuses an update or upsert as a whole, before anything is written. */
function checkUpdates(portal: Portal, type: ObjectType, inputs: UpdateInput[], verb: string): void {
  for (const { idProperty } of inputs) if (idProperty) requireUnique(portal, type, idProperty, verb);
  const seen = new Set<string>();
  const doubled = inputs.filter(({ id }) => seen.size === seen.add(id.toLowerCase()).size).map(({ id }) => id);
  if (doubled.length > 0) {
    throw invalid(`Duplicate IDs found in batch input: [${doubled.join(", ")}]. IDs must be unique`);
  }
  if (inputs.some(({ properties }) => Object.keys(properties).length === 0)) {
    throw invalid("No properties found to update, please provide at least one.");
  }
}

/**
 * Checks all inputs, then writes them one by one. A bad property refuses the whole batch (or, by switch, its record
 * alone); what fails while writing becomes an error entry.
 */
function batchOf<Input extends { properties: Record<string, string>; objectWriteTraceId?: string | null | undefined }>(
  portal: Portal,
  type: ObjectType,
  inputs: Input[],
) {
  const checked = inputs.map((input) => ({ input, ...checkValues(portal, type, input.properties) }));
  const objections = checked.flatMap(({ invalid: values }) => values);
  if (objections.length > 0 && portal.settings.switches.badPropertyFailsBatch) throw invalidValues(objections);
  return (write: (input: Input, values: Map<string, string>) => object): BatchOutcome => {
    const results: object[] = [];
    const errors: BatchError[] = [];
    for (const { input, values, invalid: bad } of checked) {
      const { objectWriteTraceId } = input;
      try {
        if (bad.length > 0) throw invalidValues(bad);
        const result = write(input, values);
        results.push(objectWriteTraceId ? { ...result, objectWriteTraceId } : result);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        errors.push(errorOf(error, objectWriteTraceId));
      }
    }
    return { results, errors, numErrors: errors.length };
  };
}

function errorOf({ body }: Refusal, traceId: string | null | undefined): BatchError {
  const { message, category = "VALIDATION_ERROR", context = {} } = body;
  const traced = traceId ? { objectWriteTraceId: [traceId] } : {};
  return { status: "error", category, message, context: { ...context, ...traced } };
}

const lost = "Could not get some objects, they may be deleted or not exist. Check that ids are valid.";

const missingInput = (id: string): Refusal => notFound(lost, { context: { ids: [id] } });

const notFoundError = (ids: string[]): BatchError => ({
  status: "error",
  category: "OBJECT_NOT_FOUND",
  message: lost,
  context: { ids },
});
