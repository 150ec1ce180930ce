import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoCredentials } from "../../connectors/hubspot/simulator/index.ts";
import { type Console, createConsole } from "../../src/console/console.tsx";
import { createKey, type Role } from "../../src/hub/folder/keys.ts";
import { keepApproval } from "../../src/hub/tokens.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { ledTo } from "../connectors/approve.ts";
import { serveHubspot, type TestHubspot } from "../hub/world.ts";
import { openEmptyHub, type SampleHub } from "./sample-hub.ts";
import { cookieOf, ownSite, see, signIn } from "./visitor.ts";

let hubspot: TestHubspot;
let sample: SampleHub;
let pages: Console;
let cookie: string;

beforeAll(async () => {
  hubspot = await serveHubspot(systemClock);
  const config = { base_url: hubspot.url, client_id: "a-wrong-id", client_secret: "kept secret" };
  const org = { login_url: "https://acme.my.salesforce.com", client_id: "an-app", client_secret: "kept secret" };
  sample = await openEmptyHub({
    crm: { connector: "hubspot", allowedHosts: [new URL(hubspot.url).host], config },
    org: { connector: "salesforce", config: { ...org, sign_in: "authorization_code" } },
  });
  pages = createConsole({ hub: sample.hub });
  cookie = await signedIn("admin");
});
afterAll(async () => {
  await sample.close();
  await hubspot.close();
});

async function signedIn(role: Role): Promise<string> {
  const { key } = await createKey(sample.hub, { name: `a ${role}`, role });
  return cookieOf(await signIn(pages.app, { key }));
}

const visit = (path: string, as = cookie) => see(pages.app, path, { cookie: as, host: "127.0.0.1:8360" });
const { clientId: client_id, clientSecret: client_secret } = demoCredentials;

/** Sends the form of the connector's page, as the browser does. */
async function send(form: Record<string, string>, headers: Record<string, string> = ownSite) {
  const body = new URLSearchParams({ connector: "hubspot", connection: "crm", ...form });
  const reply = await pages.app.request("/connect", { method: "POST", body, headers: { ...headers, cookie } });
  return { status: reply.status, html: await reply.text() };
}

/** What the vendor's link on the page after the form leads to. */
async function approved(consent: "given" | "denied" = "given"): Promise<string> {
  hubspot.simulator.setConsent(consent);
  const { html } = await send({ client_id, client_secret });
  const [, href = ""] = /<a href="(http[^"]+authorize[^"]*)" rel="noreferrer"/.exec(html) ?? [];
  const { pathname, search } = await ledTo(href.replaceAll("&amp;", "&"));
  return `${pathname}${search}`;
}

async function usedOnce(): Promise<string> {
  const back = await approved();
  await visit(back);
  return back;
}

describe("the pages to connect an account", () => {
  test("name the connectors that people approve, and for each what the app needs", async () => {
    const { text, html } = await visit("/connect");
    expect(text).toMatch(/Salesforce .*api refresh_token.*HubSpot .*crm\.objects\.contacts\.read/s);
    expect(html).toContain('href="/connect/salesforce"');
    const page = await visit("/connect/salesforce");
    expect(page.text).toContain("enter http://127.0.0.1:8360/connect/callback as redirect (callback) address");
    expect(page.text).toMatch(/login_url.*client_id.*client_secret/s);
  });

  test("show what is written down, and no secret", async () => {
    const { html } = await visit("/connect/hubspot?connection=crm");
    expect(html).toContain('value="a-wrong-id"');
    expect(html).toContain("Empty: it stays as it is.");
    expect(html).not.toContain("kept secret");
  });

  test("warn where the reader is not at the address the vendor leads back to", async () => {
    const { text } = await see(pages.app, "/connect/hubspot", { cookie, host: "hub.internal:8360" });
    expect(text).toContain("this page is at hub.internal:8360");
  });

  test.each(["/connect/csv", "/connect/nothing", "/connect/%2e%2e%2fx"])("%s is not there", async (path) => {
    expect((await visit(path)).status).toBe(404);
  });

  test.each(["/connect", "/connect/hubspot", "/connect/callback?state=x"])("%s is for admins alone", async (path) => {
    const { status, text } = await visit(path, await signedIn("operator"));
    expect(status).toBe(403);
    expect(text).toContain("This needs a key of the role admin");
  });
});

describe("an approval in the browser", () => {
  test("may be led to another address with the secrets typed again, until the connection has tokens", async () => {
    const login_url = "https://acme--test.sandbox.my.salesforce.com";
    const moved = { connector: "salesforce", connection: "org", login_url, client_secret: "another" };
    expect((await send(moved)).html).toContain('<span class="quiet">(acme--test.sandbox.my.salesforce.com)</span>');
    const tokens = { accessToken: "a", refreshToken: "r", expiresAt: null, address: null, account: null };
    const place = { store: sample.hub.store, secrets: sample.hub.secrets, connection: "org" };
    await keepApproval(place, { ...tokens, seed: null, place: null, proof: null, renewingUntil: null });
    expect((await send(moved)).status).toBe(200);
    const { status, html } = await send({ ...moved, login_url: "https://evil.example" });
    expect([status, html]).toEqual([409, expect.stringContaining("the tokens of its approval of org sent elsewhere")]);
  });

  test("keeps the settings sealed, leads to the vendor and ends with a connected account", async () => {
    const back = await approved();
    const file = readFileSync(join(sample.hub.folder, "journey-hub.yaml"), "utf8");
    expect(file).toContain(`client_id: ${client_id}`);
    expect(file).toMatch(/client_secret: \$\{sealed:/);
    expect(file).not.toContain(client_secret);
    const { status, text } = await visit(back);
    expect([status, text]).toEqual([200, expect.stringContaining("crm is connected to HubSpot 424242")]);
    expect(text).toContain("The hub goes on reading where it stood");
    expect(sample.hub.connection("crm").config).toMatchObject({ client_id, client_secret });
  });

  test("comes back over another site, whose visit has no session: the page loads itself once more, answer and all", async () => {
    const back = await approved();
    const { status, html } = await see(pages.app, back, { "sec-fetch-site": "cross-site" });
    expect(status).toBe(200);
    expect(html).toContain(`content="0; url=${back.replaceAll("&", "&amp;")}"`);
    expect((await visit(back)).status).toBe(200);
  });

  test("is not another session's to end, be it the same person's", async () => {
    const back = await approved();
    const { status, text } = await visit(back, await signedIn("admin"));
    expect([status, text]).toEqual([409, expect.stringContaining("belongs to what somebody else began")]);
    expect((await visit(back)).status).toBe(200);
  });

  test.each([
    ["denied", () => approved("denied"), "The approval was denied at HubSpot"],
    ["used twice", usedOnce, "was used already"],
    ["made up", async () => "/connect/callback?state=made-up&code=x", "its state is not known"],
    ["empty", async () => "/connect/callback", "its state is not known"],
    [
      "a page's text",
      async () => "/connect/callback?error=%3Cscript%3Ealert(1)%3C/script%3E&next=//evil.example",
      "its state is not known",
    ],
  ])("that is %s says so and where to begin again", async (_, back, says) => {
    const { status, text, html } = await visit(await back());
    expect([status, text]).toEqual([409, expect.stringContaining(says)]);
    expect(html).toMatch(/<a href="\/connect[^"]*">Begin again/);
    expect(html).not.toMatch(/<script|evil\.example/);
  });

  test("late is not taken", async () => {
    const back = await approved();
    sample.advance(11 * 60_000);
    expect((await visit(back)).text).toContain("came more than ten minutes after the beginning");
  });

  test("is not begun by a form of another site", async () => {
    const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    expect((await send({ client_id, client_secret }, foreign)).status).toBe(403);
  });

  test.each([
    [{ connection: "No Name" }, "cannot be the name of a connection"],
    [{ client_id: "${env:PATH}" }, "client_id: what the environment holds is named by"],
    [
      { connector: "salesforce", connection: "sf", login_url: "https://evil.example/${env:PATH}" },
      "login_url: what the environment holds is named by",
    ],
    [{ connector: "salesforce", connection: "sf", login_url: "acme" }, "Invalid URL"],
    [
      { connector: "salesforce", connection: "crm", login_url: "https://a.my.salesforce.com" },
      "uses the connector hubspot",
    ],
    [
      { connector: "salesforce", connection: "org", login_url: "https://evil.example", client_secret: "" },
      "Another login_url would have client_secret of org sent elsewhere: give those again",
    ],
  ])("with settings that cannot be used shows the form again: %j", async (form, says) => {
    const { status, html } = await send({ client_id, client_secret, ...form });
    expect(status).toBe(409);
    expect(html).toContain(says);
    expect(html).not.toContain(client_secret);
  });
});
