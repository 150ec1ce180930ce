import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { demoCredentials } from "../../../connectors/hubspot/simulator/index.ts";
import type { ConnectionCheck } from "../../../src/hub/check.ts";
import {
  type Connections,
  contacts,
  eventually,
  heldClock,
  hubspotEntry,
  openWorld,
  publicUrl,
  removeFolder,
  serveHubspot,
  shopEntry,
  shopSecret,
  type TestHubspot,
  type World,
} from "../world.ts";

/* Settings that are changed in journey-hub.yaml beside a hub that runs are used without a restart. The tests build on one another. */

const clock = heldClock();
const firstToken = "pat-na1-of-the-first-key";
const secondToken = "pat-na1-of-the-second-key";
const known = [...demoCredentials.accessTokens];
let hubspot: TestHubspot;
let world: World;
let connections: Connections;
beforeAll(async () => {
  hubspot = await serveHubspot(clock, { objects: { contacts: contacts(2) } });
  accept(firstToken);
  connections = { crm: crm(firstToken), shop: shopEntry };
  world = await openWorld(connections, { clock });
  await world.runner.start();
  await soon("the first sync", () => runsDone(1));
});
afterAll(async () => {
  accept(...known);
  await world.close();
  await hubspot.close();
  removeFolder(world.folder);
});

const crm = (access_token: string) => {
  const entry = hubspotEntry(hubspot, { schedule: "1h", writeback: false, audit: "off" });
  return { ...entry, config: { ...entry.config, access_token } };
};
/** From now on the account is opened by these keys alone. */
const accept = (...keys: string[]) =>
  void hubspot.simulator.state.settings.credentials.accessTokens.splice(0, Number.POSITIVE_INFINITY, ...keys);
const runsDone = async (count: number) =>
  (await world.rows("runs")).filter(({ kind, status }) => kind === "sync" && status === "done").length >= count;
const statusOf = async () => (await world.rows("connections")).find(({ id }) => id === "crm")?.status;
const logs = (text: string) => () => world.logged.join("").includes(text);

/** Looks again and again, while the hub's time passes. */
const soon = (what: string, holds: () => boolean | Promise<boolean>) =>
  eventually(what, () => {
    clock.advance(100);
    return holds();
  });

/** The end of a sync, while the hub's time passes. */
async function synced(): Promise<unknown> {
  let end: unknown;
  world.runner.syncNow("crm").done.then(
    () => {
      end = "done";
    },
    (cause: unknown) => {
      end = cause;
    },
  );
  await soon("the end of a sync", () => end !== undefined);
  return end;
}

/** As an editor or `connect --set` of another process writes it. */
function write(changed: Connections): void {
  connections = { ...connections, ...changed };
  const file = { apiVersion: "journey-hub/v1", public_url: publicUrl, connections };
  writeFileSync(join(world.folder, "journey-hub.yaml"), stringify(file));
}

async function deliver(secret: string): Promise<number> {
  const body = JSON.stringify({ id: secret });
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const headers = { "content-type": "application/json", "x-signature": signature };
  return (await world.app.request("/hooks/shop", { method: "POST", headers, body })).status;
}

async function prove(id: string): Promise<ConnectionCheck> {
  const headers = await world.as("operator");
  const reply = await world.app.request(`/api/v1/connections/${id}/check`, { method: "POST", headers });
  return (await reply.json()) as ConnectionCheck;
}

test("a sender's new secret counts within seconds, the one before no more, and neither shows in the log", async () => {
  expect(await deliver(shopSecret)).toBe(200);
  write({ shop: { ...shopEntry, config: { ...shopEntry.config, secret: "another-secret-of-the-shop" } } });
  await soon("the new secret", async () => (await deliver("another-secret-of-the-shop")) === 200);
  expect(await deliver(shopSecret)).toBe(401);
  expect(logs('"connection":"shop","msg":"its settings were changed: the new ones are in use"')()).toBe(true);
  world.log.info(`about ${shopSecret} and another-secret-of-the-shop`);
  expect(logs("about [hidden] and [hidden]")()).toBe(true);
});

test("settings that the vendor refuses do not take the place of those that work, which is said", async () => {
  write({ crm: crm("pat-na1-mistyped") });
  await soon("a warning", logs("changed settings are not used yet: those of before go on"));
  expect(await synced()).toBe("done");
  expect(await statusOf()).toBe("connected");
});

test("a key that is exchanged at the vendor and here: the connection goes on by itself", async () => {
  accept(secondToken);
  expect(await synced()).toMatchObject({ next: "stop" });
  expect(await statusOf()).toBe("needs_attention");
  write({ crm: crm(secondToken) });
  await soon("the next sync", () => runsDone(3));
  expect(await statusOf()).toBe("connected");
  expect(world.logged.join("")).not.toMatch(/pat-na1-of|pat-na1-mistyped/);
});

test("proving them takes them at once; those of another connector wait for the next start", async () => {
  write({ crm: { ...crm(secondToken), audit: "7d" } });
  expect(await prove("crm")).toMatchObject({ failure: null, restart: false, added: false, changed: true });
  clock.advance(10 * 60_000);
  await soon("an audit", async () => (await world.rows("runs")).some(({ kind }) => kind === "audit"));
  expect(await prove("crm")).toMatchObject({ restart: false, added: false, changed: false });
  write({ shop: crm(secondToken) });
  expect(await prove("shop")).toMatchObject({ failure: null, restart: true, changed: false });
  expect(world.runner.state()).toBe("running");
});

test("settings that open another account do not: the records of two must not be mixed", async () => {
  const other = await serveHubspot(clock, { portalId: 515151, objects: { contacts: contacts(1) } });
  const { allowedHosts, config } = hubspotEntry(other);
  const opens = { ...config, access_token: secondToken, portal_id: "515151" };
  write({ crm: { ...crm(secondToken), allowedHosts, config: opens }, shop: shopEntry });
  const { failure, changed } = await prove("crm");
  expect(failure?.message).toMatch(/account 515151, and the connection crm holds the records of 424242/);
  expect(changed).toBe(false);
  expect(world.hub.connection("crm").config).toMatchObject({ portal_id: "424242" });
  await other.close();
});
