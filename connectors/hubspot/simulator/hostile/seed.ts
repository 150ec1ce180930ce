import { createRandom, type Random } from "journey-hub/connector/testing";
import { defaultPipelines } from "../default-pipelines.ts";
import type { PropertySpec } from "../definitions/define.ts";
import { objectTypes, type StandardType } from "../object-types.ts";
import type { HubspotAssociation, HubspotOwner, HubspotPipeline, HubspotRow, HubspotSeed } from "../seed.ts";
import { customFields, newValues, ownerId } from "./values.ts";

/** How many of a hundred records are of each type; owners and pipelines are the rest. */
const shares: Record<StandardType, number> = {
  contacts: 34,
  companies: 14,
  deals: 16,
  tickets: 10,
  notes: 8,
  emails: 6,
  calls: 5,
  meetings: 3,
};

const dayMs = 86_400_000;
const historyMs = 120 * dayMs;

/** A small account: about `records` records, made and changed over the four months before `now`, some of them archived. */
export function hostileSeed({ seed, records, now }: { seed: number; records: number; now: number }): HubspotSeed {
  const chance = createRandom(seed).fork("seed");
  let serial = 1_000;
  const rowsOf = (type: StandardType): HubspotRow[] =>
    Array.from({ length: Math.max(1, Math.round((records * shares[type]) / 100)) }, () => {
      serial += 1;
      return seededRow(type, chance, { serial, at: now });
    });
  const objects = Object.fromEntries(objectTypes.map((type) => [type, rowsOf(type)]));
  return {
    portalId: 515_151,
    objects,
    associations: seededTies(objects, chance),
    owners: Array.from({ length: Math.max(3, Math.round(records / 40)) }, (_, n) => owner(n + 1)),
    pipelines: { deals: [...defaultPipelines.deals, pipeline("fleet"), pipeline("rental")] },
    properties: customProperties,
  };
}

/** One of eight records was imported in bulk: those share one instant. One of twenty is archived. */
function seededRow(
  type: StandardType,
  chance: Random,
  { serial, at: now }: { serial: number; at: number },
): HubspotRow {
  const createdAt = now - chance.int(historyMs / 4, historyMs);
  const imported = now - 20 * dayMs;
  const changedAt = chance.chance(1 / 8) ? imported : now - chance.int(0, historyMs / 4);
  const archived = chance.chance(1 / 20) && { archived: true, archivedAt: instant(now - chance.int(0, historyMs / 5)) };
  return {
    id: String(serial),
    properties: newValues(type, chance, { serial, at: createdAt }),
    createdAt: instant(createdAt),
    updatedAt: instant(changedAt),
    ...archived,
  };
}

type Rows = Readonly<Record<string, readonly HubspotRow[]>>;

/** People belong to companies, deals and tickets to both, activities to several people. */
function seededTies(rows: Rows, chance: Random): HubspotAssociation[] {
  const tie = (fromType: StandardType, toType: StandardType, typeIds: readonly number[]) => (row: HubspotRow) => {
    const others = rows[toType] ?? [];
    if (others.length === 0) return [];
    const toId = chance.pick(others).id;
    return typeIds.map((typeId) => ({ fromType, fromId: row.id, toType, toId, typeId }));
  };
  const several = (fromType: StandardType, typeId: number) => (row: HubspotRow) =>
    Array.from({ length: chance.int(1, 5) }, () => tie(fromType, "contacts", [typeId])(row)).flat();
  return [
    ...(rows.contacts ?? []).flatMap(tie("contacts", "companies", [1, 279])),
    ...(rows.deals ?? []).flatMap(tie("deals", "companies", [5, 341])),
    ...(rows.deals ?? []).flatMap(tie("deals", "contacts", [3])),
    ...(rows.tickets ?? []).flatMap(tie("tickets", "contacts", [16])),
    ...(rows.notes ?? []).flatMap(several("notes", 202)),
    ...(rows.emails ?? []).flatMap(several("emails", 198)),
    ...(rows.calls ?? []).flatMap(several("calls", 194)),
    ...(rows.meetings ?? []).flatMap(several("meetings", 200)),
  ];
}

/** One of five has left the company; records still name them. */
const owner = (n: number): HubspotOwner => ({
  id: ownerId(n),
  email: `seller${n}@bikes.example`,
  firstName: "Sam",
  lastName: `Seller ${n}`,
  userId: 9_000 + n,
  archived: n % 5 === 0,
});

/** A further pipeline of deals, without any deal in it. */
export function pipeline(name: string): HubspotPipeline {
  const stage = (id: string, displayOrder: number, isClosed: boolean) => ({
    id: `${name}_${id}`,
    label: id,
    displayOrder,
    metadata: { isClosed: String(isClosed), probability: isClosed ? "1.0" : "0.5" },
  });
  return { id: name, label: name, displayOrder: 1, stages: [stage("open", 0, false), stage("won", 1, true)] };
}

export const customProperty = (name: string): PropertySpec => ({
  name,
  label: name,
  type: "string",
  fieldType: "text",
  groupName: "bicycles",
});

const customProperties = Object.fromEntries(
  Object.entries(customFields).map(([type, name]) => [type, [customProperty(name)]]),
);

const instant = (at: number): string => new Date(at).toISOString();
