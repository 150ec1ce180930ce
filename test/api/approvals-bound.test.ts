import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { demoCredentials } from "../../connectors/hubspot/simulator/index.ts";
import { beginApproval, endApproval } from "../../src/hub/approvals.ts";
import { checkAsWritten } from "../../src/hub/check.ts";
import { syncConnection } from "../../src/hub/sync.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { ledTo } from "../connectors/approve.ts";
import {
  contacts,
  newFolder,
  noon,
  openWorld,
  publicUrl,
  removeFolder,
  serveHubspot,
  type TestHubspot,
  type World,
} from "../hub/world.ts";

/* Tokens belong to the app and the address they were given to: settings that name others get none of them, and never send them anywhere. */

const { clientId, clientSecret } = demoCredentials;
const clock = virtualClock(noon);
let hubspot: TestHubspot;
/** Another host, which somebody wrote into the settings. */
let other: TestHubspot;
let folder: string;
let world: World;

beforeAll(async () => {
  const portal = { portalId: 424242, objects: { contacts: contacts(3) } };
  [hubspot, other] = [await serveHubspot(clock, portal), await serveHubspot(clock, portal)];
  folder = newFolder();
  world = await openWorld(entries(), { clock, folder });
  const { url } = await beginApproval(world.hub, { connection: "crm", by: "test" });
  const { searchParams } = await ledTo(url);
  expect(await endApproval(world.hub, searchParams, { connection: "crm", by: "test" })).toMatchObject({
    failure: null,
  });
  await syncConnection(world.hub, "crm");
});
afterAll(async () => {
  await world.close();
  await hubspot.close();
  await other.close();
  removeFolder(folder);
});
beforeEach(() => write());

function entries(changed: Record<string, string> = {}) {
  const config = { base_url: hubspot.url, client_id: clientId, client_secret: clientSecret, ...changed };
  return { crm: { connector: "hubspot", allowedHosts: ["127.0.0.1"], config } };
}

/** Settings as an editor writes them, beside the hub that runs. */
const write = (changed?: Record<string, string>) =>
  writeFileSync(
    join(folder, "journey-hub.yaml"),
    stringify({ apiVersion: "journey-hub/v1", public_url: publicUrl, connections: entries(changed) }),
  );

const failureOf = async () => (await checkAsWritten(world.hub, "crm")).failure;
const tokenRequests = () => hubspot.requests.filter((request) => request.endsWith("/token")).length;

async function restartedWith(changed?: Record<string, string>): Promise<void> {
  await world.close();
  world = await openWorld(entries(changed), { clock, folder });
}

const elsewhere: [string, () => Record<string, string>][] = [
  ["another address", () => ({ base_url: other.url })],
  ["another app", () => ({ client_id: "00000000-demo-4000-8000-000000000009" })],
];

test.each(elsewhere)("%s asks for a new approval, says so, and is sent nothing", async (_, changed) => {
  const before = tokenRequests();
  write(changed());
  expect(await failureOf()).toMatchObject({
    message: "The approval was given to another app or address than the settings name now",
    needs: "person",
    remedy: expect.stringContaining("journey-hub connect crm --oauth"),
  });
  expect([other.requests, tokenRequests()]).toEqual([[], before]);
});

test("so it does after a start; the connection keeps its place, and goes on with the settings of before", async () => {
  const places = await world.rows("cursors");
  await restartedWith({ base_url: other.url });
  await expect(syncConnection(world.hub, "crm")).rejects.toThrow("given to another app or address");
  const [state] = await world.rows("connections");
  expect([state?.status, other.requests, await world.rows("cursors")]).toEqual(["needs_attention", [], places]);
  await restartedWith();
  const before = tokenRequests();
  await syncConnection(world.hub, "crm");
  expect([(await world.rows("connections"))[0]?.status, tokenRequests()]).toEqual(["connected", before]);
});

test("another secret of the app is proven before it passes for right; a wrong one leaves the approval as it was", async () => {
  write({ client_secret: "00000000-demo-4000-8000-00000000000f" });
  expect(await failureOf()).toMatchObject({ setting: expect.stringContaining("client_secret"), needs: "person" });
  write();
  const before = tokenRequests();
  expect([await failureOf(), tokenRequests()]).toEqual([null, before]);
});
