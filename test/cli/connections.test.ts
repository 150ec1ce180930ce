import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import {
  createSalesforceSimulator,
  demoCredentials,
  type SalesforceSimulatorOptions,
  sfId,
} from "../../connectors/salesforce/simulator/index.ts";
import { builtCli, runCli } from "../fixtures/process.ts";
import { listen, searches_per_second, startAccount } from "./harness.ts";

/* Two vendors in one folder, one of them in trouble: what the verbs say, their exit codes, and that the other one is served. */

let account: Awaited<ReturnType<typeof startAccount>>;
let org: Awaited<ReturnType<typeof startOrg>>;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "journey-hub-cli-"));
  [account, org] = await Promise.all([startAccount(), startOrg({ customFields: "none" })]);
});
afterEach(async () => {
  await Promise.all([account.stop(), org.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const run = async (...args: string[]) => {
  const { code, stdout, stderr } = await runCli([...args, "--data", folder]);
  return { code, stdout, stderr };
};
const json = async (...args: string[]) => {
  const { code, stdout } = await run(...args, "--json");
  return { code, result: JSON.parse(stdout) };
};

async function startOrg(options: SalesforceSimulatorOptions, before = async () => undefined as unknown) {
  const simulator = createSalesforceSimulator(options);
  const Contact = [{ Id: sfId("003", 1), LastName: "Nelson", Email: "k.nelson@bicycle.example" }];
  simulator.load({ orgId: sfId("00D", 1), objects: { Contact } });
  const { server, url } = await listen(async (request) => {
    await before();
    return simulator.app.fetch(request);
  });
  return { url, stop: () => new Promise((resolve) => server.close(resolve)) };
}

const goodKey = "pat-na1-00000000-demo-0000-0000-000000000000";

function configure({
  secret = demoCredentials.clientSecret,
  key = goodKey,
  hubspotUrl = account.url,
  salesforceUrl = org.url,
} = {}) {
  const allowedHosts = ["127.0.0.1"];
  const salesforce = { login_url: salesforceUrl, client_id: demoCredentials.clientId, client_secret: secret };
  const connections = {
    salesforce: { connector: "salesforce", allowedHosts, config: salesforce },
    hubspot: {
      connector: "hubspot",
      allowedHosts,
      config: { base_url: hubspotUrl, access_token: key, searches_per_second },
    },
  };
  writeFileSync(join(folder, "journey-hub.yaml"), stringify({ apiVersion: "journey-hub/v1", connections }));
}

describe("one bad connection among good ones", () => {
  test("is named with its setting and the remedy, exits with 3, and the others are pulled and derived", async () => {
    configure({ secret: "a-wrong-secret" });
    const { code, stdout, stderr } = await run("sync");
    expect(code).toBe(3);
    expect(stderr).toMatch(/✗ salesforce: .*\(setting: client_secret\)\n {2}Copy the consumer secret again/);
    expect(stderr).not.toContain("hubspot");
    expect(stdout).toMatch(/^salesforce +failed +0/m);
    expect(stdout).toMatch(/^hubspot +done +5 +5/m);
    expect((await json("customer", "email:person1@acme.example")).result.journey.intervals).toHaveLength(1);
  });

  test("is an open error until it works again", async () => {
    configure({ key: "pat-na1-wrong-wrong-wrong" });
    expect((await json("sync", "hubspot")).result).toMatchObject({
      runs: [{ status: "failed", failure: { setting: "access_token", needs: "person" } }],
      failures: [{ connection: "hubspot", remedy: expect.stringContaining("Copy the token again") }],
    });
    expect((await json("errors")).result.groups).toMatchObject([
      { connection: "hubspot", step: "pull", class: "connection", fingerprint: "connection access_token", amount: 1 },
    ]);
    configure();
    expect((await run("sync", "hubspot")).code).toBe(0);
    expect((await json("errors")).result.groups).toEqual([]);
  });

  test("an audit proves nothing where nothing was read yet", async () => {
    configure({ key: "pat-na1-wrong-wrong-wrong" });
    const { code, stdout } = await run("audit", "hubspot");
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/✗ hubspot: nothing was compared because .*sync hubspot/),
    ]);
    expect(stdout).not.toContain("✓");
  });

  test("a name that is no connection is refused as the command's mistake, by every verb", async () => {
    configure();
    for (const verb of ["sync", "plan", "apply", "audit"]) {
      const { code, stderr } = await run(verb, "nosuch");
      expect([verb, code, stderr]).toEqual([verb, 2, expect.stringContaining("there are: salesforce, hubspot")]);
    }
  });
});

describe("fields that a person must set up", () => {
  test("are told by plan and apply with the way there, exit with 3, and only their records wait", async () => {
    configure();
    expect((await run("sync")).code).toBe(0);
    expect((await run("errors")).stdout).not.toMatch(/journey_hub/i); // not the pull's business
    const plan = await run("plan");
    expect(plan.code).toBe(3);
    expect(plan.stderr).toMatch(/✗ salesforce: Contact has no field Journey_Hub_Stage__c .*\n {2}Create it: Setup →/);
    expect(plan.stderr).not.toContain("hubspot"); // what is missing there, apply creates
    expect(plan.stdout).toMatch(/^\d+ fields of 3 records would be written\.$/m);
    expect(plan.stdout).toMatch(/^\d+ fields of 1 records wait until the missing fields are set up\.$/m);
    const apply = await run("apply");
    expect(apply.code).toBe(3);
    expect(apply.stderr).toMatch(/✗ salesforce: Contact has no field Journey_Hub_Stage__c .*\n {2}Create it: Setup →/);
    expect(apply.stdout).toMatch(/^salesforce +done +0 +0 +0 +1\b/m);
    expect(apply.stdout).toMatch(/^hubspot +done +3 +\d+ +0 +0\b/m);
    expect((await json("plan")).result.missing).toHaveLength(15);
  });
});

test("connections are pulled side by side: each vendor answers only once the other was asked too", async () => {
  const asked = { hubspot: signal(), salesforce: signal() };
  const { server, url } = await listen(async (request) => {
    asked.hubspot.give();
    await asked.salesforce.given;
    return account.simulator.app.fetch(request);
  });
  const waiting = await startOrg({ customFields: "none" }, async () => {
    asked.salesforce.give();
    await asked.hubspot.given;
  });
  configure({ hubspotUrl: url, salesforceUrl: waiting.url });
  const { code, result } = await json("sync");
  expect([code, result.failures]).toEqual([0, []]);
  expect(result.runs.map(({ connection, status }: Record<string, string>) => `${connection} ${status}`)).toEqual([
    "salesforce done",
    "hubspot done",
  ]);
  await waiting.stop();
  await new Promise((resolve) => server.close(resolve));
});

function signal() {
  let give = () => undefined as unknown;
  const given = new Promise((resolve) => {
    give = () => resolve(undefined);
  });
  return { given, give: () => give() };
}

test("who reads no further neither ends the work nor sees a trace", async () => {
  configure();
  await run("sync", "hubspot");
  const piped = `set -o pipefail; "${process.execPath}" "${builtCli}" plan hubspot --data "${folder}" | true`;
  expect(await promisify(execFile)("bash", ["-c", piped])).toEqual({ stdout: "", stderr: "" });
});
