import fc from "fast-check";
import type { RawRecord } from "../../../src/model/record.ts";
import { at, gone, mergedWord, received } from "../../fixtures/pipeline/crm.ts";

/** What a vendor says of one of two people, at once or late, with or without a stamp. */
export interface Word {
  id: string;
  /** Its stamp; null: it has none. */
  hour: number | null;
  says: "values" | "deleted values" | "gone" | "merged";
  title: string | null;
  stage: string;
  /** Fields that the vendor does not show. */
  hidden: readonly string[];
  /** Whether the payload says nothing of the stamp, so that two versions may look the same. */
  isUndated: boolean;
  /** Said when asked by id over the version that stood before its batch. */
  isAnswer: boolean;
  /** Whether a person corrects what stands of its record once its batch has landed. */
  isCorrected: boolean;
}

const seldom = (weight: number) => fc.nat({ max: weight }).map((n) => n === 0);

const word: fc.Arbitrary<Word> = fc.record({
  id: fc.constantFrom("1", "1", "2"),
  hour: fc.option(fc.integer({ min: 1, max: 8 }), { nil: null, freq: 5 }),
  says: fc.constantFrom<Word["says"][]>("values", "values", "values", "values", "deleted values", "gone", "merged"),
  title: fc.constantFrom("Buyer", "CTO", null),
  stage: fc.constantFrom("decision", "lost"),
  hidden: fc.subarray(["title", "jh.stage"]),
  isUndated: seldom(3),
  isAnswer: seldom(4),
  isCorrected: seldom(8),
});

/** Words of one record in the order of what they tell, each with a stamp and all its fields. */
export const stampedWords: fc.Arbitrary<Word[]> = fc
  .array(word, { minLength: 2, maxLength: 8 })
  .map((words) => words.map((each, n) => ({ ...each, id: "1", hour: n + 1, hidden: [], isAnswer: false })));

/** Batches of words, in any order. */
export const batches: fc.Arbitrary<Word[][]> = fc.array(fc.array(word, { minLength: 1, maxLength: 4 }), {
  minLength: 2,
  maxLength: 10,
});

/** A word as it is received. */
export function recordOf({ id, hour, says, title, stage, hidden, isUndated }: Word): RawRecord {
  const version = hour === null ? null : at(hour);
  if (says === "gone") return gone("people", id, { version });
  if (says === "merged") return mergedWord("people", id, { version, into: "9" });
  const shows = (path: string) => !hidden.includes(path);
  const values = {
    jh: { score: 1, ...(shows("jh.stage") ? { stage } : {}) },
    ...(shows("title") ? { title } : {}),
  };
  const { payload } = received("people", id, values, { version: isUndated ? null : version });
  const record = { connection: "crm", object: "people", remote_id: id, version, payload };
  return { ...record, deleted: says === "deleted values", ...(hidden.length > 0 ? { missing: hidden } : {}) };
}

/** A version that landed. */
export interface Landed {
  id: string;
  version: string | null;
  deleted: boolean;
  payload: Record<string, unknown>;
}

interface Standing extends Landed {
  /** The how manieth version of all it is. */
  place: number;
  /** The newest stamp known; what is older stays out. */
  stamp: string | null;
}

type Values = Readonly<Record<string, unknown>>;

/** The same as landing, one word at a time and nothing shared with it: what it must come to, however words are cut into batches. */
export class Fold {
  readonly landed: Landed[] = [];
  readonly #standing = new Map<string, Standing>();
  /** Of each record the version with values that landed last. */
  readonly #valued = new Map<string, Landed>();

  /** Which version of a record stands; null where there is none. */
  placeOf(id: string): number | null {
    return this.#standing.get(id)?.place ?? null;
  }

  stampOf(id: string): string | null {
    return this.#standing.get(id)?.stamp ?? null;
  }

  /** Takes in a word; `over`: the version it was asked over. */
  take(word: Word, over: number | null): void {
    const { id, version, deleted, payload } = { ...recordOf(word), id: word.id };
    const head = this.#standing.get(id);
    const isAsked = head !== undefined && over === head.place;
    const late = head && !isAsked && !deleted ? this.#lateWord(word, head) : null;
    const came = late ?? { id, version, deleted, payload: this.#completed(word, payload) };
    if (!head || (!isSame(came, head) && (isAsked || !isOld(came, head)))) this.#land(came, isAsked);
    else head.stamp = later(head.stamp, came.version);
  }

  #land(came: Landed, isAsked: boolean): void {
    const before = this.#standing.get(came.id)?.stamp ?? null;
    const isOutranked = isAsked && before !== null && (came.version === null || came.version <= before);
    const stamp = isOutranked ? new Date(Date.parse(before) + 1).toISOString() : later(before, came.version);
    this.landed.push(came);
    this.#standing.set(came.id, { ...came, place: this.landed.length, stamp });
    if (!isBare(came)) this.#valued.set(came.id, came);
  }

  /** What was known last in the place of what is hidden. */
  #completed({ id, hidden }: Word, payload: Values): Record<string, unknown> {
    const last = this.#valued.get(id);
    if (!last || Object.keys(payload).length <= 1) return { ...payload };
    const known = last.payload as { jh: Values; title?: unknown };
    const kept: Record<string, unknown> = {};
    const stages: Record<string, unknown> = { ...(payload.jh as Values) };
    if (hidden.includes("jh.stage") && (known.jh.stage ?? null) !== null) {
      stages.stage = known.jh.stage;
      kept["jh.stage"] = keptOf(last)["jh.stage"] === undefined ? last.version : keptOf(last)["jh.stage"];
    }
    const made: Record<string, unknown> = { ...payload, jh: stages };
    if (hidden.includes("title") && (known.title ?? null) !== null) {
      made.title = known.title;
      kept.title = keptOf(last).title === undefined ? last.version : keptOf(last).title;
    }
    if (Object.keys(kept).length === 0) return { ...payload };
    const { _kept, ...told } = last.payload;
    return JSON.stringify(made) === JSON.stringify(told) ? last.payload : { ...made, _kept: kept };
  }

  /** What stands, with what an older word says of fields that were hidden since it was said. */
  #lateWord({ hour, hidden, says, ...word }: Word, head: Standing): Landed | null {
    if (says !== "values" || hour === null || head.deleted || head.stamp === null || at(hour) >= head.stamp)
      return null;
    const { _kept, ...told } = head.payload;
    const kept: Record<string, unknown> = { ...keptOf(head) };
    const news = Object.entries(kept).filter(
      ([path, since]) => typeof since === "string" && since < at(hour) && !hidden.includes(path),
    );
    if (news.length === 0) return null;
    const made: Record<string, unknown> = { ...told };
    for (const [path] of news) {
      if (path === "title") made.title = word.title;
      else made.jh = { ...(told.jh as Values), stage: word.stage };
      if (path === "title" && word.title === null) delete kept.title;
      else kept[path] = at(hour);
    }
    const marks = Object.keys(kept).length > 0 ? { _kept: kept } : {};
    return { id: head.id, version: head.stamp, deleted: false, payload: { ...made, ...marks } };
  }
}

const keptOf = ({ payload }: Landed): Record<string, unknown> => (payload._kept ?? {}) as Record<string, unknown>;

/** Word of its end, and no values. */
function isBare({ deleted, payload }: Landed): boolean {
  return deleted && Object.keys(payload).every((name) => name === "_merged_into");
}

const isMerge = (one: Landed): boolean => isBare(one) && "_merged_into" in one.payload;

function isSame(one: Landed, other: Landed): boolean {
  return one.deleted === other.deleted && JSON.stringify(one.payload) === JSON.stringify(other.payload);
}

/** Whether word is older than what stands, by its stamp or because it says less of the same end. */
function isOld(came: Landed, head: Standing): boolean {
  if (isMerge(head) && isBare(came) && !isMerge(came)) return true;
  if (came.version === null || head.stamp === null) return false;
  if (came.version !== head.stamp) return came.version < head.stamp;
  if (isBare(head)) return !isMerge(came);
  return head.deleted && !came.deleted;
}

function later(one: string | null, other: string | null): string | null {
  return (
    [one, other]
      .filter((stamp) => stamp !== null)
      .sort()
      .at(-1) ?? null
  );
}
