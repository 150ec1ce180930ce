import {
  type ByIdRequest,
  type ChangesRequest,
  type Lane,
  mergedAway,
  moving,
  type Page,
  type PageRequest,
  type Position,
  SourceError,
  type SourceRecord,
} from "journey-hub/connector";
import { type Associations, listedAssociations, readAssociations } from "./associations.ts";
import { type CrmObject, stampOfObject } from "./objects.ts";
import { countBody, fitsAddress, isSought, searchBody, settle, type Wanted, wantedOf } from "./query.ts";
import { anotherAnswer } from "./refusals.ts";
import { batchReply, countReply, listReply, type ObjectReply, searchReply } from "./replies.ts";
import { exchange, type HubspotSession } from "./session.ts";

const listPageSize = 100;

/** What HubSpot takes in one batch read. */
export const batchIdsMax = 100;

/** A page of all records of an object by id, with their associations. */
export async function readPage(
  session: HubspotSession,
  object: CrmObject,
  { after, fields }: PageRequest,
): Promise<Page<string>> {
  const wanted = wantedOf(object, fields);
  const { rows, next } = await list(session, object, { after, wanted, archived: false, lane: "backfill" });
  const listed = new Map(
    rows.map((row) => [row.id, listedAssociations(object, wanted.associations, row.associations)]),
  );
  const cut = [...listed].filter(([, associations]) => associations === null).map(([id]) => id);
  const read = await readAssociations(session, { object, ids: cut, types: wanted.associations, lane: "backfill" });
  const lack = lackOf(wanted, rows);
  const records = rows.map((row) => ({
    ...recordOf(object, wanted, row, listed.get(row.id) ?? read.get(row.id)),
    ...lack,
  }));
  return { records, next, missingFields: lack.missing ?? [] };
}

/** HubSpot leaves out a property it does not know, without a word; a known one without a value is null. */
function lackOf(wanted: Wanted, rows: readonly ObjectReply[]): Pick<SourceRecord, "missing"> {
  if (rows.length === 0) return {};
  const missing = wanted.properties.filter((name) => rows.every(({ properties }) => !Object.hasOwn(properties, name)));
  return missing.length > 0 ? { missing: missing.map((name) => `properties.${name}`) } : {};
}

/** What changed since a position, by search, and what was merged away; the associations of the page's records are read beside it. */
export async function readChanges(
  session: HubspotSession,
  object: CrmObject,
  { since, fields }: ChangesRequest,
): Promise<Page<Position>> {
  const wanted = wantedOf(object, fields);
  const { results, paging } = await exchange(session, {
    operation: `${object}.search`,
    lane: "poll",
    pool: "search",
    reply: searchReply,
    answers: (reply) => reply.results.every((row) => isSought({ id: row.id, at: stampOf(object, row) }, since)),
    send: ({ crm }, options) =>
      crm.objects.searchApi.doSearch(object, searchBody(object, since, withMerged(wanted.properties)), options),
  });
  const stamped = results.map((row) => ({ id: row.id, at: stampOf(object, row), row }));
  const { rows, next } = settle(stamped, since, paging?.next !== undefined);
  const standing = rows.map(({ row }) => row);
  const records = await withAssociations(session, object, standing, { wanted, lane: "poll" });
  const told = standing.length > 0 ? { missingFields: lackOf(wanted, standing).missing ?? [] } : {};
  return { records: [...records, ...standing.flatMap((row) => losersOf(row, versionOf(object, row)))], next, ...told };
}

/** How many records HubSpot's search knows: those of the last moments may be missing in it, or still in it. */
export async function countRecords(session: HubspotSession, object: CrmObject): Promise<number> {
  const { total } = await exchange(session, {
    operation: `${object}.count`,
    lane: "poll",
    pool: "search",
    reply: countReply,
    send: ({ crm }, options) => crm.objects.searchApi.doSearch(object, countBody(), options),
  });
  return total;
}

/** On the record that remains: the ids of all that went into it, those that had gone into these included. */
const mergedIds = "hs_merged_object_ids";
const withMerged = (properties: readonly string[]): string[] => [...new Set([...properties, mergedIds])];

/** The records that went into this one: neither list nor search shows them again. `at` is the stamp of this word. */
function losersOf(row: ObjectReply, at: string | null): SourceRecord[] {
  const ids = (row.properties[mergedIds] ?? "").split(";").filter((id) => id !== "" && id !== row.id);
  return ids.map((id) => mergedAway(id, { into: row.id, at }));
}

/** Records by id, and those that went into them, as which a merged id may answer; what HubSpot does not have is left out. */
export async function readByIds(
  session: HubspotSession,
  object: CrmObject,
  { ids, fields, lane }: ByIdRequest & { ids: readonly string[] },
): Promise<SourceRecord[]> {
  const wanted = wantedOf(object, fields);
  const properties = withMerged(wanted.properties);
  const rows = await readBatch(session, object, { ids, properties, archived: false, lane });
  const records = await withAssociations(session, object, rows, { wanted, lane });
  // Without a stamp, as what is told of one record just now is newer than any version of it.
  return [...records, ...rows.flatMap((row) => losersOf(row, null))];
}

/** A page of the archived records, which HubSpot keeps for about 90 days, and of those that went into them before they were archived. */
export async function readArchivedPage(
  session: HubspotSession,
  object: CrmObject,
  { after, fields, lane = "backfill" }: PageRequest & { lane?: Lane },
): Promise<Page<string>> {
  const wanted = { ...wantedOf(object, fields), associations: [] };
  const asked = { ...wanted, properties: withMerged(wanted.properties) };
  const { rows, next } = await list(session, object, { after, wanted: asked, archived: true, lane });
  const lack = lackOf(wanted, rows);
  const records = rows.map((row) => ({ ...recordOf(object, wanted, row), ...lack }));
  return { records: [...records, ...rows.flatMap((row) => losersOf(row, versionOf(object, row)))], next };
}

/** The archived list comes by id and cannot be asked for a time; it holds 90 days of archiving. */
const archivedPagesMax = 5_000;

/**
 * What was archived since a position. Archiving does not touch the modified stamp and search does not see it, so the list of archived
 * records is gone through to its end and those archived before are left out.
 */
export async function readArchivedChanges(
  session: HubspotSession,
  object: CrmObject,
  { since, fields }: ChangesRequest,
): Promise<Page<Position>> {
  const fresh: SourceRecord[] = [];
  let after: string | null = null;
  for (let n = 0; n < archivedPagesMax; n++) {
    const before: string | null = after;
    const page: Page<string> = await moving(
      () => readArchivedPage(session, object, { after: before, fields, lane: "poll" }),
      (next) => next === before,
    );
    if (page.next !== null && page.next === before) throw anotherAnswer();
    fresh.push(...page.records.filter(({ at }) => at !== null && at >= since.at));
    after = page.next;
    if (after === null) return { records: fresh.sort((a, b) => ((a.at ?? "") < (b.at ?? "") ? -1 : 1)), next: null };
  }
  throw new SourceError("stop", `HubSpot lists more than ${archivedPagesMax * listPageSize} archived ${object}`, {
    remedy: "Receive deletions by webhook (README, Webhooks); the archived list of this account is too long to follow.",
  });
}

interface ListRequest {
  after: string | null;
  wanted: Wanted;
  archived: boolean;
  lane: Lane;
}

/** A page of the list; property names too long for an address are read by a batch of the page's ids. */
async function list(session: HubspotSession, object: CrmObject, { after, wanted, archived, lane }: ListRequest) {
  const short = fitsAddress(wanted.properties);
  const { results, paging } = await exchange(session, {
    operation: archived ? `${object}.archived` : `${object}.list`,
    lane,
    reply: listReply,
    send: ({ crm }, options) =>
      crm.objects.basicApi.getPage(
        object,
        listPageSize,
        after ?? undefined,
        short ? wanted.properties : [stampOfObject(object)],
        undefined,
        wanted.associations,
        archived,
        options,
      ),
  });
  const next = paging?.next?.after ?? null;
  if (short || results.length === 0) return { rows: results, next };
  const ids = results.map(({ id }) => id);
  const valued = await readBatch(session, object, { ids, properties: wanted.properties, archived, lane });
  const byId = new Map(results.map((row) => [row.id, row]));
  // A record archived between the two requests is left out; the archived stream has it.
  const rows = valued.map((row) => ({ ...row, associations: byId.get(row.id)?.associations }));
  return { rows, next };
}

interface BatchRequest {
  ids: readonly string[];
  properties: string[];
  archived: boolean;
  lane: Lane;
}

async function readBatch(session: HubspotSession, object: CrmObject, request: BatchRequest): Promise<ObjectReply[]> {
  if (request.ids.length === 0) return [];
  const body = {
    inputs: request.ids.map((id) => ({ id })),
    properties: request.properties,
    propertiesWithHistory: [],
  };
  const { results } = await exchange(session, {
    operation: `${object}.read`,
    lane: request.lane,
    reply: batchReply,
    send: ({ crm }, options) => crm.objects.batchApi.read(object, body, request.archived, options),
  });
  return results;
}

async function withAssociations(
  session: HubspotSession,
  object: CrmObject,
  rows: readonly ObjectReply[],
  { wanted, lane }: { wanted: Wanted; lane: Lane },
): Promise<SourceRecord[]> {
  const ids = rows.map(({ id }) => id);
  const read = await readAssociations(session, { object, ids, types: wanted.associations, lane });
  const lack = lackOf(wanted, rows);
  return rows.map((row) => ({ ...recordOf(object, wanted, row, read.get(row.id)), ...lack }));
}

/** The same record in the same form and order whichever way it was read: the hub knows a change by the payload's text. */
function recordOf(object: CrmObject, wanted: Wanted, row: ObjectReply, associations?: Associations): SourceRecord {
  const { id, properties, archived = false, archivedAt } = row;
  const { createdAt, updatedAt, url } = row;
  const asked = Object.fromEntries(wanted.properties.map((name) => [name, properties[name] ?? null]));
  const payload = {
    id,
    properties: asked,
    createdAt,
    updatedAt,
    archived,
    ...(archivedAt === undefined ? {} : { archivedAt }),
    ...(url === undefined ? {} : { url }),
    ...(wanted.associations.length > 0 && associations ? { associations } : {}),
  };
  return { id, at: versionOf(object, row), deleted: archived, payload };
}

function versionOf(object: CrmObject, row: ObjectReply): string {
  return row.archived ? instantOf(row.archivedAt ?? row.updatedAt) : stampOf(object, row);
}

function stampOf(object: CrmObject, { properties, updatedAt }: ObjectReply): string {
  return instantOf(properties[stampOfObject(object)] ?? updatedAt);
}

/** An instant of 24 characters from whatever precision HubSpot sent. Throws RangeError for what is none. */
export function instantOf(text: string): string {
  return inForm.test(text) ? text : new Date(text).toISOString();
}

/** Nearly all have the form already, and to write them anew is a tenth of a backfill's work. (The last days of a month go the long way.) */
const inForm = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
