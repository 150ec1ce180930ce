import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { demoCredentials } from "../../connectors/hubspot/simulator/index.ts";
import type { Desk } from "../../src/cli/desk.ts";
import { createOutput } from "../../src/cli/output.ts";
import { arrangeWebhooks } from "../../src/cli/subscriptions.ts";
import { addConnect } from "../../src/cli/verbs/connect.ts";
import { addDoctor } from "../../src/cli/verbs/doctor.ts";
import { processKey } from "../../src/hub/folder/keys.ts";
import type { SubscriptionsView } from "../../src/hub/subscriptions.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import {
  hubspotAppSecret,
  hubspotEntry,
  noon,
  openWorld,
  removeFolder,
  serveHubspot,
  type TestHubspot,
  type World,
} from "../hub/world.ts";
import { listen as serveApp, startAccount } from "./harness.ts";

/* What the verb says and does, over the API of a hub with three connections to one account. The tests build on one another. */

const { appId: app_id, developerApiKey: developer_api_key, accessTokens } = demoCredentials;
const clock = virtualClock(noon);
let hubspot: TestHubspot;
let world: World;
let desk: Desk;
let printed: string[] = [];
beforeAll(async () => {
  hubspot = await serveHubspot(clock);
  const config = { base_url: hubspot.url, access_token: accessTokens[0], app_client_secret: hubspotAppSecret };
  const entry = (more: object) => hubspotEntry(hubspot, { config: { ...config, ...more } });
  const connections = {
    looked: entry({ app_id, developer_api_key }),
    byhand: entry({}),
    unproven: entry({ app_client_secret: undefined, app_id, developer_api_key }),
  };
  world = await openWorld(connections, { clock });
  desk = deskOn(world, await world.as("admin"));
});
afterAll(async () => {
  await world.close();
  await hubspot.close();
  removeFolder(world.folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

function deskOn({ app }: World, key: { authorization: string }): Desk {
  const nobody = () => Promise.reject(new Error("nobody asks for this"));
  return {
    ...{ get: nobody, lines: nobody, ended: nobody, run: nobody },
    async post(path, body) {
      const headers = { ...key, "content-type": "application/json" };
      const reply = await app.request(path, { method: "POST", headers, body: JSON.stringify(body) });
      return JSON.parse(await reply.text());
    },
  };
}

/** What is printed from now on. */
function listen(): void {
  printed = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  }
}

async function arrange(connection: string, { isWanted = true, isAgreed = false, json = false } = {}) {
  listen();
  const arrangement = { data: world.folder, connection, isWanted, isAgreed };
  const code = await arrangeWebhooks(desk, createOutput(json), arrangement).catch((cause: unknown) => String(cause));
  return { text: printed.join(""), code };
}

const app = () => hubspot.simulator.state.webhooks.app;

test("what would be changed is said first, and nothing is where nobody can be asked", async () => {
  const { text, code } = await arrange("looked");
  expect(text).toContain("deliver to https://hub.example.com/hooks/looked\n");
  expect(text).toContain("subscribe to contact.propertyChange of email\n");
  expect(code).toContain("Nobody can be asked here: say --yes");
  expect([app().target, app().subscriptions.size]).toEqual([null, 0]);
});

test("who has agreed has them changed, and the next time there is nothing to do", async () => {
  const planned = await desk.post<SubscriptionsView>("/api/v1/connections/looked/webhooks/check", { wanted: true });
  for (const { change, what } of planned.changes) {
    const [subscriptionType = "", about = ""] = what.split(" of ");
    const [typeId, property] = /^\d/.test(about) ? about.split(" ") : [undefined, about];
    if (change !== "create" || about === "email") continue;
    app().add(
      { subscriptionType, ...(typeId && { objectTypeId: typeId }), ...(property && { propertyName: property }) },
      true,
    );
  }
  const { text, code } = await arrange("looked", { isAgreed: true });
  expect(text).toMatch(/✓ deliver to .*\n✓ subscribe to contact.propertyChange of email\n$/);
  expect(code).toBe(0);
  expect((await arrange("looked")).text).toContain("are as they should be");
});

test("one that the vendor refuses is named, and the exit code says so", async () => {
  const [lost] = app().subscriptions.keys();
  app().subscriptions.delete(lost ?? 0);
  const refusal = { path: /subscriptions$/, method: "POST", status: 400, body: { message: "not today" } };
  hubspot.simulator.trouble(refusal);
  const { text, code } = await arrange("looked", { isAgreed: true });
  expect([text.split("\n").at(-2), code]).toEqual([expect.stringMatching(/^✗ subscribe to .*: HubSpot: not today/), 1]);
});

test("what it refused stays in view: said beforehand the next time, and by `doctor` beside a running hub", async () => {
  const { server, url } = await serveApp((request) => world.app.fetch(request));
  world.hub.announce({ pid: process.pid, url, key: processKey(world.hub) });
  listen();
  const program = new Command();
  addDoctor(program);
  await program.parseAsync(["doctor", "--data", world.folder], { from: "user" });
  expect(printed.join("")).toMatch(
    /✗ webhooks of looked: The vendor refuses .* \(HubSpot: not today \(400\)\)\. Mend .*connect looked --webhooks/,
  );
  expect(process.exitCode).toBe(1);
  await new Promise((resolve) => server.close(resolve));
  expect((await arrange("looked")).text).toMatch(/subscribe to .* \(refused last time: HubSpot: not today \(400\)\)/);
});

test.each([
  ["a vendor that is away, with 1: nobody has to do anything there", 503, 6, 1],
  ["a key that the vendor refuses, with 3", 401, 1, 3],
] as const)("what cannot be looked up ends as it does everywhere: %s", async (_, status, times, ends) => {
  hubspot.simulator.trouble({ path: /settings$/, status, times, body: { status: "error", message: "not today" } });
  const { text, code } = await arrange("looked", { isAgreed: true });
  expect([text, code]).toEqual([expect.stringContaining("not today"), ends]);
});

test("for programs the answers are JSON", async () => {
  for (const id of [...app().subscriptions.keys()].slice(3)) app().subscriptions.delete(id);
  const { text, code } = await arrange("looked", { isWanted: false, isAgreed: true, json: true });
  const [planned, done] = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(planned.webhooks.changes).toHaveLength(3);
  expect(done).toEqual(planned);
  expect([code, app().subscriptions.size]).toEqual([0, 0]);
});

test("where a person must do it, how is said, and a file is written that is never written over", async () => {
  const file = join(world.folder, "byhand-webhooks-hsmeta.json");
  const { text, code } = await arrange("byhand");
  expect(text).toContain(`webhooks-hsmeta.json was written to ${file}`);
  expect(JSON.parse(readFileSync(file, "utf8")).config.settings.targetUrl).toBe("https://hub.example.com/hooks/byhand");
  writeFileSync(file, "mine");
  expect((await arrange("byhand")).text).toContain("was left as it is");
  expect([code, readFileSync(file, "utf8")]).toEqual([0, "mine"]);
});

test("a hub that could not check what is delivered has nothing delivered", async () => {
  const { text, code } = await arrange("unproven", { isAgreed: true });
  expect(text).toContain("Webhooks could not be received: app_client_secret is not set");
  expect(text).toContain("`journey-hub connect unproven --set …`");
  expect(code).toBe(2);
});

test("`connect --webhooks` does it after the credentials were proven", async () => {
  const account = await startAccount({ app_client_secret: "s" });
  listen();
  const program = new Command();
  addConnect(program);
  const options = ["--data", account.folder, "--webhooks", "--json"];
  await program.parseAsync(["connect", "hubspot", ...options], { from: "user" });
  await account.stop();
  const [checked, planned] = printed.map((line) => JSON.parse(line));
  expect(checked).toMatchObject({ connection: "hubspot", account: "4711" });
  expect(planned.webhooks.by_hand.instructions).toContain("http://127.0.0.1:8360/hooks/hubspot");
});
