import { restamp, updateRecord } from "../record-writes.ts";
import { make } from "./everyday.ts";
import { type LifeTrouble, pickLive, type Scene, usualType } from "./scene.ts";
import { changedValues } from "./values.ts";

/** The longest a transaction stays open: its row then shows under a stamp of that long ago. */
const openMaxMs = 4 * 60_000;

export const lateCommit: LifeTrouble = {
  name: "late-commit",
  kind: "life",
  about:
    "a record made or changed shows up to four minutes later, under the stamp of its beginning and a lower id than newer ones",
  source: "airbyte#27146 (Salesforce); at HubSpot unverified",
  happens: (scene) => (scene.chance.chance(0.5) ? createLate(scene) : changeLate(scene)),
};

/** The id is given when the record is begun: by the time it shows, a reader by id may have passed its place. */
function createLate(scene: Scene): boolean {
  const type = usualType(scene);
  const table = scene.portal.table(type);
  const record = make(scene, type);
  table.erase(record);
  scene.open.begin(dueOf(scene), () => table.add(record));
  return true;
}

function changeLate(scene: Scene): boolean {
  const { portal, chance, open } = scene;
  const found = pickLive(scene);
  if (!found) return false;
  const { type, record } = found;
  const begunAt = portal.now();
  const values = changedValues(type, chance, { serial: record.key, at: begunAt });
  open.begin(dueOf(scene), () => {
    if (portal.table(type).byId.get(record.id) !== record || record.archivedMs !== undefined) return;
    const before = record.modifiedMs;
    updateRecord(portal, type, record, new Map(Object.entries(values)), "CRM_UI");
    restamp(portal, type, record, Math.max(before, begunAt));
  });
  return true;
}

const dueOf = ({ portal, chance }: Scene): number => portal.now() + chance.int(15_000, openMaxMs);
