import type { HostileAccount, TroubleLevel } from "journey-hub/connector/testing";
import {
  createHostileNetsuite,
  type HostileNetsuiteOptions,
} from "../../../../../connectors/netsuite/simulator/hostile/index.ts";
import { virtualClock } from "../../../../../src/lib/clock.ts";
import { authorize, origin } from "../account.ts";

/** A hostile account on a clock of its own, asked over its `fetch`, signed as NetSuite wants it. */
export interface Hostile {
  account: HostileAccount;
  clock: ReturnType<typeof virtualClock>;
  /** Shows these troubles alone. */
  beset(only: readonly string[], level?: TroubleLevel, seed?: number): void;
  send(method: string, path: string, body?: unknown): Promise<Response>;
  /** One page of a statement. */
  page(statement: string, query?: string): Promise<Page>;
  /** Every row of a statement that gives `id`, by keyset. */
  rows(columns: string, from: string): Promise<Row[]>;
}

export type Row = Record<string, string> & { id: string };

export interface Page {
  status: number;
  count: number;
  hasMore: boolean;
  totalResults: number;
  items: Row[];
  links: { rel: string; href: string }[];
  "o:errorDetails"?: { detail: string; "o:errorCode": string }[];
}

export const morning = "2026-10-20T07:30:00.000Z";

/** An account of 600 records by seed 1, in Berlin, unless the test says otherwise. */
export function hostile({
  startAt = morning,
  ...options
}: Partial<HostileNetsuiteOptions> & { startAt?: string } = {}): Hostile {
  const clock = virtualClock(startAt);
  const account = createHostileNetsuite({
    seed: 1,
    records: 600,
    timeZone: "Europe/Berlin",
    now: () => clock.now(),
    ...options,
  });
  const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const url = `${origin}/services/rest${path}`;
    const headers = { authorization: authorize({ url, method }), prefer: "transient" };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return account.fetch(new Request(url, { method, headers, ...text }));
  };
  const page = async (statement: string, query = ""): Promise<Page> => {
    const response = await send("POST", `/query/v1/suiteql${query}`, { q: statement });
    const body: Page = JSON.parse(await response.text());
    return { ...body, status: response.status };
  };
  const rows = async (columns: string, from: string): Promise<Row[]> => {
    const found: Row[] = [];
    for (let last = "-9", n = 0; n < 500; n++) {
      const { items, totalResults } = await page(`SELECT id, ${columns} FROM ${from} AND id > ${last} ORDER BY id`);
      found.push(...items.map(({ links: _links, ...row }) => row as Row));
      last = items.at(-1)?.id ?? last;
      if (items.length === totalResults) return found;
    }
    throw new Error(`${from} does not end`);
  };
  return {
    account,
    clock,
    beset: (only, level = "extreme", seed = 7) => account.beset({ seed, level, only }),
    send,
    page,
    rows,
  };
}

/** The ids of an object as SuiteQL has them. */
export const listed: Readonly<Record<string, string>> = {
  employee: "employee WHERE 1 = 1",
  customer: "customer WHERE 1 = 1",
  contact: "contact WHERE 1 = 1",
  opportunity: "transaction WHERE type = 'Opprtnty'",
  estimate: "transaction WHERE type = 'Estimate'",
  salesorder: "transaction WHERE type = 'SalesOrd'",
  invoice: "transaction WHERE type = 'CustInvc'",
  customerpayment: "transaction WHERE type = 'CustPymt'",
  creditmemo: "transaction WHERE type = 'CustCred'",
  supportcase: "supportcase WHERE 1 = 1",
};

export const stamp = "TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS stamp";
