import {
  SourceError,
  type WritebackChange,
  type WritebackDeclaration,
  type WritebackField,
  type WritebackOutcome,
  type WritebackValues,
  writebackFields,
} from "journey-hub/connector";
import { type BatchError, batchReply } from "./replies.ts";
import { exchange, type HubspotSession } from "./session.ts";
import { lookAtProperties, prepareProperties, properties, targetObjects } from "./writeback-fields.ts";
import { whoWrote } from "./writer.ts";

const names: Readonly<Record<WritebackField, string>> = {
  stage: properties.stage.name,
  stage_date: properties.stage_date.name,
  score: properties.score.name,
  grade: properties.grade.name,
  reason: properties.reason.name,
};

/** Journey stage and lead score on contacts and companies. */
export const writeback: WritebackDeclaration<HubspotSession> = {
  targets: Object.fromEntries(targetObjects.map((object) => [object, names])),
  batchMax: 100,
  concurrency: 4,
  prepare: prepareProperties,
  look: lookAtProperties,
  apply: applyChanges,
  whoWrote,
};

/** Writes one batch. The outcomes stand in the order of the changes. */
async function applyChanges(
  session: HubspotSession,
  object: string,
  changes: readonly WritebackChange[],
): Promise<WritebackOutcome[]> {
  if (changes.length === 0) return [];
  try {
    return await writeBatch(session, object, changes);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (error.next !== "skip") return changes.map(() => error.with({ common: true }));
    if (changes.length === 1 || concernsAll(error)) return changes.map(() => error);
    // One bad record refuses the whole batch without saying which: halves, until it stands alone.
    const middle = Math.ceil(changes.length / 2);
    const first = await applyChanges(session, object, changes.slice(0, middle));
    const left = changes.slice(middle);
    const common = first.find((outcome) => outcome?.details.common);
    return [...first, ...(common ? left.map(() => common) : await applyChanges(session, object, left))];
  }
}

async function writeBatch(
  session: HubspotSession,
  object: string,
  changes: readonly WritebackChange[],
): Promise<WritebackOutcome[]> {
  const inputs = changes.map(({ remote_id, values }) => ({ id: remote_id, properties: wireValues(values) }));
  const { results, errors } = await exchange(session, {
    operation: `${object}.update`,
    lane: "writeback",
    reply: batchReply,
    send: ({ crm }, options) => crm.objects.batchApi.update(object, { inputs }, options),
  });
  const written = new Set(results.map(({ id }) => id));
  const refusals = new Map(errors.flatMap((error) => (error.context?.ids ?? []).map((id) => [id, error])));
  return changes.map(({ remote_id }) => {
    const refusal = refusals.get(remote_id);
    if (refusal) return recordRefusal(object, remote_id, refusal);
    return written.has(remote_id) ? null : unconfirmed(object, remote_id, errors);
  });
}

function wireValues(values: Partial<WritebackValues>): Record<string, string> {
  const pairs = writebackFields.flatMap((field) => {
    const value = values[field];
    // HubSpot clears a property by the empty text.
    return value === undefined ? [] : [[names[field], value === null ? "" : String(value)]];
  });
  return Object.fromEntries(pairs);
}

/** A property that is not there fails every record alike: no use in looking for the bad one. */
function concernsAll({ message }: SourceError): boolean {
  return /Property "?journey_hub_\w+"? does not exist/.test(message);
}

function recordRefusal(object: string, id: string, { message, category }: BatchError): SourceError {
  const gone = category === "OBJECT_NOT_FOUND";
  return new SourceError("skip", `HubSpot refused ${object} ${id}: ${message}`, {
    ...(category === undefined ? {} : { code: category }),
    remedy: gone
      ? "The record was deleted or merged in HubSpot; the next pull will tell."
      : "Correct the record in HubSpot, or the validation rule that refuses the value.",
  });
}

/** Neither among the results nor among the errors: HubSpot's answer must not pass for a success. */
function unconfirmed(object: string, id: string, errors: readonly BatchError[]): SourceError {
  const [first] = errors.filter(({ context }) => !context?.ids);
  const why = first ? `: ${first.message}` : "; it may have been merged into another record";
  return new SourceError("skip", `HubSpot did not confirm the write to ${object} ${id}${why}`, {
    remedy: "The next pull shows what stands in HubSpot; the write-back is then tried again if it is still needed.",
  });
}
