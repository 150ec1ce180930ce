import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import hubspot from "../../../connectors/hubspot/index.ts";
import { loadConnectors } from "../../../connectors/index.ts";
import { ConfigError, connectionConfig, readHubFile } from "../../../src/hub/folder/config.ts";
import { openSecretBox } from "../../../src/hub/folder/secrets.ts";
import { openHub } from "../../../src/hub/hub.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journey-hub-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (text: string) => writeFileSync(join(folder, "journey-hub.yaml"), text);

/** The message with which the file is refused. */
function refusal(text: string): string {
  write(text);
  try {
    readHubFile(folder);
  } catch (cause) {
    expect(cause).toBeInstanceOf(ConfigError);
    return String(cause);
  }
  throw new Error("the file was accepted");
}

describe("journey-hub.yaml", () => {
  test("is read with its defaults", () => {
    write("apiVersion: journey-hub/v1\nconnections:\n  crm: { connector: hubspot, schedule: 5m }\n");
    expect(readHubFile(folder)).toEqual({
      apiVersion: "journey-hub/v1",
      public_url: "http://127.0.0.1:8360",
      base_currency: "USD",
      time_zone: "UTC",
      plugins: [],
      connections: {
        crm: {
          ...{ connector: "hubspot", schedule: "5m", allowedHosts: [], audit: "1d", writeback: true, config: {} },
          retry: { tries: 6, pause_ms: 500 },
        },
      },
    });
  });

  test("that is not there: run init", () => {
    expect(() => readHubFile(folder)).toThrow(
      `There is no journey-hub.yaml in ${folder}. Run \`journey-hub init --data ${folder}\` first.`,
    );
  });

  test("that is no YAML names file, line and column", () => {
    expect(refusal("apiVersion: journey-hub/v1\nconnections: {crm: [}\n")).toMatch(
      /journey-hub\.yaml is no YAML: .* at line 2, column \d+/,
    );
  });

  const head = "apiVersion: journey-hub/v1\n";
  test.each([
    ["another version", "apiVersion: journey-hub/v2\n", /expected "journey-hub\/v1".*→ at apiVersion/s],
    ["an unknown setting", `${head}colour: red\n`, /Unrecognized key: "colour"/],
    [
      "a bad schedule",
      `${head}connections: { crm: { connector: x, schedule: often } }\n`,
      /write a duration: 30s, 5m, 1h or 2d\s+→ at connections\.crm\.schedule/,
    ],
    ["a schedule of nothing", `${head}connections: { crm: { connector: x, schedule: 0s } }\n`, /write a duration/],
    ["a bad connection id", `${head}connections: { "My CRM": { connector: x } }\n`, /My CRM/],
    ["no connector", `${head}connections: { crm: {} }\n`, /→ at connections\.crm\.connector/],
    ["a bad time zone", `${head}time_zone: Mars\n`, /write an IANA time zone: UTC, Europe\/Berlin\s+→ at time_zone/],
    ["a bad currency", `${head}base_currency: euro\n`, /write an ISO 4217 code: USD, EUR\s+→ at base_currency/],
    [
      "a bad country",
      `${head}connections: { crm: { connector: x, country: us } }\n`,
      /write an ISO 3166 code: US, DE\s+→ at connections\.crm\.country/,
    ],
    [
      "a country that is none",
      `${head}connections: { crm: { connector: x, country: UK } }\n`,
      /write an ISO 3166 code: US, DE\s+→ at connections\.crm\.country/,
    ],
    ["a bad address", `${head}public_url: here\n`, /→ at public_url/],
  ])("with %s says where and what", (_, text, message) => {
    const said = refusal(text);
    expect(said).toContain(join(folder, "journey-hub.yaml"));
    expect(said).toMatch(message);
  });
});

describe("a connection's settings", () => {
  const entry = (config: Record<string, unknown>) => ({
    connector: "hubspot",
    allowedHosts: [],
    writeback: true,
    audit: "off",
    retry: { tries: 6, pause_ms: 500 },
    config,
  });
  const filled = (config: Record<string, unknown>, environment: NodeJS.ProcessEnv = {}) =>
    connectionConfig("crm", entry(config), hubspot, { environment, secrets: openSecretBox(folder, {}) });

  test("take secrets from the environment and from sealed text, also within a text", () => {
    const sealed = openSecretBox(folder, {}).seal("crm", "app_client_secret", "sh");
    expect(
      filled({ access_token: "pat-$" + "{env:TOKEN}", app_client_secret: `\${sealed:${sealed}}` }, { TOKEN: "na1" }),
    ).toMatchObject({ access_token: "pat-na1", app_client_secret: "sh" });
  });

  test.each([{}, { TOKEN: "" }])(
    "whose environment variable is not set name connection, field and variable",
    (environment) => {
      expect(() => filled({ access_token: "$" + "{env:TOKEN}" }, environment)).toThrow(
        "Connection crm: access_token is taken from the environment variable TOKEN, which is not set.",
      );
    },
  );

  test("sealed for another field, or broken, name connection, field and remedy", () => {
    const sealed = openSecretBox(folder, {}).seal("crm", "app_client_secret", "canary");
    for (const text of [sealed, "nonsense"]) {
      expect(() => filled({ access_token: `\${sealed:${text}}` })).toThrow(
        /^The sealed access_token of connection crm does not open with this key\..*journey-hub connect crm/,
      );
    }
  });

  test("that the connector refuses name the field and never a secret", () => {
    const refused = () => filled({ access_token: 7, app_client_secret: "canary", colour: "canary" });
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(/Connection crm \(HubSpot\):[\s\S]*access_token/);
    expect(refused).not.toThrow(/canary/);
  });
});

describe("a hub", () => {
  const open = (text: string) => {
    write(text);
    return openHub({ folder, connectors: loadConnectors, environment: {} });
  };

  test("says which connections and connectors there are when one is not known", async () => {
    const hub = await open(
      "apiVersion: journey-hub/v1\nconnections: { crm: { connector: hubpsot }, erp: { connector: netsuite } }\n",
    );
    expect(() => hub.connection("crm")).toThrow(
      'Connection crm names the connector "hubpsot", which is not known (known: salesforce, hubspot, netsuite, webhook, tracking, csv).',
    );
    expect(() => hub.connection("shop")).toThrow(
      'There is no connection "shop" in journey-hub.yaml (there are: crm, erp).',
    );
    await hub.close();
  });

  test("with a database that is none is refused, and the process goes on", async () => {
    write("apiVersion: journey-hub/v1\n");
    writeFileSync(join(folder, "journey-hub.db"), "this is no database".repeat(100));
    const opening = openHub({ folder, connectors: async () => delay(300, []), environment: {} });
    await expect(opening).rejects.toThrow(/not a database/);
  });

  test("that cannot be opened leaves the folder to the next", async () => {
    writeFileSync(join(folder, "secret.key"), "short", { mode: 0o600 });
    await expect(open("apiVersion: journey-hub/v1\n")).rejects.toThrow(ConfigError);
    rmSync(join(folder, "secret.key"));
    await (await open("apiVersion: journey-hub/v1\n")).close();
  });
});
