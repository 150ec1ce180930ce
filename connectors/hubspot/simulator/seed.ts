import type { PropertySpec } from "./definitions/define.ts";
import type { CustomType, ObjectType, PipelineObject, StandardType } from "./object-types.ts";

/** What one portal holds before the first request; `load` replaces all state by it. Instants are ISO 8601. */
export interface HubspotSeed {
  portalId: number;
  objects: PerObject<HubspotRow[]>;
  /** One direction is enough: the opposite one is added with HubSpot's paired type id. */
  associations: HubspotAssociation[];
  owners: HubspotOwner[];
  /** Absent: HubSpot's default Sales and Support pipelines. */
  pipelines: Partial<Record<PipelineObject, HubspotPipeline[]>>;
  /** Custom property definitions besides the standard ones. */
  properties?: PerObject<PropertySpec[]>;
  /** Objects of the portal's own; their rows and properties stand in `objects` and `properties` under their full names. */
  customObjects?: HubspotCustomObject[];
}

/** Something for some objects, HubSpot's and the portal's own. */
export type PerObject<Value> = { [type in StandardType]?: Value } & { [type: CustomType]: Value };

/** An object of a portal's own. */
export interface HubspotCustomObject {
  /** `membership`; its full name is `p<portal id>_membership`. */
  name: string;
  labels: { singular: string; plural: string };
}

export interface HubspotRow {
  id: string;
  properties: Record<string, string | null>;
  createdAt: string;
  updatedAt: string;
  archived?: boolean;
  archivedAt?: string;
  /** Earlier values for `propertiesWithHistory`, newest first; absent: the present value, set at creation. */
  history?: Record<string, HubspotHistoryEntry[]>;
}

export interface HubspotHistoryEntry {
  value: string;
  timestamp: string;
}

export interface HubspotAssociation {
  fromType: ObjectType;
  fromId: string;
  toType: ObjectType;
  toId: string;
  typeId: number;
  label?: string | null;
}

export interface HubspotOwner {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  userId: number;
  archived?: boolean;
  /** Absent: when the portal was made. */
  updatedAt?: string;
}

export interface HubspotPipeline {
  id: string;
  label: string;
  displayOrder: number;
  stages: HubspotStage[];
  /** Absent: when the portal was made. */
  updatedAt?: string;
}

export interface HubspotStage {
  id: string;
  label: string;
  displayOrder: number;
  /** Deals: `isClosed`, `probability`; tickets: `ticketState` OPEN or CLOSED. */
  metadata: Record<string, string>;
}
