import { type Context, Hono } from "hono";
import { z } from "zod";
import { readBody, scalarText } from "../body.ts";
import { invalid, invalidValues, notFound } from "../errors.ts";
import { mergeRecords } from "../merge.ts";
import { associate, newAssociationShape, planTies } from "../new-associations.ts";
import type { ObjectType } from "../object-types.ts";
import type { Portal } from "../portal.ts";
import { checkValues } from "../property-values.ts";
import { findByProperty } from "../record-lookup.ts";
import { firstIndex, type StoredRecord } from "../record-table.ts";
import { archiveRecord, createRecord, updateRecord } from "../record-writes.ts";
import { listOf, recordWriter, requireObjectType, type View } from "../wire.ts";

const propertiesShape = z.record(z.string(), scalarText);
const updateShape = z.object({ properties: propertiesShape });
const createShape = z.object({ properties: propertiesShape, associations: z.array(newAssociationShape).nullish() });
const mergeShape = z.object({ primaryObjectId: scalarText, objectIdToMerge: scalarText });

/** One record at a time and the plain list: `/crm/v3/objects/{type}` and `/crm/objects/2026-03/{type}`. */
export function objectRoutes(portal: Portal): Hono {
  const app = new Hono();

  app.get("/:type", (c) => c.json(listPage(portal, c)));

  app.post("/:type", async (c) => {
    const type = requireObjectType(c.req.param("type"));
    const { properties, associations } = await readBody(c, createShape);
    const values = checked(portal, type, properties);
    const ties = planTies(portal, type, associations ?? []);
    const record = createRecord(portal, type, values);
    for (const tie of ties) associate(portal, { type, id: record.id }, tie.to, tie.type);
    return c.json(everything(portal, type)(record), 201);
  });

  app.post("/:type/merge", async (c) => {
    const type = requireObjectType(c.req.param("type"));
    const { primaryObjectId, objectIdToMerge } = await readBody(c, mergeShape);
    const winner = liveRecord(portal, type, primaryObjectId);
    const loser = liveRecord(portal, type, objectIdToMerge);
    if (winner === loser) throw invalid(`Cannot merge ${primaryObjectId} into itself`);
    return c.json(everything(portal, type)(mergeRecords(portal, type, winner, loser)));
  });

  app.get("/:type/:id", (c) => {
    const type = requireObjectType(c.req.param("type"));
    const archived = c.req.query("archived") === "true";
    const record = findByProperty(portal, type, c.req.query("idProperty"), c.req.param("id"));
    if (!record || (record.archivedMs !== undefined) !== archived) throw notFound();
    return c.json(recordWriter(portal, type, viewOf(c))(record));
  });

  app.patch("/:type/:id", async (c) => {
    const type = requireObjectType(c.req.param("type"));
    const { properties } = await readBody(c, updateShape);
    if (Object.keys(properties).length === 0)
      throw invalid("No properties found to update, please provide at least one.");
    const record = findByProperty(portal, type, c.req.query("idProperty"), c.req.param("id"));
    if (!record || record.archivedMs !== undefined) throw notFound();
    updateRecord(portal, type, record, checked(portal, type, properties));
    return c.json(everything(portal, type)(record));
  });

  app.delete("/:type/:id", (c) => {
    const type = requireObjectType(c.req.param("type"));
    const record = portal.table(type).find(c.req.param("id"));
    if (!record) throw notFound();
    archiveRecord(portal, type, record);
    return c.body(null, 204);
  });

  return app;
}

/** A written record is answered with all its values, not only the standard set. */
export function everything(portal: Portal, type: ObjectType) {
  return (record: StoredRecord) =>
    recordWriter(portal, type, { properties: Object.keys(record.properties), history: [], associations: [] })(record);
}

function checked(portal: Portal, type: ObjectType, properties: Record<string, string>): Map<string, string> {
  const { values, invalid: objections } = checkValues(portal, type, properties);
  if (objections.length > 0) throw invalidValues(objections);
  return values;
}

function liveRecord(portal: Portal, type: ObjectType, id: string): StoredRecord {
  const record = portal.table(type).find(id);
  if (!record || record.archivedMs !== undefined) throw notFound();
  return record;
}

function viewOf(c: Context): View {
  return {
    properties: listOf(c.req.queries("properties")),
    history: listOf(c.req.queries("propertiesWithHistory")),
    associations: listOf(c.req.queries("associations")).map(requireObjectType),
  };
}

/** By id, `after` naming the first record of the page; archived records only on request, and then nothing else. */
function listPage(portal: Portal, c: Context) {
  const type = requireObjectType(c.req.param("type") ?? "");
  const view = viewOf(c);
  const limit = pageSize(portal, c.req.query("limit"), view);
  const after = c.req.query("after") ?? "0";
  if (!/^\d+$/.test(after)) throw invalid(`Invalid paging cursor: ${after}`);
  const archived = c.req.query("archived") === "true";
  const records = archived ? keptArchived(portal, type) : portal.table(type).live;
  const start = firstIndex(records, ({ key }) => key >= Number(after));
  const results = records.slice(start, start + limit).map(recordWriter(portal, type, view));
  const next = records[start + limit];
  return next ? { results, paging: { next: { after: next.id, link: linkTo(c, next.id) } } } : { results };
}

/** HubSpot forgets archived records after a while: then no list names them any more. */
function keptArchived(portal: Portal, type: ObjectType): readonly StoredRecord[] {
  const { archivedKeptMs } = portal.settings.limits;
  const { archived } = portal.table(type);
  const since = portal.now() - archivedKeptMs;
  return archivedKeptMs === Number.POSITIVE_INFINITY
    ? archived
    : archived.filter(({ archivedMs = 0 }) => archivedMs >= since);
}

function pageSize(portal: Portal, asked: string | undefined, view: View): number {
  const { listPageSize, historyPageSize, pageRows } = portal.settings.limits;
  const max = view.history.length > 0 ? historyPageSize : listPageSize;
  const limit = asked === undefined ? 10 : Number(asked);
  if (Number.isInteger(limit) && limit >= 1 && limit <= max) return Math.min(limit, pageRows);
  throw invalid(`limit must be a whole number from 1 to ${max}, but was ${asked}`);
}

function linkTo(c: Context, after: string): string {
  const url = new URL(c.req.url);
  url.searchParams.set("after", after);
  return url.href;
}
