import {
  PropertyCreateFieldTypeEnum as FieldType,
  PropertyCreateTypeEnum as Type,
} from "@hubspot/api-client/lib/codegen/crm/properties/models/PropertyCreate.js";
import { type FieldFinding, SourceError, type WritebackField } from "journey-hub/connector";
import { z } from "zod";
import { groupsReply, propertiesReply } from "./replies.ts";
import { exchange, type HubspotSession } from "./session.ts";

export const targetObjects = ["contacts", "companies"] as const;
export type TargetObject = (typeof targetObjects)[number];

/** The properties journey-hub keeps its values in, the same on each object. */
export const properties = {
  stage: { name: "journey_hub_stage", label: "Journey stage", type: Type.String, fieldType: FieldType.Text },
  stage_date: {
    name: "journey_hub_stage_date",
    label: "Journey stage since",
    type: Type.Datetime,
    fieldType: FieldType.Date,
  },
  score: { name: "journey_hub_score", label: "Lead score", type: Type.Number, fieldType: FieldType.Number },
  grade: { name: "journey_hub_grade", label: "Lead grade", type: Type.String, fieldType: FieldType.Text },
  reason: {
    name: "journey_hub_why",
    label: "Why this stage and score",
    type: Type.String,
    fieldType: FieldType.Textarea,
  },
} as const satisfies Record<WritebackField, { name: string; label: string; type: Type; fieldType: FieldType }>;

type Property = (typeof properties)[WritebackField];

const group = { name: "journey_hub", label: "Journey Hub" };

/** Creates the properties and their group where they are missing; reports what was made and what a person must do. */
export async function prepareProperties(session: HubspotSession): Promise<FieldFinding[]> {
  const findings = await Promise.all(targetObjects.map((object) => prepareObject(session, object)));
  return findings.flat();
}

/** Reports the properties that stand there with another type; those that are missing, `prepareProperties` makes. */
export async function lookAtProperties(session: HubspotSession): Promise<FieldFinding[]> {
  const standing = await Promise.all(targetObjects.map((object) => lookAtObject(session, object)));
  return standing.flatMap(({ findings }) => findings);
}

async function lookAtObject(session: HubspotSession, object: TargetObject) {
  const { results } = await exchange(session, {
    operation: `${object}.properties`,
    lane: "writeback",
    reply: propertiesReply,
    send: ({ crm }, options) => crm.properties.coreApi.getAll(object, false, undefined, options),
  });
  const types = new Map(results.map(({ name, type }) => [name, type]));
  const wanted = Object.values(properties);
  const mistyped = wanted.filter(({ name, type }) => types.has(name) && types.get(name) !== type);
  const findings = mistyped.map((property) => mistypedFinding(object, property, types.get(property.name)));
  return { findings, missing: wanted.filter(({ name }) => !types.has(name)) };
}

async function prepareObject(session: HubspotSession, object: TargetObject): Promise<FieldFinding[]> {
  const { findings, missing } = await lookAtObject(session, object);
  if (missing.length === 0) return findings;
  try {
    await ensureGroup(session, object);
    for (const property of missing) findings.push(await create(session, object, property));
    return findings;
  } catch (error) {
    if (!(error instanceof SourceError) || error.next === "retry" || error.next === "reauthorise") throw error;
    const made = new Set(findings.map(({ field }) => field));
    const left = missing.filter(({ name }) => !made.has(name));
    return [...findings, ...left.map((property) => refusedFinding(object, property, error))];
  }
}

async function ensureGroup(session: HubspotSession, object: TargetObject): Promise<void> {
  const { results } = await exchange(session, {
    operation: `${object}.groups`,
    lane: "writeback",
    reply: groupsReply,
    send: ({ crm }, options) => crm.properties.groupsApi.getAll(object, options),
  });
  if (results.some(({ name }) => name === group.name)) return;
  await exchange(session, {
    operation: `${object}.groups.create`,
    lane: "writeback",
    reply: z.unknown(),
    send: ({ crm }, options) => crm.properties.groupsApi.create(object, group, options),
  });
}

async function create(session: HubspotSession, object: TargetObject, property: Property): Promise<FieldFinding> {
  const { name, label, type, fieldType } = property;
  const body = { name, label, type, fieldType, groupName: group.name, description: "Kept by journey-hub." };
  await exchange(session, {
    operation: `${object}.properties.create`,
    lane: "writeback",
    reply: z.unknown(),
    send: ({ crm }, options) => crm.properties.coreApi.create(object, body, options),
  });
  return { object, field: name, created: true, instructions: `Created ${name} on ${object}, group ${group.label}.` };
}

function refusedFinding(object: TargetObject, property: Property, error: SourceError): FieldFinding {
  const { name, label, type, fieldType } = property;
  const byHand = `In HubSpot, Settings > Properties > ${object}, create "${label}" with internal name ${name} (${type}, ${fieldType})`;
  const remedy = error.details.remedy ?? "An archived property of that name must be restored instead.";
  return { object, field: name, created: false, instructions: `${error.message}. ${byHand}. Or: ${remedy}` };
}

function mistypedFinding(object: TargetObject, { name, type }: Property, found = "unknown"): FieldFinding {
  const instructions = `${name} on ${object} is of type ${found}, journey-hub needs ${type}: in HubSpot, Settings > Properties, archive it; it is then made anew.`;
  return { object, field: name, created: false, instructions };
}
