import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import {
  createHubspotSimulator,
  type HubspotSeed,
  demoCredentials as hubspotCredentials,
} from "../../connectors/hubspot/simulator/index.ts";
import {
  createNetsuiteSimulator,
  type NetsuiteSeed,
  demoCredentials as netsuiteCredentials,
} from "../../connectors/netsuite/simulator/index.ts";
import {
  createSalesforceSimulator,
  type SalesforceSeed,
  type SalesforceSimulator,
  type SObjectName,
  demoCredentials as salesforceCredentials,
  serverOptions,
  sfId,
} from "../../connectors/salesforce/simulator/index.ts";
import { openVendorAccounts, type VendorAccounts } from "../../src/cli/demo/accounts.ts";
import type { Vendor } from "../../src/cli/vendors.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { openWorld, removeFolder, type World } from "../hub/world.ts";

export interface Seeds {
  hubspot: Partial<HubspotSeed>;
  salesforce: SalesforceSeed["objects"];
  netsuite: NetsuiteSeed["tables"];
  /** What the roles may not read. */
  hidden?: { salesforce: readonly SObjectName[]; netsuite: readonly string[] };
}

export interface ThreeAccounts extends Pick<World, "hub" | "rows"> {
  /** The accounts through the vendors' own clients, as people and tools there change them. */
  accounts: VendorAccounts;
  /** Salesforce itself, for what no client of ours does in it: merges. */
  salesforce: SalesforceSimulator;
  clock: ReturnType<typeof virtualClock>;
  /** `vendor METHOD path` of the requests, with what they ask for, since it was last emptied. */
  requests: string[];
  /** From now on the accounts hold these, and neither a stamp nor a list of the deleted says that anything happened. */
  quietly(seeds: Seeds): void;
  close(): Promise<void>;
}

/** Three simulated accounts on loopback ports, filled, and a hub connected to each; time stands still. */
export async function openThreeAccounts(
  { hidden, ...seeds }: Seeds,
  startAt: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<ThreeAccounts> {
  const clock = virtualClock(startAt);
  const now = () => clock.now();
  const hubspot = createHubspotSimulator({ now });
  const salesforce = createSalesforceSimulator({ now, hiddenObjects: hidden?.salesforce ?? [] });
  const netsuite = createNetsuiteSimulator({
    now,
    timestampWindowMs: Number.POSITIVE_INFINITY,
    hiddenRecords: hidden?.netsuite ?? [],
  });
  const { accountId } = netsuiteCredentials;
  const load = (held: Seeds) => {
    hubspot.load({ portalId: 424242, objects: {}, associations: [], owners: [], pipelines: {}, ...held.hubspot });
    salesforce.load({ orgId: sfId("00D", 7), objects: held.salesforce });
    netsuite.load({ accountId, timeZone: "UTC", dateFormat: "MM/DD/YYYY", tables: held.netsuite });
  };
  load(seeds);
  const requests: string[] = [];
  const served = await Promise.all([
    serve("hubspot", hubspot.app, requests),
    serve("salesforce", salesforce.app, requests),
    serve("netsuite", netsuite.app, requests),
  ]);
  const [hubspotUrl, salesforceUrl, netsuiteUrl] = served.map(({ url }) => url);
  const configs = {
    hubspot: { base_url: hubspotUrl, access_token: hubspotCredentials.accessTokens[0] },
    salesforce: {
      login_url: salesforceUrl,
      client_id: salesforceCredentials.clientId,
      client_secret: salesforceCredentials.clientSecret,
    },
    netsuite: {
      base_url: netsuiteUrl,
      account_id: accountId,
      consumer_key: netsuiteCredentials.consumerKey,
      consumer_secret: netsuiteCredentials.consumerSecret,
      token_id: netsuiteCredentials.tokenId,
      token_secret: netsuiteCredentials.tokenSecret,
      time_zone: "UTC",
    },
  } satisfies Record<Vendor, Record<string, unknown>>;
  const connections = Object.fromEntries(
    Object.entries(configs).map(([vendor, config]) => [
      vendor,
      { connector: vendor, allowedHosts: ["127.0.0.1"], config },
    ]),
  );
  const world = await openWorld(connections, { clock, environment });
  const accounts = await openVendorAccounts(configs);
  return {
    hub: world.hub,
    rows: world.rows,
    accounts,
    salesforce,
    clock,
    requests,
    quietly: load,
    async close() {
      await world.close();
      removeFolder(world.folder);
      await Promise.all(served.map(({ close }) => close()));
    },
  };
}

interface Fetches {
  fetch(request: Request): Response | Promise<Response>;
}

async function serve(vendor: Vendor, app: Fetches, requests: string[]) {
  const server = createAdaptorServer({
    serverOptions,
    async fetch(request) {
      const asked = vendor === "netsuite" ? ` ${await request.clone().text()}` : new URL(request.url).search;
      requests.push(`${vendor} ${request.method} ${new URL(request.url).pathname}${asked}`);
      return app.fetch(request);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
