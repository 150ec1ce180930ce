import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import {
  type Batch,
  type CursorState,
  createTransport,
  type Exchange,
  memoryVault,
  type OpenConnection,
  pull,
  SourceError,
  type TokenVault,
} from "journey-hub/connector";
import hubspot from "../../../connectors/hubspot/index.ts";
import {
  createHubspotSimulator,
  demoCredentials,
  type HubspotRow,
  type HubspotSeed,
  type HubspotSimulator,
  type HubspotSimulatorOptions,
} from "../../../connectors/hubspot/simulator/index.ts";
import { virtualClock } from "../../../src/lib/clock.ts";

/** Answers a request in HubSpot's place; undefined lets the simulator answer, "cut" breaks the connection. */
export type Trouble = (request: Request) => Response | "cut" | undefined | Promise<undefined>;

/** A simulated HubSpot account on a loopback port and our connector opened on it; time stands still unless something waits. */
export interface TestAccount {
  connection: OpenConnection;
  simulator: HubspotSimulator;
  clock: ReturnType<typeof virtualClock>;
  url: string;
  exchanges: Exchange[];
  /** Method and path of the requests that came in. */
  requests: string[];
  /** The next requests meet these, one each. */
  troubles: Trouble[];
  open(config?: Record<string, unknown>, vault?: TokenVault): OpenConnection;
  close(): Promise<void>;
}

export const noon = "2026-11-02T12:00:00.000Z";
export const oauth = {
  access_token: undefined,
  client_id: demoCredentials.clientId,
  client_secret: demoCredentials.clientSecret,
  refresh_token: demoCredentials.refreshTokens[0],
};

export async function startAccount(
  seed: Partial<HubspotSeed> = {},
  options: HubspotSimulatorOptions = {},
): Promise<TestAccount> {
  const clock = virtualClock(noon);
  const simulator = createHubspotSimulator({ now: () => clock.now(), ...options });
  simulator.load({ portalId: 424242, objects: {}, associations: [], owners: [], pipelines: {}, ...seed });
  const troubles: Trouble[] = [];
  const requests: string[] = [];
  const server = createAdaptorServer({
    async fetch(request, bindings) {
      requests.push(`${request.method} ${new URL(request.url).pathname}`);
      const answer = await troubles.shift()?.(request);
      if (answer !== "cut") return answer ?? simulator.app.fetch(request);
      if ("incoming" in bindings) bindings.incoming.socket.destroy();
      return new Response();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const exchanges: Exchange[] = [];
  const open: TestAccount["open"] = (config = {}, vault = memoryVault()) =>
    openHubspot({ base_url: url, ...config }, { clock, exchanges, vault });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ("closeAllConnections" in server) server.closeAllConnections();
    });
  return { connection: open(), simulator, clock, url, exchanges, requests, troubles, open, close };
}

/** The connector on any address, with the demo's token where no other is given. */
export function openHubspot(
  config: { base_url: string } & Record<string, unknown>,
  {
    clock = virtualClock(noon),
    exchanges = [],
    allowedHosts = [new URL(config.base_url).host],
    timeoutMs = 60_000,
    vault = memoryVault(),
  }: {
    clock?: TestAccount["clock"];
    exchanges?: Exchange[];
    allowedHosts?: string[];
    timeoutMs?: number;
    vault?: TokenVault;
  } = {},
): OpenConnection {
  const parsed = hubspot.config.parse({ access_token: demoCredentials.accessTokens[0], ...config });
  const onExchange = (exchange: Exchange) => exchanges.push(exchange);
  const limits = hubspot.limits(parsed);
  const transport = createTransport({ limits, clock, allowedHosts, timeoutMs, random: () => 0, onExchange });
  return hubspot.open(parsed, transport, vault);
}

/** The stream of that name; a test that names another one fails here. */
export function streamOf(connection: OpenConnection, name: string) {
  const stream = connection.streams[name];
  if (!stream) throw new Error(`no stream ${name}`);
  return stream;
}

/** Runs a stream from a cursor to its present end; what was read up to a cursor that does not say otherwise was asked for the same fields. */
export async function run(account: TestAccount, name: string, fields: string[], from: CursorState | null = null) {
  const batches: Batch[] = [];
  const stream = streamOf(account.connection, name);
  const state = from?.mode === "changes" ? { fields, ...from } : from;
  for await (const batch of pull(stream, state, { fields, now: account.clock.now() })) batches.push(batch);
  const records = batches.flatMap((batch) => batch.records);
  return { records, ids: [...new Set(records.map(({ id }) => id))], cursor: batches.at(-1)?.cursor ?? null, batches };
}

/** A stream that has read changes up to `at`, and everything just now. */
export const changesFrom = (at: string): CursorState => ({ mode: "changes", at, reread: { completeFrom: noon } });

/** Contacts 1001 to 1000 + `count`, changed a second apart from October on. */
export function contacts(count: number, traits: (n: number) => Partial<HubspotRow> = () => ({})): HubspotRow[] {
  return Array.from({ length: count }, (_, i) => ({
    id: String(1001 + i),
    properties: { email: `person${i + 1}@acme.example`, firstname: `Person ${i + 1}` },
    createdAt: "2026-01-05T08:00:00.000Z",
    updatedAt: new Date(Date.parse("2026-10-01T08:00:00.000Z") + i * 1_000).toISOString(),
    ...traits(i + 1),
  }));
}

/** A request as another tool of the account makes it; the reply's JSON. */
export async function elsewhere(account: TestAccount, method: string, path: string, body?: object): Promise<unknown> {
  const headers = {
    authorization: `Bearer ${demoCredentials.accessTokens[0]}`,
    "content-type": "application/json",
  };
  const reply = await account.simulator.app.request(path, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!reply.ok) throw new Error(`${method} ${path} refused: ${await reply.text()}`);
  return reply.status === 204 ? null : reply.json();
}

/** What a promise was rejected with, as plain values. */
export async function failureOf(work: Promise<unknown>): Promise<{ message: string } & Record<string, unknown>> {
  const cause = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(cause instanceof SourceError)) throw new Error(`expected a SourceError, got ${String(cause)}`);
  return { message: cause.message, next: cause.next, ...cause.details };
}
