import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import {
  type Batch,
  type CursorState,
  createTransport,
  type Exchange,
  type OpenConnection,
  type OpenStream,
  pull,
  SourceError,
  type SourceRecord,
  type TokenVault,
} from "journey-hub/connector";
import netsuite from "../../../connectors/netsuite/index.ts";
import {
  createNetsuiteSimulator,
  demoCredentials,
  type NetsuiteRow,
  type NetsuiteSeed,
  type NetsuiteSimulator,
  type NetsuiteSimulatorOptions,
} from "../../../connectors/netsuite/simulator/index.ts";
import { virtualClock } from "../../../src/lib/clock.ts";

/** Answers a request in the account's place; undefined lets the account answer. */
export type Trouble = (request: Request) => Response | "cut" | undefined | Promise<Response | "cut" | undefined>;

/** A simulated account on a loopback port and our connector opened on it; time stands still unless something waits. */
export interface TestAccount {
  connection: OpenConnection;
  simulator: NetsuiteSimulator;
  clock: ReturnType<typeof virtualClock>;
  url: string;
  /** What the transport saw, in order. */
  exchanges: Exchange[];
  /** The Authorization headers that arrived, in order. */
  signatures: string[];
  /** The statements that arrived, in order. */
  statements: string[];
  /** The next requests meet these, one each. */
  troubles: Trouble[];
  /** Opens the connector anew with other settings. */
  open(config?: Record<string, unknown>, vault?: TokenVault): OpenConnection;
  close(): Promise<void>;
}

const noon = "2026-03-18T12:00:00.000Z";

/** Where the account is, unless the test says otherwise. */
const losAngeles = { timeZone: "America/Los_Angeles", dateFormat: "MM/DD/YYYY" } as const;

export async function startAccount(
  tables: NetsuiteSeed["tables"] = {},
  {
    timeZone = losAngeles.timeZone,
    startAt = noon,
    ...options
  }: NetsuiteSimulatorOptions & { timeZone?: string; startAt?: string } = {},
): Promise<TestAccount> {
  const clock = virtualClock(startAt);
  // Signatures carry the machine's time, which is not the test's.
  const simulator = createNetsuiteSimulator({
    now: () => clock.now(),
    timestampWindowMs: Number.POSITIVE_INFINITY,
    ...options,
  });
  simulator.load({ accountId: demoCredentials.accountId, ...losAngeles, timeZone, tables });
  const troubles: Trouble[] = [];
  const signatures: string[] = [];
  const statements: string[] = [];
  const server = createAdaptorServer({
    async fetch(request, bindings) {
      signatures.push(request.headers.get("authorization") ?? "");
      if (request.url.includes("/suiteql")) statements.push(((await request.clone().json()) as { q: string }).q);
      const answer = await troubles.shift()?.(request);
      if (answer !== "cut") return dated(answer ?? (await simulator.app.fetch(request)), clock.now());
      if ("incoming" in bindings) bindings.incoming.socket.destroy();
      return new Response();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const exchanges: Exchange[] = [];
  const open = (config: Record<string, unknown> = {}, vault?: TokenVault) =>
    openNetsuite({ base_url: url, ...config }, { clock, exchanges, vault });
  return {
    connection: open(),
    simulator,
    clock,
    url,
    exchanges,
    signatures,
    statements,
    troubles,
    open,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The answer with the account's own time of day on it, unless the test gave it another. */
function dated(answer: Response, now: number): Response {
  const headers = new Headers(answer.headers);
  if (!headers.has("date")) headers.set("date", new Date(now).toUTCString());
  return new Response(answer.body, { status: answer.status, headers });
}

/** The config block of the demo's credentials. */
export const demoConfig = {
  account_id: demoCredentials.accountId,
  consumer_key: demoCredentials.consumerKey,
  consumer_secret: demoCredentials.consumerSecret,
  token_id: demoCredentials.tokenId,
  token_secret: demoCredentials.tokenSecret,
};

interface OpenOptions {
  clock?: TestAccount["clock"];
  exchanges?: Exchange[];
  timeoutMs?: number;
  vault?: TokenVault | undefined;
  ending?: AbortSignal;
}

/** The connector on any address, with the demo's token where it is to sign in by no other. */
export function openNetsuite(
  config: Record<string, unknown>,
  { clock = virtualClock(noon), exchanges = [], timeoutMs = 60_000, vault, ending }: OpenOptions = {},
): OpenConnection {
  const parsed = netsuite.config.parse({ ...("sign_in" in config ? {} : demoConfig), ...config });
  const transport = createTransport({
    limits: netsuite.limits(parsed),
    clock,
    timeoutMs,
    allowedHosts: typeof config.base_url === "string" ? [new URL(config.base_url).host] : [],
    random: () => 0,
    onExchange: (exchange) => exchanges.push(exchange),
    ...(ending ? { ending } : {}),
  });
  return netsuite.open(parsed, transport, vault);
}

/** The stream of that name; a test that names another one fails here. */
export function streamOf(connection: OpenConnection, name: string): OpenStream {
  const stream = connection.streams[name];
  if (!stream) throw new Error(`no stream ${name}`);
  return stream;
}

/** One run of a stream: everything it gave and where it stands after. What came before was asked for the same fields if the state says nothing else. */
export async function readStream(
  account: TestAccount,
  name: string,
  state: CursorState | null,
  fields: readonly string[],
): Promise<{ batches: Batch[]; records: SourceRecord[]; cursor: CursorState | null }> {
  const batches: Batch[] = [];
  const from: CursorState | null = state?.mode === "changes" ? { fields, ...state } : state;
  const options = { fields, now: account.clock.now() };
  for await (const batch of pull(streamOf(account.connection, name), from, options)) batches.push(batch);
  return { batches, records: batches.flatMap((batch) => batch.records), cursor: batches.at(-1)?.cursor ?? null };
}

/** Customers 1 to `count`, each with its number as name. */
export function customers(count: number, traits: (n: number) => NetsuiteRow = () => ({})): NetsuiteRow[] {
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    entityid: `C${i + 1}`,
    companyname: `Number ${i + 1}`,
    isperson: "F",
    datecreated: "2026-01-05T08:00:00Z",
    lastmodifieddate: "2026-03-01T08:00:00Z",
    ...traits(i + 1),
  }));
}

/** Changes a record through the account's own HTTP and our connector's signature, as another tool would. */
export async function edit(
  account: TestAccount,
  id: number,
  values: { grade?: string; stage?: string },
): Promise<void> {
  const outcomes = await account.connection.writeback?.apply("customer", [{ remote_id: String(id), values }]);
  if (outcomes?.[0] !== null) throw new Error(`edit refused: ${String(outcomes?.[0])}`);
}

/** Deletes records behind the API's back, with the tombstones NetSuite leaves. */
export function remove(account: TestAccount, type: string, ids: readonly number[], deleteddate: string): void {
  const state = account.simulator.state();
  for (const id of ids) {
    state.table("customer").remove(id);
    state.table("deletedrecord").insert({ recordid: id, type, deleteddate });
  }
}

/** What a promise failed with, as plain values. */
export async function failureOf(asked: Promise<unknown>): Promise<{ message: string } & Record<string, unknown>> {
  const cause = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(cause instanceof SourceError)) throw new Error(`expected a SourceError, got ${String(cause)}`);
  return { message: cause.message, next: cause.next, ...cause.details };
}

/** A problem document as NetSuite writes it. */
export function problem(status: number, code: string, detail: string): Trouble {
  const body = {
    type: "https://www.rfc-editor.org",
    title: "",
    status,
    "o:errorDetails": [{ detail, "o:errorCode": code }],
  };
  return () =>
    new Response(JSON.stringify(body), { status, headers: { "content-type": "application/vnd.oracle.resource+json" } });
}

/** The true answer to a query with its first rows alone. */
export function shortened({ simulator }: TestAccount, rows: number): Trouble {
  return async (request) => {
    const page: { items: unknown[] } = JSON.parse(await (await simulator.app.fetch(request)).text());
    return Response.json({ ...page, items: page.items.slice(0, rows), count: rows });
  };
}

export function html(status: number): Trouble {
  return () =>
    new Response("<html><body>Maintenance</body></html>", { status, headers: { "content-type": "text/html" } });
}

/** Distinct ids of the records, in order. */
export function idsOf(records: readonly SourceRecord[]): number[] {
  return [...new Set(records.map(({ id }) => Number(id)))].sort((a, b) => a - b);
}
