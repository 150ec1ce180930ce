import { invalidParameter } from "./problems.ts";

/** NetSuite's own media types: clients must not insist on application/json. */
export const collectionType = {
  "content-type": "application/vnd.oracle.resource+json; type=collection; charset=UTF-8",
};
export const singularType = {
  "content-type": "application/vnd.oracle.resource+json; type=singular-resource; charset=UTF-8",
};

export interface PageRequest {
  limit: number;
  offset: number;
}

/** How large pages are, and whether a larger `limit` is refused or gives a page of that size. */
export interface PageSize {
  max: number;
  above: "refused" | "clamped";
}

/**
 * Reads `limit` and `offset`.
 * @throws Problem 400 INVALID_PARAMETER beyond the page size, or when the offset is no multiple of the limit.
 */
export function readPage(query: (name: string) => string | undefined, size: PageSize): PageRequest {
  const asked = readNumber("limit", query("limit"), size.max);
  const limit = size.above === "clamped" ? Math.min(asked, size.max) : asked;
  const offset = readNumber("offset", query("offset"), 0);
  if (limit < 1 || limit > size.max) {
    throw invalidParameter(
      `Invalid query parameter value '${limit}'. Provide a limit between 1 and ${size.max}.`,
      "limit",
    );
  }
  if (offset % limit !== 0) {
    throw invalidParameter(
      `Invalid query parameter value '${offset}'. Provide an offset divisible by the limit.`,
      "offset",
    );
  }
  return { limit, offset };
}

function readNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text))
    throw invalidParameter(`Invalid query parameter value '${text}'. Provide a whole number.`, name);
  return Number(text);
}

/** The envelope of a page: links to itself and its neighbours, counts, items. `address` is the request's URL. */
export function pageBody<Item>(address: string, { limit, offset }: PageRequest, items: readonly Item[], total: number) {
  const href = (at: number) => {
    const url = new URL(address);
    url.searchParams.set("limit", String(limit));
    url.searchParams.set("offset", String(at));
    return url.href;
  };
  const hasMore = offset + items.length < total;
  const lastOffset = Math.max(0, Math.floor((total - 1) / limit) * limit);
  return {
    links: [
      ...(offset > 0
        ? [
            { rel: "first", href: href(0) },
            { rel: "previous", href: href(Math.max(0, offset - limit)) },
          ]
        : []),
      { rel: "self", href: href(offset) },
      ...(hasMore
        ? [
            { rel: "next", href: href(offset + limit) },
            { rel: "last", href: href(lastOffset) },
          ]
        : []),
    ],
    count: items.length,
    hasMore,
    items,
    offset,
    totalResults: total,
  };
}
