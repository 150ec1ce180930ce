import { type Command, InvalidArgumentError } from "commander";
import { systemClock } from "../../lib/clock.ts";
import { untilSignal } from "../signals.ts";
import type { RunningSimulators } from "../simulators.ts";
import { type Vendor, vendors } from "../vendors.ts";
import { action, type Common, withCommon } from "../verb.ts";

interface Options {
  data: string;
  json: boolean;
  vendor: Vendor[];
  scale: "default" | "full";
  seed: number;
  port?: number;
  webhooks?: string;
}

/** `simulate`: the vendors' APIs on loopback ports, filled with the sample world. */
export function addSimulate(program: Command): void {
  withCommon(program.command("simulate"))
    .description("serve simulated Salesforce, HubSpot and NetSuite accounts on loopback ports until interrupted")
    .option("--vendor <names>", "which ones, separated by commas", parseVendors, [...vendors])
    .option("--scale <size>", "size of the sample world: default or full", parseScale, "default")
    .option("--seed <n>", "which sample world", parseWhole, 1)
    .option("--port <n>", "port of the first; the others take the next ones (default: free ports)", parseWhole)
    .option(
      "--webhooks <url>",
      "where HubSpot's simulator sends its webhooks, e.g. http://127.0.0.1:8360/hooks/hubspot",
    )
    .action(action(simulate));
}

const deliveryPauseMs = 200;

/** What the simulated HubSpot app subscribes to: a property change is announced for named properties only. */
const announced = {
  contact: ["email", "lifecyclestage", "hs_lead_status", "recent_conversion_date"],
  company: ["name", "domain"],
  deal: ["dealstage", "amount"],
  ticket: ["hs_ticket_priority", "hs_pipeline_stage"],
};

async function simulate({ output }: Common, options: Options): Promise<undefined> {
  const ports = Object.fromEntries(
    options.vendor.map((vendor, n) => [vendor, options.port === undefined ? 0 : options.port + n]),
  );
  const { startSimulators } = await import("../simulators.ts");
  const { vendor, scale, seed } = options;
  const simulators = await startSimulators({ vendors: vendor, scale, seed, epoch: new Date().toISOString(), ports });
  const { counts, protagonist } = simulators.world;
  for (const { vendor: name, url, config } of simulators.running) {
    output.result({ vendor: name, url, config }, () => `${name.padEnd(11)} ${url}\n${JSON.stringify(config, null, 2)}`);
  }
  output.result(
    { ready: true, records: counts.sourceRecords, customers: counts.customers, protagonist },
    () => `${counts.sourceRecords} records of ${counts.customers} customers. Ctrl-C stops.`,
  );
  const { hubspot } = simulators;
  const stopping = new AbortController();
  if (options.webhooks && hubspot) void announce(hubspot, options.webhooks, stopping.signal);
  await untilSignal();
  stopping.abort();
  await simulators.stop();
  return undefined;
}

type Hubspot = NonNullable<RunningSimulators["hubspot"]>;

/** Sends the HubSpot account's events as they come up, until the process ends. */
async function announce(hubspot: Hubspot, targetUrl: string, stopping: AbortSignal): Promise<void> {
  const { demoCredentials } = await import("../../../connectors/hubspot/simulator/index.ts");
  const subscriptions = Object.entries(announced).flatMap(([object, properties]) => [
    { subscriptionType: `${object}.creation` },
    { subscriptionType: `${object}.deletion` },
    ...properties.map((propertyName) => ({ subscriptionType: `${object}.propertyChange`, propertyName })),
  ]);
  hubspot.subscribe({ appId: 1, clientSecret: demoCredentials.clientSecret, targetUrl, subscriptions });
  while (!stopping.aborted) {
    await systemClock.sleep(deliveryPauseMs);
    if (hubspot.pendingEvents().length > 0) await hubspot.deliver();
  }
}

function parseVendors(text: string): Vendor[] {
  const names = text.split(",");
  const unknown = names.find((name) => !(vendors as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${vendors.join(", ")}.`);
  return names as Vendor[];
}

function parseScale(text: string): "default" | "full" {
  if (text !== "default" && text !== "full") throw new InvalidArgumentError("It is default or full.");
  return text;
}

export function parseWhole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
}
