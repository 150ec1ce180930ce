import type { Stretch } from "./during.ts";
import type { RecordFields, RecordKind } from "./kinds.ts";

/**
 * What a vendor sent, before any interpretation. `payload` is the vendor's object parsed from JSON, unchanged.
 * `version` is the vendor's own stamp where it has one (ISO instant), else null.
 */
export interface RawRecord {
  connection: string;
  object: string;
  remote_id: string;
  version: string | null;
  deleted: boolean;
  payload: Record<string, unknown>;
  /** Where a person corrected the payload; absent on what a vendor sent itself. */
  correction?: Correction;
  /**
   * Sequence number of the version that stood before the vendor was asked for this record by its id: as long as that one still stands, this
   * is the later word, whatever its stamp says. Absent where stamps alone decide.
   */
  newer_than?: number;
  /** Paths of which the payload says nothing, because the account does not have or show them any more; absent: none. */
  missing?: readonly string[];
}

/** Who corrected a record by hand, when and why. */
export interface Correction {
  by: string;
  at: string;
  reason: string;
}

/** A raw record that has landed: what every later step starts from. `raw` is the payload's text as kept. */
export interface LandedRecord extends RawRecord {
  seq: number;
  record_key: string;
  content_hash: string;
  known_at: string;
  raw: string;
}

/** Where a payload that says nothing else names the record (same object) that its own was merged into. */
export const mergedIntoField = "_merged_into";

/**
 * What is told of a record of which its vendor only says that it is gone, and at most what it was merged into. Null for one that is there
 * or came with its values. @example endOf({ deleted: true, payload: { _merged_into: "1001" } }) // { mergedInto: "1001" }
 */
export function endOf({
  deleted,
  payload,
}: Pick<RawRecord, "deleted" | "payload">): { mergedInto: string | null } | null {
  const names = Object.keys(payload);
  if (!deleted || names.some((name) => name !== mergedIntoField)) return null;
  const winner = payload[mergedIntoField];
  return { mergedInto: typeof winner === "string" ? winner : null };
}

/** A claim that identifies a party, normalised: `{ type: "email", value: "ann@example.com" }`. */
export interface Identifier {
  type: string;
  value: string;
}

/** Type of the identifier that names a record (by its key) with which the vendor has merged the one that bears it. */
export const mergedIdentifier = "merged";

/** True of a claim that records hold because their vendor has merged them. @example isMerge("merged:hub:contacts:7") // true */
export function isMerge(claim: string): boolean {
  return claim.startsWith(`${mergedIdentifier}:`);
}

/** A link from one record to another of the same connection; `to` is a ref, `companies:123`. */
export interface Association {
  to: string;
  role: string;
}

/** The fields journey-hub itself keeps in the CRMs, as last seen there. */
export interface ObservedWriteback {
  stage?: string | null;
  stage_date?: string | null;
  score?: number | null;
  grade?: string | null;
  reason?: string | null;
}

/** A raw record put into our vocabulary by a mapping file: what the map step returns. */
export interface MappedRecord<K extends RecordKind = RecordKind> {
  kind: K;
  remote_id: string;
  remote_created_at: string | null;
  remote_updated_at: string | null;
  remote_url: string | null;
  deleted: boolean;
  /** Remote id (same object) of the record this one was merged into. */
  merged_into: string | null;
  /** Remote ids (same object) of records merged into this one, where the vendor tells the winner only (HubSpot). */
  absorbed?: string[];
  fields: RecordFields<K>;
  identifiers: Identifier[];
  associations: Association[];
  custom_fields: Record<string, string | number | boolean | null>;
  /** Original vendor values behind mapped enums, by field. */
  native: Record<string, string>;
  observed: ObservedWriteback | null;
}

/** A vendor's row that is itself a link between two records (Salesforce OpportunityContactRole); the ends are refs. */
export interface MappedAssociation {
  kind: "association";
  remote_id: string;
  remote_updated_at: string | null;
  deleted: boolean;
  from: string;
  to: string;
  role: string;
}

/** Narrows a record to one kind, its fields with it. @example if (isKind(record, "deal")) record.fields.amount */
export function isKind<K extends RecordKind, R extends { kind: RecordKind; fields: RecordFields }>(
  record: R,
  kind: K,
): record is R & { kind: K; fields: RecordFields<K> } {
  return record.kind === kind;
}

/**
 * Stands in associations for whoever holds an identifier: a web event that names an e-mail address belongs to that person, also when
 * the person is learned of later. @example mentionKey("email", "ann@example.com") // "?email:ann@example.com"
 */
export function mentionKey(type: string, value: string): string {
  return `?${type}:${type === "email" ? mailboxOf(value) : value}`;
}

/** `ann+news@example.com` is Ann's mailbox: what follows the plus is a note to herself. */
export function mailboxOf(email: string): string {
  return email.includes("+") ? email.replace(/\+[^@]*@/, "@") : email;
}

export function isMention(key: string): boolean {
  return key.startsWith("?");
}

/** Role by which a company names the one it is a subsidiary of: both stay customers of their own. */
export const parentRole = "parent";

/** Key of a record across the hub: `<connection>:<object>:<remote id>`. */
export function recordKey(connection: string, object: string, remoteId: string): string {
  return `${connection}:${object}:${remoteId}`;
}

/** Takes a record key apart; the remote id may itself hold colons. */
export function parseRecordKey(key: string): { connection: string; object: string; remoteId: string } {
  const first = key.indexOf(":");
  const second = key.indexOf(":", first + 1);
  return { connection: key.slice(0, first), object: key.slice(first + 1, second), remoteId: key.slice(second + 1) };
}

/** A record as the map step last stored it. */
export interface StoredRecord {
  record_key: string;
  connection: string;
  object: string;
  remote_id: string;
  kind: RecordKind;
  first_seq: number;
  first_seen_at: string;
  remote_updated_at: string | null;
  /** When a mapped value last changed; unlike the vendor's stamp, not moved by our own write-backs. */
  changed_at: string;
  deleted: boolean;
  /** Remote id (same object) of the record this one was merged into. */
  merged_into: string | null;
  fields: RecordFields;
  identifiers: Identifier[];
}

/** A record's step from one version to the next: what the map step hands on. `before` is null on first sight. */
export interface MappedVersion {
  landed: LandedRecord;
  mapped: MappedRecord;
  first_seq: number;
  first_seen_at: string;
  changed_at: string;
  before: StoredRecord | null;
}

/** A person's step from some companies to others, by their record keys: none where it is not known whence or whither. */
export interface CompanyMove {
  /** The version that says so. */
  landed: LandedRecord;
  fields: RecordFields<"contact">;
  at: string;
  from: readonly string[];
  to: readonly string[];
}

/**
 * An association between two records as the hub keeps it; `source_key` is the record that states it. Of a person's companies also those
 * that were: until `valid_to`. All else is only known to stand: from ever, and on.
 */
export interface StatedAssociation extends Stretch {
  from_key: string;
  to_key: string;
  role: string;
  source_key: string;
}
