import { z } from "zod";
import { checkBody, scalarText } from "../body.ts";
import type { PropertyDefinition } from "../catalog.ts";
import { invalid } from "../errors.ts";
import { factsOf, type ObjectType } from "../object-types.ts";
import type { Portal } from "../portal.ts";
import { type Filter, filterShape, parseFilter } from "./filter.ts";
import { tokensOf } from "./tokens.ts";

/** A search body after all checks. */
export interface SearchRequest {
  /** OR over groups, AND within one; no groups: every record. */
  groups: Filter[][];
  /** Words that must all begin a word of the searched properties. */
  words: string[];
  sort: { property: PropertyDefinition; descending: boolean } | undefined;
  properties: string[];
  limit: number;
  offset: number;
}

const sortShape = z.union([
  z.string(),
  z.object({ propertyName: z.string(), direction: z.enum(["ASCENDING", "DESCENDING"]).nullish() }),
]);

const wholeNumber = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*-?\d+\s*$/)
      .transform(Number),
  ])
  .pipe(z.int());

const bodyShape = z.object({
  filterGroups: z.array(z.object({ filters: z.array(filterShape).nullish() })).nullish(),
  /** One group without its wrapping; HubSpot takes it too. */
  filters: z.array(filterShape).nullish(),
  sorts: z.array(sortShape).nullish(),
  query: z.string().nullish(),
  properties: z.array(z.string()).nullish(),
  limit: wholeNumber.nullish(),
  after: scalarText.nullish(),
});
type SearchBody = z.output<typeof bodyShape>;

/**
 * Parses a search body. Throws HubSpot's 400: wrong shape, unknown property or operator, values that do not fit,
 * too many groups, filters or sorts, a page beyond the result cap.
 */
export function parseSearch(portal: Portal, type: ObjectType, raw: unknown): SearchRequest {
  const body = checkBody(raw, bodyShape);
  const { limits } = portal.settings;
  const query = body.query ?? "";
  if (query.length > limits.queryLength) {
    throw invalid(`query must be no longer than ${limits.queryLength} characters`);
  }
  return {
    groups: parseGroups(portal, type, body),
    words: tokensOf(query),
    sort: parseSort(portal, type, body.sorts ?? []),
    properties: body.properties ?? [],
    ...parsePage(portal, body),
  };
}

function parseGroups(portal: Portal, type: ObjectType, body: SearchBody): Filter[][] {
  const { searchFilterGroups, searchFiltersPerGroup, searchFilters } = portal.settings.limits;
  const groups = [...(body.filterGroups ?? []), ...(body.filters ? [{ filters: body.filters }] : [])];
  if (groups.length > searchFilterGroups) {
    throw invalid(`Too many filter groups: the maximum is ${searchFilterGroups}, but ${groups.length} were given`);
  }
  const counts = groups.map(({ filters }) => filters?.length ?? 0);
  if (counts.some((count) => count > searchFiltersPerGroup)) {
    throw invalid(`Too many filters in a group: the maximum is ${searchFiltersPerGroup}`);
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > searchFilters)
    throw invalid(`Too many filters: the maximum is ${searchFilters}, but ${total} were given`);
  const parsed = groups.map(({ filters }) =>
    (filters ?? []).map((filter) => parseFilter(definitionOf(portal, type, filter.propertyName), filter)),
  );
  return parsed.filter((group) => group.length > 0);
}

function parseSort(portal: Portal, type: ObjectType, sorts: NonNullable<SearchBody["sorts"]>): SearchRequest["sort"] {
  const [sort] = sorts;
  if (sorts.length > 1) throw invalid("sorts may hold at most one sort");
  if (sort === undefined) return undefined;
  if (typeof sort !== "string") {
    return { property: definitionOf(portal, type, sort.propertyName), descending: sort.direction === "DESCENDING" };
  }
  const descending = sort.startsWith("-");
  return { property: definitionOf(portal, type, descending ? sort.slice(1) : sort), descending };
}

function parsePage(portal: Portal, { limit, after }: SearchBody): Pick<SearchRequest, "limit" | "offset"> {
  const { searchPageSize, searchResults, pageRows } = portal.settings.limits;
  const size = limit ?? 10;
  if (size < 0 || size > searchPageSize)
    throw invalid(`limit must be between 0 and ${searchPageSize}, but was ${size}`);
  const text = after?.trim() ?? "";
  if (!/^\d*$/.test(text)) throw invalid(`after must be an integer, but was ${after}`);
  const offset = Number(text);
  const rows = Math.min(size, pageRows);
  if (offset + rows > searchResults) {
    throw invalid(`The requested page reaches beyond the first ${searchResults} results of this search`);
  }
  return { limit: rows, offset };
}

function definitionOf(portal: Portal, type: ObjectType, name: string): PropertyDefinition {
  const definition = portal.catalog(type).definitions.get(name);
  if (definition && !definition.archived) return definition;
  throw invalid("There was a problem with the request.", {
    errors: [
      {
        message: `Property ${name} does not exist on ${factsOf(type).singular}`,
        code: "PROPERTY_DOESNT_EXIST",
        context: { propertyName: [name] },
      },
    ],
  });
}
