import { mergeRecords } from "../merge.ts";
import type { StandardType } from "../object-types.ts";
import type { StoredRecord } from "../record-table.ts";
import { archiveRecord, createRecord, restoreRecord, updateRecord } from "../record-writes.ts";
import { changeTie, type Found, type Happening, neighbours, pickLive, type Scene, touch, usualType } from "./scene.ts";
import { pipeline } from "./seed.ts";
import { changedValues, newValues } from "./values.ts";

/**
 * One thing that people do in an account. Whatever is changed so moves its stamp; what does not is a trouble.
 * What cannot be done in this account becomes a new record.
 */
export function everyday(scene: Scene): void {
  const happening = scene.chance.pick(happenings);
  if (!happening(scene)) create(scene);
}

/** A new record, tied to others as people do it. */
export const create: Happening = (scene) => {
  const type = usualType(scene);
  const record = make(scene, type);
  const ends = [changeTie(scene, { type, record }), changeTie(scene, { type, record })].flat();
  touch(scene.portal, ends);
  return true;
};

/** Makes a record with values of its own. */
export function make({ portal, chance }: Scene, type: StandardType): StoredRecord {
  const values = newValues(type, chance, { serial: portal.nextId, at: portal.now() });
  return createRecord(portal, type, new Map(Object.entries(values)), "CRM_UI");
}

const change: Happening = (scene) => {
  const found = pickLive(scene);
  if (!found) return false;
  changeValues(scene, found);
  if (scene.chance.chance(0.3)) touch(scene.portal, changeTie(scene, found));
  return true;
};

/** Changes one to three values of a record. */
export function changeValues({ portal, chance }: Scene, { type, record }: Found): void {
  const values = changedValues(type, chance, { serial: record.key, at: portal.now() });
  updateRecord(portal, type, record, new Map(Object.entries(values)), "CRM_UI");
}

const close: Happening = (scene) => {
  const { portal, chance } = scene;
  const found = pickLive(scene, chance.chance(0.6) ? "deals" : "tickets");
  if (!found) return false;
  const values =
    found.type === "deals"
      ? { dealstage: chance.pick(["closedwon", "closedlost"]), pipeline: "default" }
      : { hs_pipeline_stage: "4" };
  updateRecord(portal, found.type, found.record, new Map(Object.entries(values)), "CRM_UI");
  return true;
};

const archive: Happening = (scene) => {
  const found = pickLive(scene);
  if (found) archiveRecord(scene.portal, found.type, found.record);
  return found !== undefined;
};

const restore: Happening = (scene) => {
  const found = pickArchived(scene);
  if (found) restoreRecord(scene.portal, found.type, found.record, { movesStamp: true });
  return found !== undefined;
};

/** Any archived record of a usual type. */
export function pickArchived(scene: Scene): Found | undefined {
  const type = usualType(scene);
  const { archived } = scene.portal.table(type);
  return archived.length === 0 ? undefined : { type, record: scene.chance.pick(archived) };
}

const merge: Happening = (scene) => {
  const type = scene.chance.pick(mergeable);
  const pair = scene.chance.shuffled(scene.portal.table(type).live).slice(0, 2);
  const [winner, loser] = pair;
  if (!winner || !loser) return false;
  const moved = pair.flatMap(({ id }) => neighbours(scene.portal, { type, id }));
  mergeRecords(scene.portal, type, winner, loser);
  touch(scene.portal, moved);
  return true;
};

/** What HubSpot lets people merge; doubles are mostly people. */
export const mergeable: readonly StandardType[] = ["contacts", "contacts", "companies", "deals", "tickets"];

const owners: Happening = ({ portal, chance }) => {
  const stamp = new Date(portal.now()).toISOString();
  const leaving = portal.owners.filter(({ archived }) => !archived);
  if (leaving.length > 2 && chance.chance(0.5)) {
    const { id } = chance.pick(leaving);
    portal.owners = portal.owners.map((one) => (one.id === id ? { ...one, archived: true, updatedAt: stamp } : one));
    return true;
  }
  const n = portal.nextId;
  portal.nextId += 1;
  const names = { firstName: "Tia", lastName: `Trader ${n}`, email: `trader${n}@bikes.example` };
  portal.owners = [...portal.owners, { id: String(n), userId: 100_000 + n, ...names, updatedAt: stamp }];
  return true;
};

const pipelines: Happening = ({ portal, chance }) => {
  const updatedAt = new Date(portal.now()).toISOString();
  const { deals } = portal.pipelines;
  if (deals.length === 0 || (deals.length < 6 && chance.chance(0.5))) {
    const n = portal.nextId;
    portal.nextId += 1;
    portal.pipelines.deals = [...deals, { ...pipeline(`pipeline_${n}`), updatedAt }];
    return true;
  }
  const { id } = chance.pick(deals);
  const label = `Renamed ${chance.int(1, 999)}`;
  portal.pipelines.deals = deals.map((one) => (one.id === id ? { ...one, label, updatedAt } : one));
  return true;
};

const happenings: readonly Happening[] = [
  ...Array.from({ length: 6 }, () => create),
  ...Array.from({ length: 11 }, () => change),
  ...[close, close, archive, archive, merge, restore, owners, pipelines],
];
