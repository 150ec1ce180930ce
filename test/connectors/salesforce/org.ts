import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import {
  type Batch,
  type CursorState,
  createTransport,
  type Exchange,
  type OpenConnection,
  pull,
  type SourceRecord,
  type TokenVault,
} from "journey-hub/connector";
import salesforce from "../../../connectors/salesforce/index.ts";
import {
  createSalesforceSimulator,
  demoCredentials,
  type SalesforceRow,
  type SalesforceSeed,
  type SalesforceSimulator,
  type SalesforceSimulatorOptions,
  serverOptions,
  sfId,
} from "../../../connectors/salesforce/simulator/index.ts";
import { virtualClock } from "../../../src/lib/clock.ts";

/** Answers a request in the org's place; undefined lets the org answer. */
export type Trouble = (request: Request) => Response | "cut" | undefined | Promise<Response | "cut" | undefined>;

/** A simulated org on a loopback port and our connector opened on it; time stands still unless something waits. */
export interface TestOrg {
  connection: OpenConnection;
  simulator: SalesforceSimulator;
  clock: ReturnType<typeof virtualClock>;
  url: string;
  /** What the transport saw, in order. */
  exchanges: Exchange[];
  /** The next requests meet these, one each. */
  troubles: Trouble[];
  /** Every request meets this one, when there is none of those. */
  always: { trouble: Trouble };
  /** Opens the connector anew with other settings. */
  open(
    config?: Record<string, unknown>,
    circumstances?: { replyBytesMax?: number; vault?: TokenVault },
  ): OpenConnection;
  close(): Promise<void>;
}

const noon = "2026-03-18T12:00:00.000Z";

export async function startOrg(
  seed: SalesforceSeed["objects"] = {},
  options: SalesforceSimulatorOptions = {},
): Promise<TestOrg> {
  const clock = virtualClock(noon);
  const simulator = createSalesforceSimulator({ now: () => clock.now(), ...options });
  simulator.load({ orgId: sfId("00D", 7), objects: { Organization: [organization], ...seed } });
  const troubles: Trouble[] = [];
  const always: { trouble: Trouble } = { trouble: () => undefined };
  const server = createAdaptorServer({
    serverOptions,
    async fetch(request, bindings) {
      const answer = await (troubles.shift() ?? always.trouble)(request);
      if (answer !== "cut") return answer ?? simulator.app.fetch(request);
      if ("incoming" in bindings) bindings.incoming.socket.destroy();
      return new Response();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const exchanges: Exchange[] = [];
  const open: TestOrg["open"] = (config = {}, circumstances = {}) =>
    openSalesforce({ login_url: url, ...config }, { clock, exchanges, ...circumstances });
  return {
    connection: open(),
    simulator,
    clock,
    url,
    exchanges,
    troubles,
    always,
    open,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const organization: SalesforceRow = { Id: sfId("00D", 7), Name: "Acme Bikes", TimeZoneSidKey: "Europe/Zurich" };

/** The connector on any address, with the demo's credentials where no others are given. */
export function openSalesforce(
  config: { login_url: string } & Record<string, unknown>,
  {
    clock = virtualClock(noon),
    exchanges = [],
    vault,
    ...limits
  }: { clock?: TestOrg["clock"]; exchanges?: Exchange[]; replyBytesMax?: number; vault?: TokenVault } = {},
): OpenConnection {
  const { clientId: client_id, clientSecret: client_secret } = demoCredentials;
  const parsed = salesforce.config.parse({ client_id, client_secret, ...config });
  const transport = createTransport({
    ...limits,
    limits: salesforce.limits(parsed),
    clock,
    allowedHosts: [new URL(config.login_url).host],
    random: () => 0,
    onExchange: (exchange) => exchanges.push(exchange),
  });
  return salesforce.open(parsed, transport, vault);
}

/** The stream of that name; a test that names another one fails here. */
export function streamOf(connection: OpenConnection, name: string) {
  const stream = connection.streams[name];
  if (!stream) throw new Error(`no stream ${name}`);
  return stream;
}

/** One run of a stream: everything it gave and where it stands after. What came before was asked for the same fields if the state says nothing else. */
export async function readStream(org: TestOrg, name: string, state: CursorState | null, fields: readonly string[]) {
  const batches: Batch[] = [];
  const from: CursorState | null = state?.mode === "changes" ? { fields, ...state } : state;
  const options = { fields, now: org.clock.now() };
  for await (const batch of pull(streamOf(org.connection, name), from, options)) batches.push(batch);
  return { batches, records: batches.flatMap((batch) => batch.records), cursor: batches.at(-1)?.cursor ?? null };
}

/** Contacts 1 to `count`, each with its number as last name. */
export function contacts(count: number, traits: (n: number) => Partial<SalesforceRow> = () => ({})): SalesforceRow[] {
  return Array.from({ length: count }, (_, i) => ({
    Id: sfId("003", i + 1),
    LastName: `Number ${i + 1}`,
    SystemModstamp: "2026-03-01T08:00:00.000+0000",
    ...traits(i + 1),
  }));
}

/** Changes a row through the org's own HTTP, as another tool would. */
export async function edit(org: TestOrg, object: string, id: string, values: Record<string, unknown>): Promise<void> {
  const reply = await org.simulator.app.request(`/services/data/v62.0/sobjects/${object}/${id}`, {
    method: "PATCH",
    headers: { "content-type": "application/json", authorization: `Bearer ${await ownToken(org)}` },
    body: JSON.stringify(values),
  });
  if (reply.status !== 204) throw new Error(`edit refused: ${await reply.text()}`);
}

/** Deletes a row the same way. */
export async function remove(org: TestOrg, object: string, id: string): Promise<void> {
  const headers = { authorization: `Bearer ${await ownToken(org)}` };
  const path = `/services/data/v62.0/sobjects/${object}/${id}`;
  const reply = await org.simulator.app.request(path, { method: "DELETE", headers });
  if (reply.status !== 204) throw new Error(`delete refused: ${await reply.text()}`);
}

/** Names of an object's fields as the integration user sees them, compound ones left out. */
export async function fieldsOf(org: TestOrg, object: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${await ownToken(org)}` };
  const reply = await org.simulator.app.request(`/services/data/v62.0/sobjects/${object}/describe`, { headers });
  const { fields } = (await reply.json()) as { fields: { name: string; type: string }[] };
  return fields.filter(({ type }) => type !== "address").map(({ name }) => name);
}

async function ownToken(org: TestOrg): Promise<string> {
  const { clientId, clientSecret } = demoCredentials;
  const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
  const body = new URLSearchParams(form).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const reply = await org.simulator.app.request(`${org.url}/services/oauth2/token`, { method: "POST", headers, body });
  const { access_token } = (await reply.json()) as { access_token: string };
  return access_token;
}

/** Distinct ids of the records, in order. */
export function idsOf(records: readonly SourceRecord[]): string[] {
  return [...new Set(records.map(({ id }) => id))].sort();
}
