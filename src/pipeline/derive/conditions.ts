import { capitalised, type Found, sayDuration, sayEvent, saySelector } from "./describe.ts";
import {
  type Condition,
  type CountCondition,
  durationMs,
  type EventCondition,
  type FieldCondition,
  type NoCondition,
  type ScoreCondition,
  type StateCondition,
} from "./grammar.ts";
import type { Ledger } from "./ledger.ts";
import { compileRange, compileTest, type Scalar } from "./values.ts";
import type { Watch, Watchlist } from "./watch.ts";

const never = Number.POSITIVE_INFINITY;

/** The golden values rules may read. */
export type Fields = Readonly<Record<string, Scalar | readonly Scalar[]>>;

/** What a journey may ask of the score. */
export interface ScoreStanding {
  value: number;
  grade: string;
  dimensions: Readonly<Record<string, number>>;
  eventIds: () => string[];
}

/** The instant and the subject a condition is asked about; one object a fold, moved along. */
export interface Moment {
  readonly ledger: Ledger;
  readonly watch: Watch;
  readonly fields: Fields;
  score: ScoreStanding | null;
  nowMs: number;
  /** The event of this moment, or -1 when only time has passed. */
  seq: number;
  /** Exit rules look at what came after the stage began; enter rules at everything (-1 and -Infinity). */
  sinceSeq: number;
  sinceMs: number;
}

/** A condition as closures over one {@link Watchlist}. */
export interface CompiledCondition {
  holds: (moment: Moment) => boolean;
  /** Whether this very event is among what it holds on; asked only when it holds. */
  isFresh: (moment: Moment) => boolean;
  /** The next instant (epoch ms) at which time alone may change it, or Infinity; always after now. */
  dueMs: (moment: Moment) => number;
  explain: (moment: Moment, found: Found) => void;
}

/** Compiles a condition to closures; whatever it watches is added to the list, for the rule opened last. */
export function compileCondition(condition: Condition, watchlist: Watchlist): CompiledCondition {
  if ("all" in condition) return compileAll(condition.all.map((part) => compileCondition(part, watchlist)));
  if ("any" in condition) return compileAny(condition.any.map((part) => compileCondition(part, watchlist)));
  if ("not" in condition) return compileNot(compileCondition(condition.not, watchlist));
  if ("event" in condition) return compileEvent(condition, watchlist);
  if ("count" in condition) return compileCount(condition, watchlist);
  if ("no" in condition) return compileNo(condition, watchlist);
  if ("field" in condition) return compileField(condition);
  if ("state" in condition) return compileState(condition, watchlist);
  return compileScore(condition, watchlist);
}

function compileAll(parts: CompiledCondition[]): CompiledCondition {
  return {
    holds: (moment) => parts.every((part) => part.holds(moment)),
    isFresh: (moment) => parts.some((part) => part.isFresh(moment)),
    dueMs: (moment) => earliest(parts, moment),
    explain: (moment, found) => {
      for (const part of parts) part.explain(moment, found);
    },
  };
}

function compileAny(parts: CompiledCondition[]): CompiledCondition {
  return {
    holds: (moment) => parts.some((part) => part.holds(moment)),
    isFresh: (moment) => parts.some((part) => part.holds(moment) && part.isFresh(moment)),
    dueMs: (moment) => earliest(parts, moment),
    explain: (moment, found) => {
      for (const part of parts) if (part.holds(moment)) part.explain(moment, found);
    },
  };
}

function compileNot(part: CompiledCondition): CompiledCondition {
  return { holds: (moment) => !part.holds(moment), isFresh: () => false, dueMs: part.dueMs, explain: () => undefined };
}

function earliest(parts: readonly CompiledCondition[], moment: Moment): number {
  let due = never;
  for (const part of parts) due = Math.min(due, part.dueMs(moment));
  return due;
}

/** Holds from the event on, or until `within` after the latest one. */
function compileEvent({ event, where, within }: EventCondition, watchlist: Watchlist): CompiledCondition {
  const matcher = watchlist.addMatcher(event, where);
  const withinMs = within === undefined ? never : durationMs(within);
  const endMs = (moment: Moment) => {
    const history = moment.watch.histories[matcher];
    return (history?.seqs.at(-1) ?? -1) > moment.sinceSeq ? (history?.times.at(-1) ?? -never) + withinMs : -never;
  };
  return {
    holds: (moment) => endMs(moment) > moment.nowMs,
    isFresh: (moment) => isNow(moment, matcher),
    dueMs: (moment) => {
      const end = endMs(moment);
      return end > moment.nowMs ? end : never;
    },
    explain: (moment, found) => {
      const entry = moment.ledger.entries[moment.watch.histories[matcher]?.seqs.at(-1) ?? -1];
      if (!entry) return;
      found.addEvent(entry.event);
      found.say(sayEvent(entry.event));
    },
  };
}

function isNow(moment: Moment, matcher: number): boolean {
  return moment.seq >= 0 && moment.watch.histories[matcher]?.seqs.at(-1) === moment.seq;
}

/** Compares how many events, or how many kinds of them, lie in the window. */
function compileCount({ count, ...bounds }: CountCondition, watchlist: Watchlist): CompiledCondition {
  const matcher = watchlist.addMatcher(count.event, count.where);
  const withinMs = count.within === undefined ? never : durationMs(count.within);
  const isDistinct = count.distinct === "kind";
  const tally = watchlist.addTally({ matcher, withinMs, isDistinct });
  const fits = compileRange(bounds) ?? ((value: number) => value >= 1);
  return {
    holds: (moment) => fits(tallyUp(moment, tally, { matcher, withinMs, isDistinct })),
    isFresh: (moment) => isNow(moment, matcher),
    dueMs: (moment) => {
      tallyUp(moment, tally, { matcher, withinMs, isDistinct });
      const window = moment.watch.windows[tally];
      const oldest = window && window.tail < window.head ? moment.watch.histories[matcher]?.times[window.tail] : never;
      return (oldest ?? never) + withinMs;
    },
    explain: (moment, found) => {
      const { seqs = [] } = moment.watch.histories[matcher] ?? {};
      const { tail = 0, head = 0 } = moment.watch.windows[tally] ?? {};
      const events = seqs.slice(tail, head).flatMap((seq) => moment.ledger.entries[seq]?.event ?? []);
      for (const event of events) found.addEvent(event);
      const span = count.within === undefined ? "" : ` within ${sayDuration(count.within)}`;
      const last = events.slice(-3).map(sayEvent).join(", ");
      found.say(`${events.length} times ${saySelector(count.event)}${span}${last === "" ? "" : `: ${last}`}`);
    },
  };
}

/** Moves the window on to now; each event enters and leaves it once, so the whole fold costs one pass. */
function tallyUp(moment: Moment, tally: number, { matcher, withinMs, isDistinct }: TallyRule): number {
  const window = moment.watch.windows[tally];
  const history = moment.watch.histories[matcher];
  if (!window || !history) return 0;
  const { times, seqs } = history;
  const kindAt = (index: number) => moment.ledger.entries[seqs[index] ?? -1]?.event.kind ?? "";
  for (; window.head < seqs.length; window.head++) if (isDistinct) shift(window.kinds, kindAt(window.head), 1);
  for (; window.tail < window.head; window.tail++) {
    const isOut = (seqs[window.tail] ?? -1) <= moment.sinceSeq || (times[window.tail] ?? 0) + withinMs <= moment.nowMs;
    if (!isOut) break;
    if (isDistinct) shift(window.kinds, kindAt(window.tail), -1);
  }
  return isDistinct ? window.kinds.size : window.head - window.tail;
}

interface TallyRule {
  matcher: number;
  withinMs: number;
  isDistinct: boolean;
}

function shift(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

/**
 * Holds once the last such event is `within` ago. In an exit rule a silence that was already complete when the stage began does not
 * count; it is measured anew from that beginning.
 */
function compileNo({ no, within }: NoCondition, watchlist: Watchlist): CompiledCondition {
  const matcher = watchlist.addMatcher(no.event, no.where);
  const withinMs = durationMs(within);
  const silentMs = (moment: Moment) => {
    const end = (moment.watch.histories[matcher]?.times.at(-1) ?? -never) + withinMs;
    return end > moment.sinceMs ? end : moment.sinceMs + withinMs;
  };
  return {
    holds: (moment) => silentMs(moment) <= moment.nowMs,
    isFresh: () => false,
    dueMs: (moment) => {
      const due = silentMs(moment);
      return due > moment.nowMs ? due : never;
    },
    explain: (moment, found) => {
      const entry = moment.ledger.entries[moment.watch.histories[matcher]?.seqs.at(-1) ?? -1];
      if (entry) found.addEvent(entry.event);
      const last = entry ? ` (last: ${sayEvent(entry.event)})` : "";
      found.say(`No ${saySelector(no.event)} for ${sayDuration(within)}${last}`);
    },
  };
}

/** A golden value does not change with the fold; a list passes when one of its values does. */
function compileField({ field, ...test }: FieldCondition): CompiledCondition {
  const passes = compileTest(test);
  return {
    holds: ({ fields }) => {
      const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
      return isList(value) ? (value.length === 0 ? passes(undefined) : value.some(passes)) : passes(value);
    },
    isFresh: () => false,
    dueMs: () => never,
    explain: ({ fields }, found) => {
      const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
      const name = field.slice(field.indexOf(".") + 1).replaceAll("_", " ");
      found.say(value === undefined ? `No ${name} known` : `${capitalised(name)}: ${value}`);
    },
  };
}

function isList(value: Scalar | readonly Scalar[] | undefined): value is readonly Scalar[] {
  return Array.isArray(value);
}

/** `exists` and `none` look for one record that has been in the state for `olderThan`; `all` needs at least one record. */
function compileState({ state, where, quantifier = "exists", olderThan }: StateCondition, watchlist: Watchlist) {
  const index = watchlist.addState(state, where);
  const ageMs = olderThan === undefined ? 0 : durationMs(olderThan);
  /** The record longest in the state: members are kept in the order they came in. */
  const oldest = (moment: Moment) => moment.watch.members[index]?.in.values().next().value;
  const exists = (moment: Moment) => (oldest(moment)?.sinceMs ?? never) + ageMs <= moment.nowMs;
  const compiled: CompiledCondition = {
    holds: (moment) => {
      if (quantifier === "none") return !exists(moment);
      if (quantifier === "exists") return exists(moment);
      const members = moment.watch.members[index];
      return members !== undefined && members.in.size > 0 && members.in.size === members.population.size;
    },
    isFresh: ({ watch, seq }) =>
      quantifier !== "none" && ageMs === 0 && seq >= 0 && watch.members[index]?.latestSeq === seq,
    dueMs: (moment) => {
      const due = (oldest(moment)?.sinceMs ?? never) + ageMs;
      return due > moment.nowMs ? due : never;
    },
    explain: (moment, found) => {
      const entries = [...(moment.watch.members[index]?.in.values() ?? [])].flatMap(
        ({ seq }) => moment.ledger.entries[seq] ?? [],
      );
      if (quantifier === "none" || entries.length === 0) return found.say(`No ${saySelector(state)}`);
      for (const { event } of entries.slice(-20)) found.addEvent(event);
      const last = entries.at(-1);
      const many = entries.length === 1 ? "" : `, ${entries.length} in all`;
      found.say(`${capitalised(saySelector(state))}${many}${last ? `: ${sayEvent(last.event)}` : ""}`);
    },
  };
  return compiled;
}

function compileScore({ score, grade, dimension, ...bounds }: ScoreCondition, watchlist: Watchlist): CompiledCondition {
  watchlist.addScore();
  const grades = grade === undefined ? null : new Set(typeof grade === "string" ? [grade] : grade);
  const fits = compileRange(bounds);
  return {
    holds: ({ score: standing }) => {
      if (!standing) return false;
      if (grades && !grades.has(standing.grade)) return false;
      if (!fits) return true;
      return fits(dimension === undefined ? standing.value : (standing.dimensions[dimension] ?? 0));
    },
    isFresh: () => false,
    dueMs: () => never,
    explain: ({ score: standing }, found) => {
      if (!standing) return;
      found.addIds(standing.eventIds());
      const parts = Object.entries(standing.dimensions).map(([name, points]) => `${name} ${points}`);
      found.say(`Score '${score}' at grade ${standing.grade} (${parts.join(", ")})`);
    },
  };
}
