import { z } from "zod";
import {
  createHostileHubspot,
  type HostileHubspot,
} from "../../../../../connectors/hubspot/simulator/hostile/index.ts";
import { virtualClock } from "../../../../../src/lib/clock.ts";

export const noon = "2026-11-02T12:00:00.000Z";
export const minuteMs = 60_000;

/** A hostile account at noon, the clock it lives by, and someone who calls its API with a good token. */
export interface Stage {
  account: HostileHubspot;
  clock: ReturnType<typeof virtualClock>;
  visitor: Visitor;
}

export async function stage({ seed = 1, records = 200 } = {}): Promise<Stage> {
  const clock = virtualClock(noon);
  const account = createHostileHubspot({ seed, records, now: () => clock.now() });
  return { account, clock, visitor: await visitor(account) };
}

export interface Visitor {
  call(method: string, path: string, body?: unknown): Promise<Response>;
  get(path: string): Promise<Reply>;
  post(path: string, body: unknown): Promise<Reply>;
  /** All pages of a list. */
  all(path: string): Promise<Row[]>;
  /** Asks for a new token; the answer. */
  renew(): Promise<Response>;
}

const row = z.looseObject({
  id: z.string(),
  updatedAt: z.string(),
  createdAt: z.string().optional(),
  archivedAt: z.string().optional(),
  properties: z.record(z.string(), z.string().nullable()).default({}),
  associations: z.record(z.string(), z.unknown()).optional(),
});
export type Row = z.output<typeof row>;

const reply = z.looseObject({
  message: z.string().optional(),
  category: z.string().optional(),
  results: z.array(z.looseObject({})).default([]),
  paging: z.object({ next: z.object({ after: z.string() }) }).optional(),
});
export type Reply = z.output<typeof reply> & { httpStatus: number };

const host = "http://hubspot.example";
const pagesMax = 100;

async function visitor(account: HostileHubspot): Promise<Visitor> {
  let bearer = "";
  const credentials = Object.entries(account.config(host)).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);

  async function renew(): Promise<Response> {
    const form = new URLSearchParams([["grant_type", "refresh_token"], ...credentials]);
    const answer = await account.fetch(new Request(`${host}/oauth/v1/token`, { method: "POST", body: form }));
    if (answer.ok) bearer = z.object({ access_token: z.string() }).parse(await answer.clone().json()).access_token;
    return answer;
  }

  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    return account.fetch(new Request(`${host}${path}`, init));
  }

  async function read(answer: Response): Promise<Reply> {
    return { ...reply.parse(await answer.json()), httpStatus: answer.status };
  }

  async function all(path: string): Promise<Row[]> {
    const rows: Row[] = [];
    let after = "";
    for (let n = 0; n < pagesMax; n++) {
      const page = await read(await call("GET", `${path}${after}`));
      rows.push(...z.array(row).parse(page.results));
      if (!page.paging) return rows;
      after = `&after=${page.paging.next.after}`;
    }
    throw new Error(`${path} does not end`);
  }

  await renew();
  return {
    call,
    all,
    renew,
    get: async (path) => read(await call("GET", path)),
    post: async (path, body) => read(await call("POST", path, body)),
  };
}

export const listOf = (object: string, more = "") => `/crm/v3/objects/${object}?limit=100${more}`;

/** A search for what was changed from an instant on, oldest first. */
export const since = (at: number, more: object = {}) => ({
  filterGroups: [{ filters: [{ propertyName: "lastmodifieddate", operator: "GTE", value: String(at) }] }],
  sorts: ["lastmodifieddate"],
  limit: 100,
  ...more,
});
