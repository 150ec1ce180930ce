import {
  earlierStates,
  type History,
  type HistoryRequest,
  type Lane,
  type PastValue,
  type SourceRecord,
} from "journey-hub/connector";
import { type CrmObject, type StandardObject, stampOfObject } from "./objects.ts";
import { wantedOf } from "./query.ts";
import { instantOf } from "./records.ts";
import { historyReply, type PropertyPast } from "./replies.ts";
import { exchange, type HubspotSession } from "./session.ts";

/** With histories HubSpot takes half as many ids in one batch read. */
export const historyIdsMax = 50;

interface Tracked {
  /** Properties whose changes are steps of a journey. */
  properties: readonly string[];
  /** By property: what HubSpot works out from it, or people add to it. */
  following: Readonly<Record<string, readonly string[]>>;
}

const lifecycle = { properties: ["lifecyclestage"], following: {} };

/** The objects whose past is read, and of which properties. */
const tracked = {
  companies: lifecycle,
  contacts: { ...lifecycle, properties: ["lifecyclestage", "hs_lead_status"] },
  deals: {
    properties: ["dealstage", "pipeline", "amount", "deal_currency_code", "closedate", "hubspot_owner_id"],
    following: {
      dealstage: [
        ...["hs_is_closed", "hs_is_closed_won", "hs_is_closed_lost", "hs_deal_stage_probability"],
        "closed_lost_reason",
      ],
    },
  },
  tickets: {
    properties: ["hs_pipeline_stage", "hs_pipeline", "hs_ticket_priority"],
    following: { hs_pipeline_stage: ["closed_date"] },
  },
} as const satisfies Partial<Record<StandardObject, Tracked>>;

export type ObjectWithPast = keyof typeof tracked;

/** What records were before, by the histories of those tracked properties that the mapping reads. */
export async function readHistory(
  session: HubspotSession,
  object: ObjectWithPast,
  { records, fields, lane }: HistoryRequest,
): Promise<History> {
  const { following, properties }: Tracked = tracked[object];
  const wanted = new Set(wantedOf(object, fields).properties);
  const names = properties.filter((name) => wanted.has(name));
  // A record that was never changed has no past.
  const changed = records.filter(({ at, payload }) => at !== null && instantOf(String(payload.createdAt)) < at);
  if (names.length === 0 || changed.length === 0) return { versions: [] };
  const portions: SourceRecord[][] = [];
  for (let n = 0; n < changed.length; n += historyIdsMax) portions.push(changed.slice(n, n + historyIdsMax));
  const versions = await Promise.all(
    portions.map(async (portion) => {
      const past = await readPast(session, object, { ids: portion.map(({ id }) => id), names, lane });
      return portion.flatMap((record) => earlierVersions(object, record, past.get(record.id) ?? {}, following));
    }),
  );
  return { versions: versions.flat() };
}

async function readPast(
  session: HubspotSession,
  object: CrmObject,
  { ids, names, lane }: { ids: readonly string[]; names: string[]; lane: Lane },
): Promise<Map<string, Record<string, PropertyPast>>> {
  const inputs = ids.map((id) => ({ id }));
  const { results } = await exchange(session, {
    operation: `${object}.history`,
    lane,
    reply: historyReply,
    send: ({ crm }, options) =>
      crm.objects.batchApi.read(
        object,
        { inputs, properties: [stampOfObject(object)], propertiesWithHistory: names },
        false,
        options,
      ),
  });
  return new Map(results.map(({ id, propertiesWithHistory }) => [id, propertiesWithHistory]));
}

/** HubSpot stamps what one change brings about (closing a deal sets its close date) one property after another. */
const togetherMs = 2_000;
/** HubSpot forgets the oldest values of a property; a list this long may have lost its beginning. */
const valuesKept = 20;

function earlierVersions(
  object: CrmObject,
  { id, at, payload }: SourceRecord,
  past: Record<string, PropertyPast>,
  following: Tracked["following"],
): SourceRecord[] {
  const present = propertiesOf(payload);
  const createdAt = instantOf(String(payload.createdAt));
  const values = Object.entries(past).flatMap(([field, entries]) => pastValues(field, entries, createdAt));
  return earlierStates({ present, before: at ?? "", values, following, togetherMs }).map(({ at: began, fields }) => {
    const properties = { ...present, ...fields, [stampOfObject(object)]: began };
    return { id, at: began, deleted: false, payload: { ...payload, properties, updatedAt: began, _history: true } };
  });
}

function pastValues(field: string, entries: PropertyPast, createdAt: string): PastValue[] {
  const values = entries.map(
    ({ value, timestamp }): PastValue => ({
      field,
      value: value ? value : null,
      at: instantOf(timestamp),
    }),
  );
  const oldest = values.at(-1);
  // What it was before the oldest value kept is not known: most likely the same as just after.
  return oldest && entries.length >= valuesKept && createdAt < oldest.at
    ? [...values, { ...oldest, at: createdAt }]
    : values;
}

function propertiesOf({ properties }: SourceRecord["payload"]): Record<string, unknown> {
  return typeof properties === "object" && properties !== null ? { ...properties } : {};
}
