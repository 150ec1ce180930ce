import { announce } from "./announce.ts";
import { factsOf, type ObjectType, objectTypes } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import type { StoredRecord } from "./record-table.ts";
import { createRecord } from "./record-writes.ts";

/**
 * Merges one record into another: the winner keeps its values and takes those it lacks, the loser's e-mail becomes an
 * additional one, associations move, and the loser's id leads to the winner from then on.
 * With `mergeMakesNewId` both go into a third record. Returns the record that remains.
 */
export function mergeRecords(
  portal: Portal,
  type: ObjectType,
  winner: StoredRecord,
  loser: StoredRecord,
): StoredRecord {
  const renew = portal.settings.switches.mergeMakesNewId && type !== "contacts";
  const moved = absorb(portal, type, winner, loser);
  const remaining = renew ? createRecord(portal, type, new Map(writable(portal, type, winner))) : winner;
  if (renew) absorb(portal, type, remaining, winner);
  announce(portal, {
    type,
    kind: "merge",
    id: remaining.id,
    source: "CRM_UI",
    fields: {
      primaryObjectId: Number(winner.id),
      mergedObjectIds: [Number(loser.id)],
      newObjectId: renew ? Number(remaining.id) : null,
      numberOfPropertiesMoved: moved,
    },
  });
  return remaining;
}

/** Puts the loser's values, associations and id into the winner; the number of values taken over. */
function absorb(portal: Portal, type: ObjectType, winner: StoredRecord, loser: StoredRecord): number {
  const table = portal.table(type);
  const at = portal.now();
  table.mergeAway(loser, winner.id);
  const taken = Object.entries(loser.properties).filter(([name]) => winner.properties[name] === undefined);
  const kept = keptProperties(type, winner, loser, at);
  table.change(winner, at, () => {
    winner.createdMs = Math.min(winner.createdMs, loser.createdMs);
    Object.assign(winner.properties, Object.fromEntries(taken), kept);
  });
  portal.associations.move({ type, id: loser.id }, { type, id: winner.id }, objectTypes);
  return taken.length;
}

function keptProperties(
  type: ObjectType,
  winner: StoredRecord,
  loser: StoredRecord,
  at: number,
): Record<string, string> {
  const merged = [winner.properties.hs_merged_object_ids, loser.properties.hs_merged_object_ids, loser.id];
  const kept: Record<string, string> = {
    [factsOf(type).modified]: new Date(at).toISOString(),
    [factsOf(type).created]: new Date(Math.min(winner.createdMs, loser.createdMs)).toISOString(),
    hs_merged_object_ids: joined(merged),
  };
  if (type !== "contacts") return kept;
  const { email } = winner.properties;
  const addresses = [
    winner.properties.hs_additional_emails,
    loser.properties.email,
    loser.properties.hs_additional_emails,
  ];
  const additional = joined(addresses.filter((address) => address !== email));
  if (additional !== "" && email !== undefined) kept.hs_additional_emails = additional;
  // Misses what the loser had itself absorbed before, as the real property does.
  kept.hs_calculated_merged_vids = joined([winner.properties.hs_calculated_merged_vids, `${loser.id}:${at}`]);
  return kept;
}

const joined = (parts: (string | undefined)[]): string =>
  [...new Set(parts.flatMap((part) => part?.split(";") ?? []))].filter((part) => part !== "").join(";");

function writable(portal: Portal, type: ObjectType, record: StoredRecord): [string, string][] {
  const { definitions } = portal.catalog(type);
  return Object.entries(record.properties).filter(
    ([name]) => !definitions.get(name)?.readOnly && !definitions.get(name)?.unique,
  );
}
