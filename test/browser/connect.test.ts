import { type ServerType, serve } from "@hono/node-server";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoCredentials } from "../../connectors/hubspot/simulator/index.ts";
import { type Console, createConsole } from "../../src/console/console.tsx";
import { systemClock } from "../../src/lib/clock.ts";
import { openEmptyHub, type SampleHub } from "../console/sample-hub.ts";
import { freePort } from "../fixtures/process.ts";
import { serveHubspot, type TestHubspot } from "../hub/world.ts";
import { launchBrowser } from "./browser.ts";
import { faintTexts, unnamedControls } from "./inspect.ts";

/* The hub at 127.0.0.1 and the vendor at localhost: to a browser two sites, between which strict cookies do not travel. */

let browser: Browser;
let hubspot: TestHubspot;
let sample: SampleHub;
let pages: Console;
let server: ServerType;
let url: string;

beforeAll(async () => {
  browser = await launchBrowser();
  hubspot = await serveHubspot(systemClock);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const base_url = hubspot.url.replace("127.0.0.1", "localhost");
  const config = { base_url, client_id: demoCredentials.clientId, client_secret: "not yet" };
  const crm = { connector: "hubspot", allowedHosts: ["localhost"], config };
  sample = await openEmptyHub({ crm }, { public_url: url });
  pages = createConsole({ hub: sample.hub });
  server = serve({ fetch: pages.app.fetch, port, hostname: "127.0.0.1" });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  await sample?.close();
  await hubspot?.close();
});

test("an account is connected from sign-in to the vendor's answer, without JavaScript", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  await page.goto(`${url}${pages.oneTimeLink("admin")}`);
  await page.getByRole("link", { name: "Connect an account" }).click();
  await page.getByRole("link", { name: "HubSpot" }).click();
  await page.getByLabel("Name of the connection").fill("crm");
  await page.getByLabel("client_id").fill(demoCredentials.clientId);
  await page.getByLabel("client_secret").fill(demoCredentials.clientSecret);
  await page.getByRole("button", { name: "Go on to the approval" }).click();
  await page.getByRole("link", { name: "Go on to HubSpot" }).click();
  await page.getByRole("heading", { level: 1, name: "Connected", exact: true }).waitFor();
  expect(await page.getByText("crm is connected to HubSpot 424242").count()).toBe(1);
  await context.close();
});

test.each(["light", "dark"] as const)(
  "in %s colours every control has a name and every text enough contrast",
  async (colorScheme) => {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    await page.goto(`${url}${pages.oneTimeLink("admin")}`);
    for (const path of [
      "/connect",
      "/connect/salesforce",
      "/connect/callback?state=made-up",
      "/fields?connection=crm",
    ]) {
      await page.goto(`${url}${path}`);
      expect([path, await page.evaluate(unnamedControls), await page.evaluate(faintTexts)]).toEqual([path, [], []]);
    }
    await context.close();
  },
);
