import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { hubFileName } from "../../hub/folder/config.ts";
import { type Output, style } from "../output.ts";
import { type RunningServer, startServer } from "../server.ts";
import { untilSignal } from "../signals.ts";
import { vendors } from "../vendors.ts";
import { openVendorAccounts } from "./accounts.ts";
import { printCustomer, printReadBack } from "./print.ts";
import { firstRound, nextRound, untilIdle } from "./rounds.ts";
import { type SimulatorProcess, startSimulatorProcess } from "./simulator-process.ts";
import { readBack, scenes } from "./story.ts";

export interface DemoOptions {
  port: number;
  scale: "default" | "full";
  /** End after the story instead of serving. */
  exit: boolean;
}

/** Simulated CRMs and a hub on them: the main job end to end, then a story; serves until interrupted. Everything is removed at the end. */
export async function runDemo(output: Output, { port, scale, exit }: DemoOptions): Promise<undefined> {
  const folder = mkdtempSync(join(tmpdir(), "journey-hub-demo-"));
  const publicUrl = `http://127.0.0.1:${port}`;
  output.say(style.bold("Starting simulated Salesforce, HubSpot and NetSuite …"));
  const simulators = await startSimulatorProcess({ scale, webhooks: `${publicUrl}/hooks/hubspot` });
  let server: RunningServer | null = null;
  try {
    output.say(`${simulators.records} records of ${simulators.customers} customers in three systems\n`);
    writeConfig(folder, publicUrl, simulators);
    server = await startServer({ data: folder, port, host: "127.0.0.1", logLevel: "warn" });
    const first = await firstRound(server, output);
    const story = await playStory(server, simulators, output);
    output.result({ url: server.url, key: server.key, first, story }, () => (server ? serving(server) : ""));
    if (!exit) await untilSignal();
    return undefined;
  } finally {
    await server?.stop();
    await simulators.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeConfig(folder: string, publicUrl: string, { configs }: SimulatorProcess): void {
  const connections = Object.fromEntries(
    vendors.map((vendor) => [vendor, { connector: vendor, allowedHosts: ["127.0.0.1"], config: configs[vendor] }]),
  );
  const file = { apiVersion: "journey-hub/v1", public_url: publicUrl, base_currency: "USD", connections };
  writeFileSync(join(folder, hubFileName), stringify(file), { mode: 0o600 });
}

async function playStory(
  server: RunningServer,
  { configs, protagonist }: SimulatorProcess,
  output: Output,
): Promise<unknown> {
  const accounts = await openVendorAccounts(configs);
  const portalId = (await server.hub.store.byKey("connections", "id", ["hubspot"]))[0]?.account ?? "";
  output.say(
    style.bold(`\nA short story about ${protagonist.firstName} ${protagonist.lastName} of ${protagonist.companyName}`),
  );
  for (const scene of scenes(protagonist, portalId)) {
    output.say(`  • ${scene.told}`);
    await scene.play(accounts);
  }
  await untilIdle(server);
  await nextRound(server, output);
  const customer = await printCustomer(server, `hubspot:companies:${protagonist.hubspotCompanyId}`, output);
  const standing = await readBack(accounts, protagonist);
  printReadBack(standing, output);
  return { customer, standing };
}

function serving({ url, key, consoleLink }: RunningServer): string {
  return [
    "",
    style.bold("The hub stays open:"),
    `  console   ${consoleLink()}  (signs in once; afterwards ${url}/)`,
    `  API       ${url}/api/docs`,
    `  metrics   ${url}/metrics`,
    `  API key   ${key}`,
    style.dim("Ctrl-C stops everything."),
  ].join("\n");
}
