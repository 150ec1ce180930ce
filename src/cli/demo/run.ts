import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { hubFileName } from "../../hub/folder/config.ts";
import { endBars, type Output, style } from "../output.ts";
import { type RunningServer, startServer } from "../server.ts";
import { interruptible, untilSignal } from "../signals.ts";
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
  const ended = new AbortController();
  const stops: (() => Promise<void>)[] = [];
  try {
    const stage = { folder, port: port === 0 ? await freePort() : port, scale, exit, signal: ended.signal, stops };
    await interruptible(() => showAll(output, stage), "the demo is stopped and its folder removed.");
    if (!exit) await untilSignal();
    return undefined;
  } finally {
    endBars();
    ended.abort();
    for (const stop of stops.reverse()) await stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Stage extends DemoOptions {
  folder: string;
  signal: AbortSignal;
  /** What is to be stopped at the end, in the order of its beginning. */
  stops: (() => Promise<void>)[];
}

async function showAll(output: Output, { folder, port, scale, exit, signal, stops }: Stage): Promise<void> {
  const publicUrl = `http://127.0.0.1:${port}`;
  output.say(style.bold("Starting simulated Salesforce, HubSpot and NetSuite …"));
  const simulators = await startSimulatorProcess({ scale, webhooks: `${publicUrl}/hooks/hubspot`, signal });
  stops.push(simulators.stop);
  output.say(`${simulators.records} records of ${simulators.customers} customers in three systems\n`);
  signal.throwIfAborted();
  writeConfig(folder, publicUrl, simulators);
  const server = await startServer({ data: folder, port, host: "127.0.0.1", logLevel: "warn" });
  stops.push(server.stop);
  const first = await firstRound(server, output);
  const story = await playStory(server, simulators, output);
  output.result({ url: server.url, key: server.key, first, story }, () => (exit ? "" : serving(server)));
}

/** The simulated HubSpot must know where to send its webhooks before the hub listens. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  return address !== null && typeof address === "object" ? address.port : 0;
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
    `  console   ${consoleLink("admin")}  (signs in once; afterwards ${url}/)`,
    `  API       ${url}/api/docs`,
    `  metrics   curl -H 'Authorization: Bearer ${key}' ${url}/metrics`,
    `  API key   ${key}`,
    style.dim("Ctrl-C stops everything."),
  ].join("\n");
}
