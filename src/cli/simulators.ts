import { type ServerType, serve } from "@hono/node-server";
import type { Hono } from "hono";
import { hubspotSeed } from "../../connectors/hubspot/simulator/adventureworks/index.ts";
import {
  createHubspotSimulator,
  demoCredentials as hubspotCredentials,
} from "../../connectors/hubspot/simulator/index.ts";
import { netsuiteSeed } from "../../connectors/netsuite/simulator/adventureworks/index.ts";
import {
  createNetsuiteSimulator,
  demoCredentials as netsuiteCredentials,
} from "../../connectors/netsuite/simulator/index.ts";
import { salesforceSeed, salesforceSeedFields } from "../../connectors/salesforce/simulator/adventureworks/index.ts";
import {
  createSalesforceSimulator,
  demoCredentials as salesforceCredentials,
  serverOptions,
} from "../../connectors/salesforce/simulator/index.ts";
import { buildWorld, type World } from "../connector/testing/index.ts";
import type { Vendor } from "./vendors.ts";

export interface SimulatorChoice {
  vendors: readonly Vendor[];
  scale: "default" | "full";
  seed: number;
  /** The world's present: its newest order is the day before. */
  epoch: string;
  now?: () => number;
  ports?: Partial<Record<Vendor, number>>;
}

export interface RunningSimulator {
  vendor: Vendor;
  url: string;
  /** The `config:` block with which a connection reaches it. */
  config: Record<string, unknown>;
}

export interface RunningSimulators {
  world: World;
  running: RunningSimulator[];
  hubspot: ReturnType<typeof createHubspotSimulator> | null;
  stop(): Promise<void>;
}

/** Builds one simulated world and serves the chosen vendors' view of it on loopback ports. */
export async function startSimulators(choice: SimulatorChoice): Promise<RunningSimulators> {
  const world = buildWorld({ scale: choice.scale, seed: choice.seed, epoch: choice.epoch });
  const servers: ServerType[] = [];
  const running: RunningSimulator[] = [];
  let hubspot: RunningSimulators["hubspot"] = null;
  for (const vendor of choice.vendors) {
    const made = create(vendor, world, choice);
    if (made.hubspot) hubspot = made.hubspot;
    const { server, url } = await listen(made.app, choice.ports?.[vendor] ?? 0);
    servers.push(server);
    running.push({ vendor, url, config: made.config(url) });
  }
  const stop = async () => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  return { world, running, hubspot, stop };
}

interface Made {
  app: Hono;
  config(url: string): Record<string, unknown>;
  hubspot?: ReturnType<typeof createHubspotSimulator>;
}

function create(vendor: Vendor, world: World, { now }: SimulatorChoice): Made {
  const clock = now ? { now } : {};
  if (vendor === "hubspot") return createHubspot(world, clock);
  if (vendor === "salesforce") {
    const simulator = createSalesforceSimulator({
      ...clock,
      customFields: salesforceSeedFields,
      capturedObjects: "all",
    });
    simulator.load(salesforceSeed(world));
    const { clientId, clientSecret } = salesforceCredentials;
    return {
      app: simulator.app,
      config: (url) => ({ login_url: url, client_id: clientId, client_secret: clientSecret }),
    };
  }
  const simulator = createNetsuiteSimulator({ ...clock, concurrencyMax: 15 });
  simulator.load(netsuiteSeed(world));
  const { accountId, consumerKey, consumerSecret, tokenId, tokenSecret } = netsuiteCredentials;
  return {
    app: simulator.app,
    config: (url) => ({
      account_id: accountId,
      consumer_key: consumerKey,
      consumer_secret: consumerSecret,
      token_id: tokenId,
      token_secret: tokenSecret,
      base_url: url,
      concurrency: 8,
    }),
  };
}

function createHubspot(world: World, clock: { now?: () => number }): Made {
  const hubspot = createHubspotSimulator(clock);
  hubspot.load(hubspotSeed(world));
  const [token] = hubspotCredentials.accessTokens;
  return {
    app: hubspot.app,
    hubspot,
    config: (url) => ({ access_token: token, app_client_secret: hubspotCredentials.clientSecret, base_url: url }),
  };
}

function listen(app: Hono, port: number): Promise<{ server: ServerType; url: string }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port, serverOptions }, (address) =>
      resolve({ server, url: `http://127.0.0.1:${address.port}` }),
    );
    server.once("error", reject);
  });
}
