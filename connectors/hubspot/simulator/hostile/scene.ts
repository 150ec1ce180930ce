import type { Random, TroubleDeclaration } from "journey-hub/connector/testing";
import type { RecordRef } from "../association-store.ts";
import { defaultType, definedTypes } from "../association-types.ts";
import { associate, dissociate } from "../new-associations.ts";
import { objectTypes, type StandardType } from "../object-types.ts";
import type { Portal } from "../portal.ts";
import type { StoredRecord } from "../record-table.ts";
import { restamp } from "../record-writes.ts";
import type { OpenTransactions } from "./open-transactions.ts";

/** Where something happens: the account, the chance that chooses what, and what is begun there but not yet done. */
export interface Scene {
  portal: Portal;
  chance: Random;
  open: OpenTransactions;
}

/** Lets it happen; false when the account has nothing it could happen to. */
export type Happening = (scene: Scene) => boolean;

/** Something that happens in an account and that clients tend to miss. */
export interface LifeTrouble extends TroubleDeclaration {
  kind: "life";
  happens: Happening;
}

/** A live record with its type. */
export interface Found {
  type: StandardType;
  record: StoredRecord;
}

const usualTypes: readonly StandardType[] = [
  "contacts",
  "contacts",
  "contacts",
  "companies",
  "deals",
  "deals",
  "tickets",
];

/** A type as people work on them: contacts most of all. */
export const usualType = ({ chance }: Scene): StandardType => chance.pick([...usualTypes, ...objectTypes]);

/** Any live record of the type, or of a usual one. */
export function pickLive(scene: Scene, type = usualType(scene)): Found | undefined {
  const { live } = scene.portal.table(type);
  return live.length === 0 ? undefined : { type, record: scene.chance.pick(live) };
}

/** All records a record is tied to. */
export function neighbours(portal: Portal, from: RecordRef): RecordRef[] {
  return objectTypes.flatMap((type) => portal.associations.of(from, type).map(({ toId }) => ({ type, id: toId })));
}

/** Moves the stamps of these records, as far as they are live: their associations changed, and a good account says so. */
export function touch(portal: Portal, refs: readonly RecordRef[]): void {
  for (const { type, id } of refs) {
    const record = portal.table(type).byId.get(id);
    if (record && record.archivedMs === undefined) restamp(portal, type, record, portal.now());
  }
}

/** Which ends a tie may have, as people make them. */
const pairs: readonly (readonly [StandardType, StandardType])[] = [
  ["contacts", "companies"],
  ["deals", "companies"],
  ["deals", "contacts"],
  ["tickets", "contacts"],
  ["tickets", "companies"],
  ["notes", "contacts"],
  ["emails", "contacts"],
  ["calls", "contacts"],
  ["meetings", "contacts"],
];

/** Ties a record to another or unties it, moving no stamp; the ends whose ties are others now. */
export function changeTie(scene: Scene, from = pickLive(scene)): RecordRef[] {
  const { portal, chance } = scene;
  const able = pairs.filter(([type]) => type === from?.type);
  if (!from || able.length === 0) return [];
  const [fromType, toType] = chance.pick(able);
  const here = { type: fromType, id: from.record.id };
  const tied = portal.associations.of(here, toType);
  if (tied.length > 0 && chance.chance(0.4)) {
    const there = { type: toType, id: chance.pick(tied).toId };
    dissociate(portal, here, there);
    return [here, there];
  }
  const end = pickLive(scene, toType);
  const type = chance.chance(0.5) ? definedTypes(fromType, toType)[0] : defaultType(fromType, toType);
  if (!end || !type) return [];
  const there = { type: toType, id: end.record.id };
  associate(portal, here, there, type);
  return [here, there];
}
