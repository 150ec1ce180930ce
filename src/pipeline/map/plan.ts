import { isSameJson } from "../../lib/same-json.ts";
import type { CompiledMapping, HeldMapping, MapContext } from "../../mapping/index.ts";
import { always } from "../../model/during.ts";
import { partyKinds } from "../../model/kinds.ts";
import type { Problem } from "../../model/problem.ts";
import {
  type CompanyMove,
  endOf,
  isKind,
  type LandedRecord,
  type MappedAssociation,
  type MappedRecord,
  type MappedVersion,
  mentionKey,
  parentRole,
  parseRecordKey,
  type StatedAssociation,
  type StoredRecord,
} from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";
import { append, remove, set, type Write } from "../../store/writes.ts";
import { storedVersion } from "../records.ts";
import { heldProblem } from "./held.ts";
import { withMerges } from "./merges.ts";
import { movesAt, withSpells } from "./spells.ts";

export interface MapInput {
  landed: readonly LandedRecord[];
  /** The mapping of a raw object, undefined where there is none. */
  mapping(connection: string, object: string): CompiledMapping | undefined;
  /** The mapping that an object's records wait for: what was mapped of them before stands meanwhile. */
  held?(connection: string, object: string): HeldMapping | undefined;
  context(connection: string): MapContext;
  before: ReadonlyMap<string, StoredRecord>;
  stated: ReadonlyMap<string, readonly StatedAssociation[]>;
  /** Awaited between two records: mapping is most of what a batch costs. */
  pause(): Promise<void>;
}

export interface MapOutput {
  versions: MappedVersion[];
  /** Persons who changed company; by a version that is not changed as well, where only whom it belongs to is another. */
  moves: CompanyMove[];
  associations: { added: StatedAssociation[]; removed: StatedAssociation[] };
  problems: Problem[];
  /** Records whose newest version was mapped; a problem of such a record belongs to a version that is past. */
  passed: Set<string>;
}

/** Puts landed records into the unified vocabulary; what cannot be mapped stays raw, with a problem that says why. */
export async function planMap(input: MapInput): Promise<{ writes: Write[]; output: MapOutput }> {
  const output: MapOutput = {
    versions: [],
    moves: [],
    associations: { added: [], removed: [] },
    problems: [],
    passed: new Set(),
  };
  const rows = new Map<string, Row<"records">>();
  const stated = new Map<string, StatedAssociation[]>();
  const latest = new Map(input.before);
  for (const landed of input.landed) {
    await input.pause();
    const result = mapOne(landed, input, latest.get(landed.record_key) ?? null, output.problems);
    if (!result) {
      output.passed.delete(landed.record_key);
      continue;
    }
    output.passed.add(landed.record_key);
    if ("association" in result) {
      stated.set(landed.record_key, ownAssociation(landed, result.association));
      continue;
    }
    const { version, isChanged, mappingVersion } = result;
    if (isChanged) output.versions.push(version);
    rows.set(landed.record_key, recordRow(version, mappingVersion));
    // A deleted record's past stays with its customers, so what it stated last stays too.
    if (!version.mapped.deleted || version.before === null) {
      const earlier = stated.get(landed.record_key) ?? input.stated.get(landed.record_key) ?? [];
      const moved = { ...version, movedAt: movedAt(version, isChanged) };
      const spells = { earlier, isCompany: companiesBy(input) };
      const rows = withSpells(moved, statedBy(version), spells);
      stated.set(landed.record_key, rows);
      output.moves.push(...companyMoves(moved, rows, spells));
    }
    latest.set(landed.record_key, storedVersion(version));
  }
  const associations = diffAssociations(input.stated, stated);
  output.associations = { added: associations.added, removed: associations.removed };
  const writes = [...(rows.size > 0 ? [set("records", [...rows.values()])] : []), ...associations.writes];
  return { writes, output };
}

/** A version that is not changed says nothing new in our vocabulary, such as the echo of our own write-back: it goes no further. */
type Mapped =
  | { version: MappedVersion; isChanged: boolean; mappingVersion: string }
  | { association: MappedAssociation | null };

function mapOne(
  landed: LandedRecord,
  input: MapInput,
  before: StoredRecord | null,
  problems: Problem[],
): Mapped | null {
  const held = input.held?.(landed.connection, landed.object);
  const mapping = held ? undefined : input.mapping(landed.connection, landed.object);
  if (!mapping) {
    problems.push(held ? heldProblem(landed, held) : noMapping(landed));
    return null;
  }
  const end = endOf(landed);
  if (end) {
    // The vendor only said that it is gone: what was known of it stays, marked deleted.
    if (!before) return { association: null };
    const mapped = withMerges(landed, tombstone(landed, before, end.mergedInto));
    return { ...versionOf(landed, mapped, before), mappingVersion: mapping.version };
  }
  const outcome = mapping.map(landed.payload, input.context(landed.connection));
  if ("failure" in outcome) {
    const { class: kind, message, field } = outcome.failure;
    problems.push({
      ...about(landed),
      class: kind,
      fingerprint: `${landed.object} ${field} ${kind}`,
      message,
      remedy:
        "Correct the value at its source, or the mapping file and then `journey-hub errors retry`, or this record alone by `journey-hub errors fix`.",
    });
    return null;
  }
  for (const drift of outcome.drift) problems.push(driftProblem(landed, drift));
  if ("association" in outcome) {
    const gone = landed.deleted || outcome.association.deleted;
    return { association: gone ? null : outcome.association };
  }
  const mapped = withMerges(landed, landed.deleted ? { ...outcome.record, deleted: true } : outcome.record);
  return { ...versionOf(landed, mapped, before), mappingVersion: mapping.version };
}

function versionOf(
  landed: LandedRecord,
  mapped: MappedRecord,
  before: StoredRecord | null,
): { version: MappedVersion; isChanged: boolean } {
  const first_seq = before?.first_seq ?? landed.seq;
  const first_seen_at = before?.first_seen_at ?? landed.known_at;
  const isChanged = before === null || !isSame(before, mapped);
  const changed_at = isChanged ? changedAt(landed, mapped, before) : before.changed_at;
  return { version: { landed, mapped, first_seq, first_seen_at, before, changed_at }, isChanged };
}

/** A version that bears an older stamp than what it follows has landed as the later word: it changed after that. */
function changedAt(
  { known_at }: LandedRecord,
  { remote_updated_at: stamp }: MappedRecord,
  before: StoredRecord | null,
) {
  const isOlder = stamp !== null && before !== null && before.remote_updated_at !== null && stamp < before.changed_at;
  return isOlder ? new Date(Date.parse(before.changed_at) + 1).toISOString() : (stamp ?? known_at);
}

/** When what a version states was made so: a vendor may change whom a record belongs to without a new stamp. */
function movedAt({ landed, mapped, before, changed_at }: MappedVersion, isChanged: boolean): string {
  if (isChanged) return changed_at;
  const { remote_updated_at: stamp } = mapped;
  return stamp !== null && stamp > (before?.remote_updated_at ?? "") ? stamp : landed.known_at;
}

function companyMoves(
  { landed, mapped, movedAt: at }: MappedVersion & { movedAt: string },
  stated: readonly StatedAssociation[],
  spells: Parameters<typeof movesAt>[2],
): CompanyMove[] {
  if (!isKind(mapped, "contact")) return [];
  const { from, to } = movesAt(at, stated, spells);
  return from.length + to.length > 0 ? [{ landed, fields: mapped.fields, at, from, to }] : [];
}

function companiesBy({ mapping, held }: MapInput): (recordKey: string) => boolean {
  return (recordKey) => {
    const { connection, object } = parseRecordKey(recordKey);
    return (mapping(connection, object) ?? held?.(connection, object))?.to.includes("company") ?? false;
  };
}

function isSame(before: StoredRecord, mapped: MappedRecord): boolean {
  if (before.deleted !== mapped.deleted || before.kind !== mapped.kind) return false;
  if (before.merged_into !== mapped.merged_into) return false;
  return isSameJson(before.fields, mapped.fields) && isSameJson(before.identifiers, mapped.identifiers);
}

function about(landed: LandedRecord): Pick<Problem, "connection" | "record_key" | "step" | "raw_seq"> {
  return { connection: landed.connection, record_key: landed.record_key, step: "map", raw_seq: landed.seq };
}

function noMapping(landed: LandedRecord): Problem {
  return {
    ...about(landed),
    class: "no_mapping",
    fingerprint: `no mapping for ${landed.object}`,
    message: `There is no mapping file for ${landed.object} of connection ${landed.connection}; its records are kept raw`,
    remedy: `Add a mapping file for ${landed.object} and run \`journey-hub errors retry\`: no call to the vendor is needed.`,
  };
}

/** One problem for all records that hold the unknown value, not one each. */
function driftProblem(landed: LandedRecord, drift: { field: string; value: string; reason: string }): Problem {
  const isUnknown = drift.reason === "unknown_value";
  const what = isUnknown ? "is not in the mapping's table" : "cannot be read";
  return {
    ...about(landed),
    record_key: "",
    class: "drift",
    // Each unknown value wants an entry in the mapping; unreadable ones are of one cause, whatever they say.
    fingerprint: `${landed.object} ${drift.field} ${drift.reason}${isUnknown ? ` ${drift.value}` : ""}`,
    message: `${landed.object}: the value "${drift.value}" of ${drift.field} ${what}; first seen on ${landed.record_key}`,
    remedy: isUnknown
      ? "Add the value to the mapping file and run `journey-hub replay`; until then the field stays empty."
      : "Correct the value at its source, or what the mapping expects (a phone number without a prefix needs the connection's `country`).",
  };
}

function tombstone(landed: LandedRecord, before: StoredRecord, mergedInto: string | null): MappedRecord {
  return {
    kind: before.kind,
    remote_id: before.remote_id,
    remote_created_at: null,
    remote_updated_at: landed.version,
    remote_url: null,
    deleted: true,
    merged_into: mergedInto ?? before.merged_into,
    fields: before.fields,
    identifiers: before.identifiers,
    associations: [],
    custom_fields: {},
    native: {},
    observed: null,
  };
}

function recordRow(
  { landed, mapped, first_seq, first_seen_at, changed_at }: MappedVersion,
  mapping: string,
): Row<"records"> {
  return {
    record_key: landed.record_key,
    connection: landed.connection,
    object: landed.object,
    remote_id: landed.remote_id,
    kind: mapped.kind,
    first_seq,
    first_seen_at,
    raw_seq: landed.seq,
    mapping,
    remote_created_at: mapped.remote_created_at,
    remote_updated_at: mapped.remote_updated_at,
    changed_at,
    remote_url: mapped.remote_url,
    deleted: mapped.deleted ? 1 : 0,
    merged_into: mapped.merged_into,
    fields: JSON.stringify(mapped.fields),
    identifiers: JSON.stringify(mapped.identifiers),
    custom_fields: JSON.stringify(mapped.custom_fields),
    native: JSON.stringify(mapped.native),
    observed: mapped.observed ? JSON.stringify(mapped.observed) : null,
  };
}

/** A row that is itself a link; gone, it states nothing. */
function ownAssociation(landed: LandedRecord, association: MappedAssociation | null): StatedAssociation[] {
  if (!association) return [];
  const { from, to, role } = association;
  const key = (ref: string) => `${landed.connection}:${ref}`;
  return [{ from_key: key(from), to_key: key(to), role, source_key: landed.record_key, ...always }];
}

/** Fields that point at other records, and the roles they stand for; owners are no customers. */
const roleOfField: Readonly<Record<string, string>> = {
  company_ref: "company",
  parent_ref: parentRole,
  contact_ref: "contact",
  primary_contact_ref: "primary_contact",
  deal_ref: "deal",
  ticket_ref: "ticket",
  order_ref: "order",
  quote_ref: "quote",
  invoice_ref: "invoice",
};

function statedBy({ landed, mapped }: MappedVersion): StatedAssociation[] {
  const rows = new Map<string, StatedAssociation>();
  const { record_key, connection } = landed;
  const stateKey = (to_key: string, role: string) => {
    if (!rows.has(to_key)) rows.set(to_key, { from_key: record_key, to_key, role, source_key: record_key, ...always });
  };
  const state = (to: string, role: string) => stateKey(`${connection}:${to}`, role);
  for (const { to, role } of mapped.associations) state(to, role);
  // What is no person or company itself may name one: a web event with an e-mail address.
  if (!(mapped.kind in partyKinds)) {
    for (const { type, value } of mapped.identifiers) stateKey(mentionKey(type, value), "identified");
  }
  for (const [field, value] of Object.entries(mapped.fields)) {
    const role = roleOfField[field];
    if (role && typeof value === "string") state(value, role);
  }
  return [...rows.values()];
}

function diffAssociations(
  before: ReadonlyMap<string, readonly StatedAssociation[]>,
  after: ReadonlyMap<string, readonly StatedAssociation[]>,
): { writes: Write[]; added: StatedAssociation[]; removed: StatedAssociation[] } {
  const added: StatedAssociation[] = [];
  const removed: StatedAssociation[] = [];
  const same = (a: StatedAssociation, b: StatedAssociation) =>
    a.to_key === b.to_key &&
    a.role === b.role &&
    a.from_key === b.from_key &&
    a.valid_from === b.valid_from &&
    a.valid_to === b.valid_to;
  for (const [source, rows] of after) {
    const old = before.get(source) ?? [];
    added.push(...rows.filter((row) => !old.some((known) => same(row, known))));
    removed.push(...old.filter((known) => !rows.some((row) => same(row, known))));
  }
  const writes: Write[] = [];
  if (removed.length > 0) {
    const key = ["from_key", "to_key", "role", "source_key", "valid_to"] as const;
    writes.push(
      remove(
        "associations",
        key,
        removed.map((row) => key.map((column) => row[column])),
      ),
    );
  }
  if (added.length > 0) writes.push(append("associations", added));
  return { writes, added, removed };
}
