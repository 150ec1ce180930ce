import { type Command, InvalidArgumentError } from "commander";
import { type TroubleLevel, troubleLevels } from "../../connector/testing/hostile/account.ts";
import { systemClock } from "../../lib/clock.ts";
import { pluggedSimulators } from "../connectors.ts";
import { UsageError } from "../failure.ts";
import type { RunningHostile } from "../hostile.ts";
import { table } from "../output.ts";
import { untilSignal } from "../signals.ts";
import type { RunningSimulators } from "../simulators.ts";
import { isVendor, vendors } from "../vendors.ts";
import { action, type Common, withCommon } from "../verb.ts";

interface Options {
  data: string;
  json: boolean;
  vendor: string[];
  scale: "default" | "full";
  seed: number;
  port?: number;
  webhooks?: string;
  trouble?: TroubleLevel;
  only?: string[];
  records: number;
}

/** `simulate`: the vendors' APIs on loopback ports, filled with the sample world. */
export function addSimulate(program: Command): void {
  withCommon(program.command("simulate"))
    .description("serve simulated Salesforce, HubSpot and NetSuite accounts on loopback ports until interrupted")
    .option("--vendor <names>", "which ones, separated by commas; also plug-ins of the data folder", split, [
      ...vendors,
    ])
    .option("--scale <size>", "size of the sample world: default or full", parseScale, "default")
    .option("--seed <n>", "which sample world", parseWhole, 1)
    .option("--port <n>", "port of the first; the others take the next ones (default: free ports)", parsePort)
    .option(
      "--webhooks <url>",
      "where HubSpot's simulator sends its webhooks, e.g. http://127.0.0.1:8360/hooks/hubspot",
    )
    .option(
      "--trouble <level>",
      `a small hostile account instead of the sample world: ${Object.keys(troubleLevels).join(", ")}`,
      parseLevel,
    )
    .option("--only <names>", "with --trouble: only these troubles, separated by commas", split)
    .option("--records <n>", "of plug-ins, and with --trouble: about how many records at first", parseWhole, 2_000)
    .action(
      action(async (common: Common, options: Options) => {
        if (options.trouble !== undefined) return simulateHostile(common, { ...options, trouble: options.trouble });
        return simulate(common, options);
      }),
    );
}

const deliveryPauseMs = 200;

/** What the simulated HubSpot app subscribes to: a property change is announced for named properties only. */
const announced = {
  contact: ["email", "lifecyclestage", "hs_lead_status", "recent_conversion_date"],
  company: ["name", "domain"],
  deal: ["dealstage", "amount"],
  ticket: ["hs_ticket_priority", "hs_pipeline_stage"],
};

/** A well-behaved or hostile account whose troubles anyone's client can be tested against. */
async function simulateHostile(
  { data, output }: Common,
  { vendor, seed, trouble, only, records, port }: Options & { trouble: TroubleLevel },
): Promise<undefined> {
  const { startHostile } = await import("../hostile.ts");
  const plugged = await pluggedSimulators(data, vendor);
  const which = only ? { only } : {};
  const ports = portsFrom(vendor, port);
  const choice = { vendors: vendor, plugged, seed, level: trouble, records, ports, ...which };
  const accounts = await startHostile(choice).catch((cause: unknown) => {
    throw cause instanceof RangeError ? new UsageError(cause.message) : cause;
  });
  for (const { vendor: name, url, config, troubles } of accounts.running) {
    const shown = troubles.filter((each) => only?.includes(each.name) ?? true);
    output.result({ vendor: name, url, config, troubles: shown }, () =>
      [
        `${name.padEnd(11)} ${url}`,
        JSON.stringify(config, null, 2),
        table([["trouble", "kind", "what it does"], ...shown.map((each) => [each.name, each.kind, each.about])]),
      ].join("\n"),
    );
  }
  output.result({ ready: true, seed, trouble }, () => `Trouble ${trouble}, seed ${seed}. Ctrl-C stops.`);
  await untilSignal();
  await accounts.stop();
  return undefined;
}

function portsFrom(chosen: readonly string[], first: number | undefined): Record<string, number> {
  return Object.fromEntries(chosen.map((vendor, n) => [vendor, first === undefined ? 0 : first + n]));
}

/** The shipped vendors with the sample world, plug-ins' with what they make up themselves. */
async function simulate({ data, output }: Common, options: Options): Promise<undefined> {
  const plugged = await startPlugged(data, options);
  const shipped = await startShipped(options).catch(async (cause: unknown) => {
    await plugged.stop();
    throw cause;
  });
  for (const { vendor: name, url, config } of [...(shipped?.running ?? []), ...plugged.running]) {
    output.result({ vendor: name, url, config }, () => `${name.padEnd(11)} ${url}\n${JSON.stringify(config, null, 2)}`);
  }
  const { counts, protagonist } = shipped?.world ?? {};
  const world = counts && { records: counts.sourceRecords, customers: counts.customers, protagonist };
  const told = world ? `${world.records} records of ${world.customers} customers. ` : "";
  output.result({ ready: true, ...world }, () => `${told}Ctrl-C stops.`);
  const stopping = new AbortController();
  if (options.webhooks && shipped?.hubspot) void announce(shipped.hubspot, options.webhooks, stopping.signal);
  await untilSignal();
  stopping.abort();
  await Promise.all([shipped?.stop(), plugged.stop()]);
  return undefined;
}

async function startShipped({ vendor, scale, seed, port }: Options): Promise<RunningSimulators | null> {
  const chosen = vendor.filter(isVendor);
  if (chosen.length === 0) return null;
  const { startSimulators } = await import("../simulators.ts");
  const ports = portsFrom(vendor, port);
  return startSimulators({ vendors: chosen, scale, seed, epoch: new Date().toISOString(), ports });
}

async function startPlugged(
  data: string,
  { vendor, seed, records, port }: Options,
): Promise<Pick<RunningHostile, "running" | "stop">> {
  const plugged = await pluggedSimulators(data, vendor);
  if (plugged.size === 0) return { running: [], stop: async () => undefined };
  const { startHostile } = await import("../hostile.ts");
  const ports = portsFrom(vendor, port);
  return startHostile({ vendors: [...plugged.keys()], plugged, seed, level: "none", records, ports, quiet: true });
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

function split(text: string): string[] {
  return text.split(",");
}

function parseLevel(text: string): TroubleLevel {
  if (!(text in troubleLevels)) throw new InvalidArgumentError(`It is ${Object.keys(troubleLevels).join(", ")}.`);
  return text as TroubleLevel;
}

function parseScale(text: string): "default" | "full" {
  if (text !== "default" && text !== "full") throw new InvalidArgumentError("It is default or full.");
  return text;
}

const portMax = 65_535;

/** A port; 0 takes a free one. */
export function parsePort(text: string): number {
  const port = parseWhole(text);
  if (port > portMax) throw new InvalidArgumentError(`It is at most ${portMax}.`);
  return port;
}

export function parseWhole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
}
