import { Hono } from "hono";
import { z } from "zod";
import { readBody } from "../body.ts";
import { Refusal } from "../errors.ts";
import { factsOf, type ObjectType } from "../object-types.ts";
import type { Portal } from "../portal.ts";
import { parseSearch, type SearchRequest } from "../search/request.ts";
import { runSearch, type SearchMemory } from "../search/run.ts";
import { recordWriter, requireObjectType } from "../wire.ts";

const anyObject = z.record(z.string(), z.unknown());

/** `POST {type}/search`: filters, one sort, 200 a page, 10,000 results at most; archived records never appear. */
export function searchRoutes(portal: Portal): Hono {
  const app = new Hono();
  const memory: SearchMemory = { results: new Map() };

  app.post("/:type/search", async (c) => {
    const type = requireObjectType(c.req.param("type"));
    const raw = await readBody(c, anyObject);
    const request = parseSearch(portal, type, raw);
    if (portal.settings.switches.epochZeroSearchFails && fromEpochZero(type, request)) {
      throw new Refusal(500, { message: "internal error" });
    }
    const text = `${type} ${JSON.stringify({ ...raw, after: undefined, limit: undefined, properties: undefined })}`;
    const { total, records, next } = runSearch(portal, type, request, { ...memory, text });
    const view = { properties: request.properties, history: [], associations: [] };
    const results = records.map(recordWriter(portal, type, view));
    // Unlike the list's, this cursor is an offset and comes without a link.
    const paging = next === undefined ? {} : { paging: { next: { after: String(next) } } };
    return c.json({ total, results, ...paging });
  });

  return app;
}

/** "Everything since 1970" makes the real search fail; callers start from one second later. */
function fromEpochZero(type: ObjectType, { groups }: SearchRequest): boolean {
  return groups.flat().some((filter) => {
    if (filter.property.name !== factsOf(type).modified) return false;
    if (filter.test === "between") return Number(filter.low) === 0;
    return filter.test === "compare" && filter.operator.startsWith("GT") && Number(filter.operand) === 0;
  });
}
