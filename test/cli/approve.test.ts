import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { createSalesforceSimulator, demoCredentials, sfId } from "../../connectors/salesforce/simulator/index.ts";
import type { Departed } from "../../src/hub/approvals.ts";
import { ledTo } from "../connectors/approve.ts";
import { builtCli, freePort, runCli, startServing } from "../fixtures/process.ts";
import { listen } from "./harness.ts";

/* `connect --oauth`: the built command on one side, the vendor and somebody with a browser on the other. */

let folder: string;
let org: Awaited<ReturnType<typeof startOrg>>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "journey-hub-cli-"));
  org = await startOrg();
  const config = { login_url: org.url, client_id: demoCredentials.clientId, sign_in: "authorization_code" };
  const connections = { salesforce: { connector: "salesforce", allowedHosts: ["127.0.0.1"], config } };
  writeFileSync(join(folder, "journey-hub.yaml"), stringify({ apiVersion: "journey-hub/v1", connections }));
});
afterEach(async () => {
  await org.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startOrg() {
  const simulator = createSalesforceSimulator({ requirePkce: true, rotateRefreshTokens: true });
  const Contact = [{ Id: sfId("003", 1), LastName: "Nelson", Email: "k.nelson@bicycle.example" }];
  const Organization = [{ Id: sfId("00D", 1), Name: "Acme Bikes" }];
  simulator.load({ orgId: sfId("00D", 1), objects: { Organization, Contact } });
  const { server, url } = await listen(simulator.app.fetch);
  return { simulator, url, stop: () => new Promise((resolve) => server.close(resolve)) };
}

/** The command under way, and what it asked a person to do. */
async function connecting(...args: string[]) {
  const child = spawn(process.execPath, [builtCli, "connect", "salesforce", "--oauth", "--data", folder, ...args]);
  const said = { out: "", err: "" };
  child.stderr.on("data", (chunk) => {
    said.err += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const url = await urlIn(child, said);
  return { child, said, url, ended };
}

/** The vendor's address among the first lines, be they JSON or text. */
async function urlIn(child: ChildProcessWithoutNullStreams, said: { out: string }): Promise<string> {
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      said.out += `${line}\n`;
      const { approval } = line.startsWith("{") ? (JSON.parse(line) as { approval?: Departed }) : {};
      const found = approval?.url ?? (line.startsWith("http") ? line : null);
      if (found) resolve(found);
    });
    lines.once("close", () => reject(new Error(`ended without an address: ${said.out}`)));
  });
}

/** What the browser does with the vendor's answer. */
const open = (answer: URL) => fetch(answer.href.replace("//localhost:", "//127.0.0.1:"));

test("beside a running hub: the answer is received on a port of this machine, what does not belong to it is turned away, and the hub goes on with it", async () => {
  const port = await freePort();
  const hub = await startServing([builtCli, "start", "--port", String(port), "--data", folder], port);
  try {
    const { said, url, ended } = await connecting("--callback-port", "0", "--json");
    const answer = await ledTo(url);
    expect(answer.href).toMatch(/^http:\/\/localhost:\d+\/connect\/callback\?/);
    const strange = new URL(answer);
    strange.searchParams.set("state", "made-up");
    expect([(await open(strange)).status, (await open(new URL("/favicon.ico", answer))).status]).toEqual([404, 404]);
    expect((await open(new URL(`${answer.origin}//`))).status).toBe(404);
    expect((await open(answer)).status).toBe(200);
    expect(await ended).toBe(0);
    const lines = said.out.trim().split("\n");
    const [begun, result] = lines.map((line) => JSON.parse(line));
    expect(begun.approval).toMatchObject({ vendor: "Salesforce", scopes: ["api", "refresh_token"] });
    expect(result).toEqual({ connection: "salesforce", account: sfId("00D", 1), name: "Acme Bikes" });
    expect(said.err).toBe("");
    const { code, stdout } = await runCli(["sync", "--data", folder]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^salesforce +done/m)]);
  } finally {
    await hub.end("SIGTERM");
  }
});

test("alone, and from another machine: the address is pasted, a wrong one asked for again; the next verb has the tokens", async () => {
  const { child, said, url, ended } = await connecting("--redirect-uri", "https://hub.example.com/connect/callback");
  const answer = await ledTo(url);
  expect(answer.href).toMatch(/^https:\/\/hub\.example\.com\/connect\/callback\?/);
  child.stdin.write("https://hub.example.com/\n");
  child.stdin.write(`${answer.href}\n`);
  expect(await ended).toBe(0);
  expect(said.err).toContain("That is not the address the vendor led to");
  expect(said.out).toContain("✓ salesforce is connected to Acme Bikes");
  // By now it has to be renewed, with a refresh token that is replaced each time.
  org.simulator.state.expireSessions();
  expect((await runCli(["sync", "--data", folder])).code).toBe(0);
  expect(readFileSync(join(folder, "journey-hub.yaml"), "utf8")).not.toContain("token");
});

test("a denial ends with 3, says what happened and changes nothing", async () => {
  org.simulator.state.setConsent("denied");
  const { said, url, ended } = await connecting("--callback-port", "0");
  await open(await ledTo(url));
  expect(await ended).toBe(3);
  expect(said.err).toContain("✗ The approval was denied at Salesforce: end-user denied authorization (access_denied)");
});
