import { AssociationStore, typeOf } from "./association-store.ts";
import { createCatalog, type PropertyCatalog } from "./catalog.ts";
import { defaultPipelines } from "./default-pipelines.ts";
import { Refusal } from "./errors.ts";
import {
  type CustomType,
  factsOf,
  isCustomType,
  type ObjectType,
  objectTypes,
  type PipelineObject,
  type StandardType,
} from "./object-types.ts";
import { RecordTable, type StoredRecord } from "./record-table.ts";
import type { HubspotCustomObject, HubspotOwner, HubspotPipeline, HubspotRow, HubspotSeed } from "./seed.ts";
import type { Settings } from "./settings.ts";
import { createWebhooks, type Webhooks } from "./webhooks.ts";

/** Everything one simulated HubSpot account holds; the routes read and change it. */
export interface Portal {
  readonly settings: Settings;
  /** The clock that stamps records. */
  readonly now: () => number;
  readonly webhooks: Webhooks;
  id: number;
  tables: Record<StandardType, RecordTable>;
  catalogs: Record<StandardType, PropertyCatalog>;
  /** The portal's own objects, by their full names. */
  customObjects: Map<CustomType, CustomObject>;
  /** The records of an object. Throws HubSpot's 400 when the portal has no such object. */
  table(type: ObjectType): RecordTable;
  /** The properties of an object. Throws HubSpot's 400 when the portal has no such object. */
  catalog(type: ObjectType): PropertyCatalog;
  associations: AssociationStore;
  owners: HubspotOwner[];
  pipelines: Record<PipelineObject, HubspotPipeline[]>;
  /** When this portal's reference data was made, ISO 8601. */
  madeAt: string;
  /** The next record id; grows by one with each record made. */
  nextId: number;
}

/** An object of the portal's own, with what it holds. */
export interface CustomObject extends HubspotCustomObject {
  typeId: string;
  table: RecordTable;
  catalog: PropertyCatalog;
}

/** Makes an object of the portal's own, without records. */
export function addCustomObject(portal: Portal, declared: HubspotCustomObject, seed: Partial<HubspotSeed> = {}): void {
  const type: CustomType = `p${portal.id}_${declared.name}`;
  const catalog = createCatalog(type, seed.properties?.[type]);
  const table = fillTable(type, catalog, seed.objects?.[type] ?? []);
  portal.customObjects.set(type, { ...declared, typeId: `2-${1001 + portal.customObjects.size}`, table, catalog });
  portal.nextId = Math.max(portal.nextId, (table.live.at(-1)?.key ?? 0) + 1);
}

/** An empty portal with HubSpot's defaults; ready for requests. */
export function createPortal(settings: Settings): Portal {
  const { now, recordNow, credentials } = settings;
  const webhooks = createWebhooks(credentials, now);
  const portal: Portal = {
    settings,
    now: recordNow,
    webhooks,
    ...contents({ portalId: 1, ...emptySeed }),
    table: (type) => (isCustomType(type) ? customObject(portal, type).table : portal.tables[type]),
    catalog: (type) => (isCustomType(type) ? customObject(portal, type).catalog : portal.catalogs[type]),
  };
  return portal;
}

function customObject(portal: Portal, type: CustomType): CustomObject {
  const object = portal.customObjects.get(type);
  if (!object) throw new Refusal(400, { message: `Unable to infer object type from: ${type}` });
  return object;
}

/** Replaces all the portal holds. Running counters restart, so the same seed gives the same portal. */
export function loadSeed(portal: Portal, seed: HubspotSeed): void {
  Object.assign(portal, contents(seed));
  for (const declared of seed.customObjects ?? []) addCustomObject(portal, declared, seed);
  portal.webhooks.clear();
}

const emptySeed: Omit<HubspotSeed, "portalId"> = { objects: {}, associations: [], owners: [], pipelines: {} };

function contents(seed: HubspotSeed): Omit<Portal, "settings" | "now" | "webhooks" | "table" | "catalog"> {
  const catalogs = forEachType((type) => createCatalog(type, seed.properties?.[type]));
  const tables = forEachType((type) => fillTable(type, catalogs[type], seed.objects[type] ?? []));
  const associations = new AssociationStore();
  for (const { fromType, fromId, toType, toId, typeId, label } of seed.associations) {
    const from = { type: fromType, id: fromId };
    associations.tie(from, { type: toType, id: toId }, typeOf(fromType, toType, typeId, label));
  }
  return {
    id: seed.portalId,
    tables,
    catalogs,
    customObjects: new Map(),
    associations,
    owners: seed.owners,
    pipelines: {
      deals: seed.pipelines.deals ?? defaultPipelines.deals,
      tickets: seed.pipelines.tickets ?? defaultPipelines.tickets,
    },
    madeAt: "2019-08-06T02:41:08.029Z",
    nextId: highestId(tables) + 1,
  };
}

function fillTable(type: ObjectType, catalog: PropertyCatalog, rows: HubspotRow[]): RecordTable {
  const table = new RecordTable();
  const unique = [...catalog.definitions.values()].filter((definition) => definition.unique);
  table.fill(
    rows.map((row) => storedRecord(type, row)),
    unique.map(({ name }) => name),
  );
  return table;
}

function storedRecord(type: ObjectType, row: HubspotRow): StoredRecord {
  const { created, modified } = factsOf(type);
  const createdMs = Date.parse(row.createdAt);
  const modifiedMs = Date.parse(row.updatedAt);
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(row.properties)) if (value) properties[name] = value;
  properties.hs_object_id = row.id;
  properties[created] = new Date(createdMs).toISOString();
  properties[modified] = new Date(modifiedMs).toISOString();
  return {
    id: row.id,
    key: Number(row.id),
    properties,
    createdMs,
    modifiedMs,
    archivedMs: row.archived ? Date.parse(row.archivedAt ?? row.updatedAt) : undefined,
    history: row.history ? new Map(Object.entries(row.history)) : undefined,
  };
}

function forEachType<Value>(make: (type: StandardType) => Value): Record<StandardType, Value> {
  return {
    contacts: make("contacts"),
    companies: make("companies"),
    deals: make("deals"),
    tickets: make("tickets"),
    notes: make("notes"),
    emails: make("emails"),
    calls: make("calls"),
    meetings: make("meetings"),
  };
}

function highestId(tables: Record<StandardType, RecordTable>): number {
  let highest = 100;
  for (const type of objectTypes) {
    highest = Math.max(highest, tables[type].live.at(-1)?.key ?? 0, tables[type].archived.at(-1)?.key ?? 0);
  }
  return highest;
}
