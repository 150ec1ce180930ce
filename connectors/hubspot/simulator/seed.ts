import type { PropertySpec } from "./definitions/define.ts";
import type { ObjectType, PipelineObject } from "./object-types.ts";

/** What one portal holds before the first request; `load` replaces all state by it. Instants are ISO 8601. */
export interface HubspotSeed {
  portalId: number;
  objects: Partial<Record<ObjectType, HubspotRow[]>>;
  /** One direction is enough: the opposite one is added with HubSpot's paired type id. */
  associations: HubspotAssociation[];
  owners: HubspotOwner[];
  /** Absent: HubSpot's default Sales and Support pipelines. */
  pipelines: Partial<Record<PipelineObject, HubspotPipeline[]>>;
  /** Custom property definitions besides the standard ones. */
  properties?: Partial<Record<ObjectType, PropertySpec[]>>;
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
