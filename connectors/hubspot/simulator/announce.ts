import { factsOf, isCustomType, type ObjectType } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import type { Happening } from "./webhooks.ts";

/** Who made the change, as webhook events name it. */
export type ChangeSource = "INTEGRATION" | "FORM" | "CRM_UI";

export interface Announcement {
  type: ObjectType;
  kind: Happening["kind"];
  /** Absent for association changes, which name both ends in `fields`. */
  id?: string;
  source: ChangeSource;
  fields?: Record<string, unknown>;
}

/** Hands a change to the webhooks, in HubSpot's words. */
export function announce(portal: Portal, { type, kind, id, source, fields }: Announcement): void {
  portal.webhooks.record({
    portalId: portal.id,
    object: factsOf(type).singular,
    objectTypeId: typeIdOf(portal, type),
    kind,
    changeSource: source,
    ...(id === undefined ? {} : { objectId: Number(id) }),
    ...(fields === undefined ? {} : { fields }),
  });
}

function typeIdOf({ customObjects }: Portal, type: ObjectType): string {
  return (isCustomType(type) ? customObjects.get(type)?.typeId : undefined) ?? factsOf(type).typeId;
}
