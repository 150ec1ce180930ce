import type { Org } from "./org.ts";
import type { ObjectSchema } from "./schema/schema.ts";
import { liveRow } from "./writes/records.ts";

/**
 * Merges two rows as the vendor does: the loser goes to the recycle bin with MasterRecordId, everything that pointed
 * at it points at the winner, and all rows touched get a new SystemModstamp.
 */
export function mergeRecords(org: Org, object: ObjectSchema, ids: { winnerId: string; loserId: string }): void {
  if (!object.mergeable) throw new Error(`${object.name} cannot be merged`);
  const winner = liveRow(org, object, ids.winnerId);
  const loser = liveRow(org, object, ids.loserId);
  const stamps = { LastModifiedDate: org.stamp, SystemModstamp: org.stamp };
  const table = org.table(object.name);
  table.put({ ...winner, ...stamps });
  table.put({ ...loser, IsDeleted: true, MasterRecordId: winner.Id, ...stamps });
  for (const child of org.schema.values()) {
    const lookups = child.fields.filter(
      (field) => field.referenceTo.includes(object.name) && field.name !== "MasterRecordId",
    );
    if (lookups.length === 0) continue;
    for (const row of [...org.table(child.name).values()]) {
      const moved = lookups.filter((field) => row[field.name] === loser.Id);
      if (moved.length === 0) continue;
      const links = Object.fromEntries(moved.map((field) => [field.name, winner.Id]));
      org.table(child.name).put({ ...row, ...links, SystemModstamp: org.stamp });
    }
  }
}
