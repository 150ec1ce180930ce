import type { Random, WireTrouble } from "journey-hub/connector/testing";
import { collectionType, type PageRequest, pageBody, readPage } from "../paging.ts";
import type { SuiteqlPage } from "../suiteql/engine.ts";

/** What the troubles of pages need of the account. */
export interface PageNeeds {
  query(statement: string, page: PageRequest): SuiteqlPage;
  pageSizeMax: number;
}

interface PageOfRows {
  count: number;
  hasMore: boolean;
  items: unknown[];
  links: { rel: string }[];
  [member: string]: unknown;
}

/** The ways in which a page of rows is not what it should be. */
export function pageTroubles(needs: PageNeeds): readonly WireTrouble[] {
  return [
    bent({
      name: "short-page",
      about: "gives fewer rows than asked for, and says that there are more",
      source: "unverified; hotglue follows hasMore, not count",
      bend: (page, chance) => withItems(page, page.items.slice(0, chance.int(1, page.items.length)), true),
    }),
    bent({
      name: "empty-page",
      about: "gives no rows, and says that there are more",
      source: "unverified",
      bend: (page) => withItems(page, [], true),
    }),
    bent({
      name: "more-denied",
      about: "says hasMore false where totalResults tells otherwise",
      source: "hotglue tap-netsuite-rest client.py",
      bend: (page) => ({ ...page, hasMore: false, links: page.links.filter(({ rel }) => rel !== "next") }),
    }),
    bent({
      name: "duplicated-rows",
      about: "gives some rows of a page twice",
      source: "Oracle section_158394344595: paging may duplicate rows",
      bend: (page, chance) =>
        withItems(
          page,
          page.items.flatMap((item) => (chance.chance(0.2) ? [item, item] : [item])),
          page.hasMore,
        ),
    }),
    moved(needs, {
      name: "repeated-page",
      about: "gives the page before once more, to those who page by offset",
      by: ({ limit }) => -limit,
    }),
    moved(needs, {
      name: "shifted-page",
      about: "rows moved while paging: a page by offset leaves one out or gives one twice",
      by: (_page, chance) => (chance.chance(0.5) ? 1 : -1),
    }),
  ];
}

function withItems(page: PageOfRows, items: unknown[], hasMore: boolean): PageOfRows {
  return { ...page, items, count: items.length, hasMore };
}

const isQuery = ({ url }: Request) => url.includes("/query/v1/suiteql");

interface Bend {
  name: string;
  about: string;
  source: string;
  bend(page: PageOfRows, chance: Random): PageOfRows;
}

/** A trouble that changes the body of a good answer to a query; refusals and empty pages stay as they are. */
function bent({ bend, ...declared }: Bend): WireTrouble {
  return {
    ...declared,
    kind: "wire",
    strikes: isQuery,
    async strike(_request, answer, chance) {
      const response = await answer();
      if (response.status !== 200) return response;
      const page: PageOfRows = JSON.parse(await response.text());
      return pageResponse(page.items.length === 0 ? page : bend(page, chance));
    },
  };
}

interface Move {
  name: string;
  about: string;
  by(page: { limit: number; offset: number }, chance: Random): number;
}

/** A trouble of paging by offset: the rows of another place, under the name of the place asked for. */
function moved({ query, pageSizeMax }: PageNeeds, { by, ...declared }: Move): WireTrouble {
  return {
    ...declared,
    kind: "wire",
    source: "Oracle section_158394344595: without a unique order paging duplicates or drops rows",
    strikes: (request) => isQuery(request) && Number(new URL(request.url).searchParams.get("offset")) > 0,
    async strike(request, answer, chance) {
      const body = request.clone();
      const response = await answer();
      if (response.status !== 200) return response;
      const { q: statement }: { q: string } = JSON.parse(await body.text());
      const asked = new URL(request.url).searchParams;
      const page = readPage((name) => asked.get(name) ?? undefined, { max: pageSizeMax, above: "clamped" });
      const offset = Math.max(0, page.offset + by(page, chance));
      const { items, total } = query(statement, { ...page, offset });
      return pageResponse(pageBody(request.url, page, items, total));
    },
  };
}

function pageResponse(page: object): Response {
  return new Response(JSON.stringify(page), { status: 200, headers: collectionType });
}
