import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Console, createConsole } from "../../src/console/console.tsx";
import { createKey } from "../../src/hub/folder/keys.ts";
import { customersOf } from "../../src/hub/queries/identifier.ts";
import { naughtyTexts } from "../console/naughty-texts.ts";
import { openSampleHub, type SampleHub } from "../console/sample-hub.ts";
import { launchBrowser } from "./browser.ts";
import { faintTexts, unnamedControls } from "./inspect.ts";

let sample: SampleHub;
let pages: Console;
let server: ServerType;
let browser: Browser;
let url: string;
let key: string;

beforeAll(async () => {
  browser = await launchBrowser();
  sample = await openSampleHub();
  pages = createConsole({ hub: sample.hub });
  key = (await createKey(sample.hub, { name: "Vera Viewer", role: "viewer" })).key;
  server = serve({ fetch: pages.app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  await sample?.close();
});

describe("a visit", () => {
  const looks: [string, BrowserContextOptions][] = [
    ["in light colours", { colorScheme: "light" }],
    ["in dark colours, without JavaScript", { colorScheme: "dark", javaScriptEnabled: false }],
    ["on a phone, without JavaScript", { viewport: { width: 360, height: 740 }, javaScriptEnabled: false }],
  ];
  test.each(looks)("from sign-in to sign-out goes through every page %s", async (_, options) => {
    const { page, complaints, close } = await open(options);
    await page.goto(url);
    await shows(page, "Sign in");
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await shows(page, "Overview");

    await follow(page, "Customers");
    await page.getByLabel("Name, e-mail, phone, domain or record").fill("lovelace");
    await page.getByRole("button", { name: "Search" }).click();
    await shows(page, "Customers");
    await follow(page, "Ada Lovelace");
    expect(await page.getByRole("heading", { level: 2 }).allTextContents()).toEqual([
      "Stage",
      "Score",
      "Deals and their people",
      "Golden values",
      "Linked records",
      "Timeline",
    ]);
    await follow(page, "Older events", "Ada Lovelace");
    expect(await page.getByRole("heading", { name: "Timeline, older events" }).count()).toBe(1);
    await follow(page, "Newest events", "Ada Lovelace");

    await page.getByRole("link", { name: /^Reviews \d+ waiting$/ }).click();
    await shows(page, "Reviews");
    await page.getByText("What speaks for and against it").first().click();
    await checkLooks(page);

    await follow(page, "Errors");
    await page.locator('a[href^="/errors/cause"]').first().click();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toMatch(/^Cause: contacts lead_status/);
    await checkLooks(page);
    await follow(page, "Runs");
    await page.getByLabel("Status").selectOption("failed");
    await page.getByRole("button", { name: "Show" }).click();
    expect(await page.getByRole("row").filter({ hasText: "✕ failed" }).count()).toBe(1);
    await follow(page, "Write-backs");

    await page.getByRole("button", { name: "Sign out" }).click();
    await shows(page, "Sign in");
    await page.goto(`${url}/customers`);
    await shows(page, "Sign in");
    expect(complaints).toEqual([]);
    await close();
  });

  test("by a one-time link works even from another site's page, and only once", async () => {
    const link = `${url}${pages.oneTimeLink()}`;
    const { page, close } = await open({});
    // Another site to a browser: the name differs from the address.
    await page.route("http://localhost/", (route) =>
      route.fulfill({ contentType: "text/html", body: `<a href="${link}">open the console</a>` }),
    );
    await page.goto("http://localhost/");
    await page.getByRole("link").click();
    await shows(page, "Overview");
    const other = await open({});
    await other.page.goto(link);
    expect(await other.page.getByRole("alert").textContent()).toContain("This sign-in link was used already");
    await other.close();
    await close();
  });

  test("by keyboard begins with a way past the navigation", async () => {
    const { page, close } = await open({});
    await page.goto(`${url}${pages.oneTimeLink()}`);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("content");
    await close();
  });
});

test("an account's id is not broken however wide the window, and nothing is to be scrolled to the side", async () => {
  const { page, close } = await open({});
  await page.goto(`${url}${pages.oneTimeLink()}`);
  for (const width of [320, 480, 721, 780, 860, 1_000, 1_280]) {
    await page.setViewportSize({ width, height: 900 });
    const lines = await page.evaluate("document.querySelector('.whole bdi').getClientRects().length");
    const fits = await page.evaluate("document.documentElement.scrollWidth <= innerWidth");
    expect([width, lines, fits]).toEqual([width, 1, true]);
  }
  await close();
});

test("on a phone a column's name is broken rather than run into its figure", async () => {
  const { page, close } = await open({ viewport: { width: 360, height: 740 } });
  await page.goto(`${url}${pages.oneTimeLink()}`);
  const space = await page.evaluate("getComputedStyle(document.querySelector('td.number'), '::before').whiteSpace");
  expect(space).toBe("normal");
  await close();
});

test("no text of a record runs as a script, loads anything or leads away", async () => {
  const { page, complaints, close } = await open({});
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) elsewhere.push(request.url());
  });
  await page.goto(`${url}${pages.oneTimeLink()}`);
  const paths = ["/", "/errors", "/audits", "/runs", "/customers?q=naughty"];
  for (const n of naughtyTexts.keys()) {
    const [id] = await customersOf(sample.hub, `hubspot:contacts:${100 + n}`);
    paths.push(`/customers/${id}`);
  }
  for (const path of paths) {
    await page.goto(url + path, { waitUntil: "load" });
    expect(new URL(page.url()).pathname).toBe(new URL(url + path).pathname);
    expect(
      await page.evaluate("document.querySelectorAll('main script, main style, main iframe, main img').length"),
    ).toBe(0);
    expect(await page.evaluate("getComputedStyle(document.body).display")).toBe("block");
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  }
  expect(complaints).toEqual([]);
  expect(elsewhere).toEqual([]);
  await close();
});

test("the pages forbid scripts even if one got in", async () => {
  const { page, complaints, close } = await open({});
  await page.goto(`${url}${pages.oneTimeLink()}`);
  await page.evaluate("document.body.append(Object.assign(document.createElement('script'), { text: 'alert(1)' }))");
  expect(complaints.join()).toMatch(/Content Security Policy/);
  expect(complaints.join()).not.toContain("dialog");
  await close();
});

/** A browser window of its own, and whatever it has to complain about: dialogs, script errors, refused content. */
async function open(options: BrowserContextOptions) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("dialog", async (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  return { page, complaints, close: () => context.close() };
}

async function follow(page: Page, link: string, title = link): Promise<void> {
  await page.getByRole("link", { name: link, exact: true }).first().click();
  await shows(page, title);
}

async function shows(page: Page, title: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor({ timeout: 5_000 });
  await checkLooks(page);
}

/** What holds on every page: nothing to scroll to the side, text that can be read (WCAG AA), controls and tables with names. */
async function checkLooks(page: Page): Promise<void> {
  expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  expect(await page.evaluate(faintTexts)).toEqual([]);
  expect(await page.evaluate(unnamedControls)).toEqual([]);
}
