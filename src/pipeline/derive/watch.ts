import { eventKinds, type TimelineEvent } from "../../model/index.ts";
import type { StateName, Where } from "./grammar.ts";
import type { Entry, RecordState } from "./ledger.ts";
import { compileTest, fitsGlob, type ScalarTest } from "./values.ts";
import { parseSelector, states } from "./vocabulary.ts";

interface Matcher {
  selectors: { direction: string | null; kind: string }[];
  where: (event: TimelineEvent) => boolean;
  readers: Set<number>;
}
interface Tally {
  matcher: number;
  withinMs: number;
  isDistinct: boolean;
}
interface StateWatch {
  recordKind: string;
  holds: (record: RecordState) => boolean;
  population: (record: RecordState) => boolean;
  readers: Set<number>;
}

/**
 * What the rules of one file look at, gathered while they are compiled: event matchers, counts and record states, each shared by the
 * rules that ask the same, with an index from each to the rules it can change.
 */
export class Watchlist {
  readonly matchers: Matcher[] = [];
  readonly tallies: Tally[] = [];
  readonly states: StateWatch[] = [];
  readonly scoreReaders = new Set<number>();
  ruleCount = 0;
  readonly #known = new Map<string, number>();
  readonly #byKind = new Map<string, MatcherHit[]>();

  /** Opens the next rule; what is added from now on is read by it. */
  nextRule(): number {
    return this.ruleCount++;
  }

  addMatcher(selector: string | readonly string[], where: Where | undefined): number {
    const selectors = typeof selector === "string" ? [selector] : [...selector].sort();
    const index = this.#once(`events ${JSON.stringify([selectors, where ?? {}])}`, () =>
      this.matchers.push({ selectors: selectors.map(parseSelector), where: compileWhere(where), readers: new Set() }),
    );
    this.matchers[index]?.readers.add(this.ruleCount - 1);
    return index;
  }

  /** Counts are not shared: each moves its own window. */
  addTally(tally: Tally): number {
    return this.tallies.push(tally) - 1;
  }

  addState(name: StateName, where: Where | undefined): number {
    const index = this.#once(`state ${JSON.stringify([name, where ?? {}])}`, () =>
      this.states.push({
        recordKind: name.slice(0, name.indexOf(".")),
        holds: states[name],
        population: compileFacts(where),
        readers: new Set(),
      }),
    );
    this.states[index]?.readers.add(this.ruleCount - 1);
    return index;
  }

  addScore(): void {
    this.scoreReaders.add(this.ruleCount - 1);
  }

  /** The matchers an event of this kind may pass; remembered for the kinds the hub knows. */
  matchersOf(kind: string): readonly MatcherHit[] {
    const known = this.#byKind.get(kind);
    if (known) return known;
    const hits = this.matchers.flatMap((matcher, index) => hitOf(matcher, index, kind));
    if (Object.hasOwn(eventKinds, kind)) this.#byKind.set(kind, hits);
    return hits;
  }

  #once(key: string, add: () => number): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const index = add() - 1;
    this.#known.set(key, index);
    return index;
  }
}

interface MatcherHit {
  index: number;
  matcher: Matcher;
  /** null: any direction. */
  directions: readonly string[] | null;
}

/** What one file's rules have seen of one subject so far; fed one ledger entry at a time. */
export class Watch {
  readonly histories: History[];
  readonly members: Members[];
  readonly windows: Window[];
  readonly #watchlist: Watchlist;
  readonly #touched: Int32Array;

  constructor(watchlist: Watchlist) {
    this.#watchlist = watchlist;
    this.#touched = new Int32Array(watchlist.ruleCount).fill(-1);
    this.histories = watchlist.matchers.map(() => ({ times: [], seqs: [] }));
    this.members = watchlist.states.map(() => ({ in: new Map(), population: new Set(), latestSeq: -1 }));
    this.windows = watchlist.tallies.map(() => ({ head: 0, tail: 0, kinds: new Map() }));
  }

  observe(entry: Entry): void {
    const { event, record } = entry;
    for (const { index, matcher, directions } of this.#watchlist.matchersOf(event.kind)) {
      if (directions && !directions.includes(event.direction)) continue;
      if (!matcher.where(event)) continue;
      const history = this.histories[index];
      history?.times.push(entry.atMs);
      history?.seqs.push(entry.seq);
      this.#touch(matcher.readers, entry.seq);
    }
    if (record) this.#follow(record, entry);
  }

  isTouched(rule: number, seq: number): boolean {
    return seq >= 0 && this.#touched[rule] === seq;
  }

  #follow(record: RecordState, entry: Entry): void {
    for (const [index, state] of this.#watchlist.states.entries()) {
      const members = this.members[index];
      if (!members || state.recordKind !== record.kind) continue;
      const belongs = !entry.isGone && state.population(record);
      const holds = belongs && state.holds(record);
      if (belongs) members.population.add(record.key);
      else members.population.delete(record.key);
      if (!holds) members.in.delete(record.key);
      else if (!members.in.has(record.key)) {
        members.in.set(record.key, { sinceMs: entry.atMs, seq: entry.seq });
        members.latestSeq = entry.seq;
      }
      this.#touch(state.readers, entry.seq);
    }
  }

  #touch(rules: ReadonlySet<number>, seq: number): void {
    for (const rule of rules) this.#touched[rule] = seq;
  }
}

/** The events that passed a matcher, in order. */
export interface History {
  times: number[];
  seqs: number[];
}

/** The records in a state, longest there first, and all records of the kind it is asked of. */
export interface Members {
  in: Map<string, { sinceMs: number; seq: number }>;
  population: Set<string>;
  latestSeq: number;
}

/** The part of a history a count looks at: from tail up to head; kinds holds how many of each kind when they are told apart. */
export interface Window {
  head: number;
  tail: number;
  kinds: Map<string, number>;
}

function hitOf(matcher: Matcher, index: number, kind: string): MatcherHit[] {
  const fitting = matcher.selectors.filter((selector) => fitsGlob(kind, selector.kind));
  if (fitting.length === 0) return [];
  const directions = fitting.flatMap(({ direction }) => (direction === null ? [] : [direction]));
  return [{ index, matcher, directions: directions.length < fitting.length ? null : directions }];
}

function compileWhere(where: Where | undefined): (event: TimelineEvent) => boolean {
  const facts = testsOf(where);
  return (event) => {
    for (const [name, test] of facts) {
      const value =
        name === "channel" ? event.channel : Object.hasOwn(event.facts, name) ? event.facts[name] : undefined;
      if (!test(value)) return false;
    }
    return true;
  };
}

function compileFacts(where: Where | undefined): (record: RecordState) => boolean {
  const facts = testsOf(where);
  return ({ facts: values }) =>
    facts.every(([name, test]) => test(Object.hasOwn(values, name) ? values[name] : undefined));
}

function testsOf(where: Where | undefined): [string, ScalarTest][] {
  return Object.entries(where ?? {}).map(([name, asked]) => [name, compileTest(asked)]);
}
