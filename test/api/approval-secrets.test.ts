import { afterAll, beforeAll, expect, test } from "vitest";
import { demoCredentials } from "../../connectors/hubspot/simulator/index.ts";
import type { Departed } from "../../src/hub/approvals.ts";
import type { ConnectionCheck } from "../../src/hub/check.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { ledTo } from "../connectors/approve.ts";
import {
  hubspotEntry,
  noon,
  openWorld,
  removeFolder,
  serveHubspot,
  type TestHubspot,
  type World,
} from "../hub/world.ts";

const { clientId: client_id, clientSecret: client_secret } = demoCredentials;
let hubspot: TestHubspot;
let world: World;
beforeAll(async () => {
  const clock = virtualClock(noon);
  hubspot = await serveHubspot(clock);
  const config = { base_url: hubspot.url, client_id, client_secret };
  world = await openWorld({ approved: hubspotEntry(hubspot, { config }) }, { clock });
});
afterAll(async () => {
  await world.close();
  await hubspot.close();
  removeFolder(world.folder);
});

test("what a vendor repeats of an approval when it refuses it is shown to nobody: the code is good until it is used", async () => {
  const headers = { ...(await world.as("admin")), "content-type": "application/json" };
  const post = async <T>(path: string, body: object): Promise<T> => {
    const request = { method: "POST", headers, body: JSON.stringify(body) };
    return (await (await world.app.request(`/api/v1/connections/approved/${path}`, request)).json()) as T;
  };
  const redirected = await ledTo((await post<Departed>("approval", {})).url);
  const code = redirected.searchParams.get("code") ?? "";
  const message = `code ${code} of ${client_secret} is not good`;
  hubspot.simulator.trouble({ path: /\/token$/, status: 400, body: { status: "BAD_AUTH_CODE", message } });
  const { failure } = await post<ConnectionCheck>("approval/answer", { redirected: redirected.href });
  expect(code.length).toBeGreaterThan(8);
  expect(failure?.message).toMatch(/code .+ of .+ is not good/);
  const shown = JSON.stringify([failure, await world.rows("errors"), await world.rows("connections"), world.logged]);
  expect([shown.includes(code), shown.includes(client_secret)]).toEqual([false, false]);
});
