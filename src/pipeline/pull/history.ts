import { type History, type Lane, type OpenStream, SourceError, type SourceRecord } from "../../connector/index.ts";
import { groupBy } from "../../lib/group.ts";
import type { RawRecord } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { type HeadsAhead, landingKey, readAhead } from "../heads.ts";
import type { ReadStanding } from "../problems.ts";
import { received } from "../received.ts";
import { keepPastErrors, standingTrouble } from "./past-errors.ts";

export interface PastOf {
  store: Store;
  connection: string;
  stream: OpenStream;
  fields: readonly string[];
  now(): string;
  /** Gives the errors of connections as such where they have been read already. */
  standing?: ReadStanding;
  /** Gives the heads of these records where they have been read already. */
  heads?: () => Promise<HeadsAhead>;
  /** So long a delivery's record waits for an answer, on the clock on the wall. Default 10 s. */
  answerWithinMs?: number;
}

/** What goes before records that are to be landed. */
export interface Pasts {
  /** By id: earlier versions that have not landed, those of one record in order of time. */
  earlier: ReadonlyMap<string, RawRecord[]>;
  /** Ids that are not to be landed yet, as their past cannot be read now, with what kept it. */
  held: ReadonlyMap<string, unknown>;
}

/**
 * Records as they are landed: each one's earlier versions that have not landed before it, where the stream can tell them. Throws what keeps
 * the past from being read, so that the records are read again later; not for ever (see `readPasts`).
 */
export async function withPast(of: PastOf, page: readonly SourceRecord[], lane: Lane): Promise<RawRecord[]> {
  const { earlier, held } = await readPasts(of, page, lane);
  for (const cause of held.values()) throw cause;
  const origin = originOf(of);
  const told = new Set<string>();
  return page.flatMap((record) => {
    // Once, though a page may hold a record twice.
    const past = told.has(record.id) ? [] : (earlier.get(record.id) ?? []);
    told.add(record.id);
    return [...past, received(origin, record)];
  });
}

/**
 * Reads what records were before: of those seen for the first time all, of others what came since the version we have. Records that
 * bring nothing new are not asked about. What these credentials may not read is an open error and holds nothing up.
 *
 * A past that was not read before its record landed is lost. So records wait for a vendor that does not tell it now, until it failed twice
 * without an answer between, five minutes apart: then they land without, and an open error says so. In the lane of webhooks only
 * records never seen wait; of one that is known it is but the steps since the last sight that are lost.
 */
export async function readPasts(of: PastOf, page: readonly SourceRecord[], lane: Lane): Promise<Pasts> {
  if (!of.stream.history) return nothing;
  const origin = originOf(of);
  const known = await versionsKnown(of, page);
  const asked = page.filter(({ id, at, deleted }) => !deleted && at !== null && isBefore(known.get(id), at));
  if (asked.length === 0) return nothing;
  const place = { ...origin, store: of.store, now: of.now, standing: of.standing };
  const trouble = await standingTrouble(place);
  const patient = trouble === null || msSince(trouble.first_seen_at, of.now()) < patienceMs;
  const isLeft =
    trouble !== null && (!patient || lane === "webhook") && msSince(trouble.last_seen_at, of.now()) < restMs;
  const answer = isLeft ? leftAlone(trouble) : await ask(of, asked, lane);
  if (!isLeft) await keepPastErrors(place, answer, trouble);
  const waits = patient && answer.unread !== null && answer.unread.next !== "skip";
  const held = asked.filter(({ id }) => waits && (lane !== "webhook" || !known.has(id)));
  const present = new Map(asked.map(({ id, at }) => [id, at]));
  const news = answer.versions.filter(({ id, at }) => isBetween(known.get(id), at, present.get(id) ?? null));
  // Earlier versions are told by the present one: what that says nothing of, neither do they.
  const missing = new Map(asked.map((record) => [record.id, record.missing ?? []]));
  return {
    earlier: groupBy(
      news.map((version) => received(origin, { ...version, missing: missing.get(version.id) ?? [] })),
      ({ remote_id }) => remote_id,
    ),
    held: new Map(held.map(({ id }) => [id, answer.unread])),
  };
}

/** So long records wait for a past that is not told. */
const patienceMs = 5 * 60_000;
/** So long a vendor that did not tell is left alone by deliveries, and by all when records wait no more. */
const restMs = 60_000;

const msSince = (at: string, now: string): number => Date.parse(now) - Date.parse(at);

const nothing: Pasts = { earlier: new Map(), held: new Map() };

const originOf = ({ connection, stream }: PastOf) => ({ connection, object: stream.object });

/** By id: the stamp of the newest version landed, null where it has none. Unknown records are not in it. */
async function versionsKnown(of: PastOf, page: readonly SourceRecord[]): Promise<Map<string, string | null>> {
  const keys = new Map(page.map(({ id }) => [id, landingKey(originOf(of), id)]));
  const heads = await (of.heads?.() ?? readAhead(of.store, [...keys.values()]));
  const known = new Map<string, string | null>();
  for (const [id, key] of keys) {
    const head = heads.get(key);
    if (head) known.set(id, head.version);
  }
  return known;
}

/** A version that came without a stamp cannot be told to be older than any other. */
function isBefore(known: string | null | undefined, at: string): boolean {
  return known === undefined || (known !== null && known < at);
}

function isBetween(known: string | null | undefined, at: string | null, present: string | null): boolean {
  return at !== null && present !== null && at < present && isBefore(known, at);
}

/** An answer, and what kept a part of it from being read. */
interface Answer extends History {
  unread: SourceError | null;
}

const leftAlone = ({ message, remedy }: Row<"errors">): Answer => ({
  versions: [],
  unread: new SourceError("retry", message, { remedy }),
});

async function ask(of: PastOf, records: readonly SourceRecord[], lane: Lane): Promise<Answer> {
  const { stream, fields, answerWithinMs = answerWithinDefaultMs } = of;
  try {
    const telling = stream.history?.({ records, fields, lane }) ?? Promise.resolve({ versions: [] });
    return { ...(await (lane === "webhook" ? within(answerWithinMs, telling, stream) : telling)), unread: null };
  } catch (cause) {
    // What a stop cut short is no failure to tell: nothing is held against the vendor, and the records are read again.
    if (!(cause instanceof SourceError) || cause.next === "reauthorise" || cause.details.cutShort) throw cause;
    if (cause.next !== "skip" || records.length === 1) return { versions: [], unread: cause };
    // A question that the vendor refuses is halved until the record at fault is alone.
    const half = Math.ceil(records.length / 2);
    const left = await ask(of, records.slice(0, half), lane);
    if (left.unread && left.unread.next !== "skip") return left;
    const right = await ask(of, records.slice(half), lane);
    const missing = [...new Set([...(left.missing ?? []), ...(right.missing ?? [])])];
    return {
      versions: [...left.versions, ...right.versions],
      unread: right.unread ?? left.unread,
      ...((left.missing ?? right.missing) ? { missing } : {}),
    };
  }
}

const answerWithinDefaultMs = 10_000;

/** A vendor that is slow to tell of the past must not keep the deliveries behind waiting. Its late answer is left alone. */
async function within<T>(limitMs: number, telling: Promise<T>, { object }: OpenStream): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const error = new SourceError("retry", `The past of ${object} was not told within ${limitMs} ms`);
    timer = setTimeout(() => reject(error), limitMs);
  });
  try {
    return await Promise.race([telling, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
