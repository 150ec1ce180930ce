import type { HubspotHistoryEntry } from "./seed.ts";

/** One CRM record as the portal keeps it. Empty values are absent from `properties`. */
export interface StoredRecord {
  id: string;
  /** The id as a number: HubSpot orders and pages by it. */
  key: number;
  properties: Record<string, string>;
  createdMs: number;
  modifiedMs: number;
  archivedMs: number | undefined;
  /** Earlier and present values of properties written since creation, newest first. */
  history: Map<string, HubspotHistoryEntry[]> | undefined;
}

/** An object type's records with the orders and lookups the API needs, all kept in step with each write. */
export class RecordTable {
  readonly byId = new Map<string, StoredRecord>();
  /** Not archived, by id. */
  readonly live: StoredRecord[] = [];
  /** Not archived, by modified stamp, then id. */
  readonly byModified: StoredRecord[] = [];
  /** Archived, by id. */
  readonly archived: StoredRecord[] = [];
  /** Merged id → the record it went into. */
  readonly mergedInto = new Map<string, string>();
  /** Grows with every write: tells a remembered search result that it is old. */
  version = 0;
  #unique = new Map<string, Map<string, StoredRecord>>();

  /** Takes all records of a seed at once and sorts once. */
  fill(records: StoredRecord[], uniqueProperties: Iterable<string>): void {
    for (const record of records) {
      this.byId.set(record.id, record);
      if (record.archivedMs === undefined) this.live.push(record);
      else this.archived.push(record);
    }
    this.live.sort(byKey);
    this.archived.sort(byKey);
    for (const record of this.live) this.byModified.push(record);
    this.byModified.sort(byStamp);
    for (const property of uniqueProperties) this.indexUnique(property);
  }

  /** Follows merges: a merged id answers as the record it went into. */
  find(id: string): StoredRecord | undefined {
    return this.byId.get(this.mergedInto.get(id) ?? id);
  }

  /** The live record that holds this value of a unique property. */
  holder(property: string, value: string): StoredRecord | undefined {
    return this.#unique.get(property)?.get(value.trim().toLowerCase());
  }

  indexUnique(property: string): void {
    this.#unique.set(property, new Map());
    for (const record of this.live) this.#claim(record, property);
  }

  add(record: StoredRecord): void {
    this.byId.set(record.id, record);
    insertSorted(this.live, record, byKey);
    insertSorted(this.byModified, record, byStamp);
    for (const property of this.#unique.keys()) this.#claim(record, property);
    this.version += 1;
  }

  /** Runs a change of values and moves the stamp, keeping every index right. */
  change(record: StoredRecord, modifiedMs: number, apply: () => void): void {
    for (const property of this.#unique.keys()) this.#release(record, property);
    removeSorted(this.byModified, record, byStamp);
    apply();
    record.modifiedMs = modifiedMs;
    insertSorted(this.byModified, record, byStamp);
    for (const property of this.#unique.keys()) this.#claim(record, property);
    this.version += 1;
  }

  /** Out of every listing but the archived one; the modified stamp stays, as at HubSpot. */
  archive(record: StoredRecord, atMs: number): void {
    this.#withdraw(record);
    record.archivedMs = atMs;
    insertSorted(this.archived, record, byKey);
  }

  /** Back from the archive, under the stamp it then bears. */
  restore(record: StoredRecord, modifiedMs: number): void {
    removeSorted(this.archived, record, byKey);
    record.archivedMs = undefined;
    record.modifiedMs = modifiedMs;
    this.add(record);
  }

  /** Gone without a trace: no list names it and no id leads anywhere. */
  erase(record: StoredRecord): void {
    if (record.archivedMs === undefined) this.#withdraw(record);
    else removeSorted(this.archived, record, byKey);
    this.byId.delete(record.id);
  }

  /** A merged record vanishes altogether and its id leads to the winner. */
  mergeAway(record: StoredRecord, winnerId: string): void {
    this.#withdraw(record);
    this.byId.delete(record.id);
    for (const [merged, into] of this.mergedInto) if (into === record.id) this.mergedInto.set(merged, winnerId);
    this.mergedInto.set(record.id, winnerId);
  }

  #withdraw(record: StoredRecord): void {
    for (const property of this.#unique.keys()) this.#release(record, property);
    removeSorted(this.live, record, byKey);
    removeSorted(this.byModified, record, byStamp);
    this.version += 1;
  }

  #claim(record: StoredRecord, property: string): void {
    const values = this.#unique.get(property);
    for (const value of claimedValues(record, property)) if (!values?.has(value)) values?.set(value, record);
  }

  #release(record: StoredRecord, property: string): void {
    const values = this.#unique.get(property);
    for (const value of claimedValues(record, property)) if (values?.get(value) === record) values.delete(value);
  }
}

/** A contact answers to its e-mail and to its additional ones. */
function claimedValues(record: StoredRecord, property: string): string[] {
  const own = record.properties[property];
  const more = property === "email" ? record.properties.hs_additional_emails : undefined;
  return [own, ...(more?.split(";") ?? [])].flatMap((value) => (value ? [value.trim().toLowerCase()] : []));
}

type Order = (a: StoredRecord, b: StoredRecord) => number;

const byKey: Order = (a, b) => a.key - b.key;
const byStamp: Order = (a, b) => a.modifiedMs - b.modifiedMs || a.key - b.key;

function insertSorted(records: StoredRecord[], record: StoredRecord, order: Order): void {
  const at = firstIndex(records, (other) => order(other, record) >= 0);
  if (at === records.length) records.push(record);
  else records.splice(at, 0, record);
}

function removeSorted(records: StoredRecord[], record: StoredRecord, order: Order): void {
  const at = firstIndex(records, (other) => order(other, record) >= 0);
  if (records[at] === record) records.splice(at, 1);
}

/** Binary search: the first index from which `holds` is true; `records.length` when it never is. */
export function firstIndex(records: readonly StoredRecord[], holds: (record: StoredRecord) => boolean): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const record = records[middle];
    if (record && holds(record)) high = middle;
    else low = middle + 1;
  }
  return low;
}
