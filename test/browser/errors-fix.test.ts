import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createConsole } from "../../src/console/console.tsx";
import { readMappingsAnew } from "../../src/hub/errors/mappings.ts";
import { createKey } from "../../src/hub/folder/keys.ts";
import { createLog } from "../../src/hub/log.ts";
import { createMetrics } from "../../src/hub/metrics.ts";
import { createRunner, type Runner } from "../../src/hub/runner/runner.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { openEmptyHub, type SampleHub } from "../console/sample-hub.ts";
import { breakMappings } from "../hub/errors/mappings.ts";
import { launchBrowser } from "./browser.ts";
import { faintTexts, unnamedControls } from "./inspect.ts";

/* Two contacts without a job title, which the broken files cannot do without. */

let sample: SampleHub;
let runner: Runner;
let server: ServerType;
let browser: Browser;
let url: string;
let key: string;
beforeAll(async () => {
  browser = await launchBrowser();
  sample = await openEmptyHub();
  const { hub } = sample;
  breakMappings(hub.folder);
  await readMappingsAnew(hub);
  const properties = {
    email: "ada@contoso.example",
    lastname: "Lovelace",
    hs_language: "en",
    company: "Contoso".repeat(30),
  };
  const contact = { connection: "hubspot", object: "contacts", version: "2026-02-01T09:00:00.000Z", deleted: false };
  const records = ["51", "52", "53"].map((id) => ({ ...contact, remote_id: id, payload: { id, properties } }));
  await processBatch(hub.pipeline, { records, also: [] });
  const log = createLog({ level: "silent" });
  runner = createRunner({ hub, log, metrics: createMetrics() });
  key = (await createKey(hub, { name: "Olga Operator", role: "operator" })).key;
  server = serve({ fetch: createConsole({ hub, runner, log }).app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  await runner?.stop();
  await sample?.close();
});

const looks: [string, string, BrowserContextOptions][] = [
  ["in light colours", "51", { colorScheme: "light" }],
  ["in dark colours", "52", { colorScheme: "dark" }],
  ["on a phone", "53", { viewport: { width: 360, height: 740 } }],
];
test.each(looks)(
  "a record is corrected, tried and kept, and taken back, without JavaScript, %s",
  async (_, id, options) => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      javaScriptEnabled: false,
      ...options,
    });
    const page = await context.newPage();
    await page.goto(`${url}/errors`);
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "contacts title value" }).click();
    await checkLooks(page);
    await page
      .getByRole("row")
      .filter({ hasText: `contacts ${id}` })
      .getByRole("link", { name: "Look, correct" })
      .click();
    await checkLooks(page);

    const payload = page.getByLabel("Payload, as JSON");
    await payload.fill((await payload.inputValue()).replace('"lastname"', '"jobtitle": "Mathematician", "lastname"'));
    await page.getByRole("button", { name: "Try" }).click();
    await page.getByRole("heading", { name: "It would pass as contact; nothing is kept yet" }).waitFor();
    await checkLooks(page);
    await page.getByRole("button", { name: "Keep the correction" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("Say why");
    await page.getByLabel("Reason, kept with the correction").fill("as her card says");
    await page.getByRole("button", { name: "Keep the correction" }).click();
    await page.getByRole("heading", { name: "A correction stands" }).waitFor();
    await checkLooks(page);

    await page.getByLabel("Reason, kept with it").fill("it was her brother's");
    await page.getByRole("button", { name: "Use what the vendor sent" }).click();
    await page.getByRole("heading", { name: "Correct it" }).waitFor();
    expect(await payload.inputValue()).not.toContain("Mathematician");
    await context.close();
  },
);

/** Nothing to scroll to the side, text that can be read (WCAG AA), controls and tables with names. */
async function checkLooks(page: Page): Promise<void> {
  expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  expect(await page.evaluate(faintTexts)).toEqual([]);
  expect(await page.evaluate(unnamedControls)).toEqual([]);
}
