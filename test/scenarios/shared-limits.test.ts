import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { SourceError } from "journey-hub/connector";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createHubspotSimulator, demoCredentials as hubspotAccess } from "../../connectors/hubspot/simulator/index.ts";
import {
  createNetsuiteSimulator,
  demoCredentials as netsuiteAccess,
} from "../../connectors/netsuite/simulator/index.ts";
import {
  createSalesforceSimulator,
  demoCredentials as salesforceAccess,
  sfId,
} from "../../connectors/salesforce/simulator/index.ts";
import { findRun } from "../../src/hub/queries/queries.ts";
import { recordRun } from "../../src/hub/runs.ts";
import { type Clock, systemClock } from "../../src/lib/clock.ts";
import { startPostgres } from "../fixtures/postgres.ts";
import { eventually, newFolder, openWorld, removeFolder, shopEntry, type World } from "../hub/world.ts";

/* Three hubs with pools of their own on one Postgres: to each vendor they are one, which keeps its limits. */

vi.setConfig({ testTimeout: 120_000 }); // a fraction of it on a free machine

/** Beside each other's windows of ten seconds, twenty times as fast as outside. */
const startedAt = performance.now();
const quick: Clock = {
  now: () => Date.parse("2026-11-02T12:00:00.000Z") + Math.floor((performance.now() - startedAt) * 20),
  sleep: (delayMs, signal) => systemClock.sleep(delayMs / 20, signal),
};
const now = () => quick.now();
const beatMs = 200;

let server: Awaited<ReturnType<typeof startPostgres>>;
const folders: string[] = [];
const worlds: World[] = [];
const served: { close(): void }[] = [];
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await Promise.all(worlds.map(({ close }) => close()));
  for (const { close } of served) close();
  for (const folder of folders) removeFolder(folder);
  await server.stop();
});

interface Account {
  config: object;
  /** Requests that went over a limit. */
  refused(): number;
  /** The next request is told to come again in so many seconds. */
  closeFor(seconds: number): void;
  /** Requests so far. */
  requests(): number;
  /** The most requests at the same time since it was asked last. */
  peak(): number;
}

async function hubspot(): Promise<Account> {
  // Twice what the hubs are told, for it counts when a request comes in: the way there differs. On their own, three would ask thrice as much.
  const simulator = createHubspotSimulator({ now, limits: { burst: 40, searchPerSecond: 5 } });
  simulator.load({ portalId: 424242, objects: {}, associations: [], owners: [], pipelines: {} });
  const { url, ...seen } = await serve(simulator.app);
  const config = { base_url: url, access_token: hubspotAccess.accessTokens[0], requests_per_10_seconds: 20 };
  return { config, refused: () => simulator.traffic().refused, ...seen };
}

async function salesforce(): Promise<Account> {
  // Every request is long, and the eleventh beside ten others is refused.
  const simulator = createSalesforceSimulator({ now, longRequestMs: 0, longRequestsMax: 11, hold: () => pause(5) });
  simulator.load({ orgId: sfId("00D", 7), objects: {} });
  const { url, ...seen } = await serve(simulator.app);
  const { clientId: client_id, clientSecret: client_secret } = salesforceAccess;
  return {
    config: { login_url: url, client_id, client_secret },
    refused: () => simulator.traffic().overLimit,
    ...seen,
  };
}

async function netsuite(): Promise<Account> {
  let refused = 0;
  const simulator = createNetsuiteSimulator({
    now,
    timestampWindowMs: Number.POSITIVE_INFINITY, // the vendor's client signs by the real time
    concurrencyMax: 6,
    latencyMs: 5,
    onOverLimit: () => {
      refused += 1;
    },
  });
  const { accountId, consumerKey, consumerSecret, tokenId, tokenSecret } = netsuiteAccess;
  simulator.load({ accountId, timeZone: "UTC", dateFormat: "MM/DD/YYYY", tables: {} });
  const { url, ...seen } = await serve(simulator.app);
  const config = {
    account_id: accountId,
    consumer_key: consumerKey,
    consumer_secret: consumerSecret,
    token_id: tokenId,
    token_secret: tokenSecret,
    time_zone: "UTC",
    base_url: url,
    concurrency: 6,
  };
  return { config, refused: () => refused, ...seen };
}

async function serve(app: { fetch(request: Request): Response | Promise<Response> }) {
  let [requests, running, peak] = [0, 0, 0];
  let closedFor: number | null = null;
  const listener = createAdaptorServer({
    async fetch(request) {
      requests += 1;
      if (closedFor !== null) {
        const headers = { "retry-after": String(closedFor), "content-type": "application/json" };
        closedFor = null;
        return new Response("{}", { status: 503, headers });
      }
      running += 1;
      peak = Math.max(peak, running);
      try {
        const reply = await app.fetch(request);
        reply.headers.set("date", new Date(now()).toUTCString());
        return reply;
      } finally {
        running -= 1;
      }
    },
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  served.push({
    close() {
      listener.close();
      if ("closeAllConnections" in listener) listener.closeAllConnections();
    },
  });
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    requests: () => requests,
    peak() {
      const since = peak;
      peak = running;
      return since;
    },
    closeFor(seconds: number) {
      closedFor = seconds;
    },
  };
}

async function openHubs(count: number, connections: Record<string, Record<string, unknown>>, clock: Clock) {
  const environment = { JOURNEY_HUB_DATABASE_URL: await server.database() };
  const opened: World[] = [];
  for (let n = 0; n < count; n++) {
    const folder = newFolder();
    folders.push(folder);
    opened.push(await openWorld(connections, { clock, folder, environment, beatMs }));
  }
  worlds.push(...opened);
  return opened;
}

/** Its database hears nothing of it any more. */
async function kill(world: World): Promise<void> {
  worlds.splice(worlds.indexOf(world), 1);
  await world.hub.store.close();
  void world.hub.presence.close();
}

const isDead = (world: World, to: World) =>
  eventually("its silence to be long enough", async () => (await to.hub.presence.gone())(world.hub.presence.id));

describe("three hubs", () => {
  const vendors = ["hubspot", "salesforce", "netsuite"] as const;
  let accounts: Record<(typeof vendors)[number], Account>;
  let hubs: World[];
  beforeAll(async () => {
    accounts = { hubspot: await hubspot(), salesforce: await salesforce(), netsuite: await netsuite() };
    const entries = vendors.map((vendor) => {
      const { config } = accounts[vendor];
      return [vendor, { connector: vendor, allowedHosts: ["127.0.0.1"], config }];
    });
    hubs = await openHubs(3, Object.fromEntries(entries), quick);
  });

  const connection = (world: World, vendor: string) => world.hub.connection(vendor).open;
  const requestsOf = (world: World, vendor: string) => connection(world, vendor).requests?.() ?? 0;

  /** Eight workers of each hub ask until the account has had `more` requests, all hubs together. */
  async function ask(vendor: (typeof vendors)[number], more: number, asking: readonly World[]): Promise<void> {
    const account = accounts[vendor];
    const end = account.requests() + more;
    const worker = async (world: World) => {
      while (account.requests() < end) await connection(world, vendor).check();
    };
    await Promise.all(asking.flatMap((world) => Array.from({ length: 8 }, () => worker(world))));
  }

  test.each(vendors)("are refused nothing for %s's limits, as others come as well; none starves", async (vendor) => {
    await ask(vendor, 20, hubs.slice(0, 1));
    const shares = async (requests: number) => {
      const before = hubs.map((world) => requestsOf(world, vendor));
      await ask(vendor, requests, hubs);
      const since = hubs.map((world, n) => requestsOf(world, vendor) - (before[n] ?? 0));
      const fair = since.reduce((sum, each) => sum + each, 0) / 3;
      return since.map((each) => each / fair);
    };
    // Parts move over while calls are made, so it is a long stretch in which each must have had half of its part at least.
    await eventually("a fair stretch", async () => (await shares(150)).every((part) => part >= 0.5));
    expect(accounts[vendor].refused()).toBe(0);
  });

  test("of which one is killed: its share is used by the two that stay", async () => {
    const [one, two, three] = hubs as [World, World, World];
    hubs = [one, two];
    await kill(three);
    await isDead(three, one);
    const { netsuite: account } = accounts;
    account.peak();
    await eventually("all that NetSuite takes at once", async () => {
      await ask("netsuite", 40, hubs);
      return account.peak() === 6;
    });
    expect(account.refused()).toBe(0);
  });

  test.each(vendors)("wait together when %s asks one of them to", async (vendor) => {
    const account = accounts[vendor];
    const afterMs = async (world: World) => {
      const cause = await connection(world, vendor)
        .check()
        .catch((refusal: unknown) => refusal);
      return cause instanceof SourceError ? (cause.details.afterMs ?? 0) : 0;
    };
    const [told, other] = hubs as [World, World];
    expect(await afterMs(other)).toBe(0);
    account.closeFor(3_600);
    expect(await afterMs(told)).toBe(3_600_000);
    await eventually("the other to have heard", async () => (await afterMs(other)) > 3_000_000);
    const before = account.requests();
    for (const world of hubs) expect(await afterMs(world)).toBeGreaterThan(3_000_000);
    expect([account.requests(), account.refused()]).toEqual([before, 0]);
  });
});

test("runs of a hub at work go on while another starts on its database; those of one that died are closed", async () => {
  const [one, two] = (await openHubs(2, { shop: shopEntry }, systemClock)) as [World, World];
  let end = (): void => undefined;
  const lasting = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = recordRun(one.hub, { connection: "shop", kind: "replay", id: "r1" }, () => lasting);
  await eventually("the run to have begun", async () => (await findRun(two.hub, "r1")) !== null);
  await two.runner.start();
  const owner = one.hub.presence.id;
  expect(await findRun(two.hub, "r1")).toMatchObject({ status: "running", owner, elsewhere: true });
  expect(await findRun(one.hub, "r1")).toMatchObject({ status: "running", owner, elsewhere: false });

  await kill(one);
  await eventually("the run to be closed", async () => (await findRun(two.hub, "r1"))?.status === "failed");
  const message = expect.stringContaining("stopped during this run");
  expect(await findRun(two.hub, "r1")).toMatchObject({ message, owner, elsewhere: false });
  end();
  await work;
});
