import {
  type FieldFinding,
  SourceError,
  type WritebackChange,
  type WritebackDeclaration,
  type WritebackField,
  type WritebackOutcome,
  writebackFields,
} from "journey-hub/connector";
import { z } from "zod";
import { createFields, type NewField } from "./create-fields.ts";
import type { DescribedField, DescribedObject } from "./describe.ts";
import { errorForRecord } from "./refusals.ts";
import type { Session } from "./session.ts";
import { whoWrote } from "./writer.ts";

/** A custom field as an administrator creates it and as `describe` shows it then. */
interface FieldSetup {
  name: string;
  label: string;
  /** As Setup's New Custom Field page calls it, with what to enter there. */
  kind: string;
  types: readonly string[];
  /** Characters it must hold; 0 where that does not apply. */
  lengthMin: number;
  metadata: NewField["metadata"];
}

const text = (name: string, label: string, length: number): FieldSetup => ({
  name,
  label,
  kind: `Text, Length ${length}`,
  types: ["string", "textarea", "picklist"],
  lengthMin: length,
  metadata: { type: "Text", label, length, required: false },
});

const setups: Readonly<Record<WritebackField, FieldSetup>> = {
  stage: text("Journey_Hub_Stage__c", "Journey Hub Stage", 80),
  stage_date: {
    name: "Journey_Hub_Stage_Date__c",
    label: "Journey Hub Stage Date",
    kind: "Date/Time",
    types: ["datetime"],
    lengthMin: 0,
    metadata: { type: "DateTime", label: "Journey Hub Stage Date", required: false },
  },
  score: {
    name: "Journey_Hub_Score__c",
    label: "Journey Hub Score",
    kind: "Number, Length 18, Decimal Places 0",
    types: ["double", "int"],
    lengthMin: 0,
    metadata: { type: "Number", label: "Journey Hub Score", precision: 18, scale: 0, required: false },
  },
  grade: text("Journey_Hub_Grade__c", "Journey Hub Grade", 10),
  reason: text("Journey_Hub_Why__c", "Journey Hub Why", 255),
};

const target: Readonly<Record<WritebackField, string>> = {
  stage: setups.stage.name,
  stage_date: setups.stage_date.name,
  score: setups.score.name,
  grade: setups.grade.name,
  reason: setups.reason.name,
};
const targets = { Account: target, Contact: target, Lead: target };

/** Stage, date, score, grade and reason into custom fields of Account, Contact and Lead. */
export const writeback: WritebackDeclaration<Session> = {
  targets,
  batchMax: 200,
  // Records that share an account lock one another: more at once fail more than they gain.
  concurrency: 2,
  prepare,
  create,
  apply,
  whoWrote,
};

/** Makes the fields that `prepare` misses. An org that does not let the user do so says it: then a person does, by the instructions. */
async function create(session: Session): Promise<FieldFinding[]> {
  const missing: NewField[] = [];
  for (const object of Object.keys(targets)) {
    session.descriptions.forget(object);
    const described = await describedOrNull(session, object);
    if (!described) continue;
    const absent = writebackFields.map((field) => setups[field]).filter(({ name }) => !described.fields.has(name));
    missing.push(...absent.map(({ name, metadata }) => ({ object, name, metadata })));
  }
  const refused = await createFields(session, missing).then(
    () => null,
    (cause: unknown) => {
      if (!(cause instanceof SourceError) || cause.next === "retry" || cause.next === "reauthorise") throw cause;
      return cause;
    },
  );
  const left = await prepare(session);
  const isLeft = ({ object, name }: NewField) => left.some((each) => each.object === object && each.field === name);
  const made = missing
    .filter((field) => !isLeft(field))
    .map(({ object, name }): FieldFinding => {
      return { object, field: name, created: true, instructions: `Created ${name} on ${object}, with access to it.` };
    });
  const why = refused ? `${refused.message}. ` : "";
  return [...made, ...left.map((each) => ({ ...each, instructions: `${why}${each.instructions}` }))];
}

async function describedOrNull({ descriptions }: Session, object: string): Promise<DescribedObject | null> {
  return descriptions.of(object, "writeback").catch((cause: unknown) => {
    if (cause instanceof SourceError && cause.details.code === "INVALID_TYPE") return null;
    throw cause;
  });
}

/** Looks whether the fields are there and can be written; creating them needs rights that an integration user need not have. */
async function prepare(session: Session): Promise<FieldFinding[]> {
  const findings: FieldFinding[] = [];
  for (const object of Object.keys(targets)) {
    session.descriptions.forget(object); // a person may just have set them up
    const described = await describedOrNull(session, object);
    findings.push(...writebackFields.flatMap((field) => finding(object, described, setups[field])));
  }
  return findings;
}

function finding(object: string, described: DescribedObject | null, setup: FieldSetup): FieldFinding[] {
  const instructions = described === null ? objectHidden(object) : shortcoming(object, described, setup);
  return instructions === null ? [] : [{ object, field: setup.name, created: false, instructions }];
}

/** What a person must do about the field; null when it is as it should be. */
function shortcoming(object: string, described: DescribedObject, setup: FieldSetup): string | null {
  const field = described.fields.get(setup.name);
  if (!field) return missing(object, setup);
  if (!setup.types.includes(field.type)) return wrongType(object, setup, field);
  if (field.length < setup.lengthMin) return tooShort(object, setup, field);
  return field.updateable ? null : readOnly(object, setup);
}

const fieldPage = (object: string) => `Setup → Object Manager → ${object} → Fields & Relationships`;

function missing(object: string, { name, label, kind }: FieldSetup): string {
  const fieldName = name.replace(/__c$/, "");
  return (
    `Create it: ${fieldPage(object)} → New → ${kind}; Field Label “${label}”, Field Name ${fieldName}; on the next page give the ` +
    `integration user's profile Visible and not Read-Only (field-level security). If the field is already there, only this access is ` +
    `missing: Setup → Permission Sets → the integration user's set → Object Settings → ${object} → Edit Access for ${name}.`
  );
}

function readOnly(object: string, { name }: FieldSetup): string {
  return (
    `The integration user may only read it: Setup → Permission Sets → the integration user's set → Object Settings → ${object} → ` +
    `Edit → tick Read Access and Edit Access for ${name}, and Edit on the object itself.`
  );
}

function wrongType(object: string, { name, kind }: FieldSetup, { type }: DescribedField): string {
  return `It has the type ${type}: ${fieldPage(object)} → ${name} → Change Field Type → ${kind}.`;
}

function tooShort(object: string, { name, lengthMin }: FieldSetup, { length }: DescribedField): string {
  return `It holds ${length} characters, ${lengthMin} are needed: ${fieldPage(object)} → ${name} → Edit → Length ${lengthMin}.`;
}

function objectHidden(object: string): string {
  return (
    `Salesforce shows no object ${object} to the integration user: Setup → Permission Sets → the integration user's set → ` +
    `Object Settings → ${object} → Read, Edit, View All and Modify All; then ask again for the fields.`
  );
}

const saved = z.looseObject({
  success: z.boolean(),
  errors: z
    .array(z.looseObject({ statusCode: z.string(), message: z.string(), fields: z.array(z.string()).default([]) }))
    .default([]),
});

/** Sends up to 200 changes in one request. Failed rows come back without their id, so results are matched by position. */
async function apply(
  { client }: Session,
  object: string,
  changes: readonly WritebackChange[],
): Promise<WritebackOutcome[]> {
  const records = changes.map(({ remote_id, values }) => ({
    attributes: { type: object },
    id: remote_id,
    ...Object.fromEntries(
      writebackFields.flatMap((field) => (values[field] === undefined ? [] : [[target[field], values[field]]])),
    ),
  }));
  const results = await client.request({
    purpose: `writing ${object}`,
    operation: `${object}.update`,
    lane: "writeback",
    method: "PATCH",
    path: "/composite/sobjects",
    body: { allOrNone: false, records },
    reply: z.array(saved).length(changes.length),
  });
  return results.map((result, position) => outcome(`${object} ${changes[position]?.remote_id}`, result));
}

function outcome(what: string, { success, errors }: z.infer<typeof saved>): WritebackOutcome {
  if (success) return null;
  const [first] = errors;
  if (!first) return new SourceError("skip", `${what}: Salesforce refused the record without saying why`);
  return errorForRecord(what, { code: first.statusCode, message: first.message, fields: first.fields });
}
