import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { stringify } from "yaml";
import {
  createHubspotSimulator,
  demoCredentials,
  type HubspotRow,
  type HubspotSeed,
  type HubspotSimulator,
} from "../../connectors/hubspot/simulator/index.ts";
import { loadConnectors } from "../../connectors/index.ts";
import { createApp } from "../../src/api/app.ts";
import type { Connector } from "../../src/connector/index.ts";
import { createKey, type Role } from "../../src/hub/folder/keys.ts";
import { type Hub, openHub } from "../../src/hub/hub.ts";
import { createLog, type Log, maskOf } from "../../src/hub/log.ts";
import { createMetrics, type Metrics } from "../../src/hub/metrics.ts";
import { createRunner, type Runner } from "../../src/hub/runner/runner.ts";
import type { Clock } from "../../src/lib/clock.ts";
import type { Row, TableName } from "../../src/store/tables.ts";

export const noon = "2026-11-02T12:00:00.000Z";
export const publicUrl = "https://hub.example.com";
/** What HubSpot signs its webhooks with. */
export const hubspotAppSecret = "0f5a3c1e-app-secret-of-the-test";
/** What the generic sender signs with. */
export const shopSecret = "a shop's secret of the test";

/** A clock that stands still, sleeps and all, until it is told to move. */
export function heldClock(startAt = noon): Clock & { advance(ms: number): void; sleeping(): number } {
  let now = Date.parse(startAt);
  let sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const end = () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener("abort", end);
          resolve();
        };
        const sleeper = { at: now + delayMs, wake };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", end);
      }),
    advance(ms) {
      now += ms;
      const due = sleepers.filter(({ at }) => at <= now);
      sleepers = sleepers.filter(({ at }) => at > now);
      for (const { wake } of due) wake();
    },
    sleeping: () => sleepers.length,
  };
}

/** A simulated HubSpot on a loopback port. */
export interface TestHubspot {
  simulator: HubspotSimulator;
  url: string;
  /** Method and path of the requests that came in. */
  requests: string[];
  /** Whether it answers 503 to everything. */
  setDown(isDown: boolean): void;
  /** Whether it answers 503 to those who ask for the past. */
  setPastDown(isDown: boolean): void;
  close(): Promise<void>;
}

export async function serveHubspot(clock: Clock, seed: Partial<HubspotSeed> = {}): Promise<TestHubspot> {
  const simulator = createHubspotSimulator({ now: () => clock.now() });
  simulator.load({ portalId: 424242, objects: {}, associations: [], owners: [], pipelines: {}, ...seed });
  const requests: string[] = [];
  let down = false;
  let pastDown = false;
  const server = createAdaptorServer({
    async fetch(request) {
      requests.push(`${request.method} ${new URL(request.url).pathname}`);
      const isRefused = down || (pastDown && asksForPast(await request.clone().text()));
      return isRefused ? new Response("closed for repairs", { status: 503 }) : simulator.app.fetch(request);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    simulator,
    url: `http://127.0.0.1:${port}`,
    requests,
    setDown(isDown) {
      down = isDown;
    },
    setPastDown(isDown) {
      pastDown = isDown;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}

const asksForPast = (body: string) => /"propertiesWithHistory":\["/.test(body);

/** Contacts 1001 to 1000 + `count`. */
export function contacts(count: number): HubspotRow[] {
  return Array.from({ length: count }, (_, n) => ({
    id: String(1001 + n),
    properties: { email: `person${n + 1}@acme.example`, firstname: `Person ${n + 1}`, lastname: "Miller" },
    createdAt: "2026-01-05T08:00:00.000Z",
    updatedAt: "2026-10-01T08:00:00.000Z",
  }));
}

/** A change made in HubSpot by another tool. */
export async function changeInHubspot(
  { simulator }: TestHubspot,
  method: string,
  path: string,
  body?: object,
): Promise<void> {
  const token = demoCredentials.accessTokens[0];
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const reply = await simulator.app.request(path, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!reply.ok) throw new Error(`${method} ${path} refused: ${await reply.text()}`);
}

export type Connections = Record<string, Record<string, unknown>>;

/** The entry of a HubSpot connection in journey-hub.yaml. */
export function hubspotEntry({ url }: Pick<TestHubspot, "url">, more: Record<string, unknown> = {}) {
  return {
    connector: "hubspot",
    allowedHosts: [new URL(url).host],
    config: {
      base_url: url,
      access_token: demoCredentials.accessTokens[0],
      app_client_secret: hubspotAppSecret,
      portal_id: "424242",
    },
    ...more,
  };
}

/** The entry of a sender that signs with a plain HMAC in X-Signature. */
export const shopEntry = { connector: "webhook", config: { scheme: "hmac-sha256", secret: shopSecret } };

/** A hub on a folder of its own, with its API and the runner, which is not started. */
export interface World {
  folder: string;
  hub: Hub;
  metrics: Metrics;
  runner: Runner;
  app: ReturnType<typeof createApp>;
  log: Log;
  /** Its lines. */
  logged: string[];
  /** Authorization header of a new key. */
  as(role: Role): Promise<{ authorization: string }>;
  /** Rows of a table. */
  rows<T extends TableName>(table: T): Promise<Row<T>[]>;
  close(): Promise<void>;
}

export interface WorldOptions {
  clock: Clock;
  folder?: string;
  pagesMax?: number;
  /** Between two signs of life to other processes. */
  beatMs?: number;
  environment?: NodeJS.ProcessEnv;
  /** Besides the shipped ones. */
  connectors?: readonly Connector[];
  publicUrl?: string;
}

export async function openWorld(connections: Connections, options: WorldOptions): Promise<World> {
  const { clock, environment = {}, pagesMax, beatMs, folder = newFolder() } = options;
  const file = { apiVersion: "journey-hub/v1", public_url: options.publicUrl ?? publicUrl, connections };
  writeFileSync(join(folder, "journey-hub.yaml"), stringify(file));
  const metrics = createMetrics();
  const hub = await openHub({
    folder,
    connectors: [...(await loadConnectors()), ...(options.connectors ?? [])],
    clock,
    environment,
    onExchange: metrics.exchange,
    ...(pagesMax ? { pagesMax } : {}),
    ...(beatMs ? { beatMs } : {}),
  });
  let isOpen = true;
  const logged: string[] = [];
  const destination = { write: (line: string) => void logged.push(line) };
  const log = createLog({ level: "debug", mask: maskOf(hub), destination });
  const runner = createRunner({ hub, log, metrics, random: () => 0 });
  return {
    folder,
    hub,
    metrics,
    runner,
    log,
    logged,
    app: createApp({ hub, runner, log, metrics }),
    async as(role) {
      const { key } = await createKey(hub, { name: `a ${role}`, role });
      return { authorization: `Bearer ${key}` };
    },
    async rows<T extends TableName>(table: T) {
      // The builder's row type does not follow a table chosen by name.
      return (await hub.store.db.select().from(hub.store.tables[table])) as Row<T>[];
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await runner.stop();
      await hub.close();
    },
  };
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "journey-hub-world-"));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

const patienceMs = 20_000;

/** Resolves when `holds` does; looked at again and again. Rejects after 20 s, saying what was waited for. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const endAt = Date.now() + patienceMs; Date.now() < endAt; ) {
    if (await holds()) return;
    await nextTurn();
  }
  throw new Error(`waited in vain for: ${what}`);
}
