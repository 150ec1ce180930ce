import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAdaptorServer } from "@hono/node-server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { createHubspotSimulator, demoCredentials } from "../../connectors/hubspot/simulator/index.ts";
import { startPostgres } from "../fixtures/postgres.ts";
import { contacts, newFolder, noon, removeFolder } from "../hub/world.ts";
import type { Order, Told } from "./quota-hub.ts";

/* Three hubs, each a process with a folder of its own, on one Postgres: one account, one allowance a day. */

vi.setConfig({ testTimeout: 180_000 }); // a fraction of it on a free machine

const allowance = 80;
/** A tenth is left to the account's other tools; of the rest, some is kept for what somebody waits for. */
const oursOfIt = 0.9 * allowance;
const roundsMax = 40;

let server: Awaited<ReturnType<typeof startPostgres>>;
let account: Awaited<ReturnType<typeof serveAccount>>;
let hubs: RunningHub[];
let aheadMs: number;
beforeEach(async () => {
  aheadMs = Date.parse(noon) - Date.now();
  server = await startPostgres();
  account = await serveAccount(() => Date.now() + aheadMs);
  const databaseUrl = await server.database();
  hubs = await Promise.all([1, 2, 3].map(() => startHub(account.url, databaseUrl, aheadMs)));
});
afterEach(async () => {
  await Promise.all(hubs.map((hub) => hub.end()));
  await account.close();
  await server.stop();
});

/** A HubSpot account of 5,000 contacts and a small allowance, by a clock of its own; the day begins at midnight UTC. */
async function serveAccount(now: () => number) {
  const simulator = createHubspotSimulator({
    now,
    timeZone: "UTC",
    limits: { daily: allowance, searchPerSecond: 1_000 },
  });
  const seed = { owners: [], pipelines: {}, associations: [] };
  simulator.load({ portalId: 424242, objects: { contacts: contacts(5_000) }, ...seed });
  const server = createAdaptorServer({
    async fetch(request) {
      const reply = await simulator.app.fetch(request);
      reply.headers.set("date", new Date(now()).toUTCString());
      return reply;
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** How many requests of the day the account has counted: asked as another of its tools, which costs one. */
    async used(): Promise<number> {
      const headers = { authorization: `Bearer ${demoCredentials.accessTokens[1] ?? demoCredentials.accessTokens[0]}` };
      const reply = await simulator.app.request("/crm/v3/owners", { headers });
      return allowance - Number(reply.headers.get("x-hubspot-ratelimit-daily-remaining"));
    },
    async close() {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
    },
  };
}

interface RunningHub {
  tell(order: Order): void;
  pull(): Promise<Told>;
  end(): Promise<void>;
}

async function startHub(url: string, databaseUrl: string, ahead: number): Promise<RunningHub> {
  const folder = newFolder();
  const config = { base_url: url, access_token: demoCredentials.accessTokens[0], time_zone: "UTC" };
  const crm = { connector: "hubspot", allowedHosts: ["127.0.0.1"], config };
  writeFileSync(join(folder, "journey-hub.yaml"), stringify({ apiVersion: "journey-hub/v1", connections: { crm } }));
  const script = fileURLToPath(new URL("quota-hub.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--conditions=journey-hub-source", "--import", "tsx", script, folder, String(ahead)],
    { stdio: ["ignore", "inherit", "inherit", "ipc"], env: { ...process.env, JOURNEY_HUB_DATABASE_URL: databaseUrl } },
  );
  await heard(child);
  const tell = (order: Order) => void child.send(order);
  return {
    tell,
    async pull() {
      tell({ do: "pull" });
      return (await heard(child)) as Told;
    },
    async end() {
      const gone = once(child, "exit");
      if (child.connected) tell({ do: "end" });
      await gone;
      removeFolder(folder);
    },
  };
}

async function heard(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const end = () => gone.abort(new Error("the hub's process ended"));
  child.once("exit", end);
  const [message] = await once(child, "message", { signal: gone.signal });
  child.off("exit", end);
  return message;
}

/** All three pull at once, over and over, until each is refused. */
async function pullUntilUsedUp(): Promise<Told[]> {
  for (let round = 1; round <= roundsMax; round++) {
    const told = await Promise.all(hubs.map((hub) => hub.pull()));
    if (told.every(({ outcome }) => outcome === "ALLOWANCE_NEARLY_USED_UP")) return told;
    expect(told.filter(({ outcome }) => outcome !== "done" && outcome !== "ALLOWANCE_NEARLY_USED_UP")).toEqual([]);
  }
  throw new Error("the allowance was never used up");
}

test("together they use what is the hub's of a day and no more, each knows of all, and the next day all go on", async () => {
  const told = await pullUntilUsedUp();
  const used = await account.used();
  expect(used).toBeLessThanOrEqual(oursOfIt);
  expect(used).toBeGreaterThanOrEqual(0.8 * oursOfIt);
  // Who comes first may use up so small a day before the burst is divided: what is told of it must be the whole's all the same.
  for (const { used: known } of told) expect(Math.abs((known ?? 0) - used)).toBeLessThan(0.15 * used);

  aheadMs += 12 * 3_600_000;
  for (const hub of hubs) hub.tell({ do: "move clock", ms: 12 * 3_600_000 });
  const [one, two, three] = [await hubs[0]?.pull(), await hubs[1]?.pull(), await hubs[2]?.pull()];
  expect([one, two, three].map((each) => (each?.requests ?? 0) > 0)).toEqual([true, true, true]);
  expect((one?.records ?? 0) + (two?.records ?? 0) + (three?.records ?? 0)).toBeGreaterThan(0);
  expect(await account.used()).toBeLessThanOrEqual(oursOfIt);
});
