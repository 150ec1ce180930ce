import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtCli, freePort, runCli, type ServingProcess, startServing } from "../fixtures/process.ts";
import { startAccount } from "./harness.ts";

/* Verbs beside a hub that runs on the same folder. */

let account: Awaited<ReturnType<typeof startAccount>>;
let hub: ServingProcess;
let url: string;
beforeAll(async () => {
  account = await startAccount();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  await runCli(["sync", "--data", account.folder]);
  hub = await startServing([builtCli, "start", "--port", String(port), "--data", account.folder], port);
}, 60_000);
afterAll(async () => {
  await hub.end("SIGTERM");
  await account.stop();
});

const run = (...args: string[]) => runCli([...args, "--data", account.folder]);
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await run(...args, "--json");
  expect([args[0], code, stderr]).toEqual([args[0], 0, ""]);
  return JSON.parse(stdout);
};

test("verify and preview read what the hub has committed", async () => {
  expect((await json("verify")).equal).toBe(true);
  const shipped = readFileSync(new URL("../../mappings/hubspot/contacts.yaml", import.meta.url), "utf8");
  const file = join(account.folder, "contacts.yaml");
  const changed = shipped.replace("first_name: properties.firstname", "first_name: properties.lastname");
  writeFileSync(file, changed.replace(/^examples:[\s\S]*/m, ""));
  expect(await json("preview", file)).toMatchObject({ records: 3, changed: 3 });
});

test("connect has the hub prove the settings as they are written down, and take them into use", async () => {
  expect(await json("connect", "hubspot")).toEqual({
    connection: "hubspot",
    account: "4711",
    name: expect.any(String),
  });
  expect(await json("connect", "hubspot", "--set", "portal_id=4711")).toMatchObject({ account: "4711", changed: true });
  const refused = await run("connect", "hubspot", "--set", "access_token=pat-wrong");
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(/\(setting: access_token\)\n {2}\S/);
  const unknown = await run("connect", "nosuch");
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/no connection "nosuch".*hubspot/)]);
});

test("connect has the hub take a new connection into use", async () => {
  const hook = async () => (await fetch(`${url}/hooks/site`, { method: "POST", body: "{}" })).status;
  expect(await hook()).toBe(404);
  const settings = ["--connector", "webhook", "--set", "scheme=hmac-sha256", "--set", "secret=a-secret-of-the-site"];
  const { code, stdout } = await run("connect", "site", ...settings);
  expect([code, stdout]).toEqual([0, expect.stringContaining("The running hub has taken it into use.")]);
  expect(await hook()).toBe(401);
});

test("sync has the hub use edited mapping files, and says where it goes on with those it had", async () => {
  const mappings = join(account.folder, "mappings", "hubspot");
  mkdirSync(mappings, { recursive: true });
  const file = join(mappings, "contacts.yaml");
  const shipped = readFileSync(new URL("../../mappings/hubspot/contacts.yaml", import.meta.url), "utf8");
  const plain = shipped.replace(/^examples:[\s\S]*/m, "");
  writeFileSync(file, plain);
  expect(await json("sync")).toMatchObject({ mapping_mistake: null, rules_edited: false });
  writeFileSync(file, plain.replace("first_name: properties.firstname", "frist_name: properties.firstname"));
  const { code, stderr } = await run("sync");
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^✗ The running hub goes on with the mappings it has\. .*contacts\.yaml:\d+:3 .*frist_name/),
  ]);
  rmSync(file);
  expect((await run("sync")).code).toBe(0);
});

test("replay needs the folder for itself, and says how it gets it", async () => {
  const { code, stderr } = await run("replay");
  expect([code, stderr]).toEqual([2, expect.stringContaining(`Stop it first (\`kill ${hub.child.pid}\``)]);
});

test("init --key makes a key of the role it was asked for; what start prints where it is kept signs in as a viewer only", async () => {
  const { key } = await json("init", "--key", "prometheus");
  expect(key).toMatchObject({ name: "prometheus", role: "viewer" });
  const authorization = `Bearer ${key.key}`;
  expect((await fetch(`${url}/metrics`, { headers: { authorization } })).status).toBe(200);
  expect((await fetch(`${url}/api/v1/keys`, { headers: { authorization } })).status).toBe(403);
  const admin = (await json("init", "--key", "me", "--role", "admin")).key.key;
  const keys = await fetch(`${url}/api/v1/keys`, { headers: { authorization: `Bearer ${admin}` } });
  expect(await keys.json()).toMatchObject({ items: [{ name: "prometheus" }, { name: "me", role: "admin" }] });
  const [link = ""] = /http\S+once=\S+/.exec(hub.output()) ?? [];
  const entered = await fetch(link, { redirect: "manual" });
  const [cookie = ""] = entered.headers.getSetCookie().map((set) => set.split(";")[0] ?? "");
  expect(await (await fetch(url, { headers: { cookie } })).text()).toMatch(/one-time link<\/bdi> \(viewer\)/);
});
