import { endOf } from "../../../model/record.ts";
import type { CursorState } from "../../cursor.ts";
import type { SourceRecord } from "../../define.ts";
import type { HeldVersion, VendorWord } from "../../doubts.ts";

/** Where a record came from, for whoever looks for the cause of a difference. */
export interface Origin {
  /** Which sync, in words. */
  sync: string;
  stream: string;
  /** The vendor's time of day at its landing. */
  at: string;
}

/** One coming of a record, and what landing made of it. */
export interface Landing extends Origin {
  version: string | null;
  deleted: boolean;
  outcome: "stored" | "known";
}

/** What the hub would hold of one record. */
export interface Held {
  version: string | null;
  deleted: boolean;
  payload: Record<string, unknown>;
  landings: readonly Landing[];
  /** How often each content was stored. */
  stored: ReadonlyMap<string, number>;
}

/** What the hub would hold of an account: records by object and id, and where its streams stand. */
export interface Ledger {
  land(object: string, records: readonly SourceRecord[], origin: Origin): void;
  /** Lands the vendor's words on records in doubt; none may have landed since it was asked. */
  landWords(object: string, words: readonly VendorWord[], origin: Origin): void;
  /** What is held of a record, as a page that shows it is weighed against. */
  heldOf(object: string, id: string): HeldVersion | undefined;
  held(): ReadonlyMap<string, ReadonlyMap<string, Held>>;
  /** Ids of an object's records that are not deleted. */
  live(object: string): string[];
  /** Ids of the records held for deleted. */
  deleted(object: string): string[];
  /** Where each stream stands, kept with its records. */
  cursors: Map<string, CursorState>;
}

interface Head extends Held {
  content: string;
  landings: Landing[];
  stored: Map<string, number>;
}

/** The last comings of a record tell what happened to it; a record that is read in every run would keep too many. */
const landingsMax = 12;
const nothingLeft = "deleted {}";

/** A ledger that lands as the hub's land step does: what has landed before is known, and so is what is older than what has. */
export function createLedger(): Ledger {
  const objects = new Map<string, Map<string, Head>>();
  return {
    cursors: new Map(),
    held: () => objects,
    live: (object) => [...(objects.get(object) ?? [])].filter(([, { deleted }]) => !deleted).map(([id]) => id),
    deleted: (object) => [...(objects.get(object) ?? [])].filter(([, { deleted }]) => deleted).map(([id]) => id),
    land: (object, records, origin) => {
      for (const record of records) put(object, { record, outranks: false }, origin);
    },
    landWords: (object, words, origin) => {
      for (const word of words) put(object, word, origin);
    },
    heldOf(object, id) {
      const head = objects.get(object)?.get(id);
      if (!head) return undefined;
      const isSame = (payload: SourceRecord["payload"]) => contentOf({ deleted: false, payload }) === head.content;
      return { at: head.version, isGone: head.deleted, isSame };
    },
  };
  function put(object: string, word: VendorWord, origin: Origin): void {
    const heads = objects.get(object) ?? new Map<string, Head>();
    objects.set(object, heads);
    heads.set(word.record.id, landed(heads.get(word.record.id), word, origin));
  }
}

function landed(head: Head | undefined, { record, outranks }: VendorWord, origin: Origin): Head {
  const content = contentOf(record);
  const known = head !== undefined && isKnown(record, content, head) && !(outranks && head.content !== content);
  const landing: Landing = {
    ...origin,
    version: record.at,
    deleted: record.deleted,
    outcome: known ? "known" : "stored",
  };
  const landings = [...(head?.landings ?? []), landing].slice(-landingsMax);
  // The same under a newer stamp: what comes late and is older than that is older than this.
  if (known) return { ...head, version: laterOf(head.version, record.at), landings };
  const stored = head?.stored ?? new Map<string, number>();
  const state = stateOf(record);
  // That a record is gone is what was not given: it counts as often as it is found out.
  if (content !== nothingLeft) stored.set(state, (stored.get(state) ?? 0) + 1);
  const { deleted, payload } = record;
  // Word without a stamp, or with an older one, leaves the newest stamp known, so that what is older than it stays out.
  const newest = laterOf(head?.version ?? null, record.at);
  const version = outranks && newest !== record.at ? justAfter(newest) : newest;
  return { version, deleted, payload, content, landings, stored };
}

/** A millisecond later: what the vendor's word has replaced stays out, and what is stamped after that does not. */
const justAfter = (at: string | null): string | null => at && new Date(Date.parse(at) + 1).toISOString();

const contentOf = ({ deleted, payload }: Pick<SourceRecord, "deleted" | "payload">): string =>
  deleted ? `deleted ${JSON.stringify(payload)}` : JSON.stringify(payload);

/** A record's content as one text, whatever its stamp: one that came back lands without its own. */
export const stateOf = contentOf;

/** As the hub's land step decides. */
function isKnown({ at: version, ...record }: SourceRecord, content: string, head: Head): boolean {
  if (head.content === content) return true;
  const end = endOf(head);
  if (end?.mergedInto && content === nothingLeft) return true;
  if (version === null || head.version === null) return false;
  if (version !== head.version) return version < head.version;
  return end ? !endOf(record)?.mergedInto : head.deleted && !record.deleted;
}

function laterOf(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
