import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConnectors } from "../../../connectors/index.ts";
import { ConfigError, connectionConfig, readHubFile } from "../../../src/hub/folder/config.ts";
import { initFolder } from "../../../src/hub/folder/init.ts";
import { saveConnection } from "../../../src/hub/folder/save.ts";
import { openSecretBox } from "../../../src/hub/folder/secrets.ts";
import { openStore } from "../../../src/store/open.ts";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "journey-hub-save-"));
  folder = join(root, "data");
  initFolder(folder);
});
afterEach(() => rmSync(root, { recursive: true }));

const text = () => readFileSync(join(folder, "journey-hub.yaml"), "utf8");
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
const sample = {
  netsuite: { account_id: "1234567", consumer_key: "a", consumer_secret: "b", token_id: "c", token_secret: "d" },
  hubspot: { access_token: "pat-canary" },
};

async function save(id: string, name: string, settings: Record<string, string>, environment: NodeJS.ProcessEnv = {}) {
  const [connector] = await loadConnectors([name]);
  if (!connector) throw new Error(`no connector ${name}`);
  const secrets = openSecretBox(folder, {});
  saveConnection(folder, { id, connector, settings, secrets, environment });
  const entry = readHubFile(folder).connections[id];
  if (!entry) throw new Error("not saved");
  return connectionConfig(id, entry, connector, { environment, secrets });
}

describe("a setting given as text is kept as its field takes it", () => {
  test.each([
    ["a number", "netsuite", { concurrency: "8" }, { concurrency: 8 }, "concurrency: 8"],
    ["another", "hubspot", { requests_per_10_seconds: "100" }, { requests_per_10_seconds: 100 }, "10_seconds: 100"],
    ["a number that may be a text stays one", "hubspot", { portal_id: "4711" }, { portal_id: "4711" }, '"4711"'],
  ] as const)("%s", async (_, connector, settings, config, written) => {
    expect(await save("crm", connector, { ...sample[connector], ...settings })).toMatchObject(config);
    expect(text()).toContain(written);
  });

  test("a number from the environment is one when it is read", async () => {
    const settings = { ...sample.netsuite, concurrency: "$" + "{env:AT_ONCE}" };
    expect(await save("crm", "netsuite", settings, { AT_ONCE: "3" })).toMatchObject({ concurrency: 3 });
    expect(text()).toContain("concurrency: $" + "{env:AT_ONCE}");
  });

  test("a webhook's tolerance, and a CSV connection's list of files", async () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    expect(await save("events", "webhook", { secret, tolerance_seconds: "100" })).toMatchObject({
      tolerance_seconds: 100,
    });
    const files = "[{ file: people.csv, object: contacts, key: email }]";
    expect(await save("lists", "csv", { folder: "/srv/import", files })).toMatchObject({
      files: [{ file: "people.csv", object: "contacts", key: "email" }],
    });
  });
});

describe("nothing is written", () => {
  const refused = async (saving: Promise<unknown>, message: RegExp) => {
    const before = text();
    await expect(saving).rejects.toThrow(ConfigError);
    await expect(saving).rejects.toThrow(message);
    await expect(saving).rejects.not.toThrow(/canary/);
    expect(text()).toBe(before);
    expect(readdirSync(folder).sort()).toEqual(["journey-hub.yaml", "mappings", "secret.key"]);
  };

  test("of a setting the connector does not have: the nearest is named, the value is not", () =>
    refused(save("crm", "hubspot", { acess_token: "canary" }), /HubSpot has no setting "acess_token".*"access_token"/));

  test("of a setting of the connection: it is said where it belongs", () =>
    refused(save("crm", "hubspot", { ...sample.hubspot, schedule: "1m" }), /"schedule" belongs to the connection/));

  test("of a property every object has", () =>
    refused(save("crm", "hubspot", { ...sample.hubspot, constructor: "x" }), /no setting "constructor"/));

  test.each(["Bad Name", "1st", "__proto__", "", "a".repeat(32)])("for the name %j", (name) =>
    refused(save(name, "hubspot", sample.hubspot), /cannot be the name of a connection/),
  );

  test("when a value is not right", () =>
    refused(save("crm", "netsuite", { ...sample.netsuite, concurrency: "many" }), /→ at concurrency/));

  test("when the settings are not right as a whole", () =>
    refused(save("crm", "hubspot", { client_id: "x" }), /Give service_key or access_token, or client_id/));

  test("when a variable of the environment is not set", () =>
    refused(save("crm", "hubspot", { access_token: "$" + "{env:NO_SUCH}" }), /NO_SUCH, which is not set/));

  test("over a connection of another connector", async () => {
    await save("crm", "hubspot", sample.hubspot);
    await refused(save("crm", "netsuite", sample.netsuite), /"crm" uses the connector hubspot/);
  });
});

describe("what only its owner may read", () => {
  test("a new folder, its journey-hub.yaml and its database", async () => {
    await (await openStore({ folder })).close();
    expect([mode(folder), mode(join(folder, "mappings"))]).toEqual(["700", "700"]);
    expect([mode(join(folder, "journey-hub.yaml")), mode(join(folder, "journey-hub.db"))]).toEqual(["600", "600"]);
  });

  test("a journey-hub.yaml that was open to others, once a connection is saved; its comments stay", async () => {
    const file = join(folder, "journey-hub.yaml");
    writeFileSync(file, `# ours\n${text()}`);
    chmodSync(file, 0o644);
    await save("crm", "hubspot", sample.hubspot);
    expect(mode(file)).toBe("600");
    expect(text()).toMatch(/^# ours\n/);
    expect(text()).not.toContain("canary");
  });

  test("a database that was open to others, once it is opened", async () => {
    await (await openStore({ folder })).close();
    chmodSync(join(folder, "journey-hub.db"), 0o644);
    await (await openStore({ folder })).close();
    expect(mode(join(folder, "journey-hub.db"))).toBe("600");
  });

  test("text beside a variable of the environment, too", async () => {
    await save("crm", "hubspot", { access_token: "$" + "{env:TOKEN} canary" });
    expect(text()).toMatch(/access_token: \$\{sealed:/);
  });
});
