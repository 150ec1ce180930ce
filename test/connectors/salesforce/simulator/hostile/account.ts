import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { createTransport, type OpenConnection } from "journey-hub/connector";
import { createRandom, type HostileAccount, type TroubleSchedule } from "journey-hub/connector/testing";
import { z } from "zod";
import { createHostileSalesforce } from "../../../../../connectors/salesforce/simulator/hostile/index.ts";
import { demoCredentials, serverOptions } from "../../../../../connectors/salesforce/simulator/index.ts";
import { virtualClock } from "../../../../../src/lib/clock.ts";

export const noon = "2026-03-18T12:00:00.000Z";
export const minuteMs = 60_000;

/** A hostile org of our making, and the clock that the test moves. */
export function hostileOrg({ seed = 7, records = 300 }: { seed?: number; records?: number } = {}) {
  const clock = virtualClock(noon);
  const account = createHostileSalesforce({ seed, records, now: () => clock.now() });
  return { clock, account, beset: (schedule: Partial<TroubleSchedule>) => beset(account, schedule) };
}
export type HostileOrg = ReturnType<typeof hostileOrg>;

function beset(account: HostileAccount, schedule: Partial<TroubleSchedule>): void {
  account.beset({ seed: 7, level: "extreme", ...schedule });
}

const host = "http://127.0.0.1";

/** A session's token, got before any trouble. */
export async function signIn({ account }: Pick<HostileOrg, "account">): Promise<string> {
  const reply = await requestToken(account);
  return z.object({ access_token: z.string() }).parse(await reply.json()).access_token;
}

export async function requestToken(account: HostileAccount): Promise<Response> {
  const { clientId, clientSecret } = demoCredentials;
  const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
  return account.fetch(
    new Request(`${host}/services/oauth2/token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
    }),
  );
}

/** Requests with this session, by path below the API version. */
export function callerOf({ account }: Pick<HostileOrg, "account">, token: string) {
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return account.fetch(new Request(`${host}/services/data/v62.0${path}`, { headers, ...init }));
  };
  const query = (statement: string) => call(`/queryAll?q=${encodeURIComponent(statement)}`);
  const patch = (path: string, body: unknown) => call(path, { method: "PATCH", body: JSON.stringify(body) });
  return { call, query, patch };
}

const page = z.looseObject({
  totalSize: z.number(),
  done: z.boolean(),
  nextRecordsUrl: z.string().optional(),
  records: z.array(z.looseObject({ Id: z.string().default("") })),
});
export type Row = z.infer<typeof page>["records"][number];

export async function pageOf(reply: Response) {
  return page.parse(await reply.json());
}

/** Every row of a statement, following `nextRecordsUrl`. */
export async function rowsOf(caller: ReturnType<typeof callerOf>, statement: string): Promise<Row[]> {
  let { records, nextRecordsUrl } = await pageOf(await caller.query(statement));
  const rows = [...records];
  for (let n = 0; n < 1_000 && nextRecordsUrl; n++) {
    ({ records, nextRecordsUrl } = await pageOf(await caller.call(nextRecordsUrl.replace("/services/data/v62.0", ""))));
    rows.push(...records);
  }
  return rows;
}

/** The account on a loopback port with our connector opened on it. */
export async function served({ account, clock }: HostileOrg, timeoutMs = 200) {
  const server = createAdaptorServer({ serverOptions, fetch: (request) => account.fetch(request) });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const settings = account.connector.config.parse(account.config(url));
  const transport = createTransport({
    limits: account.connector.limits(settings),
    clock,
    allowedHosts: [`127.0.0.1:${port}`],
    timeoutMs,
    random: createRandom(7).next,
  });
  const connection: OpenConnection = account.connector.open(settings, transport);
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ("closeAllConnections" in server) server.closeAllConnections();
    });
  return { url, connection, close };
}
