import { isSameJson } from "../../lib/same-json.ts";
import type { Drift, MappingOutcome } from "../../mapping/index.ts";
import type { Association, Correction, Identifier } from "../../model/record.ts";
import { correct, takeBack } from "../../pipeline/correct.ts";
import { readStanding, readVendorVersion, type StandingVersion } from "../../pipeline/land/rows.ts";
import { landedRecord } from "../../pipeline/raw.ts";
import type { Row } from "../../store/tables.ts";
import type { Hub } from "../hub.ts";
import { readCorrections } from "./corrections.ts";
import {
  type CorrectedDelivery,
  correctableDelivery,
  isOfDelivery,
  payloadOf,
  tryDelivery,
  workOffCorrected,
} from "./fix-delivery.ts";
import { mappingsNow, readMappingsAnew } from "./mappings.ts";
import { FixRefusedError } from "./refused.ts";
import { withValues } from "./values.ts";

/** A payload as it should have come: the whole of it, or other values at some of its paths. */
export interface Proposal {
  payload?: Readonly<Record<string, unknown>> | undefined;
  set?: Readonly<Record<string, unknown>> | undefined;
  /** The version it was made on; refused when another has landed since. Absent: whichever is the newest. */
  seq?: number | undefined;
}

/** Who changes something, and why. */
export interface Author {
  by: string;
  reason: string;
}

/** What the mapping makes of a corrected payload. */
export interface FixedView {
  record_key: string;
  kind: string;
  deleted: boolean;
  fields: Record<string, unknown>;
  identifiers: Identifier[];
  associations: Association[];
  /** Values it could not read or does not know; their fields stay empty. */
  findings: Drift[];
}

/**
 * What the mapping files as they are now would make of an error's record with this payload; nothing is kept. Null when there is no error
 * of that id. Throws FixRefusedError with the mapping's finding, or with why nothing can be corrected here; ConfigError.
 */
export async function previewFix(hub: Hub, id: string, proposal: Proposal): Promise<FixedView | null> {
  const error = await findRow(hub, id);
  if (!error) return null;
  if (isOfDelivery(error)) return viewOfDelivery(await deliveryWith(hub, error, proposal));
  return (await tryFix(hub, error, proposal)).view;
}

/**
 * Corrects what the vendor sent of an error's record, or a delivery that could not be understood, and has it worked off, in one commit:
 * what the vendor sent stays as it is, the correction is its own raw version (its own delivery), with who made it, when and why. Null, and
 * errors, as `previewFix`; then nothing is kept.
 */
export async function fixError(
  hub: Hub,
  id: string,
  { by, reason, ...proposal }: Proposal & Author,
): Promise<FixedView | null> {
  const error = await findRow(hub, id);
  if (!error) return null;
  const correction = { by, at: hub.now(), reason };
  if (isOfDelivery(error)) return fixDelivery(hub, await deliveryWith(hub, error, proposal), correction);
  const { payload, base } = await tryFix(hub, error, proposal);
  await readMappingsAnew(hub);
  const { record_key } = error;
  const corrected = await correct(hub.pipeline, { record_key, base, payload, correction });
  if (corrected.moved) throw movedOn();
  return viewOf(error, corrected.outcome);
}

async function deliveryWith(hub: Hub, error: Row<"errors">, proposal: Proposal): Promise<CorrectedDelivery> {
  const sent = await correctableDelivery(hub, error);
  const { seq = sent.seq } = proposal;
  if (seq !== sent.seq) throw movedOn();
  return tryDelivery(hub, sent, proposed(payloadOf(sent), proposal));
}

async function fixDelivery(hub: Hub, delivery: CorrectedDelivery, correction: Correction): Promise<FixedView> {
  const view = viewOfDelivery(delivery);
  await readMappingsAnew(hub);
  await workOffCorrected(hub, delivery, correction);
  return view;
}

/** A record that is only named is fetched: what becomes of it is the vendor's to say. */
function viewOfDelivery({ record_key, outcome }: CorrectedDelivery): FixedView {
  if (typeof outcome !== "string") return viewOf({ record_key }, outcome);
  return { record_key, kind: outcome, deleted: false, fields: {}, identifiers: [], associations: [], findings: [] };
}

/** What came of taking a correction back: whether the vendor's own version passes now. */
export interface TakenBack {
  record_key: string;
  passed: boolean;
}

/**
 * Takes the correction of an error's record back: what the vendor sent last is the newest version again, and where the mapping still
 * fails on it its error is open again. Null when there is no error of that id. Throws FixRefusedError where no correction stands.
 */
export async function unfixError(hub: Hub, id: string, { by, reason }: Author): Promise<TakenBack | null> {
  const error = await findRow(hub, id);
  if (!error) return null;
  const { record_key } = error;
  const { newest } = await standingOf(hub, error);
  const standing = newest.origin === "fix" ? (await readCorrections(hub, [newest.seq])).get(newest.seq) : undefined;
  if (!standing)
    throw new FixRefusedError(`No correction stands on ${record_key}: its newest version is the vendor's own.`);
  const vendor = await readVendorVersion(hub.store, record_key);
  if (!vendor) throw new FixRefusedError(`All there is of ${record_key} was corrected: correct it again instead.`);
  await readMappingsAnew(hub);
  const correction = { ...standing, taken_back: { by, at: hub.now(), reason } };
  const taken = await takeBack(hub.pipeline, { record_key, base: newest.seq, vendor, correction });
  if (taken.moved) throw movedOn();
  const errors = await hub.store.byKey("errors", "record_key", [record_key]);
  return { record_key, passed: !errors.some(({ step, status }) => step === "map" && status === "open") };
}

async function findRow({ store }: Hub, id: string): Promise<Row<"errors"> | null> {
  const [row] = await store.byKey("errors", "id", [id]);
  return row ?? null;
}

async function tryFix(hub: Hub, error: Row<"errors">, proposal: Proposal) {
  const { newest } = await standingOf(hub, error);
  if (error.status === "resolved" && newest.origin !== "fix") {
    throw new FixRefusedError("The error is resolved: its record has passed as the vendor sent it.");
  }
  const { seq = newest.seq } = proposal;
  if (seq !== newest.seq) throw movedOn();
  const payload = proposed(landedRecord(newest).payload, proposal);
  const { connection, object } = newest;
  const mapping = (await mappingsNow(hub)).find(hub.file.connections[connection]?.connector ?? "", object);
  const contextOf = await hub.pipeline.contexts([connection]);
  const view = viewOf(error, mapping?.map(payload, contextOf(connection)) ?? null);
  return { view, payload, base: newest.seq };
}

/** The payload that is proposed in the place of the one that came. Throws FixRefusedError when it is the same. */
function proposed(came: unknown, { payload, set = {} }: Proposal): Record<string, unknown> {
  const whole = payload ? { ...payload } : withValues(came, set);
  if (!isSameJson(whole, came)) return whole;
  throw new FixRefusedError("Nothing is corrected: this is what came. `journey-hub errors retry` tries it anew.");
}

/** Throws FixRefusedError where an error is not of what landed of a record. */
async function standingOf({ store }: Hub, { step, record_key }: Row<"errors">): Promise<StandingVersion> {
  const standing = step === "map" && record_key !== "" ? await readStanding(store, record_key) : null;
  if (standing) return standing;
  throw new FixRefusedError(
    "Only a record that could not be mapped, or a delivery that could not be understood, can be corrected.",
  );
}

function movedOn(): FixRefusedError {
  return new FixRefusedError("Another version of the record has landed since: look at it, and correct that one.");
}

/** Throws FixRefusedError where the mapping fails. */
function viewOf({ record_key }: Pick<FixedView, "record_key">, outcome: MappingOutcome | null): FixedView {
  if (outcome === null) throw new FixRefusedError("There is no mapping file for this object: add one and retry.");
  if ("failure" in outcome) {
    const { message, field } = outcome.failure;
    throw new FixRefusedError(`It would still fail, so nothing was kept: ${message}`, { field });
  }
  const { drift: findings } = outcome;
  if ("association" in outcome) {
    const { kind, deleted, from, to, role } = outcome.association;
    return { record_key, kind, deleted, fields: { from, to, role }, identifiers: [], associations: [], findings };
  }
  const { kind, deleted, fields, identifiers, associations } = outcome.record;
  return { record_key, kind, deleted, fields: { ...fields }, identifiers, associations, findings };
}
