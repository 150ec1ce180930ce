import {
  type FieldFinding,
  SourceError,
  type WritebackChange,
  type WritebackDeclaration,
  type WritebackField,
  type WritebackOutcome,
  type WritebackValues,
  writebackFields,
} from "journey-hub/connector";
import { noBody } from "./client.ts";
import { type Property, propertiesOf } from "./metadata.ts";
import { objects } from "./objects.ts";
import type { Session } from "./read.ts";
import { permissionRemedy } from "./refusals.ts";
import { whoWrote } from "./writer.ts";

/** A custom field as an administrator creates it, and how the metadata catalog shows it then. */
interface FieldSetup {
  id: string;
  label: string;
  /** As the New Entity Field page calls it. */
  kind: string;
  accepts(shown: Property): boolean;
}

const text = (name: string, label: string): FieldSetup => ({
  id: `custentity_journey_hub_${name}`,
  label: `Journey Hub ${label}`,
  kind: "Free-Form Text",
  accepts: ({ type, format }) => type === "string" && format === undefined,
});

const setups: Readonly<Record<WritebackField, FieldSetup>> = {
  stage: text("stage", "Stage"),
  stage_date: {
    ...text("stage_date", "Stage Date"),
    kind: "Date/Time",
    accepts: ({ format }) => format === "date-time",
  },
  score: {
    ...text("score", "Score"),
    kind: "Integer Number",
    accepts: ({ type }) => type === "integer" || type === "number",
  },
  grade: text("grade", "Grade"),
  reason: text("why", "Why"),
};

const target: Readonly<Record<WritebackField, string>> = {
  stage: setups.stage.id,
  stage_date: setups.stage_date.id,
  score: setups.score.id,
  grade: setups.grade.id,
  reason: setups.reason.id,
};
/** Object → what the Applies To tab calls it. Customer covers leads, prospects, persons and companies. */
const appliesTo = { customer: "Customer", contact: "Contact" } as const;

/** Stage, date, score, grade and reason into custom fields of customer and contact. */
export const writeback: WritebackDeclaration<Session> = {
  targets: { customer: target, contact: target },
  // Records are written one by one, as many at a time as the account's concurrency allows: the second batch fills the first one's end.
  batchMax: 50,
  concurrency: 2,
  prepare,
  apply,
  whoWrote: whoWrote(target),
};

/** Looks whether the fields are there; NetSuite's REST services cannot create them. */
async function prepare({ client }: Session): Promise<FieldFinding[]> {
  const lookUp = (object: TargetObject) => propertiesOf(client, object, "writeback");
  const [customer, contact] = await Promise.all([lookUp("customer"), lookUp("contact")]);
  return [...findings("customer", customer, contact), ...findings("contact", contact, customer)];
}

type TargetObject = keyof typeof appliesTo;
type Properties = Readonly<Record<string, Property>>;

/** What a person must do about each field of an object; `other` tells which fields exist and only need to be shared. */
function findings(object: TargetObject, properties: Properties | null, other: Properties | null): FieldFinding[] {
  return writebackFields.flatMap((field): FieldFinding[] => {
    const setup = setups[field];
    const instructions = shortcoming(object, setup, {
      found: properties,
      isElsewhere: other?.[setup.id] !== undefined,
    });
    return instructions === null ? [] : [{ object, field: setup.id, created: false, instructions }];
  });
}

const fieldsPage = "Customization → Lists, Records, & Fields → Entity Fields";

function shortcoming(
  object: TargetObject,
  { id, label, kind, accepts }: FieldSetup,
  { found, isElsewhere }: { found: Properties | null; isElsewhere: boolean },
): string | null {
  if (!found) {
    const permission = objects[object].permission;
    return `NetSuite does not show the record ${object} to the token's role. ${permissionRemedy(`${permission}, level Edit`)}`;
  }
  const standing = found[id];
  const tick = `on the tab Applies To tick ${appliesTo[object]}`;
  if (standing && accepts(standing)) return null;
  if (standing) {
    const type = standing.format ?? standing.type ?? "another type";
    return `It is of the type ${type}, which NetSuite cannot change: delete it under ${fieldsPage} and create it anew as ${kind}, ID ${scriptId(id)}.`;
  }
  if (isElsewhere) return `It exists, but not on this record: ${fieldsPage} → ${label} → ${tick}, Save.`;
  return (
    `Create it: ${fieldsPage} → New: Label “${label}”, ID ${scriptId(id)}, Type ${kind}, Store Value ticked; ${tick}; ` +
    "on the tab Access leave Default Access Level at Edit, Save. Or deploy the SDF project connectors/netsuite/sdf, which makes all of them."
  );
}

/** NetSuite puts `custentity` before the id itself. */
const scriptId = (id: string) => id.replace(/^custentity/, "");

/** Codes of a single record's refusal that are not the account's trouble. */
const ownTroubles = new Set(["UNEXPECTED_ERROR", "RCRD_HAS_BEEN_CHANGED"]);

/** Writes each record by itself; the governor lets as many through at a time as the account takes. */
async function apply(
  { client }: Session,
  object: string,
  changes: readonly WritebackChange[],
): Promise<WritebackOutcome[]> {
  const outcomes = await Promise.all(
    changes.map(async ({ remote_id, values }): Promise<WritebackOutcome> => {
      const ask = {
        purpose: `writing ${object} ${remote_id}`,
        operation: `${object}.update`,
        lane: "writeback",
        method: "PATCH",
        path: `/record/v1/${object}/${encodeURIComponent(remote_id)}`,
        body: bodyOf(values),
        about: "record",
        reply: noBody,
      } as const;
      return client.request(ask).then(() => null, refusalIn);
    }),
  );
  return outcomes.map((outcome) => (outcome && concernsAll(outcome) ? outcome.with({ common: true }) : outcome));
}

function bodyOf(values: Partial<WritebackValues>): Record<string, string | number | null> {
  const { stage_date: date, ...others } = values;
  // Date/Time fields have whole seconds.
  const written = date ? { ...others, stage_date: `${date.slice(0, 19)}Z` } : values;
  const entries = writebackFields.flatMap((field) => {
    const value = written[field];
    return value === undefined ? [] : [[target[field], value] as const];
  });
  return Object.fromEntries(entries);
}

function refusalIn(cause: unknown): SourceError {
  if (cause instanceof SourceError) return cause;
  throw cause;
}

/** A wrong login, a missing permission or an account that cannot be reached is no fault of the record. */
function concernsAll({ next, details }: SourceError): boolean {
  return next === "stop" || next === "reauthorise" || (next === "retry" && !ownTroubles.has(details.code ?? ""));
}
