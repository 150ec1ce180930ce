import { factsOf, type ObjectType } from "../object-types.ts";
import type { Portal } from "../portal.ts";
import { firstIndex, type RecordTable, type StoredRecord } from "../record-table.ts";
import type { Switches } from "../settings.ts";
import { type Comparable, type Filter, type Predicate, predicateOf, readerOf } from "./filter.ts";
import type { SearchRequest } from "./request.ts";
import { tokensOf } from "./tokens.ts";

export interface SearchPage {
  total: number;
  records: StoredRecord[];
  /** The offset of the following page, if there is one. */
  next: number | undefined;
}

/** Remembers the results of recent searches so that later pages of one query cost nothing. */
export interface SearchMemory {
  results: Map<string, { table: RecordTable; version: number; matches: readonly StoredRecord[] }>;
}

const rememberedMax = 16;

/** Runs a parsed search; `text` is the query without its page and tells one search from another. */
export function runSearch(
  portal: Portal,
  type: ObjectType,
  request: SearchRequest,
  memory: SearchMemory & { text: string },
): SearchPage {
  const table = portal.table(type);
  const matches = recall(portal, table, memory, () => findMatches(portal, type, request));
  const { offset, limit } = request;
  const records = matches.slice(offset, offset + limit);
  if (portal.settings.switches.searchDisorder) swapNeighbours(records);
  const next = offset + limit < matches.length && limit > 0 ? offset + limit : undefined;
  return { total: matches.length, records, next };
}

function recall(
  portal: Portal,
  table: RecordTable,
  { results, text }: SearchMemory & { text: string },
  find: () => readonly StoredRecord[],
): readonly StoredRecord[] {
  const known = results.get(text);
  // With a lagging index the same query finds more as time goes by, without any write.
  const fresh = known?.table === table && known.version === table.version;
  const lags = isLagging(portal);
  if (fresh && !lags) return known.matches;
  const matches = find();
  results.delete(text);
  if (lags) return matches;
  results.set(text, { table, version: table.version, matches });
  const [oldest] = results.keys();
  if (results.size > rememberedMax && oldest !== undefined) results.delete(oldest);
  return matches;
}

function isLagging({ settings: { switches } }: Portal): boolean {
  return switches.searchLagMs > 0 || switches.searchStragglerMs > 0;
}

function findMatches(portal: Portal, type: ObjectType, request: SearchRequest): readonly StoredRecord[] {
  const { groups, sort } = request;
  const table = portal.table(type);
  const { modified } = factsOf(type);
  const slackMs = portal.settings.switches.searchBelowBound ? 1 : 0;
  const bounded = groups.map((filters) => boundGroup(filters, modified, slackMs));
  const byStamp = sort?.property.name === modified || (groups.length > 0 && bounded.every(isBounded));
  const candidates = byStamp ? table.byModified : table.live;
  const matches = groups.length === 0 ? candidates : inGroups(candidates, byStamp ? bounded : bounded.map(unindexed));
  const also = besides(portal, type, request);
  return ordered(also ? matches.filter(also) : matches, sort, byStamp ? modified : "hs_object_id");
}

/** A filter group, its bounds on the modified stamp apart from the rest. */
interface BoundGroup {
  from: number;
  to: number;
  rest: Predicate[];
  all: Predicate[];
}

function boundGroup(filters: Filter[], modified: string, slackMs: number): BoundGroup {
  const spans = filters.flatMap((filter) => spanOf(filter, modified));
  const from = Math.max(Number.NEGATIVE_INFINITY, ...spans.map((span) => span.from));
  const to = Math.min(Number.POSITIVE_INFINITY, ...spans.map((span) => span.to));
  return {
    from: from === to ? from : from - slackMs,
    to,
    rest: filters.filter((filter) => spanOf(filter, modified).length === 0).map(predicateOf),
    all: filters.map(predicateOf),
  };
}

const isBounded = ({ from, to }: BoundGroup): boolean => Number.isFinite(from) || Number.isFinite(to);

const unindexed = ({ all }: BoundGroup): BoundGroup => ({
  from: Number.NEGATIVE_INFINITY,
  to: Number.POSITIVE_INFINITY,
  rest: all,
  all,
});

/**
 * The records of any group. Between two bounds the same groups apply to every record, and where one of them asks for
 * nothing but the stamp the stretch is taken whole: a keyset page over a large table costs next to nothing.
 */
function inGroups(records: readonly StoredRecord[], groups: BoundGroup[]): readonly StoredRecord[] {
  const stretches = groups.map((group) => ({
    ...group,
    start:
      group.from === Number.NEGATIVE_INFINITY ? 0 : firstIndex(records, (record) => record.modifiedMs >= group.from),
    end:
      group.to === Number.POSITIVE_INFINITY
        ? records.length
        : firstIndex(records, (record) => record.modifiedMs > group.to),
  }));
  const cuts = [...new Set(stretches.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const parts = cuts.map((start, index) => {
    const end = cuts[index + 1] ?? start;
    const asking = stretches.filter((group) => group.start <= start && end <= group.end);
    const stretch = asking.length === 0 ? [] : records.slice(start, end);
    if (asking.some(({ rest }) => rest.length === 0)) return stretch;
    return stretch.filter((record) => asking.some(({ rest }) => rest.every((holds) => holds(record))));
  });
  const none: readonly StoredRecord[] = [];
  // `concat` copies memory; `flat` would visit each record.
  return none.concat(...parts);
}

/** What a search asks besides its filters: the words of its query, and that the index has caught up. */
function besides(portal: Portal, type: ObjectType, { words }: SearchRequest): Predicate | undefined {
  const { switches } = portal.settings;
  const lags = isLagging(portal);
  if (words.length === 0 && !lags) return undefined;
  const now = portal.now();
  const isIndexed = (record: StoredRecord) => !lags || record.modifiedMs + lagOf(record, switches) <= now;
  return (record) => isIndexed(record) && (words.length === 0 || hasWords(type, record, words));
}

/** How long the index takes for this change; the same whenever it is asked. */
function lagOf(
  { key, modifiedMs }: StoredRecord,
  { searchLagMs, searchLagVaries, searchStragglerMs }: Switches,
): number {
  const own = Math.imul(key ^ (modifiedMs >>> 0), 0x9e3779b1) >>> 0;
  if (searchStragglerMs > 0 && own % 50 === 0) return searchStragglerMs;
  return searchLagVaries ? own % (searchLagMs + 1) : searchLagMs;
}

function hasWords(type: ObjectType, record: StoredRecord, words: string[]): boolean {
  const tokens = factsOf(type).searched.flatMap((name) => tokensOf(record.properties[name] ?? ""));
  return words.every((word) => tokens.some((token) => token.startsWith(word)));
}

/** The stamps a filter lets through, when it is one on the modified stamp. */
function spanOf(filter: Filter, modified: string): { from: number; to: number }[] {
  if (filter.property.name !== modified) return [];
  const all = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  if (filter.test === "between") return [{ from: Number(filter.low), to: Number(filter.high) }];
  if (filter.test !== "compare") return [];
  const at = Number(filter.operand);
  switch (filter.operator) {
    case "EQ":
      return [{ from: at, to: at }];
    case "GT":
      return [{ ...all, from: at + 1 }];
    case "GTE":
      return [{ ...all, from: at }];
    case "LT":
      return [{ ...all, to: at - 1 }];
    case "LTE":
      return [{ ...all, to: at }];
    case "NEQ":
      return [];
  }
}

/** Sorts once; results come by id when no sort is given. Records without the value come last. */
function ordered(
  matches: readonly StoredRecord[],
  sort: SearchRequest["sort"],
  present: string,
): readonly StoredRecord[] {
  if (!sort) return present === "hs_object_id" ? matches : matches.toSorted((a, b) => a.key - b.key);
  if (sort.property.name === present) return sort.descending ? matches.toReversed() : matches;
  const read = readerOf(sort.property);
  const direction = sort.descending ? -1 : 1;
  return matches
    .map((record) => ({ record, value: read(record) }))
    .sort((a, b) => compare(a.value, b.value, direction) || a.record.key - b.record.key)
    .map(({ record }) => record);
}

function compare(a: Comparable | undefined, b: Comparable | undefined, direction: number): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -direction : direction;
}

function swapNeighbours(records: StoredRecord[]): void {
  for (let index = 0; index + 1 < records.length; index += 2) {
    const [first, second] = [records[index], records[index + 1]];
    if (first && second) records.splice(index, 2, second, first);
  }
}
