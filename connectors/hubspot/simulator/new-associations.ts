import { z } from "zod";
import { announce } from "./announce.ts";
import { type RecordRef, typeOf } from "./association-store.ts";
import { type AssociationType, definedType } from "./association-types.ts";
import { scalarText } from "./body.ts";
import { invalid } from "./errors.ts";
import { factsOf, type ObjectType, objectTypes } from "./object-types.ts";
import type { Portal } from "./portal.ts";

export const associationSpecShape = z.object({
  associationCategory: z.enum(["HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED"]),
  associationTypeId: z.int(),
});
export type AssociationSpec = z.output<typeof associationSpecShape>;

/** An association named while a record is created; the other object follows from the type id. */
export const newAssociationShape = z.object({
  to: z.object({ id: scalarText }),
  types: z.array(associationSpecShape),
});

export interface PlannedTie {
  to: RecordRef;
  type: AssociationType;
}

/** Resolves the associations of a create request before anything is made; throws 400 for an unknown type or record. */
export function planTies(
  portal: Portal,
  from: ObjectType,
  wanted: readonly z.output<typeof newAssociationShape>[],
): PlannedTie[] {
  return wanted.flatMap(({ to, types }) =>
    types.map(({ associationTypeId }) => {
      const toType = objectTypes.find((other) => definedType(from, other, associationTypeId));
      if (!toType) throw invalid(`Unknown association type ${associationTypeId} for ${factsOf(from).singular}`);
      const target = portal.table(toType).find(to.id);
      if (!target) throw invalid(`No ${factsOf(toType).singular} with ID ${to.id} exists`);
      return { to: { type: toType, id: target.id }, type: typeOf(from, toType, associationTypeId) };
    }),
  );
}

/** Ties two records and tells both subscriptions; neither record's modified stamp moves. */
export function associate(portal: Portal, from: RecordRef, to: RecordRef, type: AssociationType): void {
  if (portal.associations.tie(from, to, type)) announceTie(portal, from, to, { type, removed: false });
}

/** Unties two records, of one type or altogether. */
export function dissociate(portal: Portal, from: RecordRef, to: RecordRef, typeId?: number): void {
  for (const type of portal.associations.untie(from, to, typeId)) {
    announceTie(portal, from, to, { type, removed: true });
  }
}

function announceTie(
  portal: Portal,
  from: RecordRef,
  to: RecordRef,
  { type, removed }: { type: AssociationType; removed: boolean },
): void {
  const isPrimaryAssociation = type.label === "Primary";
  for (const [here, there] of [
    [from, to],
    [to, from],
  ] as const) {
    announce(portal, {
      type: here.type,
      kind: "associationChange",
      source: "INTEGRATION",
      fields: {
        associationType: `${factsOf(here.type).singular}_to_${factsOf(there.type).singular}`.toUpperCase(),
        fromObjectId: Number(here.id),
        toObjectId: Number(there.id),
        associationRemoved: removed,
        isPrimaryAssociation,
      },
    });
  }
}
